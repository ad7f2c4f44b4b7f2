"""The assembled node: mounts, operations, errors in the shape of each API, links from the public URL only."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from node.app import create_node, node_identity
from node.settings import IssuerSettings, Settings
from tests.support.homes import make_home

PUBLIC_URL = "https://genvej.example.dk"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = Settings(public_url=PUBLIC_URL, issuer=IssuerSettings(enabled=True))
    node = create_node(settings, make_home(tmp_path_factory.mktemp("node") / "home"))
    with TestClient(node.app, raise_server_exceptions=False) as connected:
        yield connected


SERVICE_INFOS = (
    ("/service-info", "service-registry"),
    ("/beacon/service-info", "beacon"),
    ("/htsget/reads/service-info", "htsget"),
    ("/htsget/variants/service-info", "htsget"),
    ("/ga4gh/drs/v1/service-info", "drs"),
)


@pytest.mark.parametrize(("path", "artifact"), SERVICE_INFOS)
def test_every_api_is_mounted(client: TestClient, path: str, artifact: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.json()["type"]["artifact"] == artifact


def test_the_registry_lists_the_services_as_they_describe_themselves(client: TestClient) -> None:
    listed = {entry["id"]: entry for entry in client.get("/services").json()}
    for path, _ in SERVICE_INFOS[1:]:
        info = client.get(path).json()
        assert listed[info["id"]]["type"] == info["type"]
        assert listed[info["id"]]["name"] == info["name"]
    assert all(entry["url"].startswith(PUBLIC_URL) for entry in listed.values())


def test_health_and_metrics(client: TestClient) -> None:
    assert client.get("/health/live").json() == {"status": "alive"}
    assert client.get("/health/ready").json() == {"status": "ready", "degraded": False}
    families = {family.name for family in text_string_to_metric_families(client.get("/metrics").text)}
    assert {"genvej_requests", "genvej_request_seconds", "genvej_datasets"} <= families


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("/beacon/nothing", {"meta", "error"}),
        ("/htsget/nothing", {"htsget"}),
        ("/ga4gh/drs/v1/nothing", {"msg", "status_code"}),
        ("/passports/nothing", {"error", "error_description"}),
        ("/nothing", {"status", "title", "detail"}),
    ],
)
def test_an_unknown_path_is_a_404_in_the_shape_of_its_api(client: TestClient, path: str, shape: set[str]) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert shape <= answer.json().keys()
    assert answer.headers["x-request-id"]


def test_a_mount_point_answers_with_and_without_its_slash(client: TestClient) -> None:
    assert client.get("/beacon").json() == client.get("/beacon/").json()
    assert client.get("/htsget").json().keys() == {"htsget"}


def test_links_come_from_the_public_url_whatever_the_host_header_says(client: TestClient) -> None:
    headers = {"host": "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "gopher"}
    for path in ("/beacon/map", "/beacon/info", "/services", "/passports/.well-known/openid-configuration"):
        text = client.get(path, headers=headers).text
        assert "evil" not in text
        assert PUBLIC_URL in text


def test_the_issuer_is_off_unless_the_settings_switch_it_on(tmp_path: Path) -> None:
    node = create_node(Settings(public_url=PUBLIC_URL), make_home(tmp_path / "home"))
    with TestClient(node.app) as client:
        assert client.get("/passports/jwks").status_code == 404
        refused = client.get("/beacon/datasets", headers={"authorization": "Bearer x.y.z"})
        assert refused.status_code == 401


def test_the_identity_is_that_of_the_settings() -> None:
    identity = node_identity(Settings(public_url=PUBLIC_URL))
    assert identity.public_url == PUBLIC_URL
    assert identity.public_host == "genvej.example.dk"
    assert identity.version
