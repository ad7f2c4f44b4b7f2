"""The official htsget 1.3 OpenAPI as a validator; the file is data beside the repository and may be absent."""

from functools import lru_cache
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.support.shared import shared

_HTSGET = "https://htsget.invalid/openapi.yaml"
_SERVICE_INFO = "https://raw.githubusercontent.com/ga4gh-discovery/ga4gh-service-info/v1.0.0/service-info.yaml"


@lru_cache(maxsize=1)
def _registry() -> Registry[Any]:
    files = {
        _HTSGET: shared("specs", "htsget-1.3.0", "pub", "htsget-openapi.yaml"),
        _SERVICE_INFO: shared("specs", "service-info-1.0.0", "service-info.yaml"),
    }
    return Registry().with_resources(
        (url, Resource.from_contents(yaml.safe_load(path.read_text()), DRAFT202012)) for url, path in files.items()
    )


def validate(schema: str, document: object) -> None:
    """Check against a schema of the OpenAPI file, such as ``htsgetResponseReads``."""
    validator = Draft202012Validator({"$ref": f"{_HTSGET}#/components/schemas/{schema}"}, registry=_registry())
    problems = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]
    assert not problems, problems
