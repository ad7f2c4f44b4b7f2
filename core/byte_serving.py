"""Serving bytes: an ASGI responder for pieces of files and memory, with single ranges and back-pressure.

``async`` because a slow client must not hold a thread; each read of a file runs in the thread pool.
"""

import re
from collections.abc import AsyncGenerator, Callable, Generator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from core.byte_ranges import FilePiece, Piece, cut_pieces, parse_range, piece_size
from core.errors import Gone
from core.storage import CHUNK_BYTES, Storage

__all__ = ["FilePiece", "Piece", "bytes_response"]

WRITE_TIMEOUT_S = 60.0
"""A client that takes nothing for so long is dropped."""


def bytes_response(
    request: Request,
    storage: Storage,
    pieces: Sequence[Piece],
    *,
    etag: str,
    media_type: str,
    filename: str | None = None,
    still_granted: Callable[[], bool] = lambda: True,
) -> Response:
    """The concatenation of ``pieces`` as the answer to a GET or HEAD.

    ``still_granted`` is asked before each chunk: a grant that ends breaks the answer off, however slow the client is.

    ``etag``: a strong validator, without quotes; with ``If-Range`` it decides whether a range still fits. One range
    gives 206, several are answered with everything. Raises ``RangeNotSatisfiable``.
    """
    size_bytes = sum(piece_size(piece) for piece in pieces)
    quoted = f'"{etag}"'
    asked = request.headers.get("range")
    if request.headers.get("if-range", quoted) != quoted:
        asked = None
    span = parse_range(asked, size_bytes)
    headers = {
        "accept-ranges": "bytes",
        "cache-control": "private, no-store",
        "content-type": media_type,
        "etag": quoted,
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }
    if filename is not None:
        safe = re.sub(r"[^A-Za-z0-9._-]", "_", filename)
        headers["content-disposition"] = f'attachment; filename="{safe}"'
    start, end = span or (0, size_bytes)
    headers["content-length"] = str(end - start)
    if span is not None:
        headers["content-range"] = f"bytes {start}-{end - 1}/{size_bytes}"
    # HEAD reads one byte and sends none: what GET would not find, HEAD must not promise.
    sends_body = request.method != "HEAD"
    read = cut_pieces(pieces, start, end if sends_body else min(start + 1, end))
    source = _Source(storage, read, still_granted)
    return _PiecesResponse(source, 200 if span is None else 206, headers, sends_body=sends_body)


class _PiecesResponse(Response):
    """Sends pieces one after another; nothing of the body is held but one chunk."""

    def __init__(self, source: "_Source", status_code: int, headers: dict[str, str], *, sends_body: bool) -> None:
        self._sends_body = sends_body
        self._source = source
        self.status_code = status_code
        self.background = None
        self.init_headers(headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI
        """Send the answer; the first chunk is read before the head goes out, so that a lost file is an error."""
        async with aclosing(self._source.chunks()) as chunks:
            first = await anext(chunks, b"")
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            if not self._sends_body:
                await _send_chunk(send, b"", more=False)
                return
            async with anyio.create_task_group() as group:
                group.start_soon(_cancel_on_disconnect, receive, group.cancel_scope)
                await _send_chunk(send, first, more=True)
                async for chunk in chunks:
                    await _send_chunk(send, chunk, more=True)
                await _send_chunk(send, b"", more=False)
                group.cancel_scope.cancel()


@dataclass(frozen=True, slots=True)
class _Source:
    """Pieces as chunks, for as long as they are granted."""

    storage: Storage
    pieces: Sequence[Piece]
    still_granted: Callable[[], bool]

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        # A thread of its own kind: a storage that is slow must not keep the threads of the handlers.
        limiter = anyio.CapacityLimiter(1)
        for piece in self.pieces:
            if isinstance(piece, bytes):
                yield piece
                continue
            stream = self.storage.stream(piece.location, piece.start, piece.end, CHUNK_BYTES)
            advance = partial(_next_chunk, stream)
            try:
                while chunk := await anyio.to_thread.run_sync(advance, limiter=limiter):
                    if not self.still_granted():
                        message = "these bytes are no longer given out"
                        raise Gone(message)
                    yield chunk
            finally:
                if isinstance(stream, Generator):
                    stream.close()  # at once: an error's traceback would keep the file open


def _next_chunk(stream: Iterator[bytes]) -> bytes:
    return next(stream, b"")


async def _send_chunk(send: Send, chunk: bytes, *, more: bool) -> None:
    message: Message = {"type": "http.response.body", "body": chunk, "more_body": more}
    with anyio.fail_after(WRITE_TIMEOUT_S):
        await send(message)


async def _cancel_on_disconnect(receive: Receive, scope: anyio.CancelScope) -> None:
    """Stop reading once the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
    scope.cancel()
