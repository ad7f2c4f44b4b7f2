"""The informational documents claim what the table says, with addresses from the configured URL."""

from dataclasses import replace

from beacon.entry_types import BY_ID, ENTRY_TYPES, SERVED, entry_of_scope
from beacon.framework import (
    configuration_document,
    entry_types_document,
    filtering_terms_document,
    info_document,
    map_document,
    service_info_document,
)
from beacon.openapi import PARAMETERS, responses
from core.strict_json import JsonValue
from tests.beacon.node import IDENTITY, SCHEMAS
from tests.support.shared import needs_shared


def response(document: dict[str, JsonValue]) -> dict[str, JsonValue]:
    inner = document["response"]
    assert isinstance(inner, dict)
    return inner


def test_the_default_model_is_complete() -> None:
    assert {entry.id for entry in ENTRY_TYPES} == {
        "analysis", "biosample", "cohort", "dataset", "genomicVariant", "individual", "run",
    }  # fmt: skip
    assert all(related in BY_ID for entry in ENTRY_TYPES for related in entry.related)
    assert {entry.id for entry in SERVED if entry.is_collection} == {"dataset", "cohort"}


def test_scopes_of_filters() -> None:
    for entry in ENTRY_TYPES:
        assert entry_of_scope(entry.id) is entry_of_scope(entry.path) is entry
    for name in ("genomicVariation", "genomicVariations", "g_variant"):
        assert entry_of_scope(name) is BY_ID["genomicVariant"]
    assert entry_of_scope("foo") is None


def test_documents_are_derived_from_the_table() -> None:
    ids = {entry.id for entry in SERVED}
    assert (
        response(entry_types_document(IDENTITY))["entryTypes"]
        == response(configuration_document(IDENTITY))["entryTypes"]
    )
    sets = response(map_document(IDENTITY))["endpointSets"]
    assert isinstance(sets, dict)
    assert set(sets) == ids
    assert str(sets).count("https://node.example.dk/beacon/") > len(ids) * 3


def test_details_that_are_not_set_are_left_out() -> None:
    bare = replace(IDENTITY, organization_url="", contact_url="", logo_url="", description="", environment="prod")
    assert response(info_document(bare))["organization"] == {"id": "dk.example", "name": "Example"}
    assert response(configuration_document(bare))["maturityAttributes"] == {"productionStatus": "PROD"}
    assert response(info_document(IDENTITY))["alternativeUrl"] == "https://node.example.dk/beacon"


@needs_shared
def test_documents_pass_the_official_schemas() -> None:
    assert SCHEMAS is not None
    documents = {
        "info": info_document(IDENTITY), "service-info": service_info_document(IDENTITY), "map": map_document(IDENTITY),
        "configuration": configuration_document(IDENTITY), "entry_types": entry_types_document(IDENTITY),
        "filtering_terms": filtering_terms_document(IDENTITY, [{"id": "HP:1", "type": "ontology"}], ["HP"]),
    }  # fmt: skip
    assert {kind: SCHEMAS.errors(kind, document) for kind, document in documents.items()} == dict.fromkeys(
        documents, ()
    )


def test_openapi_names_what_is_parsed_by_hand() -> None:
    names = [parameter["name"] for parameter in PARAMETERS]
    assert len(names) == len(set(names))
    assert {400, 401, 404} <= set(responses())
