"""How commands tell running servers that something changed: ``<home>/changed`` is rewritten; servers watch it."""

import secrets
from pathlib import Path

from core.durable import write_atomically

CHANGED_FILE = "changed"


def announce_change(home: Path) -> None:
    """Tell the servers of a home that what it holds is not what it was."""
    write_atomically(home / CHANGED_FILE, f"{secrets.token_hex(8)}\n".encode())
