"""The error tree: what can go wrong, without a word about HTTP.

::

    GenvejError
    ├── InvalidRequest              the question cannot be understood (field named)
    │   ├── UnsupportedRequest      understood, and not offered here
    │   ├── InvalidRange            start and end contradict each other
    │   └── UnsupportedFormat       the format cannot be produced
    ├── RequestTooLarge             body, header, list or page above its limit
    ├── RequestTooSlow              the body did not arrive in time
    ├── UnsupportedMediaType        the body is not of a type that is read here
    ├── InvalidCredential           a token or passport that is not valid: never an anonymous caller
    ├── CredentialRequired          nobody knows who asks, and it matters
    ├── PermissionDenied            known caller, no grant
    ├── NotFound                    absent, or not to be told from absent
    ├── Gone                        it existed and was withdrawn, or changed since
    ├── RangeNotSatisfiable         bytes beyond the end of the slice
    ├── ServiceUnavailable          for the moment: ask again after ``retry_after_s``
    ├── DataDamaged                 stored data do not match their manifest
    └── OperatorError               a command cannot be carried out: said to the operator, not over HTTP
        ├── InvalidSettings         genvej.toml or the environment is wrong
        └── LoadRefused             an input file is not taken

``core.web`` is the only module that turns a class into a status. Messages are written for the person who asks: they
never hold a token, a path of this machine, SQL or a variant.
"""


class GenvejError(Exception):
    """Root of everything that Genvej raises on purpose."""

    def __init__(self, message: str, *, field: str | None = None, retry_after_s: int | None = None) -> None:
        """``message`` is shown to the caller; ``field`` names the part of the request that is meant."""
        super().__init__(message)
        self.message = message
        self.field = field
        self.retry_after_s = retry_after_s


class InvalidRequest(GenvejError):
    """The question cannot be understood."""


class UnsupportedRequest(InvalidRequest):
    """The question is understood and not offered here."""


class InvalidRange(InvalidRequest):
    """Start and end contradict each other."""


class UnsupportedFormat(InvalidRequest):
    """The format asked for cannot be produced for this object."""


class RequestTooLarge(GenvejError):
    """Body, headers, list or page above the limit."""


class RequestTooSlow(GenvejError):
    """The request body did not arrive in time."""


class UnsupportedMediaType(GenvejError):
    """The request body is of a type that is not read here."""


class InvalidCredential(GenvejError):
    """A token or passport that is not valid; never read as "anonymous"."""


class CredentialRequired(GenvejError):
    """The answer depends on who asks, and no credential came."""


class PermissionDenied(GenvejError):
    """The caller is known and lacks the grant."""


class NotFound(GenvejError):
    """Absent, or not to be told from absent."""


class Gone(GenvejError):
    """It existed, and was withdrawn or replaced since."""


class RangeNotSatisfiable(GenvejError):
    """Bytes were asked beyond the end of the slice, which has ``size_bytes``."""

    def __init__(self, message: str, *, size_bytes: int) -> None:
        """``size_bytes`` is told to the client (RFC 9110 §15.5.17)."""
        super().__init__(message)
        self.size_bytes = size_bytes


class ServiceUnavailable(GenvejError):
    """A part is unable to answer for the moment."""


class DataDamaged(GenvejError):
    """Stored data do not match their manifest."""


class OperatorError(GenvejError):
    """A command cannot be carried out; the message names the remedy."""


class InvalidSettings(OperatorError):
    """The settings are wrong: every mistake is one line of the message."""


class LoadRefused(OperatorError):
    """An input file is not taken; the message names file, place and reason."""
