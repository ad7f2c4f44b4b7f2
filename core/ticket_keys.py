"""The keys that sign tickets, kept in one file that only the node's user may read."""

import base64
import json
import os
import secrets
from pathlib import Path

from core.errors import InvalidSettings
from core.tickets import TicketKey, TicketSigner

_SECRET_BYTES = 32


def load_or_create_ticket_keys(path: Path) -> tuple[TicketKey, ...]:
    """The keys of ``path``, current one first; the file is made with one random key if there is none.

    The file is a JSON list of ``{"key_id", "secret"}``, ``secret`` in base64. Raises ``InvalidSettings`` for any other.
    """
    if not path.exists():
        _create(path)
    try:
        entries = json.loads(path.read_bytes())
        keys = tuple(TicketKey(entry["key_id"], base64.b64decode(entry["secret"], validate=True)) for entry in entries)
        TicketSigner(keys)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"{path.name} does not hold ticket keys; move it away and a new one is made (tickets in use end)"
        raise InvalidSettings(message) from error
    return keys


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = {"key_id": secrets.token_hex(4), "secret": base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()}
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump([key], file)
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link, not a rename: of two processes that start at once the first one's key stays.
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
