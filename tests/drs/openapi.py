"""The official DRS 1.5 OpenAPI files as validators; the files are data beside the repository and may be absent."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

SPECS = Path(__file__).parents[2].parent / "shared" / "specs"
needs_drs_schemas = pytest.mark.skipif(
    not (SPECS / "drs-1.5.0").is_dir(), reason="../shared/specs/drs-1.5.0 is not here: official schemas unchecked"
)

_DRS = "https://drs.invalid/"
_DISCOVERY = "https://raw.githubusercontent.com/ga4gh-discovery/"
_SERVICE_INFO = f"{_DISCOVERY}ga4gh-service-info/v1.0.0/service-info.yaml"
_SERVICE_REGISTRY = f"{_DISCOVERY}ga4gh-service-registry/1.0.0/service-registry.yaml"


def _absolute(document: object, base: str) -> object:
    """The document with absolute references: OpenAPI knows no ``$id``, and YAML status codes are integers."""
    if isinstance(document, Mapping):
        return {
            str(key): urljoin(base, str(value)) if key == "$ref" else _absolute(value, base)
            for key, value in document.items()
        }
    if isinstance(document, list):
        return [_absolute(item, base) for item in document]
    return document


@lru_cache(maxsize=1)
def _registry() -> Registry[Any]:
    tree = SPECS / "drs-1.5.0" / "openapi"
    files = {_DRS + path.relative_to(tree).as_posix(): path for path in tree.rglob("*.yaml")}
    files[_SERVICE_INFO] = SPECS / "service-info-1.0.0" / "service-info.yaml"
    files[_SERVICE_REGISTRY] = SPECS / "service-registry-1.0.0" / "service-registry.yaml"
    documents = {url: _absolute(yaml.safe_load(path.read_text()), url) for url, path in files.items()}
    return Registry().with_resources(
        (url, Resource.from_contents(document, DRAFT202012)) for url, document in documents.items()
    )


def _validate(reference: str, document: object) -> None:
    validator = Draft202012Validator({"$ref": reference}, registry=_registry(), format_checker=FormatChecker())
    problems = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]
    assert not problems, problems


def validate(component: str, document: object) -> None:
    """Check against a component of the DRS OpenAPI, such as ``schemas/Error.yaml``."""
    _validate(f"{_DRS}components/{component}{'' if '#' in component else '#'}", document)


def validate_response(name: str, document: object) -> None:
    """Check against a response of the DRS OpenAPI, such as ``200OkDrsObject``."""
    _validate(f"{_DRS}components/responses/{name}.yaml#/content/application~1json/schema", document)


def validate_registry(schema: str, document: object) -> None:
    """Check against a schema of the service registry: ``ExternalService``, ``ServiceType``, ``Service``, ``Error``."""
    _validate(f"{_SERVICE_REGISTRY}#/components/schemas/{schema}", document)
