"""Outcomes of finished tasks on disk, so that a load that was killed goes on where it was."""

import hashlib
import io
import pickle
import secrets
import shutil
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from isal import isal_zlib

from core.durable import make_folder
from core.full_disk import full_disk_named
from loaders.task_pool import TaskPool
from loaders.worker import Tell

Argument = TypeVar("Argument")
Outcome = TypeVar("Outcome")

_READ_BYTES = 1 << 20
_OURS = ("beacon.", "core.", "loaders.")
_PLAIN = frozenset(
    {
        *("collections.Counter", "pathlib.PosixPath", "pathlib.Path", "pathlib._local.PosixPath"),
        *("builtins.set", "builtins.frozenset", "numpy.ndarray", "numpy.dtype"),
        *(f"numpy.{core}.multiarray.{name}" for core in ("core", "_core") for name in ("_reconstruct", "scalar")),
        *(f"numpy.{core}.numeric._frombuffer" for core in ("core", "_core")),
    }
)
_UNREADABLE = (
    OSError, EOFError, pickle.PickleError, struct.error, AttributeError, ImportError, TypeError, ValueError,
    LookupError, ArithmeticError, RecursionError, MemoryError, NotImplementedError,
)  # fmt: skip
"""What a damaged pickle may raise."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A task whose outcome is kept: what to call, with what, its key, and where its outcome goes."""

    function: Callable[[Any, Tell], Any]
    argument: Any
    key: str
    outcome_file: Path


class _File(NamedTuple):
    """A file of an outcome as it was when the outcome was kept."""

    path: Path
    size_bytes: int
    checksum: int


class Checkpoint:
    """A folder of outcomes of one and the same work; what another work left beside it is removed.

    Nothing of it is synced to the disk: after a power cut the checksums tell what is whole. Whatever is not is done
    again.
    """

    def __init__(self, folder: Path, identity: str) -> None:
        """``identity``: names the work: same inputs, same options, same program, same name."""
        self._root = folder
        self.folder = folder / identity
        for other in folder.glob("*"):
            if other != self.folder:
                _remove(other)
        make_folder(self.folder)
        self._remove_unfinished()

    def run(
        self,
        pool: TaskPool,
        function: Callable[[Argument, Tell], Outcome],
        tasks: Sequence[tuple[str, str, Argument]],
    ) -> list[Outcome]:
        """As ``TaskPool.run``, of (name of the step, key, argument); tasks that were finished before are not run.

        ``key``: names the task in this work. The files of an outcome are its attribute ``files``.
        """
        places = [self.folder / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.outcome" for _, key, _ in tasks]
        known = [self._read(place, key) for place, (_, key, _) in zip(places, tasks, strict=True)]
        missing = [number for number, outcome in enumerate(known) if outcome is None]
        kept = [
            (tasks[number][0], _Kept(function, tasks[number][2], tasks[number][1], places[number]))
            for number in missing
        ]
        for number, outcome in zip(missing, pool.run(run_kept, kept), strict=True):
            known[number] = outcome
        return known

    def remove(self) -> None:
        """The work is done, or will not be: forget it."""
        shutil.rmtree(self._root, ignore_errors=True)

    def _read(self, place: Path, key: str) -> Any:  # noqa: ANN401 - whatever was kept
        """The outcome; ``None`` if there is none of this key, it cannot be read, or a file of it is not as it was."""
        kept = _unpickled(place)
        if kept is None or kept[0] != key:
            return None
        return kept[1] if all(self._is_whole(file) for file in kept[2]) else None

    def _is_whole(self, file: _File) -> bool:
        try:
            ours = file.path.resolve(strict=True).is_relative_to(self.folder.resolve()) and not file.path.is_symlink()
            return ours and file.path.stat().st_size == file.size_bytes and _checksum(file.path) == file.checksum
        except OSError:
            return False

    def _remove_unfinished(self) -> None:
        """Remove what runs of tasks wrote that never came to an outcome."""
        outcomes = [_unpickled(place) for place in self.folder.glob("*.outcome")]
        named = {file.path.parent for kept in outcomes if kept is not None for file in kept[2]}
        for path in self.folder.iterdir():
            if path.suffix != ".outcome" and path not in named:
                _remove(path)


def run_kept(task: _Kept, tell: Tell) -> Any:  # noqa: ANN401 - whatever the function returns
    """Run a task and keep its outcome, with the checksums of the files that it names."""
    with full_disk_named(task.outcome_file.parent):
        outcome = task.function(task.argument, tell)
        _keep(task, outcome)
    return outcome


def _keep(task: _Kept, outcome: object) -> None:
    files = [_File(path, path.stat().st_size, _checksum(path)) for path in getattr(outcome, "files", ())]
    data = pickle.dumps((task.key, outcome, files))
    temporary = task.outcome_file.with_name(f"{task.outcome_file.name}.{secrets.token_hex(8)}.new")
    temporary.write_bytes(isal_zlib.crc32(data).to_bytes(4, "little") + data)
    temporary.replace(task.outcome_file)


def _checksum(path: Path) -> int:
    found = 0
    with path.open("rb") as file:
        while chunk := file.read(_READ_BYTES):
            found = isal_zlib.crc32(chunk, found)
    return found


def _unpickled(place: Path) -> tuple[str, Any, list[_File]] | None:
    """(Key, outcome, its files) of an outcome file; ``None`` for whatever else lies there."""
    try:
        data = place.read_bytes()
        if isal_zlib.crc32(data[4:]) != int.from_bytes(data[:4], "little"):
            return None
        key, outcome, files = _OurUnpickler(io.BytesIO(data[4:])).load()
    except _UNREADABLE:
        return None
    sound = isinstance(key, str) and isinstance(files, list) and all(isinstance(file, _File) for file in files)
    return (key, outcome, files) if sound else None


def _remove(path: Path) -> None:
    """Remove a file, a link or a folder."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


class _OurUnpickler(pickle.Unpickler):
    """Makes plain records of our own and arrays only: nothing that acts when it is made."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - a class
        # A dotted name would reach what a module of ours has imported.
        if f"{module}.{name}" in _PLAIN or (module.startswith(_OURS) and name.isidentifier()):
            found = super().find_class(module, name)
            if f"{module}.{name}" in _PLAIN or _is_record(found, module):
                return found
        message = f"{module}.{name} has no place here"
        raise pickle.UnpicklingError(message)


def _is_record(found: object, module: str) -> bool:
    """Whether it is a dataclass, a named tuple or an enumeration of the module itself."""
    if not isinstance(found, type) or found.__module__ != module:
        return False
    return is_dataclass(found) or issubclass(found, Enum) or (issubclass(found, tuple) and hasattr(found, "_fields"))
