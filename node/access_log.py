"""The access log: one line and one count a request, by route template; pure ASGI, so that streaming is not buffered."""

import logging
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from node.metrics import Metrics

logger = logging.getLogger("genvej.access")
_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"})


class AccessLog:
    """Sees status and route template of every request, and never path, query, headers or body."""

    def __init__(self, app: ASGIApp, metrics: Metrics, *, lines: bool = True) -> None:
        """``lines``: whether to log; counting goes on either way."""
        self._app = app
        self._metrics = metrics
        self._lines = lines

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Watch one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500
        sent_bytes = 0

        async def watched(message: Message) -> None:
            nonlocal status, sent_bytes
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                sent_bytes += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            self._record(scope, status, time.perf_counter() - started, sent_bytes)

    def _record(self, scope: Scope, status: int, seconds: float, sent_bytes: int) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        route = _template(scope)
        self._metrics.observe(method=method, route=route, status=status, seconds=seconds)
        if self._lines:
            fields = {
                "request_id": scope.get("state", {}).get("request_id", "-"),
                "method": method,
                "route": route,
                "status": status,
                "milliseconds": round(seconds * 1000, 2),
                "bytes": sent_bytes,
            }
            logger.info("request", extra={"fields": fields})


def _template(scope: Scope) -> str:
    """Mount point and route as declared, for example ``/htsget/data/{token}``; ``unknown`` where no route matched."""
    path = getattr(scope.get("route"), "path", None)
    return f"{scope.get('root_path', '')}{path}" if path is not None else "unknown"
