"""Tickets: signed, expiring grants for bytes, shared by htsget slices and DRS access URLs (pure).

A ticket is text that can stand in a URL path: ``<key id>.<payload>.<tag>``, payload and tag in base64url. The tag is
a full HMAC-SHA256 over a domain string and the payload; keys are derived per key id by HKDF. A ticket names the
bytes, so it grants what it names and nothing else, whatever the client asks.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.access import Decision, Subject
from core.errors import PermissionDenied, RequestTooLarge

TICKET_LIFETIME_S = 900
MAXIMUM_TOKEN_BYTES = 6144
"""Longer tickets would not fit in the URLs that every client and proxy takes (8 KiB)."""

_DOMAIN = b"genvej-ticket-v1\0"
_MINIMUM_KEY_BYTES = 32
_REFUSED = "this link is not valid, or no longer"


@dataclass(frozen=True, slots=True)
class Ticket:
    """One grant: ``action`` (``htsget`` or ``drs``) on an object of a dataset.

    ``plan``: which bytes, in the words of the room that made it; empty means the whole object. ``subject``: hash of who
    was granted. ``expires_at``: epoch seconds. ``generation``: id of the generation that the plan was made from.
    """

    action: str
    dataset_id: str
    object_id: str
    plan: str
    subject: str
    expires_at: int
    generation: str = ""


@dataclass(frozen=True, slots=True)
class TicketKey:
    """A signing key: ``key_id`` of letters and digits, ``secret`` of at least 32 random bytes."""

    key_id: str
    secret: bytes

    def __post_init__(self) -> None:
        """Raise ``ValueError`` for a key that is too short or has an id that could not stand in a token."""
        if len(self.secret) < _MINIMUM_KEY_BYTES or not (self.key_id.isascii() and self.key_id.isalnum()):
            message = "a ticket key needs an alphanumeric id and at least 32 random bytes"
            raise ValueError(message)


class TicketSigner:
    """Signs with the first key, verifies with any: that is how keys rotate."""

    def __init__(self, keys: Sequence[TicketKey]) -> None:
        """``keys``: the current one first, then those whose tickets are still accepted.

        Raises ``ValueError`` if there is none, or if two have the same id.
        """
        self._keys = {key.key_id: _derive(key) for key in keys}
        if not keys or len(self._keys) != len(keys):
            message = "at least one ticket key is needed, and no two of one id"
            raise ValueError(message)
        self._current = keys[0].key_id

    def sign(self, ticket: Ticket) -> str:
        """The ticket as URL-safe text; raises ``RequestTooLarge`` if it would be longer than any client takes."""
        payload = json.dumps(list(asdict(ticket).values()), separators=(",", ":"), ensure_ascii=True).encode()
        tag = _tag(self._keys[self._current], payload)
        token = f"{self._current}.{_encode(payload)}.{_encode(tag)}"
        if len(token) > MAXIMUM_TOKEN_BYTES:
            message = "the answer would need a link that is too long; ask for less at once"
            raise RequestTooLarge(message)
        return token

    def verify(self, token: str, action: str, now: int) -> Ticket:
        """The ticket behind the text.

        Raises ``PermissionDenied``, always with the same words, for a ticket that is malformed, forged, expired or
        meant for another action.
        """
        ticket = self._authentic(token)
        if ticket is None or ticket.action != action or now >= ticket.expires_at:
            raise PermissionDenied(_REFUSED)
        return ticket

    def _authentic(self, token: str) -> Ticket | None:
        if len(token) > MAXIMUM_TOKEN_BYTES or not token.isascii():
            return None
        key_id, _, rest = token.partition(".")
        encoded_payload, _, encoded_tag = rest.partition(".")
        key = self._keys.get(key_id)
        payload, tag = _decode(encoded_payload), _decode(encoded_tag)
        if key is None or payload is None or tag is None:
            return None
        if not hmac.compare_digest(_tag(key, payload), tag):
            return None
        try:
            return Ticket(*json.loads(payload))
        except TypeError:  # signed by a version of Genvej whose tickets had other fields
            return None


def expiry(now: int, decision: Decision) -> int:
    """When a ticket minted now must end: after fifteen minutes, or with the decision if that is earlier."""
    latest = now + TICKET_LIFETIME_S
    return latest if decision.expires_at is None else min(latest, decision.expires_at)


def subject_hash(subject: Subject | None) -> str:
    """A short name for a subject that does not tell who it is; empty for anonymous callers."""
    if subject is None:
        return ""
    return hashlib.sha256(f"{subject.issuer}\0{subject.subject}".encode()).hexdigest()[:32]


def _derive(key: TicketKey) -> bytes:
    info = f"ticket/v1/{key.key_id}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(key.secret)


def _tag(key: bytes, payload: bytes) -> bytes:
    return hmac.digest(key, _DOMAIN + payload, "sha256")


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _decode(text: str) -> bytes | None:
    """Undo ``_encode``; ``None`` for any other spelling of the same bytes."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
    return data if _encode(data) == text else None
