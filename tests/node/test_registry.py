"""The service registry of the node: its documents, routes and errors."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from core.request_guard import RequestGuard
from core.service_info import NodeIdentity, service_info
from core.strict_json import JsonValue
from node.registry import RegisteredService, create_app
from tests.drs.openapi import needs_drs_schemas, validate_registry

IDENTITY = NodeIdentity(
    id="dk.example.genvej",
    name="Genvej",
    organization_id="dk.example",
    organization_name="Example",
    organization_url="https://example.dk",
    public_url="https://node.example.dk",
    version="0.1.0",
    contact_url="mailto:node@example.dk",
)


def service(suffix: str, artifact: str, url: str) -> RegisteredService:
    extra: dict[str, JsonValue] = {"drs": {"maxBulkRequestLength": 1000}}
    info = service_info(IDENTITY, suffix=suffix, artifact=artifact, artifact_version="1.5.0", extra=extra)
    return RegisteredService(info, url)


SERVICES = (
    service("drs", "drs", "https://node.example.dk"),
    service("htsget.reads", "htsget", "https://node.example.dk/htsget/reads"),
    service("htsget.variants", "htsget", "https://node.example.dk/htsget/variants"),
)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    root = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    root.mount("/", create_app(IDENTITY, SERVICES))
    with TestClient(RequestGuard(root)) as client:
        yield client


def test_services_are_their_own_documents_with_an_address(client: TestClient) -> None:
    entries = client.get("/services").json()
    assert [entry["url"] for entry in entries] == [each.url for each in SERVICES]
    assert entries[0] == {
        "id": "dk.example.genvej.drs",
        "name": "Genvej drs",
        "type": {"group": "org.ga4gh", "artifact": "drs", "version": "1.5.0"},
        "organization": {"name": "Example", "url": "https://example.dk"},
        "contactUrl": "mailto:node@example.dk",
        "environment": "dev",
        "version": "0.1.0",
        "url": "https://node.example.dk",
    }


def test_one_service_by_id(client: TestClient) -> None:
    for entry in client.get("/services").json():
        assert client.get(f"/services/{entry['id']}").json() == entry


def test_types_are_distinct_and_no_service(client: TestClient) -> None:
    assert client.get("/services/types").json() == [
        {"group": "org.ga4gh", "artifact": "drs", "version": "1.5.0"},
        {"group": "org.ga4gh", "artifact": "htsget", "version": "1.5.0"},
    ]


def test_the_registry_describes_itself(client: TestClient) -> None:
    own = client.get("/service-info").json()
    assert own["id"] == "dk.example.genvej.registry"
    assert own["type"] == {"group": "org.ga4gh", "artifact": "service-registry", "version": "1.0.0"}


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/services/absent", {"status": 404, "title": "Not Found", "detail": "no such service"}),
        ("GET", "/nothing", {"status": 404, "title": "Not Found", "detail": "no such path"}),
        ("POST", "/services", {"status": 405, "title": "Method Not Allowed", "detail": "method not allowed here"}),
        ("GET", "/services/%ff", {"status": 400, "title": "Bad Request", "detail": "the path is not UTF-8"}),
    ],
)
def test_errors_have_the_shape_of_the_registry(
    client: TestClient, method: str, path: str, expected: dict[str, object]
) -> None:
    answer = client.request(method, path)
    assert answer.json() == expected
    assert answer.status_code == expected["status"]


def test_two_services_with_one_id_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="same id"):
        create_app(IDENTITY, (SERVICES[0], SERVICES[0]))


@needs_drs_schemas
def test_documents_validate_against_the_official_openapi(client: TestClient) -> None:
    for entry in client.get("/services").json():
        validate_registry("ExternalService", entry)
    for kind in client.get("/services/types").json():
        validate_registry("ServiceType", kind)
    validate_registry("Service", client.get("/service-info").json())
    validate_registry("Error", client.get("/services/absent").json())
