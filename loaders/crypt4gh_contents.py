"""The content of a Crypt4GH file, for a while and without a name: what a key is needed for.

Needs the package ``crypt4gh``, which is optional; it is imported by the functions that use it.
"""

import importlib
import io
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from functools import partial
from pathlib import Path
from typing import IO, Any

from core.errors import LoadRefused
from loaders.crypt4gh_file import BLOCK_BYTES, PLAIN_BLOCK_BYTES, read_layout
from loaders.worker import Tell

PASSPHRASE_VARIABLE = "C4GH_PASSPHRASE"  # noqa: S105 - the name of a variable
"""Environment variable with the passphrase of a secret key, as the package's own command reads it."""

_KEY_ERRORS = (ValueError, TypeError, OSError, EOFError, LookupError, ArithmeticError, AssertionError, RuntimeError)
"""What the package raises at a file that is no key, or a passphrase that does not fit."""


def check_key(key: Path) -> None:
    """Raise ``LoadRefused`` if the secret key cannot be read, or the package that uses it is not installed."""
    _secret_of(key)


@contextmanager
def decrypted(path: Path, name: str, key: Path, folder: Path, tell: Tell) -> Iterator[Path]:
    """The content as a file that has no name and is gone when its process is, however that ends.

    It takes room in ``folder`` meanwhile. Raises ``LoadRefused`` if the key does not open the file, if a block is
    damaged, or if the file holds an edit list.
    """
    with tempfile.TemporaryFile(dir=folder) as plain:
        with path.open("rb") as file:
            _decrypt(file, name, _secret_of(key), plain, tell)
        plain.flush()
        yield Path(f"/proc/self/fd/{plain.fileno()}")


def _decrypt(file: IO[bytes], name: str, secret: bytes, plain: IO[bytes], tell: Tell) -> None:
    header, lib = _package("header"), _package("lib")
    size = os.fstat(file.fileno()).st_size
    layout = read_layout(name, file, size)
    file.seek(0)
    try:
        keys, edits = header.deconstruct(file, [(0, secret, None)])
    except ValueError as error:
        message = f"{name}: the key does not open it ({error})"
        raise LoadRefused(message) from error
    if edits is not None:
        message = f"{name}: it has an edit list; encrypt the edited content anew (crypt4gh rearrange, then reencrypt)"
        raise LoadRefused(message)
    file.seek(layout.header_bytes)
    buffer = bytearray(PLAIN_BLOCK_BYTES)
    for number, block in enumerate(iter(partial(file.read, BLOCK_BYTES), b""), start=1):
        try:
            length = lib.decrypt_block(buffer, bytearray(block), keys)
        except ValueError as error:
            message = f"{name}: data block {number} is damaged; copy the file again"
            raise LoadRefused(message) from error
        plain.write(memoryview(buffer)[:length])
        tell(number * BLOCK_BYTES, size)


def _package(module: str) -> Any:  # noqa: ANN401 - the package has no types
    try:
        found = importlib.import_module(f"crypt4gh.{module}")
    except ImportError as error:
        message = "--key needs the package crypt4gh; install it with: pip install crypt4gh"
        raise LoadRefused(message) from error
    # At DEBUG the package writes keys to its log; what it says of keys that do not fit is said here.
    logging.getLogger("crypt4gh").setLevel(logging.CRITICAL)
    return found


def _secret_of(key: Path) -> bytes:
    keys = _package("keys")
    passphrase = os.environ.get(PASSPHRASE_VARIABLE, "")
    asked: list[bool] = []

    def ask() -> str:
        asked.append(True)
        return passphrase

    try:
        # The package prints and exits where a passphrase does not fit.
        with redirect_stderr(io.StringIO()):
            return bytes(keys.get_private_key(str(key), ask))
    except (*_KEY_ERRORS, SystemExit) as error:
        message = f"{key.name}: not a secret key that can be read"
        if asked:
            message = f"{key.name}: it has a passphrase, and ${PASSPHRASE_VARIABLE} does not hold it"
        raise LoadRefused(message) from error
