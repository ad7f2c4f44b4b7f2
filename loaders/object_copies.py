"""Copies of files in the node's home: whole or not there, and gone again where the load is refused.

::

    <home>/objects/.lock                held while ids are claimed and copies put in place
                   .incoming/<random>/  copies of a running load; what a killed one left is swept by the next
                   <ab>/<sha256>        a copy that stays, named by its content
"""

import errno
import fcntl
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import duckdb

from core.durable import make_folder, sync_file, sync_folder
from core.errors import LoadRefused
from drs.rows import FileRow
from loaders.progress import Progress

OBJECTS_FOLDER = "objects"
_INCOMING = ".incoming"
_LOCK = ".lock"
_COPY_BYTES = 1 << 20


@contextmanager
def claiming(home: Path) -> Iterator[None]:
    """Hold the node's lock on ids and copies: of two loads, into whatever datasets, one waits for the other.

    It is held for moments only.
    """
    folder = home / OBJECTS_FOLDER
    make_folder(folder)
    with (folder / _LOCK).open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Copies:
    """The copies of one load: made in a folder of their own, put in place by ``install``."""

    def __init__(self, home: Path) -> None:
        """``home``: the node's folder."""
        self._home = home
        self._incoming = home / OBJECTS_FOLDER / _INCOMING
        self._folder = self._incoming / secrets.token_hex(8)
        self._lock: IO[bytes] | None = None
        self._installed: list[Path] = []

    def __enter__(self) -> Self:
        """Sweep what killed loads left."""
        if self._incoming.is_dir():
            with claiming(self._home):
                for folder in self._incoming.glob("*"):
                    _sweep(folder)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Remove what was not put in place."""
        shutil.rmtree(self._folder, ignore_errors=True)
        if self._lock is not None:
            self._lock.close()

    def check_room(self, size_bytes: int) -> None:
        """Raise ``LoadRefused`` unless so many bytes fit."""
        make_folder(self._home)
        free = shutil.disk_usage(self._home).free
        if size_bytes > free:
            message = f"{size_bytes:,} bytes are to be copied, and {free:,} are free on the disk of the home"
            raise LoadRefused(message)

    def copy(self, row: FileRow, source: Path, progress: Progress) -> FileRow:
        """The object under the place of its copy; raises ``LoadRefused`` if the file changed meanwhile.

        The copy is made unless the home has it already.
        """
        location = Path(OBJECTS_FOLDER) / row.sha256[:2] / row.sha256
        if not _has(self._home / location, row):
            self._copy_bytes(row, source, progress)
        return replace(row, location=str(location))

    def install(self, rows: Sequence[FileRow]) -> list[FileRow]:
        """Put the copies of these objects in place, and note how they are found there.

        The caller holds ``claiming``, and calls ``undo`` before it lets go if the load is refused after all. A copy
        that another load has put there is left as it is: its time of change is what that load has noted.
        """
        installed = []
        for row in rows:
            target, copied = self._home / row.location, self._folder / row.sha256
            if not _has(target, row):
                if not copied.is_file():
                    message = f"{row.name}: its copy was removed by a load that was refused; load it again"
                    raise LoadRefused(message)
                make_folder(target.parent)
                copied.replace(target)
                self._installed.append(target)
                sync_folder(target.parent)
            installed.append(replace(row, stored_version=str(target.stat().st_mtime_ns)))
        return installed

    def undo(self) -> None:
        """Remove what was put in place."""
        for path in self._installed:
            path.unlink(missing_ok=True)
        self._installed = []

    def _copy_bytes(self, row: FileRow, source: Path, progress: Progress) -> None:
        self._begin()
        target = self._folder / row.sha256
        digest, done, step = hashlib.sha256(), 0, f"copying {row.name}"
        with source.open("rb") as file, target.open("wb") as copy:
            while chunk := file.read(_COPY_BYTES):
                digest.update(chunk)
                copy.write(chunk)
                done += len(chunk)
                progress.update(step, done, row.size_bytes)
        if digest.hexdigest() != row.sha256:
            message = f"{row.name}: changed while it was copied"
            raise LoadRefused(message)
        sync_file(target)
        progress.finish(step)

    def _begin(self) -> None:
        if self._lock is None:
            with claiming(self._home):
                make_folder(self._folder)
                self._lock = (self._folder / _LOCK).open("ab")
                fcntl.flock(self._lock, fcntl.LOCK_EX)


@contextmanager
def full_disk_named(home: Path) -> Iterator[None]:
    """Say it plainly where a load ends because a disk or a quota is full."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise _full(home) from error
    except duckdb.Error as error:
        if os.strerror(errno.ENOSPC) not in str(error):
            raise
        raise _full(home) from error


def _full(home: Path) -> LoadRefused:
    return LoadRefused(f"the disk of {home} is full; nothing was loaded: make room, then load again")


def _has(target: Path, row: FileRow) -> bool:
    return target.is_file() and target.stat().st_size == row.size_bytes


def _sweep(folder: Path) -> None:
    """Remove the folder of a load that is no longer running: nobody holds its lock. The caller holds ``claiming``."""
    with suppress(BlockingIOError):
        if (folder / _LOCK).is_file():
            with (folder / _LOCK).open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
