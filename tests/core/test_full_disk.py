"""Only a full disk is said to be one."""

import errno
from pathlib import Path

import duckdb
import pytest

from core.errors import OperatorError
from core.full_disk import full_disk_named


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "x"),
        OSError(errno.EDQUOT, "x"),
        duckdb.IOException('IO Error: Could not write file "x": No space left on device'),
        OSError("128 requested and 0 written: No space left on device"),
    ],
)
def test_a_full_disk_is_told(error: Exception) -> None:
    with pytest.raises(OperatorError, match=r"^cannot write to a/b: \w.*; make room"), full_disk_named(Path("a/b")):
        raise error


@pytest.mark.parametrize("error", [OSError(errno.ENOENT, "x"), duckdb.IOException("x"), OSError("x"), ValueError("x")])
def test_all_else_is_left_as_it_is(error: Exception) -> None:
    with pytest.raises(type(error), match="x"), full_disk_named(Path("a/b")):
        raise error
