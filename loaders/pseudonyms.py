"""Pseudonyms of one project, made from the node's by a keyed hash: one person, one name a project (pure).

HMAC-SHA-256 (RFC 2104) over the project and the pseudonym, each with its length before it, so that no two pairs are
spelled alike. 130 bits of it are shown as base32 (RFC 4648, lower case) behind the project's id: names of one person in
two projects have nothing in common for whoever lacks the key, and equal names mean equal people within one.
"""

import base64
import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from core.errors import LoadRefused

_SHOWN_CHARACTERS = 26
"""Of five bits each."""
_KEY_BYTES = 32
_DIFFERENT_BYTES = 16
"""At least so many of a random key's bytes differ, but for one of 10**9 keys or fewer."""
_FIRST_WORD = "genvej-pseudonym-key-1"
_PURPOSE = b"genvej pseudonym 1"
_PROJECT = re.compile(r"[A-Za-z][A-Za-z0-9]{0,15}(?:[._-][A-Za-z0-9]{1,16}){0,3}")


@dataclass(frozen=True, slots=True)
class ProjectPseudonyms:
    """The pseudonyms of one project; ``key`` is never shown."""

    key: "PseudonymKey"
    project: str

    def __post_init__(self) -> None:
        """Raise ``LoadRefused`` for a project id that cannot stand before a pseudonym."""
        if not _PROJECT.fullmatch(self.project):
            message = "--project: letters and digits, begun by a letter, up to three groups after '.', '_' or '-'"
            raise LoadRefused(message)

    def of(self, pseudonym: str) -> str:
        """The project's name of whoever has this pseudonym; the same every time."""
        spelled = unicodedata.normalize("NFC", pseudonym).encode()  # one name however its accents are encoded
        text = b"".join(_with_length(part) for part in (_PURPOSE, self.project.encode(), spelled))
        digest = hmac.new(self.key.secret, text, hashlib.sha256).digest()
        shown = base64.b32encode(digest).decode().lower()[:_SHOWN_CHARACTERS]
        return f"{self.project}-{shown}"

    def table(self, pseudonyms: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """(pseudonym, name in the project), sorted by the latter: the order tells nothing."""
        return tuple(sorted(((old, self.of(old)) for old in set(pseudonyms)), key=lambda pair: pair[1]))


@dataclass(frozen=True, slots=True, repr=False)
class PseudonymKey:
    """A secret key of 256 bits."""

    secret: bytes

    def __repr__(self) -> str:
        """Nothing of the key."""
        return "PseudonymKey(...)"


def new_key() -> PseudonymKey:
    """A random key."""
    return PseudonymKey(secrets.token_bytes(_KEY_BYTES))


def key_text(key: PseudonymKey) -> str:
    """The content of a key file."""
    return f"{_FIRST_WORD}\n{base64.b64encode(key.secret).decode()}\n"


def parse_key(text: str) -> PseudonymKey:
    """The key that a key file holds; raises ``LoadRefused``."""
    lines = text.split("\n")
    try:
        secret = base64.b64decode(lines[1], validate=True) if lines[0] == _FIRST_WORD and len(lines) == 3 else b""
    except ValueError:
        secret = b""
    if len(secret) != _KEY_BYTES:
        message = "not a key file; make one with `genvej pseudonyms new-key`"
        raise LoadRefused(message)
    if len(set(secret)) < _DIFFERENT_BYTES:
        message = "a key of few different bytes is not random; make one with `genvej pseudonyms new-key`"
        raise LoadRefused(message)
    return PseudonymKey(secret)


def _with_length(part: bytes) -> bytes:
    return len(part).to_bytes(8, "big") + part
