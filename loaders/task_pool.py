"""Where the tasks of a load run: a few processes of this machine, or a cluster. A load knows only this protocol."""

import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, TypeVar

Tell = Callable[[int, int], None]
"""A task tells how much is done, and of how much (0: unknown)."""

Argument = TypeVar("Argument")
Outcome = TypeVar("Outcome")


class TaskPool(Protocol):
    """Takes tasks while its ``with`` block lasts; leaving the block ends all that still runs.

    A task may run a second time, from its beginning, where the machine that ran it was lost: maybe while the first run
    still writes, on a machine that is merely cut off. So each run writes into an ``attempt_folder`` of its own.
    """

    @property
    def tasks_at_once(self) -> int:
        """How many tasks run at the same time, at most; never the content of what they make depends on it."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What the operator should know of this pool before the load."""
        ...

    def __enter__(self) -> Self:
        """The pool itself."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End everything that runs."""
        ...

    def check_files(self, files: Sequence[Path], folder: Path) -> None:
        """Raise ``OperatorError`` if tasks could not read these files, or not write into this existing folder."""
        ...

    def run(
        self, function: Callable[[Argument, Tell], Outcome], tasks: Sequence[tuple[str, Argument]]
    ) -> list[Outcome]:
        """Apply an importable function to every (name of the step, argument); outcomes in the order of the tasks.

        Raises ``LoadRefused`` naming the step if a task kills its worker or falls silent, and whatever error of ours
        the function raises. The first failure ends the run.
        """
        ...


def attempt_folder(staging: Path) -> Path:
    """A new folder within the staging folder, for this run of a task alone."""
    folder = staging / f"run-{secrets.token_hex(8)}"
    folder.mkdir()
    return folder
