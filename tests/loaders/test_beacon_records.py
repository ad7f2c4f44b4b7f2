import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beacon.rows import EntityType
from conformance.schemas import BeaconSchemas
from core.strict_json import JsonValue
from loaders.beacon_records import BeaconRecord, dataset_remark, read_record
from loaders.beacon_shapes import Cleaning
from loaders.report import RecordRejected
from tests.loaders.test_beacon_shapes import JSON
from tests.support.shared import needs_shared, shared

KINDS = {
    "individuals": EntityType.INDIVIDUAL,
    "biosamples": EntityType.BIOSAMPLE,
    "runs": EntityType.RUN,
    "analyses": EntityType.ANALYSIS,
    "cohorts": EntityType.COHORT,
}


def one(entity: EntityType, value: JsonValue) -> tuple[BeaconRecord, Cleaning]:
    cleaning = Cleaning()
    (record,) = read_record(entity, value, cleaning)
    return record, cleaning


@pytest.mark.parametrize(
    ("sex", "told"),
    [
        ({"id": "NCIT:C16576", "label": "female"}, "FEMALE"), ({"id": "NCIT:C46112"}, "MALE"), ("Male", "MALE"),
        ({"id": "NCIT:C17998"}, "UNKNOWN_SEX"), (None, "UNKNOWN_SEX"), ({"id": "NCIT:C45908"}, "OTHER_SEX"),
        ({"id": "SNOMED:407374003"}, "OTHER_SEX"), (["x"], "UNKNOWN_SEX"),
    ],
)  # fmt: skip
def test_sexes(sex: JsonValue, told: str) -> None:
    record, _ = one(EntityType.INDIVIDUAL, {"id": "P1", "sex": sex})
    assert record.sex == told
    assert isinstance(record.document["sex"], dict)


def test_measures_are_measurements_and_terms_are_found() -> None:
    record, cleaning = one(
        EntityType.INDIVIDUAL,
        {
            "id": "P1",
            "sex": "female",
            "measures": [{"assayCode": {"id": "LOINC:8308-9"}, "measurementValue": {"unit": {"id": "NCIT:C1"}, "value": 1}}],
            "phenotypicFeatures": [{"featureType": {"id": "HP:0000002"}, "excluded": True}],
            "diseases": [{"diseaseCode": {"id": "ICD10:J40", "label": "x"}}],
            "exposures": [{"exposureCode": {"id": "CHEBI:46661"}}],
            "_id": "hash", "datasetId": "d", "strange": 1, "info": {"a": 1},
        },
    )  # fmt: skip
    row, terms = record.owned_by("P1")
    assert {(term.field, term.term_id, term.excluded) for term in terms} == {
        ("sex", "NCIT:C16576", False), ("measurements", "LOINC:8308-9", False), ("phenotypicFeatures", "HP:0000002", True),
        ("diseases", "ICD10:J40", False),
    }  # fmt: skip
    document = json.loads(row.document)
    assert document["info"] == {"asGiven": {"exposures": [{"exposureCode": {"id": "CHEBI:46661"}}]}}
    assert "measures" not in document
    assert "_id" not in document
    assert "strange: not of Beacon v2.2, left out" in cleaning.remarks
    assert any(remark.startswith("info: free members left out") for remark in cleaning.remarks)


def test_nobody_else_is_named_in_a_record() -> None:
    role: JsonValue = {"id": "NCIT:C64435", "label": "Proband"}
    members: JsonValue = [{"memberId": name, "role": role, "affected": True} for name in ("P1", "P2")]
    pedigree: JsonValue = {
        "id": "F",
        "disease": {"diseaseCode": {"id": "OMIM:1"}},
        "members": members,
        "numSubjects": 2,
    }
    given: JsonValue = {"id": "P1", "sex": "male", "pedigrees": [pedigree, "P2 is a sister"], "info": {"twin": "P2"}}
    record, cleaning = one(EntityType.INDIVIDUAL, given)
    text = record.owned_by("P1")[0].document
    assert [member["memberId"] for member in json.loads(text)["pedigrees"][0]["members"]] == ["P1"]
    assert "P2" not in text
    assert {remark.partition(":")[0] for remark in cleaning.remarks} >= {"pedigrees", "pedigrees.members", "info"}
    for entity in (EntityType.BIOSAMPLE, EntityType.COHORT):
        record, _ = one(entity, {"id": "X", "info": {"members": ["P2"]}})
        assert "P2" not in record.owned_by("")[0].document
    record, _ = one(EntityType.RUN, {"id": "R", "biosampleId": "B", "info": {"lane": 1}})
    assert json.loads(record.owned_by("P1")[0].document)["info"] == {"lane": 1}


def test_what_must_be_there_is_filled_or_said() -> None:
    sample, cleaning = one(EntityType.BIOSAMPLE, {"id": "B1"})
    assert sample.document["biosampleStatus"] == {"id": "NCIT:C17998", "label": "unknown"}
    assert len(cleaning.remarks) == 2
    _, cleaning = one(EntityType.RUN, {"id": "R1"})
    assert {text.split(":")[0] for text in cleaning.remarks} == {"runDate", "biosampleId"}
    cohort, cleaning = one(EntityType.COHORT, {"id": "C1"})
    assert cohort.document["name"] == "C1"
    assert cohort.individual_id == ""
    assert len(cleaning.remarks) == 2


def test_counts_of_cohorts_are_put_under_their_names() -> None:
    flat: JsonValue = {"availability": True, "availabilityCount": 20.0, "distribution": {"NCIT:C16576": 16.0}}
    event: JsonValue = {"eventGenders": flat, "eventSize": "20"}
    wrong: JsonValue = {"eventGenders": {"availability": True, "distribution": {"genders": 1, "x": "y"}}}
    also_wrong: JsonValue = {"eventGenders": {"availability": True, "distribution": 7}}
    cohort, cleaning = one(EntityType.COHORT, {"id": "C", "collectionEvents": [event, wrong, also_wrong]})
    events = cohort.document["collectionEvents"]
    assert isinstance(events, list)
    assert events[0] == {
        "eventGenders": {
            "availability": True,
            "availabilityCount": 20,
            "distribution": {"genders": {"NCIT:C16576": 16}},
        },
        "eventSize": 20,
    }
    assert events[1:] == [{"eventGenders": {"availability": True}}] * 2
    assert len(cleaning.aside) == 2


def test_measured_values() -> None:
    amount: JsonValue = {"unit": {"id": "NCIT:C1"}, "value": "5"}
    assay: dict[str, JsonValue] = {"assayCode": {"id": "LOINC:1"}}
    values: list[JsonValue] = [{"quantity": amount}, amount, {"id": "NCIT:C2"}, {"typedQuantities": []}]
    person, _ = one(
        EntityType.INDIVIDUAL, {"id": "P", "measurements": [{**assay, "measurementValue": v} for v in values]}
    )
    clean: JsonValue = {"unit": {"id": "NCIT:C1"}, "value": 5}
    cleaned: list[JsonValue] = [clean, clean, {"id": "NCIT:C2"}, {"typedQuantities": []}]
    assert person.document["measurements"] == [{**assay, "measurementValue": v} for v in cleaned]


def test_a_run_of_several_samples_is_one_run_a_sample() -> None:
    cleaning = Cleaning()
    value: JsonValue = {"id": "R", "biosampleId": "B1|B2", "individualId": "P1|P2", "runDate": "2021-10-18"}
    records = list(read_record(EntityType.RUN, value, cleaning))
    assert [(record.id, record.biosample_id, record.individual_id) for record in records] == [
        ("R:B1", "B1", "P1"), ("R:B2", "B2", "P2"),
    ]  # fmt: skip
    both = list(read_record(EntityType.RUN, {"id": "R", "biosampleId": "B1|B2", "individualId": "P"}, cleaning))
    assert [record.individual_id for record in both] == ["P", "P"]
    with pytest.raises(RecordRejected, match="not as many"):
        list(read_record(EntityType.RUN, {"id": "R", "biosampleId": "B1|B2", "individualId": "P|Q|R"}, cleaning))


@pytest.mark.parametrize("value", [3, {}, {"id": ""}, {"id": True}, {"id": "a", "individualId": [1]}])
def test_records_without_an_id_are_rejected(value: JsonValue) -> None:
    with pytest.raises(RecordRejected):
        one(EntityType.BIOSAMPLE, value)


def test_what_a_dataset_says_of_itself() -> None:
    uses: JsonValue = [{"id": "DUO:0000019,DUO:00000020", "label": "x"}, {"id": "MONDO:1"}]
    said = dataset_remark({"id": "d", "dataUseConditions": {"duoDataUse": uses}})
    assert "'d': DUO:0000019, DUO:0000020 (written 'DUO:00000020'), 'MONDO:1' (no DUO term)" in said
    assert "no data use conditions" in dataset_remark({})
    with pytest.raises(RecordRejected):
        dataset_remark(1)


@given(
    st.sampled_from(list(KINDS.values())),
    st.dictionaries(st.sampled_from(["diseases", "sex", "info", "runDate"]), JSON),
)
def test_any_record_is_read(entity: EntityType, members: dict[str, JsonValue]) -> None:
    record, _ = one(entity, {"id": "x", **members})
    record.owned_by("P")


@needs_shared
@pytest.mark.parametrize("folder", ["CINECA_UK1", "all-fields", "test", "mandatory-fields"])
def test_real_records_are_valid_beacon_records(folder: str) -> None:
    schemas = BeaconSchemas(shared("specs"))
    names = {"individuals": "individual", "biosamples": "biosample", "runs": "run", "analyses": "analysis"}
    for kind, entity in KINDS.items():
        values = json.loads(shared("data", "beacon-bff", folder, f"{kind}.json").read_text())
        for value in values[:50]:
            for record in read_record(entity, value, Cleaning()):
                row, _ = record.owned_by(record.individual_id)
                assert schemas.errors(names.get(kind, "cohort"), json.loads(row.document)) == ()
