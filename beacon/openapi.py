"""What the generated OpenAPI says of parameters that are parsed by our own code (pure)."""

from typing import Any

from beacon.query import Granularity, Include
from beacon.variants import NOT_OFFERED, OFFERED

_CONTROLS: dict[str, dict[str, Any]] = {
    "skip": {"type": "integer", "minimum": 0, "description": "pages to skip"},
    "limit": {"type": "integer", "minimum": 0, "description": "records a page; 0 is the maximum"},
    "includeResultsetResponses": {"type": "string", "enum": [str(each) for each in Include]},
    "requestedGranularity": {"type": "string", "enum": [str(each) for each in Granularity]},
    "testMode": {"type": "boolean"},
    "datasetIds": {"type": "string", "description": "dataset ids, with commas"},
    "filters": {"type": "string", "description": "ontology terms, with commas"},
    "requestedSchema": {"type": "string"},
    "apiVersion": {"type": "string"},
}

PARAMETERS: list[dict[str, Any]] = [
    {"name": name, "in": "query", "required": False, "schema": schema}
    for name, schema in (_CONTROLS | {name: {"type": "string"} for name in sorted(OFFERED - NOT_OFFERED)}).items()
]
"""Query parameters of every data route."""

_ERRORS = (400, 401, 404, 405, 413, 415, 500, 503)


def responses() -> dict[int | str, dict[str, Any]]:
    """The statuses of a data route; every error has the shape of beaconErrorResponse."""
    return {status: {"description": "Beacon error response"} for status in _ERRORS}
