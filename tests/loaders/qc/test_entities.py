import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beacon.rows import EntityRow, EntityType, TermRow
from loaders.phenopacket_mapping import map_phenopacket
from loaders.phenopacket_values import camel_case
from loaders.qc.entities import age_years, entity_quality
from tests.support.shared import needs_shared, shared


def person(name: str, sex: str, document: str = "{}") -> EntityRow:
    return EntityRow(EntityType.INDIVIDUAL, name, name, sex, document)


def term(name: str, identifier: str, *, field: str = "diseases", excluded: bool = False) -> TermRow:
    return TermRow(EntityType.INDIVIDUAL, name, name, field, identifier, "label", excluded)


def test_people_their_ages_and_their_terms() -> None:
    ten = json.dumps({"info": {"timeAtLastEncounter": {"iso8601duration": "P10Y11M"}}})
    rows = [
        person("a", "MALE", ten), person("b", "FEMALE", "not JSON"), person("c", "FEMALE", '{"info": 3}'),
        EntityRow(EntityType.BIOSAMPLE, "s", "a", "", "{}"),
    ]  # fmt: skip
    terms = [
        term("a", "HP:1"), term("a", "HP:1"), term("a", "HP:2", excluded=True), term("b", "HP:1"),
        term("b", "NCIT:C16576", field="sex"),
    ]  # fmt: skip
    bars = {chart.title: [bar for bar in chart.bars if bar[1]] for chart in entity_quality(rows, terms).charts}
    assert bars == {
        "Sex": [("FEMALE", 2), ("MALE", 1)],
        "Age": [("10 to 19", 1)],
        "Terms": [("HP:1 label", 3)],
        "Terms a person": [("0", 1), ("1", 1), ("2", 1)],
    }


@pytest.mark.parametrize(
    ("duration", "years"),
    [("P1Y", 1.0), ("P6M", 0.5), ("P1Y6M", 1.5), ("P3652.425D", 10.0), ("P0D", 0.0), ("PT3H", None), ("P", None),
     ("forty", None)],
)  # fmt: skip
def test_ages(duration: str, years: float | None) -> None:
    assert age_years(duration) == (None if years is None else pytest.approx(years))


@given(st.text() | st.from_regex(r"P[0-9YMWD.T]*", fullmatch=True))
def test_any_text_is_an_age_or_none(text: str) -> None:
    found = age_years(text)
    assert found is None or found >= 0


@needs_shared
def test_real_phenopackets() -> None:
    packets = [
        map_phenopacket(camel_case(json.loads(path.read_text(encoding="utf-8"))))
        for path in sorted(shared("data", "phenopackets", "KDM6A").glob("*.json"))
    ]
    entities = [row for packet in packets for row in packet.entities]
    report = entity_quality(entities, [row for packet in packets for row in packet.terms])
    charts = {chart.title: chart for chart in report.charts}
    assert sum(count for _, count in charts["Sex"].bars) == len(packets)
    assert sum(count for _, count in charts["Terms a person"].bars) == len(packets)
    assert charts["Age"].bars
