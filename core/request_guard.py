"""The outermost ASGI layer: limits on head and URL, one spelling of the path, an id for every request."""

import secrets
from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAXIMUM_HEADER_BYTES = 32 * 1024
MAXIMUM_HEADERS = 100
MAXIMUM_URL_BYTES = 8 * 1024


class RequestGuard:
    """Refuses oversized heads, routes on the raw path, gives every request an id.

    Routing on the raw path keeps ``%2F`` inside an id from becoming another route; handlers decode their parameters
    with ``core.web.path_segment``, once. The refusals here are plain text, since no API has been chosen yet.
    """

    def __init__(self, app: ASGIApp) -> None:
        """``app``: the whole node."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Guard one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        identity = secrets.token_hex(8)

        async def tagged(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", identity.encode())]
            await send(message)

        refusal = _refusal(scope)
        if refusal is not None:
            await _refuse(tagged, *refusal)
            return
        raw = scope["raw_path"].split(b"?", 1)[0].decode("ascii")
        state = {**scope.get("state", {}), "request_id": identity}
        await self._app({**scope, "path": raw, "state": state}, receive, tagged)


def _refusal(scope: Scope) -> tuple[int, str] | None:
    headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
    names = [name for name, _ in headers]
    if len(names) > MAXIMUM_HEADERS or sum(len(name) + len(value) for name, value in headers) > MAXIMUM_HEADER_BYTES:
        return 431, "the request head is too large"
    raw_path: bytes = scope["raw_path"]
    if len(raw_path) + len(scope["query_string"]) > MAXIMUM_URL_BYTES:
        return 414, "the URL is too long"
    if not raw_path.isascii():
        return 400, "the path must be percent-encoded"
    if b"content-length" in names and b"transfer-encoding" in names:
        return 400, "Content-Length and Transfer-Encoding contradict each other"
    return None


async def _refuse(send: Send, status: int, text: str) -> None:
    body = text.encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
