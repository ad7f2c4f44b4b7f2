"""The access token of a request (RFC 6750 §2.1); the only file here, besides the issuer's routes, that knows HTTP."""

import re
from collections.abc import Sequence

from starlette.requests import Request

from core.errors import InvalidCredential, InvalidRequest

_BEARER = re.compile(r"bearer +([A-Za-z0-9\-._~+/]+=*)", re.IGNORECASE)


async def bearer_token(request: Request) -> str | None:
    """The bearer token of the request, ``None`` where it has no ``Authorization``; a FastAPI dependency.

    Asynchronous although it waits for nothing, so that it costs no change of thread. Raises as ``read_bearer`` does.
    """
    return read_bearer(request.headers.getlist("authorization"))


def read_bearer(authorization: Sequence[str]) -> str | None:
    """The token in the ``Authorization`` headers of one request.

    Raises ``InvalidRequest`` for more than one header, and ``InvalidCredential`` for another scheme or a malformed
    token: whoever presents something that is not understood is not anonymous.
    """
    if not authorization:
        return None
    if len(authorization) > 1:
        message = "a request has at most one Authorization header"
        raise InvalidRequest(message, field="Authorization")
    bearer = _BEARER.fullmatch(authorization[0])
    if bearer is None:
        message = "the Authorization header must be: Bearer, a space, an access token"
        raise InvalidCredential(message, field="Authorization")
    return bearer[1]
