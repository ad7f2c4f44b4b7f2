"""Outcomes of finished tasks on disk, so that a load that was killed goes on where it was."""

import hashlib
import io
import os
import pickle
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from core.durable import make_folder, sync_file, write_atomically
from loaders.task_pool import TaskPool
from loaders.worker import Tell

Argument = TypeVar("Argument")
Outcome = TypeVar("Outcome")

_OURS = ("beacon.", "core.", "loaders.", "numpy")
_PLAIN = frozenset({"collections.Counter", "pathlib.PosixPath", "pathlib.Path", "builtins.set", "builtins.frozenset"})


@dataclass(frozen=True, slots=True)
class _Kept:
    """A task whose outcome is kept: what to call, with what, and where its outcome goes."""

    function: Callable[[Any, Tell], Any]
    argument: Any
    outcome_file: Path


class Checkpoint:
    """A folder of outcomes of one and the same work; what another work left beside it is removed."""

    def __init__(self, folder: Path, identity: str) -> None:
        """``identity``: names the work: same inputs, same options, same program, same name."""
        self._root = folder
        self.folder = folder / identity
        for other in folder.glob("*"):
            if other.name != identity:
                shutil.rmtree(other, ignore_errors=True)
        make_folder(self.folder)

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
        known = [_read(place) for place in places]
        missing = [number for number, outcome in enumerate(known) if outcome is None]
        kept = [(tasks[number][0], _Kept(function, tasks[number][2], places[number])) for number in missing]
        for number, outcome in zip(missing, pool.run(run_kept, kept), strict=True):
            known[number] = outcome
        return known

    def remove(self) -> None:
        """The work is done, or will not be: forget it."""
        shutil.rmtree(self._root, ignore_errors=True)


def run_kept(task: _Kept, tell: Tell) -> Any:  # noqa: ANN401 - whatever the function returns
    """Run a task and keep its outcome, once the files that it names are safe."""
    outcome = task.function(task.argument, tell)
    for path in getattr(outcome, "files", ()):
        sync_file(path)
    sizes = [(path, path.stat().st_size) for path in getattr(outcome, "files", ())]
    write_atomically(task.outcome_file, pickle.dumps((outcome, sizes)))
    return outcome


def _read(place: Path) -> Any:  # noqa: ANN401 - whatever was kept
    """The outcome; ``None`` if there is none, it cannot be read, or a file of it is not as it was."""
    try:
        outcome, sizes = _OurUnpickler(io.BytesIO(place.read_bytes())).load()
        sound = all(os.stat(path).st_size == size for path, size in sizes)  # noqa: PTH116 - paths of a pickle
    except (OSError, pickle.UnpicklingError, EOFError, AttributeError, ValueError, TypeError, ImportError):
        return None
    return outcome if sound else None


class _OurUnpickler(pickle.Unpickler):
    """Makes objects of our own classes and of numpy only."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - a class
        if module.startswith(_OURS) or f"{module}.{name}" in _PLAIN:
            return super().find_class(module, name)
        message = f"{module}.{name} has no place here"
        raise pickle.UnpicklingError(message)
