"""Serving bytes: ranges, validators, lost files, clients that go away or take nothing."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest
from fastapi import Request
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.requests import Request as StarletteRequest
from starlette.responses import Response
from starlette.testclient import TestClient
from starlette.types import Message

import core.byte_serving
from core.byte_serving import FilePiece, Piece, bytes_response
from core.errors import Gone
from core.storage import CHUNK_BYTES, LocalStorage
from core.web import AnswerBrokenOff, Problem, create_api

DATA = bytes(range(256)) * 8
PIECES: tuple[Piece, ...] = (
    b"head",
    FilePiece("f", 10, 300),
    b"",
    FilePiece("f", 5, 5),
    FilePiece("f", 0, 40),
    b"tail",
)
WHOLE = b"head" + DATA[10:300] + DATA[:40] + b"tail"


def client_of(home: Path, pieces: Sequence[Piece], filename: str | None = None) -> TestClient:
    api = create_api("test", "1", lambda problem: (_document(problem), "application/json"))

    @api.api_route("/", methods=["GET", "HEAD"])
    def serve(request: Request) -> Response:
        return bytes_response(
            request, LocalStorage(home), pieces, etag="abc", media_type="application/vnd.test", filename=filename
        )

    return TestClient(api)


def _document(problem: Problem) -> dict[str, int]:
    return {"status": problem.status}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    (home / "f").write_bytes(DATA)
    (home / "long").write_bytes(bytes(5 * CHUNK_BYTES))
    return home


@pytest.fixture(scope="module")
def client(home: Path) -> TestClient:
    return client_of(home, PIECES, 'it\'s "a"\r\nfile.bam')


def test_the_whole(client: TestClient) -> None:
    answer = client.get("/")

    assert (answer.status_code, answer.content) == (200, WHOLE)
    assert answer.headers.pop("vary") == "Origin"
    assert dict(answer.headers) == {
        "accept-ranges": "bytes",
        "cache-control": "private, no-store",
        "content-disposition": 'attachment; filename="it_s__a___file.bam"',
        "content-length": str(len(WHOLE)),
        "content-type": "application/vnd.test",
        "etag": '"abc"',
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(WHOLE) - 1), st.integers(0, len(WHOLE) + 9))
def test_a_range_is_that_slice(client: TestClient, first: int, extra: int) -> None:
    last = first + extra
    answer = client.get("/", headers={"Range": f"bytes={first}-{last}"})
    end = min(last + 1, len(WHOLE))

    assert (answer.status_code, answer.content) == (206, WHOLE[first:end])
    assert answer.headers["content-range"] == f"bytes {first}-{end - 1}/{len(WHOLE)}"
    assert answer.headers["content-length"] == str(end - first)


@pytest.mark.parametrize(
    ("headers", "status", "content"),
    [
        ({"Range": "bytes=-4"}, 206, b"tail"),
        ({"Range": "bytes=330-"}, 206, WHOLE[330:]),
        ({"Range": "bytes=0-0,2-2"}, 200, WHOLE),
        ({"Range": "lines=0-0"}, 200, WHOLE),
        ({"Range": "bytes=0-0", "If-Range": '"abc"'}, 206, b"h"),
        ({"Range": "bytes=0-0", "If-Range": '"other"'}, 200, WHOLE),
        ({"Range": "bytes=0-0", "If-Range": 'W/"abc"'}, 200, WHOLE),
        ({"Range": "bytes=0-0", "If-Range": "Thu, 01 Jan 2026 00:00:00 GMT"}, 200, WHOLE),
        ({"Range": "bytes=9999-", "If-Range": '"other"'}, 200, WHOLE),
        ({"If-Range": '"abc"'}, 200, WHOLE),
    ],
)
def test_validators_and_odd_ranges(client: TestClient, headers: dict[str, str], status: int, content: bytes) -> None:
    answer = client.get("/", headers=headers)

    assert (answer.status_code, answer.content) == (status, content)


def test_behind_the_end(client: TestClient) -> None:
    answer = client.get("/", headers={"Range": f"bytes={len(WHOLE)}-"})

    assert (answer.status_code, answer.json()) == (416, {"status": 416})
    assert answer.headers["content-range"] == f"bytes */{len(WHOLE)}"


@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=2-9"}])
def test_head_is_get_without_a_body(client: TestClient, headers: dict[str, str]) -> None:
    got, head = client.get("/", headers=headers), client.head("/", headers=headers)

    assert head.content == b""
    assert (head.status_code, dict(head.headers)) == (got.status_code, dict(got.headers))


@pytest.mark.parametrize("pieces", [(), (b"",), (FilePiece("f", 7, 7),)])
def test_nothing_is_an_empty_answer(home: Path, pieces: Sequence[Piece]) -> None:
    client = client_of(home, pieces)

    assert (client.get("/").status_code, client.get("/").content) == (200, b"")
    assert client.get("/", headers={"Range": "bytes=-5"}).status_code == 200
    assert client.get("/", headers={"Range": "bytes=0-"}).status_code == 416
    assert "content-disposition" not in client.get("/").headers


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("piece", "status"), [(FilePiece("absent", 0, 9), 404), (FilePiece("f", len(DATA), len(DATA) + 1), 500)]
)
def test_a_lost_file_is_an_error_before_the_head_goes_out(
    home: Path, piece: FilePiece, status: int, method: str
) -> None:
    answer = client_of(home, [piece]).request(method, "/")

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("late", [FilePiece("absent", 0, 9), FilePiece("f", 0, len(DATA) + 1)])
def test_a_file_lost_on_the_way_breaks_the_answer_off(
    home: Path, late: FilePiece, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(AnswerBrokenOff):
        client_of(home, [b"head", late]).get("/")
    assert "unforeseen NotFound" in caplog.text or "unforeseen DataDamaged" in caplog.text


def test_long_files_come_in_chunks(home: Path) -> None:
    assert len(client_of(home, [FilePiece("long", 1, 3 * CHUNK_BYTES)]).get("/").content) == 3 * CHUNK_BYTES - 1


class CountedStorage(LocalStorage):
    """Local files, with the number of bytes that were read."""

    read_bytes = 0

    def stream(self, location: str, start: int, end: int, chunk_bytes: int = CHUNK_BYTES) -> Iterator[bytes]:
        for chunk in super().stream(location, start, end, chunk_bytes):
            self.read_bytes += len(chunk)
            yield chunk


def request_of(method: str = "GET") -> StarletteRequest:
    return StarletteRequest({"type": "http", "method": method, "headers": []})


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - the descriptor of the listing itself counts alike


def test_nothing_more_is_read_once_the_client_has_gone(home: Path) -> None:
    storage = CountedStorage(home)
    response = bytes_response(request_of(), storage, [FilePiece("long", 0, 5 * CHUNK_BYTES)], etag="e", media_type="m")
    sent: list[Message] = []
    before = open_files()

    async def main() -> None:
        gone = anyio.Event()

        async def receive() -> Message:
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(message)
            if len(sent) == 3:
                gone.set()
                await anyio.sleep_forever()

        await response({}, receive, send)

    anyio.run(main)
    assert storage.read_bytes == 2 * CHUNK_BYTES
    assert len(sent) == 3
    assert open_files() == before


def test_an_answer_breaks_off_when_its_grant_ends(home: Path) -> None:
    """However slow a client is: no chunk leaves after the dataset was withdrawn."""
    sent: list[Message] = []
    response = bytes_response(
        request_of(),
        LocalStorage(home),
        [FilePiece("long", 0, 5 * CHUNK_BYTES)],
        etag="e",
        media_type="m",
        still_granted=lambda: len(sent) < 3,
    )

    async def receive() -> Message:
        await anyio.sleep_forever()
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    async def main() -> None:
        await response({}, receive, send)

    with pytest.raises(ExceptionGroup) as caught:
        anyio.run(main)
    assert isinstance(caught.value.exceptions[0], Gone)
    assert sum(len(message.get("body", b"")) for message in sent) == 2 * CHUNK_BYTES


def test_a_client_that_takes_nothing_is_dropped(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core.byte_serving, "WRITE_TIMEOUT_S", 0.05)
    response = bytes_response(request_of(), LocalStorage(home), [FilePiece("f", 0, 99)], etag="e", media_type="m")

    async def receive() -> Message:
        await anyio.sleep_forever()
        raise AssertionError

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            await anyio.sleep_forever()

    async def main() -> None:
        await response({}, receive, send)

    with pytest.raises(ExceptionGroup) as caught:
        anyio.run(main)
    assert isinstance(caught.value.exceptions[0], TimeoutError)


def test_what_is_left_of_a_request_body_is_passed_over(home: Path) -> None:
    response = bytes_response(request_of(), LocalStorage(home), [b"x"], etag="e", media_type="m")
    sent: list[Message] = []
    messages = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> Message:
        found = next(messages, None)
        if found is None:
            await anyio.sleep_forever()
        assert found is not None
        return found

    async def send(message: Message) -> None:
        await anyio.lowlevel.checkpoint()
        sent.append(message)

    async def main() -> None:
        await response({}, receive, send)

    anyio.run(main)
    assert [message.get("body") for message in sent] == [None, b"x", b""]
