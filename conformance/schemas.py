"""A registry of the official JSON Schemas: which one judges which document, from disk, never from the network.

The folder is laid out as the specifications are published: ``beacon-v2.2.0/{framework,models}/json``,
``vrs-1.3/schema/vrs.json``. Beacon's schemas name each other by URLs of a moving branch; mapping these URLs to files is
what pins the version.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

_BEACON = "https://raw.githubusercontent.com/ga4gh-beacon/beacon-v2/main/"
_VRS = "https://w3id.org/ga4gh/schema/vrs/1.3/vrs.json"
_RESPONSES = "framework/json/responses"
_MODEL = "models/json/beacon-v2-default-model"

BEACON_SCHEMAS: Mapping[str, str] = MappingProxyType(
    {
        "info": f"{_RESPONSES}/beaconInfoResponse.json",
        "service-info": f"{_RESPONSES}/ga4gh-service-info-1-0-0-schema.json",
        "configuration": f"{_RESPONSES}/beaconConfigurationResponse.json",
        "entry_types": f"{_RESPONSES}/beaconEntryTypesResponse.json",
        "map": f"{_RESPONSES}/beaconMapResponse.json",
        "filtering_terms": f"{_RESPONSES}/beaconFilteringTermsResponse.json",
        "boolean": f"{_RESPONSES}/beaconBooleanResponse.json",
        "count": f"{_RESPONSES}/beaconCountResponse.json",
        "resultsets": f"{_RESPONSES}/beaconResultsetsResponse.json",
        "collections": f"{_RESPONSES}/beaconCollectionsResponse.json",
        "error": f"{_RESPONSES}/beaconErrorResponse.json",
        "request": "framework/json/requests/beaconRequestBody.json",
        "variant parameters": f"{_MODEL}/genomicVariations/requestParameters.json#/g_variant",
        "analysis": f"{_MODEL}/analyses/defaultSchema.json",
        "biosample": f"{_MODEL}/biosamples/defaultSchema.json",
        "cohort": f"{_MODEL}/cohorts/defaultSchema.json",
        "dataset": f"{_MODEL}/datasets/defaultSchema.json",
        "genomicVariant": f"{_MODEL}/genomicVariations/defaultSchema.json",
        "individual": f"{_MODEL}/individuals/defaultSchema.json",
        "run": f"{_MODEL}/runs/defaultSchema.json",
    }
)
"""Which Beacon v2.2.0 schema judges which kind of document; records are named by their entry type."""


class BeaconSchemas:
    """The schemas of Beacon v2.2.0 and VRS 1.3; made once, since a registry takes some milliseconds."""

    def __init__(self, specifications: Path) -> None:
        """``specifications``: the folder with ``beacon-v2.2.0`` and ``vrs-1.3``; raises ``OSError`` without them."""
        registry = _registry(specifications)
        self._validators = {
            kind: Draft202012Validator({"$ref": _BEACON + path}, registry=registry)
            for kind, path in BEACON_SCHEMAS.items()
        }

    def errors(self, kind: str, document: object) -> tuple[str, ...]:
        """What is wrong with a document, one line each with the place; empty where nothing is."""
        found = sorted(self._validators[kind].iter_errors(document), key=lambda error: error.json_path)
        return tuple(f"{error.json_path}: {error.message}" for error in found)

    def answer_errors(self, document: Mapping[str, Any]) -> tuple[str, ...]:
        """What is wrong with a data answer: the envelope by its own kind, then every record by its entry type."""
        response = document.get("response") or {}
        errors = list(self.errors(_kind_of(document), document))
        schemas = document.get("meta", {}).get("returnedSchemas") or [{}]
        entry = schemas[0].get("entityType", "")
        records = list(response.get("collections", ()))
        for result_set in response.get("resultSets", ()):
            records += result_set.get("results", ())
        for record in records:
            errors += self.errors(entry, record)
        return tuple(errors)


def _kind_of(document: Mapping[str, Any]) -> str:
    """The response kind that a data answer claims to be."""
    response = document.get("response")
    if response is None:
        return "count" if "numTotalResults" in document.get("responseSummary", {}) else "boolean"
    return "collections" if "collections" in response else "resultsets"


def _registry(specifications: Path) -> Registry[Any]:
    tree = specifications / "beacon-v2.2.0"
    files = {
        _BEACON + path.relative_to(tree).as_posix(): path
        for path in sorted(tree.rglob("*.json"))
        if not path.parent.name.startswith("examples")
    }
    files[_VRS] = specifications / "vrs-1.3" / "schema" / "vrs.json"
    resources = [
        (url, Resource.from_contents(json.loads(path.read_text(encoding="utf-8")), DRAFT202012))
        for url, path in files.items()
    ]
    registry: Registry[Any] = Registry()
    return registry.with_resources(resources)
