import json

import pytest

from loaders.beacon_kinds import BeaconKind, kind_of_file
from tests.support.shared import needs_shared, shared


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("individuals.json", BeaconKind.INDIVIDUALS), ("UK1_biosamples_part2.jsonl", BeaconKind.BIOSAMPLES),
        ("g_variants.json", BeaconKind.VARIANTS), ("genomicVariations.json.gz", BeaconKind.VARIANTS),
        ("case-level-data.json", BeaconKind.CASE_LEVEL), ("filtering_terms.json", BeaconKind.FILTERING_TERMS),
    ],
)  # fmt: skip
def test_the_name_tells(name: str, kind: BeaconKind) -> None:
    assert kind_of_file(name, [{}]) is kind


def test_content_tells_where_the_name_does_not() -> None:
    assert kind_of_file("x.json", [{"id": "a", "sex": {}}]) is BeaconKind.INDIVIDUALS
    assert kind_of_file("runs-of-individuals.json", [{"runDate": "x"}]) is BeaconKind.RUNS
    assert kind_of_file("x.json", [{"id": "1:g.1A>G", "0": "01"}]) is BeaconKind.CASE_LEVEL
    assert kind_of_file("x.json", [{"id": "a"}]) is None
    assert kind_of_file("x.json", []) is None
    assert kind_of_file("x.json", [3]) is None


@needs_shared
def test_content_agrees_with_the_names_of_real_files() -> None:
    for path in sorted(shared("data", "beacon-bff").rglob("*.json")):
        documents = json.loads(path.read_text())
        kind = kind_of_file(path.name, documents)
        assert kind == path.stem
        assert kind_of_file("x.json", documents) in (kind, None)
