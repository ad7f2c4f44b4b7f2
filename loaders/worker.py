"""Disposable worker processes: foreign files are parsed in them, so that a hostile file kills a worker and no more.

A worker has an address space and a time of silence that are limited, writes no core dump, ignores Ctrl-C (its parent
ends it) and dies with its parent, however that one dies.
"""

import ctypes
import multiprocessing
import os
import resource
import signal
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from core.errors import GenvejError, LoadRefused, OperatorError
from loaders.progress import Progress, SilentProgress
from loaders.task_pool import Argument, Outcome, Tell

__all__ = ["Tell", "WorkerLimits", "WorkerPool"]

_DIE_WITH_PARENT = 1
_WAIT_S = 0.5
_TELL_S = 0.1
_LEAVE_S = 10.0


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """What one worker may use; ``silence_s``: it is ended when it has told nothing for so long."""

    address_space_bytes: int = 6 << 30
    silence_s: float = 900.0


@dataclass(slots=True)
class _Worker:
    process: SpawnProcess
    connection: Connection
    task: int | None = None
    heard_at: float = 0.0


class WorkerPool:
    """A few workers that take tasks one after the other; leaving the ``with`` block ends them."""

    def __init__(
        self,
        processes: int,
        *,
        limits: WorkerLimits | None = None,
        progress: Progress | None = None,
        wanted: Callable[[], bool] | None = None,
    ) -> None:
        """Workers are started when there is something to do, at most ``processes`` of them.

        ``wanted`` is asked all the time, also from within ``run``: once it says no, the run ends.
        """
        self._processes = max(1, processes)
        self._limits = limits or WorkerLimits()
        self._progress = progress or SilentProgress()
        self._wanted = wanted or (lambda: True)
        self._workers: list[_Worker] = []

    def __enter__(self) -> Self:
        """The pool itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End all workers: idle ones leave by themselves, busy ones are killed."""
        for worker in self._workers:
            worker.connection.close()
            if worker.task is not None:
                worker.process.kill()
        for worker in self._workers:
            worker.process.join(_LEAVE_S)
            worker.process.kill()
            worker.process.join()
        self._workers = []

    @property
    def tasks_at_once(self) -> int:
        """How many workers there are at most."""
        return self._processes

    @property
    def notes(self) -> tuple[str, ...]:
        """Nothing to know."""
        return ()

    def check_files(self, files: Sequence[Path], folder: Path) -> None:
        """Nothing to check: workers see what this process sees."""

    def run(
        self, function: Callable[[Argument, Tell], Outcome], tasks: Sequence[tuple[str, Argument]]
    ) -> list[Outcome]:
        """Apply an importable function to every (name of the step, argument); outcomes in the order of the tasks.

        Raises ``LoadRefused`` naming the step if a worker dies or falls silent, and whatever error of ours the
        function raises. The first failure ends the run.
        """
        waiting = deque(enumerate(tasks))
        outcomes: dict[int, Outcome] = {}
        while len(outcomes) < len(tasks):
            if not self._wanted():
                message = "stopped, because nobody waits for it any more"
                raise OperatorError(message)
            self._hand_out(function, waiting)
            busy = [worker for worker in self._workers if worker.task is not None]
            ready = wait([worker.connection for worker in busy], _WAIT_S)
            for worker in busy:
                if worker.connection in ready:
                    self._listen(worker, tasks, outcomes)
                elif time.monotonic() - worker.heard_at > self._limits.silence_s:
                    name = tasks[worker.task or 0][0]
                    message = f"{name}: the worker told nothing for {self._limits.silence_s:g} s and was ended"
                    raise LoadRefused(message)
        return [outcomes[number] for number in range(len(tasks))]

    def _hand_out(self, function: Callable[[Any, Tell], object], waiting: deque[tuple[int, tuple[str, Any]]]) -> None:
        idle = [worker for worker in self._workers if worker.task is None]
        while waiting and (idle or len(self._workers) < self._processes):
            worker = idle.pop() if idle else self._start()
            worker.task, (_, argument) = waiting.popleft()
            worker.heard_at = time.monotonic()
            worker.connection.send((function, argument))

    def _start(self) -> _Worker:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self._limits, os.getpid()), daemon=True)
        process.start()
        theirs.close()
        worker = _Worker(process, ours)
        self._workers.append(worker)
        return worker

    def _listen(self, worker: _Worker, tasks: Sequence[tuple[str, Any]], outcomes: dict[int, Outcome]) -> None:
        number = worker.task if worker.task is not None else 0
        name = tasks[number][0]
        worker.heard_at = time.monotonic()
        try:
            kind, value = worker.connection.recv()
        except (EOFError, OSError) as error:
            worker.process.join()
            message = f"{name}: {_obituary(worker.process.exitcode or 0)}"
            raise LoadRefused(message) from error
        if kind == "progress":
            self._progress.update(name, *value)
        elif kind == "outcome":
            outcomes[number] = value
            worker.task = None
            self._progress.finish(name)
        else:
            raise value


def _obituary(exit_code: int) -> str:
    if exit_code < 0:
        return f"the worker that read it died of signal {signal.Signals(-exit_code).name}; the file is not taken"
    return f"the worker that read it failed (exit status {exit_code}); the file is not taken"


def _serve(connection: Connection, limits: WorkerLimits, parent: int) -> None:
    """The life of a worker: take a task, do it, tell; end when the parent closes the connection."""
    _confine(limits, parent)
    while True:
        try:
            function, argument = connection.recv()
        except EOFError:
            return
        try:
            connection.send(("outcome", function(argument, _teller(connection))))
        except GenvejError as error:
            connection.send(("error", error))
        except MemoryError:
            connection.send(("error", LoadRefused(f"out of memory (limit {limits.address_space_bytes >> 20} MiB)")))


def _confine(limits: WorkerLimits, parent: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (limits.address_space_bytes, limits.address_space_bytes))


def _teller(connection: Connection) -> Tell:
    """Tell the parent, ten times a second at most."""
    told_at = 0.0

    def tell(done: int, total: int) -> None:
        nonlocal told_at
        now = time.monotonic()
        if now - told_at >= _TELL_S:
            told_at = now
            connection.send(("progress", (done, total)))

    return tell
