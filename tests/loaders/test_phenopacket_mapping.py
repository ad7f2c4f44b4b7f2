import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from beacon.rows import EntityType
from core.strict_json import JsonValue
from loaders.phenopacket_mapping import MappedPhenopacket, map_phenopacket
from loaders.report import RecordRejected
from tests.loaders.phenopacket_documents import full_packet, term
from tests.support.shared import needs_shared, shared

_BEACON = "https://raw.githubusercontent.com/ga4gh-beacon/beacon-v2/main/"


def validator(entity: str, specs: Path) -> Draft202012Validator:
    """The official schema of an entry type."""
    tree = specs / "beacon-v2.2.0"
    files = {
        _BEACON + path.relative_to(tree).as_posix(): path
        for path in tree.rglob("*.json")
        if not path.parent.name.startswith("examples")
    }
    contents = {url: json.loads(path.read_text()) for url, path in files.items()}
    registry: Registry[Any] = Registry()
    registry = registry.with_resources(
        (url, Resource.from_contents(content, DRAFT202012)) for url, content in contents.items()
    )
    schema = {"$ref": f"{_BEACON}models/json/beacon-v2-default-model/{entity}/defaultSchema.json"}
    return Draft202012Validator(schema, registry=registry)


def documents(mapped: MappedPhenopacket) -> dict[str, dict[str, JsonValue]]:
    return {row.id: json.loads(row.document) for row in mapped.entities}


def test_the_individual_says_what_the_phenopacket_says() -> None:
    individual = documents(map_phenopacket(full_packet()))["P1"]
    assert individual["sex"] == {"id": "NCIT:C16576", "label": "female"}
    assert individual["karyotypicSex"] == "XX"
    assert individual["info"] == {"phenopacketId": "packet-1", "timeAtLastEncounter": {"iso8601duration": "P40Y"}}
    assert individual["diseases"] == [
        {"diseaseCode": term("OMIM:300867"), "ageOfOnset": term("HP:0003577"), "stage": term("NCIT:C27976")},
        {"diseaseCode": term("OMIM:154701")},
    ]
    assert individual["phenotypicFeatures"] == [
        {
            "featureType": term("HP:0001250", "Seizure"),
            "severity": term("HP:0012828"),
            "modifiers": [term("HP:0025303")],
            "onset": {"iso8601duration": "P3Y"},
            "resolution": "2020-03-17T00:00:00Z",
            "notes": "seen twice",
            "evidence": {"evidenceCode": term("ECO:0006017"), "reference": {"id": "PMID:1", "notes": "d"}},
        },
        {"featureType": term("HP:0001629"), "excluded": True, "evidence": {"evidenceCode": term("ECO:0006017")}},
    ]
    assert individual["treatments"] == [
        {"treatmentCode": term("DrugCentral:2"), "routeOfAdministration": term("NCIT:C38288")},
        {"treatmentCode": term("DrugCentral:3")},
    ]
    assert individual["interventionsOrProcedures"] == [{"procedureCode": term("NCIT:C28743")}]


def test_biosamples_and_their_defaults() -> None:
    found = documents(map_phenopacket(full_packet()))
    assert found["P1-B1"]["sampleOriginType"] == term("UBERON:0000178")
    assert found["P1-B1"]["collectionMoment"] == "P39Y"
    assert found["P1-B2"] == {
        "id": "P1-B2",
        "individualId": "P1",
        "biosampleStatus": {"id": "NCIT:C17998", "label": "unknown"},
        "sampleOriginType": {"id": "OBI:0001479", "label": "specimen from organism"},
    }


def test_the_terms_index_tells_field_and_exclusion() -> None:
    mapped = map_phenopacket(full_packet())
    found = {(row.entity_id, row.field, row.term_id): row.excluded for row in mapped.terms}
    assert len(found) == len(mapped.terms)
    assert found["P1", "sex", "NCIT:C16576"] is False
    assert found["P1", "phenotypicFeatures", "HP:0001250"] is False
    assert found["P1", "phenotypicFeatures", "HP:0001629"] is True
    assert found["P1", "diseases", "OMIM:154700"] is True
    assert found["P1", "diseases", "OMIM:300867"] is False
    assert found["P1", "measurements", "LOINC:718-7"] is False
    assert found["P1", "treatments", "DrugCentral:2"] is False
    assert found["P1", "interventionsOrProcedures", "NCIT:C28743"] is False
    assert found["P1-B1", "histologicalDiagnosis", "NCIT:C3778"] is False
    assert found["P1-B1", "diagnosticMarkers", "NCIT:C68748"] is False
    assert all(row.individual_id == "P1" for row in mapped.terms)


def test_a_person_can_be_put_under_another_id() -> None:
    mapped = map_phenopacket(full_packet()).under("packet-1")
    assert {row.individual_id for row in mapped.entities} == {row.individual_id for row in mapped.terms} == {"packet-1"}
    found = documents(mapped)
    assert found["packet-1"]["id"] == "packet-1"
    assert found["P1-B1"]["individualId"] == "packet-1"
    ids = {row.entity_id for row in mapped.terms if row.entity is EntityType.INDIVIDUAL}
    assert ids == {"packet-1"}


@needs_shared
def test_the_records_are_valid_beacon_records() -> None:
    mapped = map_phenopacket(full_packet())
    for row in mapped.entities:
        errors = list(validator(row.entity.value, shared("specs")).iter_errors(json.loads(row.document)))
        assert not errors


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"id": ""}, "id"),
        ({"subject": None}, "subject"),
        ({"subject": {"sex": "MALE"}}, "subject.id"),
        ({"subject": {"id": "P1", "sex": "male"}}, "subject.sex"),
        ({"subject": {"id": "P1", "karyotypicSex": "XQ"}}, "subject.karyotypicSex"),
        ({"phenotypicFeatures": [{"type": {"id": "nonsense"}}]}, "phenotypicFeatures[0].type.id"),
        ({"diseases": {}}, "diseases"),
        ({"biosamples": [{"id": "B", "individualId": "P2"}]}, "biosamples[0].individualId"),
        ({"measurements": [{"assay": {"id": "LOINC:1"}}]}, "measurements[0].value.quantity"),
    ],
)
def test_what_cannot_be_mapped_is_rejected_with_its_path(changes: dict[str, JsonValue], place: str) -> None:
    with pytest.raises(RecordRejected) as error:
        map_phenopacket({**full_packet(), **changes})
    assert error.value.field_name.startswith(place)


def test_sex_may_be_missing() -> None:
    mapped = map_phenopacket({"id": "x", "subject": {"id": "P1"}})
    assert mapped.entities[0].sex == "UNKNOWN_SEX"
