"""The half of a cluster load that runs inside Dask workers: each task in a disposable process of its own machine.

A Dask worker never parses a foreign file itself. It keeps a process from ``loaders.worker`` for that, with the same
limits as on one machine: a hostile file kills that process, and neither the Dask worker nor what others run there.
"""

import asyncio
import multiprocessing
import os
import pickle
import platform
import socket
import threading
import time
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from distributed import Worker, WorkerPlugin, get_worker
from tornado.ioloop import PeriodicCallback

from core.errors import GenvejError, OperatorError
from loaders.task_pool import Tell
from loaders.worker import WorkerLimits, WorkerPool

PROGRESS_TOPIC = "genvej-progress"
"""All loads share one topic: the scheduler keeps a bounded number of messages of each topic for ever."""

_COMPARED = ("genvej", "distributed", "duckdb", "numpy")
_TELL_S = 1.0
_IDLE_S = 60.0
_SWEEP_MS = 10_000
_LEAVE_S = 20.0
_PROBE_S = 30.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of a task: a pickled outcome, or an error of ours."""

    outcome: bytes = b""
    error: GenvejError | None = None


class _Process:
    """A disposable process of one load, which tells the load's command how far its task is."""

    def __init__(self, worker: Worker, load: str, limits: WorkerLimits, ended: threading.Event) -> None:
        self._worker = worker
        self._load = load
        self._ended = ended
        self._key: object = None
        self._sent_at = 0.0
        self.rests_since = 0.0
        self._pool = WorkerPool(1, limits=limits, progress=self, wanted=self._wanted)

    def run(self, step: str, payload: bytes) -> bytes:
        """Run a task; called in the thread of the Dask task, which the process does not outlive."""
        self._key = self._worker.get_current_task()
        return self._pool.run(run_pickled, [(step, payload)])[0]

    def end(self) -> None:
        """End the process."""
        self._pool.__exit__(None, None, None)

    def _wanted(self) -> bool:
        """The load has not ended, its command is alive, and nobody has cancelled the task."""
        task = self._worker.state.tasks.get(self._key)  # type: ignore[call-overload]
        return not self._ended.is_set() and task is not None and task.state != "cancelled"

    def update(self, step: str, done: int, total: int) -> None:
        """Send progress, once a second at most."""
        now = time.monotonic()
        if now - self._sent_at >= _TELL_S:
            self._sent_at = now
            self._worker.log_event(PROGRESS_TOPIC, {"load": self._load, "step": step, "done": done, "total": total})

    def finish(self, step: str, outcome: str = "") -> None:
        """The command knows the end of a step from its outcome."""


class DisposableProcesses(WorkerPlugin):
    """The processes of one load on one Dask worker; they end with the load, or when they had no task for a minute."""

    def __init__(self, name: str, limits: WorkerLimits) -> None:
        """``name``: of the load, and of this plugin on every worker."""
        self.name = name
        self._limits = limits

    def setup(self, worker: Worker) -> None:
        """Begin, on a worker that is there or comes later."""
        # A nanny starts its worker as a daemon, and Python lets no daemon have children. Ours die with their parent.
        multiprocessing.current_process().daemon = False
        self._worker = worker
        self._changed = threading.Condition()
        self._resting: list[_Process] = []
        self._working = 0
        self._ended = threading.Event()
        worker.periodic_callbacks[self.name] = sweep = PeriodicCallback(self._sweep, _SWEEP_MS)
        sweep.start()

    async def teardown(self, worker: Worker) -> None:
        """End all processes, those with a task too; returns when they have ended."""
        self._ended.set()
        sweep = worker.periodic_callbacks.pop(self.name, None)
        if sweep is not None:
            sweep.stop()
        await asyncio.to_thread(self._wait_for_working)
        await self._end_resting(0.0)

    def _wait_for_working(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._working, _LEAVE_S)

    def run(self, step: str, payload: bytes) -> Reply:
        """Run a pickled (function, argument, umask) in a process; called in the thread of a Dask task."""
        with self._changed:
            self._working += 1
            process = self._resting.pop() if self._resting else None
        process = process or _Process(self._worker, self.name, self._limits, self._ended)
        sound = False
        try:
            reply = Reply(outcome=process.run(step, payload))
            sound = True
        except GenvejError as error:
            reply = Reply(error=error)
        finally:
            if not sound:
                process.end()
            with self._changed:
                process.rests_since = time.monotonic()
                self._resting += [process] * sound
                self._working -= 1
                self._changed.notify_all()
        return reply

    async def _sweep(self) -> None:
        """A load whose command was killed takes no leave: its processes must not stay for ever."""
        await self._end_resting(_IDLE_S)

    async def _end_resting(self, after_s: float) -> None:
        before = time.monotonic() - after_s
        with self._changed:
            rested = [process for process in self._resting if process.rests_since <= before]
            self._resting = [process for process in self._resting if process.rests_since > before]
        for process in rested:
            await asyncio.to_thread(process.end)


def run_pickled(payload: bytes, tell: Tell) -> bytes:
    """In the disposable process: apply a pickled function to its pickled argument, pickle the outcome.

    Files are made with the permissions that the command would give them.
    """
    function, argument, umask = pickle.loads(payload)  # noqa: S301 - from the command, which may run code here anyway
    os.umask(umask)
    return pickle.dumps(function(argument, tell))


def run_task(load: str, step: str, payload: bytes) -> Reply:
    """A Dask task."""
    plugin = get_worker().plugins.get(load)
    if not isinstance(plugin, DisposableProcesses):
        message = f"{step}: the load has ended"
        raise OperatorError(message)
    return plugin.run(step, payload)


@dataclass(frozen=True, slots=True)
class Probe:
    """What every worker must see: files with their sizes, a folder, and in it a marker file of the command."""

    files: tuple[tuple[Path, int], ...]
    folder: Path
    token: str

    def marker(self, name: str) -> Path:
        """The marker file of the command (``""``) or of a worker."""
        return self.folder / f".probe-{self.token}{name}"


@dataclass(frozen=True, slots=True)
class Sight:
    """What a worker sees of a ``Probe``: its host, the name of its marker file, and what is wrong (one line each)."""

    host: str
    marker: str
    problems: tuple[str, ...]


async def look(probe: Probe) -> Sight:
    """Look at files and folder from this worker; a file system that does not answer is a problem like others."""
    host, marker = socket.gethostname(), f"-{socket.gethostname()}-{id(probe):x}-{time.time_ns():x}"
    try:
        problems = await asyncio.wait_for(asyncio.to_thread(_look, probe, marker), _PROBE_S)
    except TimeoutError:
        problems = (f"its file system did not answer within {_PROBE_S:g} s",)
    return Sight(host, marker, problems)


def _look(probe: Probe, marker: str) -> tuple[str, ...]:
    problems = [problem for path, size in probe.files if (problem := _problem_of(path, size))]
    try:
        probe.marker("").read_bytes()
        probe.marker(marker).touch()
    except OSError as error:
        problems.append(f"cannot read and write in {probe.folder}: {error.strerror}")
    return tuple(problems)


def _problem_of(path: Path, size: int) -> str | None:
    try:
        with path.open("rb") as file:
            found = file.seek(0, 2)
    except OSError as error:
        return f"cannot read {path}: {error.strerror}"
    return None if found == size else f"its {path} is another file: {found:,} bytes, not {size:,}"


def software() -> dict[str, str]:
    """Versions of what must be the same everywhere: Python to the minor version, packages whole."""
    found = {"python": ".".join(platform.python_version_tuple()[:2])}
    for name in _COMPARED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "none"
    return found
