"""A pool that runs tasks where it is, so that what a test changes in a module holds for them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from loaders.progress import Progress
from loaders.task_pool import TaskPool
from loaders.worker import Tell

Argument = TypeVar("Argument")
Outcome = TypeVar("Outcome")


class InProcessPool:
    """``TaskPool`` without processes."""

    tasks_at_once = 1
    notes: tuple[str, ...] = ()

    @classmethod
    def made(cls, _at_once: int, _progress: Progress) -> TaskPool:
        """For ``load_vcf``."""
        return cls()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        return

    def check_files(self, files: Sequence[Path], folder: Path) -> None:
        assert folder.is_dir()
        assert all(path.is_file() for path in files)

    def run(
        self, function: Callable[[Argument, Tell], Outcome], tasks: Sequence[tuple[str, Argument]]
    ) -> list[Outcome]:
        return [function(argument, lambda _done, _total: None) for _, argument in tasks]
