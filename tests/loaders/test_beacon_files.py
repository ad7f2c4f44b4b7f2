import json
import random
from pathlib import Path

import pytest

from core.errors import LoadRefused
from core.strict_json import JsonValue
from loaders.beacon_files import BeaconFile, read_beacon_file
from loaders.beacon_kinds import BeaconKind
from loaders.table_mapping import read_table_mapping
from loaders.tables import TableTask, read_table_file
from tests.loaders.test_beacon_variants import variation
from tests.support.shared import needs_shared, shared

MUTATIONS = 60
TABLE = b"pseudonym;sex;year_of_birth;diagnoses;hpo;hpo_absent;sample;tissue\nP1;K;1956;DC18.2;HP:0002027;;B1;blood\n"


def tell(_done: int, _total: int) -> None:
    """Nobody listens."""


def read(path: Path, document: JsonValue) -> BeaconFile:
    path.write_text(json.dumps(document))
    return read_beacon_file(path, tell)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Bytes changed, cut out, doubled or cut off at random."""
    made = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(made) or 1)
        kind = chance.randrange(4)
        if kind == 0 and made:
            made[place % len(made)] = chance.choice(b'{}[]",:0123456789\x00\xff;\n ')
        elif kind == 1:
            del made[place : place + chance.randint(1, 40)]
        elif kind == 2:
            made[place:place] = made[place : place + chance.randint(1, 40)]
        else:
            made = made[: max(1, len(made) - chance.randint(0, 30))]
    return bytes(made)


def test_kinds_of_files(tmp_path: Path) -> None:
    found = read(tmp_path / "targets.json", [{"biosampleIds": ["a", "b"]}])
    assert (found.kind, found.targets, found.taken) == (BeaconKind.TARGETS, ["a", "b"], 1)
    several: list[JsonValue] = [{"biosampleIds": ["a", "a"]}, {"biosampleIds": [1]}, 3]
    for wrong in several:
        assert read(tmp_path / "targets.json", [wrong]).log.total == 1
    found = read(tmp_path / "filtering_terms.json", [{"id": "x", "scopes": []}])
    assert found.remarks == {"filtering terms follow from the records, they are not loaded": 1}
    found = read(tmp_path / "x.json", [variation(), 3])
    assert (found.kind, len(found.variants), found.log.total) == (BeaconKind.VARIANTS, 1, 1)


@needs_shared
@pytest.mark.parametrize("kind", ["individuals", "runs", "genomicVariations", "caseLevelData", "targets", "cohorts"])
def test_mutated_files_are_read_or_refused(tmp_path: Path, kind: str) -> None:
    documents = json.loads(shared("data", "beacon-bff", "test", f"{kind}.json").read_text())[:3]
    data, chance = json.dumps(documents).encode(), random.Random(kind)
    for number in range(MUTATIONS):
        path = tmp_path / f"{kind}{number}.json"
        path.write_bytes(mutated(data, chance))
        try:
            found = read_beacon_file(path, tell)
        except LoadRefused:
            continue
        assert found.read == found.taken + found.log.total


def test_mutated_tables_are_read_or_refused(tmp_path: Path) -> None:
    chance, mapping = random.Random(1), read_table_mapping("people")
    for number in range(5 * MUTATIONS):
        path = tmp_path / f"{number}.csv"
        path.write_bytes(mutated(TABLE, chance))
        try:
            found = read_table_file(TableTask(path, mapping), tell)
        except LoadRefused:
            continue
        people = {record.individual_id for _, record in found.records}
        assert found.read == len(people) + found.log.total
