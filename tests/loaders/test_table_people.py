import json
from collections import Counter

import pytest

from core.strict_json import JsonValue
from loaders.beacon_records import BeaconRecord
from loaders.report import RecordRejected
from loaders.table_mapping import parse_table_mapping
from loaders.table_people import PersonalCell, people_of_rows
from loaders.table_text import TableRow

MAPPING = """
id = "id"
birth_year = "year"
sex = { column = "sex", values = { K = "female", M = "male" } }
[[diagnoses]]
column = "icd"
onset = "age"
[[phenotypes]]
column = "hpo"
[[phenotypes]]
column = "absent"
excluded = true
[[phenotypes]]
column = "seizures"
term = "HP:0001250 Seizure"
present = ["yes"]
absent = ["no"]
[[biosamples]]
id = "sample"
origin = { column = "tissue", values = { blood = "UBERON:0000178 blood" } }
"""


def read(*rows: dict[str, str], joined: bool = False) -> tuple[list[BeaconRecord], list[RecordRejected], Counter[str]]:
    remarks: Counter[str] = Counter()
    mapping = parse_table_mapping("m", ('rows = "observation"\n' if joined else "") + MAPPING)
    numbered = [TableRow(number, dict(cells)) for number, cells in enumerate(rows, start=2)]
    records: list[BeaconRecord] = []
    rejected: list[RecordRejected] = []
    for _, outcome in people_of_rows(numbered, mapping, remarks):
        if isinstance(outcome, RecordRejected):
            rejected.append(outcome)
        else:
            records += outcome
    return records, rejected, remarks


def document(record: BeaconRecord) -> dict[str, JsonValue]:
    row, _ = record.owned_by(record.individual_id)
    found: dict[str, JsonValue] = json.loads(row.document)
    return found


def test_a_person_with_everything() -> None:
    (person, sample), rejected, remarks = read(
        {
            "id": "P1", "year": "1956", "sex": "K", "icd": "DC18.2;DE119A; MONDO:0005147", "age": "50", "absent": "HP:0000002",
            "hpo": "HP_0001166;!HP:0001382", "seizures": "yes", "sample": "B1", "tissue": "blood",
        }
    )  # fmt: skip
    assert not rejected
    told = document(person)
    assert (person.sex, told["info"]) == ("FEMALE", {"yearOfBirth": 1956})
    age = {"iso8601duration": "P50Y"}
    assert told["diseases"] == [
        {"diseaseCode": {"id": code}, "ageOfOnset": age} for code in ("ICD10:C18.2", "ICD10:E11.9", "MONDO:0005147")
    ]
    assert told["phenotypicFeatures"] == [
        {"featureType": {"id": "HP:0001166"}},
        {"featureType": {"id": "HP:0001382"}, "excluded": True},
        {"featureType": {"id": "HP:0000002"}, "excluded": True},
        {"featureType": {"id": "HP:0001250", "label": "Seizure"}},
    ]
    assert document(sample)["sampleOriginType"] == {"id": "UBERON:0000178", "label": "blood"}
    assert (sample.id, sample.individual_id) == ("B1", "P1")
    assert sum("finer than the WHO" in text for text in remarks) == 1


def test_rows_of_one_person_are_joined_where_the_mapping_says_so() -> None:
    records, rejected, _ = read({"id": "P1", "icd": "C18"}, {"id": "P1", "icd": "C18;E11", "sample": "B1"}, joined=True)
    assert not rejected
    assert [record.id for record in records] == ["P1", "B1"]
    diseases = document(records[0])["diseases"]
    assert isinstance(diseases, list)
    assert len(diseases) == 2
    _, rejected, _ = read({"id": "P1"}, {"id": "P1"})
    assert rejected[0].message == 'the id of line 2 again; use rows = "observation"'


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"id": ""}, "id"), ({"sex": "x"}, "sex"), ({"year": "56"}, "year"), ({"icd": "XYZ"}, "icd"), ({"icd": "C18", "age": "x"}, "age"),
        ({"hpo": "fever"}, "hpo"), ({"seizures": "perhaps"}, "seizures"), ({"sample": "B", "tissue": "x"}, "tissue"),
        ({"hpo": "HP:0001250", "absent": "HP:0001250"}, "hpo"),
    ],
)  # fmt: skip
def test_cells_that_cannot_be_read_are_named(cells: dict[str, str], column: str) -> None:
    records, rejected, _ = read({"id": "P1", **cells})
    assert [error.field_name for error in rejected] == [column]
    assert not records


def test_rows_of_one_person_must_agree() -> None:
    for name, first, second in (("sex", "K", "M"), ("year", "1956", "1957")):
        _, rejected, _ = read({"id": "P1", name: first}, {"id": "P1", name: second}, joined=True)
        assert rejected[0].field_name == name


def test_a_date_of_birth_is_personal() -> None:
    with pytest.raises(PersonalCell):
        read({"id": "P1", "year": "12-03-1956"})


def test_other_and_unknown_sex_and_excluded_diagnoses() -> None:
    records, _, remarks = read({"id": "P1", "sex": "other", "icd": "!C18"}, {"id": "P2"})
    assert [record.sex for record in records] == ["OTHER_SEX", "UNKNOWN_SEX"]
    assert remarks["diagnoses that are excluded, left out"] == 1
