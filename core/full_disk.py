"""A disk that is full, over its quota or read-only: said to the operator with the remedy."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from core.errors import OperatorError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})
_SAID = tuple(os.strerror(number) for number in sorted(_FULL))


@contextmanager
def full_disk_named(path: Path) -> Iterator[None]:
    """Turn what the system and the database say of a full disk into ``OperatorError`` naming the folder."""
    try:
        yield
    except (OSError, duckdb.Error) as error:
        reason = _reason(error)
        if reason is None:
            raise
        message = f"cannot write to {path}: {reason}; make room and run the command again, nothing half is in"
        raise OperatorError(message) from error


def is_full_disk(error: OSError | duckdb.Error) -> bool:
    """Whether an error is about a disk on which nothing can be written."""
    return _reason(error) is not None


def _reason(error: OSError | duckdb.Error) -> str | None:
    """What is wrong with the disk; ``None`` where something else is wrong."""
    if isinstance(error, OSError) and error.errno in _FULL:
        return os.strerror(error.errno)
    return next((said for said in _SAID if said in str(error)), None)
