"""Crypt4GH files for tests: encrypted by the package that the field uses, with keys made here."""

import io
from pathlib import Path

from crypt4gh import lib  # type: ignore[import-untyped] # it has no types
from crypt4gh.keys import c4gh, get_private_key, get_public_key  # type: ignore[import-untyped] # it has no types


def write_keys(folder: Path, name: str = "reader", passphrase: str | None = None) -> tuple[Path, Path]:
    """Secret and public key."""
    secret, public = folder / f"{name}.sec", folder / f"{name}.pub"
    c4gh.generate(str(secret), str(public), passphrase.encode() if passphrase else None, None)
    return secret, public


def encrypt(source: Path, target: Path, public: Path, secret: Path) -> Path:
    """Encrypt a file for the owner of ``public``; ``secret`` is the writer's."""
    keys = [(0, get_private_key(str(secret), lambda: None), get_public_key(str(public)))]
    with source.open("rb") as plain, target.open("wb") as encrypted:
        lib.encrypt(keys, plain, encrypted)
    return target


def edited(source: Path, target: Path, secret: Path, public: Path) -> Path:
    """The same file with an edit list that keeps some of its first bytes."""
    keys = [(0, get_private_key(str(secret), lambda: None), get_public_key(str(public)))]
    with source.open("rb") as file, target.open("wb") as output:
        lib.rearrange(keys, file, output, offset=10, span=200)
    return target


def layout_bytes(packets: list[bytes], body: int, *, version: int = 1, count: int | None = None) -> io.BytesIO:
    """A file of this shape, whose content nobody can read."""
    number = len(packets) if count is None else count
    head = b"crypt4gh" + version.to_bytes(4, "little") + number.to_bytes(4, "little")
    return io.BytesIO(head + b"".join(packets) + bytes(body))


def packet(length: int = 108, method: int = 0) -> bytes:
    """A header packet of zeros."""
    return (length.to_bytes(4, "little") + method.to_bytes(4, "little")).ljust(length, b"\0")[: max(length, 8)]
