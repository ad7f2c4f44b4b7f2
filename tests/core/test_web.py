"""The web shell: errors by table, in an API's own shape, saying nothing of their cause."""

import inspect
import json
import logging
from collections.abc import Iterator
from typing import Annotated

import anyio
import pytest
from fastapi import Depends, FastAPI, Request, WebSocket
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response, StreamingResponse
from starlette.routing import Mount
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from core import errors
from core.errors import GenvejError, InvalidRequest, RangeNotSatisfiable, ServiceUnavailable
from core.request_guard import RequestGuard
from core.strict_json import JsonValue
from core.web import (
    DEFAULT_RETRY_AFTER_S,
    MAXIMUM_BODY_BYTES,
    STATUS_OF,
    AnswerBrokenOff,
    Problem,
    create_api,
    json_object_body,
    json_response,
    path_segment,
    request_body,
    status_of,
)

WORDS = "eyJ-what-a-caller-sent"
TREE = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, GenvejError)]
STATUSES = {
    "GenvejError": 500,
    "InvalidRequest": 400,
    "UnsupportedRequest": 400,
    "InvalidRange": 400,
    "UnsupportedFormat": 400,
    "RequestTooLarge": 413,
    "RequestTooSlow": 408,
    "UnsupportedMediaType": 415,
    "InvalidCredential": 401,
    "CredentialRequired": 401,
    "PermissionDenied": 403,
    "NotFound": 404,
    "Gone": 410,
    "RangeNotSatisfiable": 416,
    "ServiceUnavailable": 503,
    "DataDamaged": 500,
    "OperatorError": 500,
    "InvalidSettings": 500,
    "LoadRefused": 500,
}


def made(kind: type[GenvejError]) -> GenvejError:
    return RangeNotSatisfiable(WORDS, size_bytes=7) if kind is RangeNotSatisfiable else kind(WORDS)


def render(problem: Problem) -> tuple[object, str]:
    name = None if problem.error is None else type(problem.error).__name__
    shaped = {"status": problem.status, "error": name, "message": problem.message, "id": problem.request_id}
    return shaped, "application/problem+json"


def build_api() -> FastAPI:
    api = create_api("test", "1", render)
    _add_failures(api)
    _add_readers(api)
    return api


def _add_failures(api: FastAPI) -> None:
    @api.get("/error/{name}")
    def fail(name: str) -> Response:
        raise made(getattr(errors, name))

    @api.get("/unforeseen")
    def unforeseen() -> Response:
        raise RuntimeError(WORDS)

    @api.get("/unserialisable")
    def unserialisable() -> Response:
        return json_response({"a": 1 << 70})

    @api.get("/gone-client")
    def gone_client() -> Response:
        raise ClientDisconnect

    @api.get("/breaks")
    def breaks() -> Response:
        def body() -> Iterator[bytes]:
            yield b"first"
            raise RuntimeError(WORDS)

        return StreamingResponse(body())

    @api.get("/teapot")
    def teapot() -> Response:
        raise HTTPException(418, "short and stout", {"X-Tea": "green"})


def _add_readers(api: FastAPI) -> None:
    @api.get("/number/{number}")
    def number(number: int) -> Response:
        return json_response({"number": number})

    @api.get("/segment/{raw}")
    def segment(raw: str) -> Response:
        return json_response({"segment": path_segment(raw)})

    @api.post("/body")
    def body(request: Request, body: Annotated[bytes, Depends(request_body)]) -> Response:
        return json_response(json_object_body(request, body), headers={"X-Extra": "1"})


@pytest.fixture
def client() -> TestClient:
    root = RequestGuard(Starlette(routes=[Mount("/api", build_api())]))
    return TestClient(root, base_url="http://node/api/", raise_server_exceptions=False)


def test_the_table_names_every_class() -> None:
    assert {kind.__name__ for kind in TREE} == set(STATUSES)
    assert {kind.__name__: status_of(made(kind)) for kind in TREE} == STATUSES
    assert all(issubclass(kind, GenvejError) for kind in STATUS_OF)


@pytest.mark.parametrize("kind", TREE)
def test_every_error_has_its_status_and_the_apis_shape(
    client: TestClient, kind: type[GenvejError], caplog: pytest.LogCaptureFixture
) -> None:
    answer = client.get(f"error/{kind.__name__}")

    status = STATUSES[kind.__name__]
    message = "internal error" if status == 500 else WORDS
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    request_id = answer.headers["x-request-id"]
    assert answer.json() == {"status": status, "error": kind.__name__, "message": message, "id": request_id}
    assert WORDS not in caplog.text
    assert (f"unforeseen {kind.__name__} in request {request_id}" in caplog.text) == (status == 500)


def test_headers_that_go_with_a_status(client: TestClient) -> None:
    assert client.get("error/CredentialRequired").headers["www-authenticate"] == "Bearer"
    assert client.get("error/InvalidCredential").headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert client.get("error/RangeNotSatisfiable").headers["content-range"] == "bytes */7"
    assert client.get("error/ServiceUnavailable").headers["retry-after"] == str(DEFAULT_RETRY_AFTER_S)
    assert "retry-after" not in client.get("error/NotFound").headers


def test_when_to_come_back_is_the_errors_own_word() -> None:
    api = create_api("test", "1", render)

    @api.get("/")
    def busy() -> Response:
        raise ServiceUnavailable(WORDS, retry_after_s=0)

    assert TestClient(api).get("/").headers["retry-after"] == "0"


@pytest.mark.parametrize(
    ("method", "path", "status", "message"),
    [
        ("GET", "nowhere", 404, "no such path"),
        ("GET", "", 404, "no such path"),
        ("GET", "body/", 404, "no such path"),
        ("GET", "docs", 404, "no such path"),
        ("GET", "body", 405, "method not allowed here"),
        ("DELETE", "body", 405, "method not allowed here"),
        ("GET", "number/x", 400, "the request cannot be understood"),
        ("GET", "number/NaN", 400, "the request cannot be understood"),
        ("GET", "teapot", 418, "short and stout"),
        ("GET", "unforeseen", 500, "internal error"),
        ("GET", "unserialisable", 500, "internal error"),
    ],
)
def test_the_frameworks_refusals_have_the_same_shape(
    client: TestClient, method: str, path: str, status: int, message: str
) -> None:
    answer = client.request(method, path)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    expected = {"status": status, "error": None, "message": message, "id": answer.headers["x-request-id"]}
    assert answer.json() == expected


def test_headers_of_the_framework_stay(client: TestClient) -> None:
    assert client.get("teapot").headers["x-tea"] == "green"
    assert client.get("body").headers["allow"] == "POST"


def test_logs_name_kind_and_place_and_no_words(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = client.get("unforeseen", headers={"Authorization": f"Bearer {WORDS}"})

    (record,) = [record for record in caplog.records if record.name == "genvej.web"]
    assert "RuntimeError" in record.getMessage()
    assert "test_web.py" in record.getMessage()
    assert answer.headers["x-request-id"] in record.getMessage()
    assert record.exc_info is None
    assert WORDS not in caplog.text


def test_a_broken_answer_breaks_the_connection_and_tells_no_words(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(AnswerBrokenOff) as caught:
        TestClient(build_api()).get("/breaks")

    assert WORDS not in str(caught.value)
    assert caught.value.__suppress_context__
    assert WORDS not in caplog.text
    assert "unforeseen RuntimeError" in caplog.text


def test_what_is_not_http_gets_no_answer_made_up() -> None:
    api = build_api()

    @api.websocket("/socket")
    async def socket(socket: WebSocket) -> None:
        raise RuntimeError(socket.url.path)

    with pytest.raises(RuntimeError, match="/socket"), TestClient(api).websocket_connect("/socket"):
        pass


def test_a_client_that_has_gone_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    scope = dict(_SCOPE, path="/gone-client", raw_path=b"/gone-client")
    _run(build_api(), scope, receive, send)
    assert sent == []
    assert caplog.text == ""


@pytest.mark.parametrize("path", ["error/NotFound", "error/DataDamaged", "nowhere", "unforeseen", "number/x", "teapot"])
def test_browsers_may_read_every_answer(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"Origin": "https://app.example"})

    assert answer.headers["access-control-allow-origin"] == "https://app.example"
    assert "access-control-allow-credentials" not in answer.headers
    assert "Content-Range" in answer.headers["access-control-expose-headers"]


def test_browsers_may_ask_first(client: TestClient) -> None:
    asked = {
        "Origin": "null",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    answer = client.options("body", headers=asked)

    assert answer.status_code == 200
    assert "authorization" in answer.headers["access-control-allow-headers"].lower()
    assert client.options("body").status_code == 405
    without = TestClient(create_api("test", "1", render, cors=False))
    assert "access-control-allow-origin" not in without.get("/", headers={"Origin": "null"}).headers


def test_the_schema_is_open(client: TestClient) -> None:
    assert client.get("openapi.json").json()["info"] == {"title": "test", "version": "1"}


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b'{"a": 1}', "application/json", 200),
        (b'{"a": 1}', "application/json; charset=utf-8", 200),
        (b'{"a": 1}', "Application/Merge-Patch+JSON", 200),
        (b'{"a": 1}', None, 200),
        (b"", "text/plain", 200),
        (b" \n", "application/json", 200),
        (b'{"a": 1}', "text/plain", 415),
        (b"a=1", "application/x-www-form-urlencoded", 415),
        (b'{"a": 1}', "", 415),
        (b'{"a": 1, "a": 1}', "application/json", 400),
        (b'{"a": NaN}', "application/json", 400),
        (b'{"a": 1e999}', "application/json", 400),
        (b'{"a": 99999999999999999999}', "application/json", 400),
        (b'{"a": "\\ud800"}', "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"a":' + b"[" * 100 + b"]" * 100 + b"}", "application/json", 400),
        (b'{"a":' * 100_000, "application/json", 400),
    ],
)
def test_bodies(client: TestClient, content: bytes, media_type: str | None, status: int) -> None:
    headers = {} if media_type is None else {"Content-Type": media_type}
    answer = client.post("body", content=content, headers=headers)

    assert answer.status_code == status
    if status == 200:
        assert answer.json() == (json.loads(content) if content.strip() else {})
        assert answer.headers["x-extra"] == "1"


def test_compressed_bodies_are_not_read(client: TestClient) -> None:
    assert client.post("body", content=b"x", headers={"Content-Encoding": "gzip"}).status_code == 415
    assert client.post("body", content=b"{}", headers={"Content-Encoding": "identity"}).status_code == 200


def test_a_body_is_counted_while_it_arrives(client: TestClient) -> None:
    padding = MAXIMUM_BODY_BYTES - len(b'{"a": ""}')

    assert client.post("body", content=b'{"a": "' + b"x" * padding + b'"}').status_code == 200
    assert client.post("body", content=b'{"a": "' + b"x" * (padding + 1) + b'"}').status_code == 413


def test_no_more_of_a_body_is_taken_than_the_limit() -> None:
    taken = 0
    sent: list[Message] = []

    async def receive() -> Message:
        nonlocal taken
        taken += 65_536
        return {"type": "http.request", "body": bytes(65_536), "more_body": True}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = dict(_SCOPE, method="POST", path="/body", raw_path=b"/body")
    _run(build_api(), scope, receive, send)
    assert sent[0]["status"] == 413
    assert taken <= MAXIMUM_BODY_BYTES + 65_536


def test_a_body_that_does_not_arrive_is_waited_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.web.BODY_TIMEOUT_S", 0.05)
    sent: list[Message] = []

    async def receive() -> Message:
        await anyio.sleep_forever()
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    _run(build_api(), dict(_SCOPE, method="POST", path="/body", raw_path=b"/body"), receive, send)
    assert sent[0]["status"] == 408


_SCOPE: dict[str, object] = {
    "type": "http",
    "asgi": {"version": "3.0"},
    "http_version": "1.1",
    "method": "GET",
    "scheme": "http",
    "query_string": b"",
    "root_path": "",
    "headers": [],
    "server": ("node", 80),
    "client": ("client", 1),
    "state": {},
}


def _run(app: FastAPI, scope: Scope, receive: Receive, send: Send) -> None:
    async def main() -> None:
        await app(scope, receive, send)

    anyio.run(main)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1))
def test_a_segment_is_decoded_exactly_once(text: str) -> None:
    encoded = "".join(f"%{byte:02X}" for byte in text.encode())

    assert path_segment(encoded) == text
    assert path_segment(encoded.lower()) == text
    assert path_segment(encoded.replace("%", "%25")) == encoded


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "%00",
        "a%0Ab",
        "%7F",
        "%C2%85",
        "\x00",
        "%FF",
        "%C0%AF",
        "%ED%A0%80",
        "%",
        "a%2",
        "%zz",
        "100%",
        "%+1",
        "% 1",
    ],
)
def test_segments_that_are_refused(raw: str) -> None:
    with pytest.raises(InvalidRequest):
        path_segment(raw)


@pytest.mark.parametrize(
    ("path", "status", "segment"),
    [
        ("segment/a%2Fb", 200, "a/b"),
        ("segment/%2e%2e", 200, ".."),
        ("segment/a%252Fb", 200, "a%2Fb"),
        ("segment/a+b", 200, "a+b"),
        ("segment/%C3%A6", 200, "\u00e6"),
        ("segment/%00", 400, None),
        ("segment/%FF", 400, None),
        ("segment/a/b", 404, None),
        ("se%67ment/a", 404, None),
    ],
)
def test_paths_are_routed_raw(client: TestClient, path: str, status: int, segment: str | None) -> None:
    answer = client.get(path)
    document: dict[str, JsonValue] = answer.json()

    assert answer.status_code == status
    assert document.get("segment") == segment
