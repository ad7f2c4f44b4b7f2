"""The web shell shared by all APIs: errors by table, limits, request ids, raw-path routing.

The only module that knows which status an error has, and the only one that catches ``Exception``.
"""

import logging
import re
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

import anyio
import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from core.errors import (
    CredentialRequired,
    GenvejError,
    Gone,
    InvalidCredential,
    InvalidRequest,
    NotFound,
    PermissionDenied,
    RangeNotSatisfiable,
    RequestTooLarge,
    RequestTooSlow,
    ServiceUnavailable,
    UnsupportedMediaType,
)
from core.strict_json import JsonValue, parse_json_object

MAXIMUM_BODY_BYTES = 1 << 20
BODY_TIMEOUT_S = 30.0
DEFAULT_RETRY_AFTER_S = 5
CORS_MAXIMUM_AGE_S = 30 * 24 * 3600

STATUS_OF: Mapping[type[GenvejError], int] = {
    InvalidRequest: 400,
    InvalidCredential: 401,
    CredentialRequired: 401,
    PermissionDenied: 403,
    NotFound: 404,
    RequestTooSlow: 408,
    Gone: 410,
    RequestTooLarge: 413,
    UnsupportedMediaType: 415,
    RangeNotSatisfiable: 416,
    ServiceUnavailable: 503,
}
"""Status of an error class; a subclass has its parent's, whatever is not here is a 500."""

_LOOSE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")

logger = logging.getLogger("genvej.web")


@dataclass(frozen=True, slots=True)
class Problem:
    """What an API's renderer turns into its own error body; ``error`` is ``None`` for the framework's own refusals."""

    status: int
    error: GenvejError | None
    message: str
    request_id: str


Renderer = Callable[[Problem], tuple[object, str]]
"""From a problem to the error body (serialisable) and its media type."""


def create_api(title: str, version: str, render: Renderer, *, cors: bool = True) -> FastAPI:
    """An API of the node, to be mounted: its errors all have the shape that ``render`` gives them."""
    app = FastAPI(title=title, version=version, docs_url=None, redoc_url=None, redirect_slashes=False)
    install_errors(app, render)
    app.add_middleware(_CatchAll, render=render)
    if cors:
        app.add_middleware(
            CORSMiddleware,
            allow_origin_regex=".*",
            allow_methods=["GET", "POST", "HEAD", "OPTIONS"],
            allow_headers=["*"],
            expose_headers=["Content-Range", "Content-Length", "Accept-Ranges", "ETag", "X-Request-Id", "Retry-After"],
            max_age=CORS_MAXIMUM_AGE_S,
        )
    return app


def install_errors(app: FastAPI, render: Renderer) -> None:
    """Answer our errors and the framework's (404, 405, 422) in the API's own shape."""

    async def ours(request: Request, error: Exception) -> Response:
        if isinstance(error, GenvejError) and status_of(error) == 500:
            _log_unforeseen(request, error)
        return _answer(request, render, error)

    for kind in (GenvejError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, ours)


class AnswerBrokenOff(Exception):
    """An answer ended before its time; says nothing of the cause, since the server process logs what it is told."""


class _CatchAll:
    """Inside CORS, outside everything else: an unforeseen error is a shaped 500 that says nothing of its cause.

    Once the head of an answer is out, the connection is broken off instead, so that no client takes it for complete.
    """

    def __init__(self, app: ASGIApp, render: Renderer) -> None:
        self._app = app
        self._render = render

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: "Mapping[str, object]") -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(dict(message))

        try:
            await self._app(scope, receive, watched)
        except ClientDisconnect:
            return
        except Exception as error:
            if scope["type"] != "http":
                raise
            request = Request(scope)
            _log_unforeseen(request, error)
            if started:
                message = f"the answer to request {request_id(request)} was broken off"
                raise AnswerBrokenOff(message) from None
            await _answer(request, self._render, error)(scope, receive, send)


def _log_unforeseen(request: Request, error: Exception) -> None:
    """Name the kind and place of an error, not its words: those may hold what a caller sent."""
    while isinstance(error, ExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    places = " > ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
    logger.error("unforeseen %s in request %s at %s", type(error).__name__, request_id(request), places)


def request_id(request: Request) -> str:
    """The id that the node gave this request; it stands in the answer's headers, in errors and in the log."""
    return str(request.scope.get("state", {}).get("request_id", "-"))


def _answer(request: Request, render: Renderer, error: Exception) -> Response:
    status, message = _status_and_message(error)
    known = error if isinstance(error, GenvejError) else None
    document, media_type = render(Problem(status, known, message, request_id(request)))
    return json_response(document, status=status, media_type=media_type, headers=_headers(error, status))


def status_of(error: GenvejError) -> int:
    """The HTTP status of an error: its class's, or that of the nearest class above it in the table."""
    return next((STATUS_OF[kind] for kind in type(error).__mro__ if kind in STATUS_OF), 500)


def _status_and_message(error: Exception) -> tuple[int, str]:
    if isinstance(error, GenvejError):
        status = status_of(error)
        return status, error.message if status < 500 or status == 503 else "internal error"
    if isinstance(error, HTTPException):
        return error.status_code, {404: "no such path", 405: "method not allowed here"}.get(
            error.status_code, error.detail
        )
    if isinstance(error, RequestValidationError):
        return 400, "the request cannot be understood"
    return 500, "internal error"


def _headers(error: Exception, status: int) -> dict[str, str]:
    headers = {"cache-control": "no-store"}
    if status == 401:
        kind = ' error="invalid_token"' if isinstance(error, InvalidCredential) else ""
        headers["www-authenticate"] = f"Bearer{kind}"
    if isinstance(error, ServiceUnavailable):
        headers["retry-after"] = str(DEFAULT_RETRY_AFTER_S if error.retry_after_s is None else error.retry_after_s)
    if isinstance(error, RangeNotSatisfiable):
        headers["content-range"] = f"bytes */{error.size_bytes}"
    if isinstance(error, HTTPException) and error.headers:
        headers.update({name.lower(): value for name, value in error.headers.items()})
    return headers


def json_response(
    document: object,
    *,
    status: int = 200,
    media_type: str = "application/json",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The document as JSON, serialised once."""
    content = orjson.dumps(document)
    return Response(content, status_code=status, media_type=media_type, headers=dict(headers or {}))


async def request_body(request: Request) -> bytes:
    """The body, counted while it arrives; raises ``RequestTooLarge`` above 1 MiB, ``RequestTooSlow`` after 30 s.

    A FastAPI dependency: it runs on the event loop, so that the handler can be a plain function.
    """
    if request.headers.get("content-encoding", "identity") != "identity":
        message = "compressed request bodies are not read"
        raise UnsupportedMediaType(message)
    try:
        with anyio.fail_after(BODY_TIMEOUT_S):
            return await _counted_body(request)
    except TimeoutError as error:
        message = f"the body did not arrive within {BODY_TIMEOUT_S:.0f} seconds"
        raise RequestTooSlow(message) from error


async def _counted_body(request: Request) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAXIMUM_BODY_BYTES:
            message = f"the body is larger than {MAXIMUM_BODY_BYTES} bytes"
            raise RequestTooLarge(message)
        chunks.append(chunk)
    return b"".join(chunks)


def json_object_body(request: Request, body: bytes) -> dict[str, JsonValue]:
    """The body as a JSON object; an empty body counts as ``{}``.

    Raises ``UnsupportedMediaType`` for a body of another type, ``InvalidRequest`` for anything but one JSON object.
    """
    if not body.strip():
        return {}
    media_type = request.headers.get("content-type", "application/json").split(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        message = "the body must be application/json"
        raise UnsupportedMediaType(message)
    return parse_json_object(body)


def path_segment(raw: str) -> str:
    """One path parameter, percent-decoded exactly once (routing happens on the raw path).

    Raises ``InvalidRequest`` for bytes that are not UTF-8, for a ``%`` that begins no escape (RFC 3986 §2.1), for
    control characters and for an empty segment.
    """
    if _LOOSE_PERCENT.search(raw):
        message = "the path holds a % that is not followed by two hexadecimal digits"
        raise InvalidRequest(message)
    try:
        text = unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError as error:
        message = "the path is not UTF-8"
        raise InvalidRequest(message) from error
    if not text or _CONTROL.search(text):
        message = "the path holds an empty name or a control character"
        raise InvalidRequest(message)
    return text
