import logging

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from node.access_log import AccessLog
from node.metrics import Metrics

SECRET = "s3cret-token"  # noqa: S105 - not a password


def application(metrics: Metrics, *, lines: bool = True) -> AccessLog:
    async def hello(_: Request) -> PlainTextResponse:
        return PlainTextResponse("hello")

    async def fail(_: Request) -> PlainTextResponse:
        raise RuntimeError(SECRET)

    inner = Starlette(routes=[Route("/data/{token}", hello), Route("/fail", fail)])
    return AccessLog(Starlette(routes=[Mount("/htsget", inner)]), metrics, lines=lines)


def test_a_line_names_the_route_and_nothing_that_was_sent(caplog: pytest.LogCaptureFixture) -> None:
    client = TestClient(application(Metrics()))
    with caplog.at_level(logging.INFO, logger="genvej.access"):
        client.get(f"/htsget/data/{SECRET}?x={SECRET}", headers={"authorization": f"Bearer {SECRET}"})
    (record,) = caplog.records
    fields = record.__dict__["fields"]
    assert fields["route"] == "/htsget/data/{token}"
    assert (fields["status"], fields["bytes"], fields["method"]) == (200, 5, "GET")
    assert SECRET not in str(record.__dict__)


def test_paths_without_a_route_and_odd_methods_have_one_name(caplog: pytest.LogCaptureFixture) -> None:
    metrics = Metrics()
    client = TestClient(application(metrics))
    with caplog.at_level(logging.INFO, logger="genvej.access"):
        client.get("/nowhere/a")
        client.request("BREW", "/nowhere/b")
    assert [record.__dict__["fields"]["route"] for record in caplog.records] == ["unknown", "unknown"]
    assert 'method="OTHER"' in metrics.text(datasets=0, degraded=False).decode()


def test_an_error_is_counted_as_500(caplog: pytest.LogCaptureFixture) -> None:
    metrics = Metrics()
    client = TestClient(application(metrics, lines=False), raise_server_exceptions=False)
    with caplog.at_level(logging.INFO, logger="genvej.access"):
        client.get("/htsget/fail")
    assert not [record for record in caplog.records if record.name == "genvej.access"]
    assert 'status="500"' in metrics.text(datasets=0, degraded=False).decode()
