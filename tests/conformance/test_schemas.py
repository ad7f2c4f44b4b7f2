"""The registry finds the right schema for each kind of document, without a network."""

import json
from pathlib import Path
from typing import Any

import pytest

from conformance.schemas import BEACON_SCHEMAS, BeaconSchemas
from tests.support.shared import needs_shared, shared

_SMALL_SCHEMAS: dict[str, dict[str, Any]] = {
    "framework/json/responses/beaconResultsetsResponse.json": {
        "required": ["meta", "response"],
        "properties": {"meta": {"$ref": "./sections/meta.json"}},
    },
    "framework/json/responses/sections/meta.json": {"required": ["beaconId"]},
    "models/json/beacon-v2-default-model/individuals/defaultSchema.json": {"required": ["id"]},
}


@pytest.fixture
def small(tmp_path: Path) -> BeaconSchemas:
    """A registry of made-up schemas that lie where the official ones do."""
    tree = tmp_path / "beacon-v2.2.0"
    for name in {path.split("#")[0] for path in BEACON_SCHEMAS.values()} | set(_SMALL_SCHEMAS):
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(_SMALL_SCHEMAS.get(name, {"g_variant": {}})))
    vrs = tmp_path / "vrs-1.3" / "schema" / "vrs.json"
    vrs.parent.mkdir(parents=True)
    vrs.write_text("{}")
    return BeaconSchemas(tmp_path)


def test_references_lead_to_files(small: BeaconSchemas) -> None:
    assert small.errors("resultsets", {"meta": {"beaconId": "b"}, "response": {}}) == ()
    assert small.errors("resultsets", {"meta": {}, "response": {}}) == ("$.meta: 'beaconId' is a required property",)


def test_an_answer_is_judged_with_its_records(small: BeaconSchemas) -> None:
    meta = {"beaconId": "b", "returnedSchemas": [{"entityType": "individual"}]}
    answer = {"meta": meta, "response": {"resultSets": [{"results": [{"id": "P1"}, {}]}]}}
    assert small.answer_errors(answer) == ("$: 'id' is a required property",)
    collections = {"meta": meta, "response": {"collections": [{}]}}
    assert small.answer_errors(collections) == ("$: 'id' is a required property",)


def test_an_answer_without_sets_is_boolean_or_count(small: BeaconSchemas) -> None:
    assert small.answer_errors({"responseSummary": {"exists": True}}) == ()
    assert small.answer_errors({"responseSummary": {"exists": True, "numTotalResults": 1}}) == ()


def test_a_folder_without_schemas_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"vrs\.json"):
        BeaconSchemas(tmp_path)


@needs_shared
def test_the_official_schemas_judge_official_examples() -> None:
    specifications = shared("specs")
    schemas = BeaconSchemas(specifications)
    for kind in BEACON_SCHEMAS:
        if kind != "variant parameters":
            assert schemas.errors(kind, {}) or kind in ("info",), kind
    model = specifications / "beacon-v2.2.0" / "models" / "json" / "beacon-v2-default-model"
    example = json.loads((model / "genomicVariations" / "examples" / "genomicVariant-MIN-example.json").read_text())
    assert schemas.errors("genomicVariant", example) == ()
    assert schemas.errors("variant parameters", {"start": ["x"]})
