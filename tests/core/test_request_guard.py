"""The outermost layer: limits on the head, routing on the raw path, an id for every request."""

import anyio
import pytest
from starlette.types import Message, Receive, Scope, Send

from core.request_guard import MAXIMUM_HEADER_BYTES, MAXIMUM_HEADERS, MAXIMUM_URL_BYTES, RequestGuard

Headers = list[tuple[bytes, bytes]]


class Inner:
    """An application that notes what reaches it."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        if scope["type"] == "http":
            await receive()
            await send({"type": "http.response.start", "status": 200, "headers": [(b"a", b"b")]})
            await send({"type": "http.response.body", "body": b""})


def ask(inner: Inner, **changes: object) -> list[Message]:
    scope = {"type": "http", "raw_path": b"/", "path": "/", "query_string": b"", "headers": [], **changes}
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    async def main() -> None:
        await RequestGuard(inner)(scope, receive, send)

    anyio.run(main)
    return sent


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"headers": [(b"a", b"")] * MAXIMUM_HEADERS}, 200),
        ({"headers": [(b"a", b"")] * (MAXIMUM_HEADERS + 1)}, 431),
        ({"headers": [(b"a", b"x" * (MAXIMUM_HEADER_BYTES - 1))]}, 200),
        ({"headers": [(b"a", b"x" * MAXIMUM_HEADER_BYTES)]}, 431),
        ({"raw_path": b"/" * MAXIMUM_URL_BYTES}, 200),
        ({"raw_path": b"/" * (MAXIMUM_URL_BYTES + 1)}, 414),
        ({"query_string": b"x" * MAXIMUM_URL_BYTES}, 414),
        ({"raw_path": "/æ".encode()}, 400),
        ({"headers": [(b"content-length", b"1")]}, 200),
        ({"headers": [(b"transfer-encoding", b"chunked")]}, 200),
        ({"headers": [(b"content-length", b"1"), (b"transfer-encoding", b"chunked")]}, 400),
    ],
)
def test_limits_of_the_head(changes: dict[str, object], status: int) -> None:
    inner = Inner()
    start, body = ask(inner, **changes)

    assert start["status"] == status
    assert bool(inner.scopes) == (status == 200)
    if status != 200:
        headers = dict(start["headers"])
        assert headers[b"content-type"] == b"text/plain; charset=utf-8"
        assert headers[b"content-length"] == str(len(body["body"])).encode()


def test_every_answer_has_an_id_of_its_own() -> None:
    inner = Inner()
    ids = [dict(ask(inner, state={"kept": 1})[0]["headers"])[b"x-request-id"].decode() for _ in range(3)]
    refused = dict(ask(inner, raw_path=b"/" * 9000)[0]["headers"])[b"x-request-id"].decode()

    assert len({*ids, refused}) == 4
    assert [scope["state"] for scope in inner.scopes] == [{"kept": 1, "request_id": each} for each in ids]


def test_headers_of_the_application_stay() -> None:
    assert (b"a", b"b") in ask(Inner())[0]["headers"]


@pytest.mark.parametrize(("raw_path", "path"), [(b"/a%2Fb", "/a%2Fb"), (b"/%62", "/%62"), (b"/a?b=c", "/a")])
def test_routing_is_on_the_raw_path(raw_path: bytes, path: str) -> None:
    inner = Inner()
    ask(inner, raw_path=raw_path, path="/decoded")

    assert inner.scopes[0]["path"] == path


def test_other_kinds_of_connection_pass() -> None:
    inner = Inner()

    assert ask(inner, type="lifespan") == []
    assert inner.scopes[0]["type"] == "lifespan"
    assert "state" not in inner.scopes[0]
