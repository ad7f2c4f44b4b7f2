"""DRS documents: member names as in the specification, absent members absent."""

from dataclasses import dataclass

import pytest

from drs.models import (
    AccessMethod,
    AccessUrl,
    Authorizations,
    BulkAccessUrl,
    BulkAccessUrls,
    BulkAuthorizations,
    BulkObjects,
    Checksum,
    DrsObject,
    Error,
    Model,
    ServiceLimits,
    Summary,
    Unresolved,
)
from tests.drs.openapi import needs_drs_schemas, validate

OBJECT = DrsObject(
    id="a1",
    self_uri="drs://node.example.dk/a1",
    size=3,
    created_time="2026-10-01T09:00:00Z",
    checksums=(Checksum("ff", "sha-256"),),
    access_methods=(AccessMethod("https", access_id="https", available=True),),
)
SUMMARY = Summary(2, 1, 1)
MISSING = (Unresolved(404, ("x",)),)


def test_absent_members_are_left_out() -> None:
    assert OBJECT.document() == {
        "id": "a1",
        "self_uri": "drs://node.example.dk/a1",
        "size": 3,
        "created_time": "2026-10-01T09:00:00Z",
        "checksums": [{"checksum": "ff", "type": "sha-256"}],
        "access_methods": [{"type": "https", "access_id": "https", "available": True}],
    }


def test_headers_of_an_access_url_are_a_list_of_strings() -> None:
    assert AccessUrl("u", ("Name: value",)).document() == {"url": "u", "headers": ["Name: value"]}


def test_bulk_documents_have_the_names_of_the_specification() -> None:
    assert set(BulkObjects(SUMMARY, MISSING, (OBJECT,)).document()) == {
        "summary",
        "unresolved_drs_objects",
        "resolved_drs_object",
    }
    assert set(BulkAuthorizations(SUMMARY, MISSING, ()).document()) == {
        "summary",
        "unresolved_drs_objects",
        "resolved_drs_object",
    }
    assert set(BulkAccessUrls(SUMMARY, (), ()).document()) == {
        "summary",
        "unresolved_drs_objects",
        "resolved_drs_object_access_urls",
    }
    assert MISSING[0].document() == {"error_code": 404, "object_ids": ["x"]}
    assert SUMMARY.document() == {"requested": 2, "resolved": 1, "unresolved": 1}


def test_a_value_that_json_does_not_have_is_refused() -> None:
    @dataclass(frozen=True)
    class Odd(Model):
        what: object

    with pytest.raises(TypeError, match="set has no place in a DRS document"):
        Odd({"a"}).document()


@needs_drs_schemas
def test_documents_validate_against_the_official_schemas() -> None:
    granted = Authorizations("a1", ("BearerAuth", "PassportAuth"), ("https://visas.example.dk",), ())
    validate("schemas/DrsObject.yaml", OBJECT.document())
    validate("schemas/Authorizations.yaml", granted.document())
    validate("schemas/AccessURL.yaml", AccessUrl("https://node.example.dk/x").document())
    validate("schemas/BulkAccessURL.yaml", BulkAccessUrl("a1", "https", "https://node.example.dk/x").document())
    validate("schemas/Error.yaml", Error("no such object", 404).document())
    validate("schemas/DrsService.yaml#/properties/drs", ServiceLimits(1000, 2, 3).document())
