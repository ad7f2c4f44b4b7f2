"""A load's tasks on a Dask distributed cluster: many machines, one shared file system, the same outcomes."""

# mypy: untyped-calls-exclude=distributed

import asyncio
import concurrent.futures
import contextlib
import os
import pickle
import queue
import secrets
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from distributed import Client, Future, KilledWorker

from core.errors import GenvejError, LoadRefused, OperatorError
from loaders.cluster_connection import (
    FAILURES,
    ClusterAddress,
    ClusterTls,
    check_sight,
    check_workers,
    cluster_failures,
    connect,
    quiet_library,
)
from loaders.cluster_worker import PROGRESS_TOPIC, DisposableProcesses, Reply, run_task
from loaders.progress import Progress, SilentProgress
from loaders.task_pool import Argument, Outcome, Tell
from loaders.worker import WorkerLimits

_LISTEN_S = 0.5
_COUNT_S = 2.0
_LEAVE_S = 30.0
_SLOWER_S = 120.0
_RETRIES = 2


@dataclass(frozen=True, slots=True)
class _Told:
    """A task tells how far it is."""

    step: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class _Ended:
    """A task has ended, one way or another."""

    key: str


class ClusterPool:
    """A ``TaskPool`` on a cluster: its ``with`` block connects, and ends all tasks that still run when it is left.

    A task whose machine is lost runs again on another one. One that takes worker after worker with it is refused.
    """

    def __init__(
        self,
        address: str,
        *,
        tls: ClusterTls | None = None,
        progress: Progress | None = None,
        limits: WorkerLimits | None = None,
        patience_s: float = 20.0,
    ) -> None:
        """``limits``: of the process of each task. ``patience_s``: how long to wait for scheduler and first worker.

        Raises ``OperatorError`` for an address that is none, or that does not go with ``tls``.
        """
        self._address = ClusterAddress.parse(address)
        if (self._address.scheme == "tls") != (tls is not None):
            message = "--tls-ca, --tls-cert and --tls-key go with --cluster tls://host:port, and it needs them"
            raise OperatorError(message)
        self._tls = tls
        self._progress = progress or SilentProgress()
        self._limits = limits or WorkerLimits()
        self._patience_s = patience_s
        self._umask = os.umask(0o077)
        os.umask(self._umask)
        self._load = f"genvej-load-{secrets.token_hex(8)}"
        self._news: queue.SimpleQueue[_Told | _Ended] = queue.SimpleQueue()
        self._opened: Client | None = None
        self._closing = contextlib.ExitStack()
        self._threads = 0
        self._counted_at = 0.0

    @property
    def notes(self) -> tuple[str, ...]:
        """What the operator should know of this connection."""
        if not self._address.crosses_network_in_clear:
            return ()
        return (f"genome data cross the network to {self._address.host} in clear; a tls:// cluster encrypts them",)

    @property
    def tasks_at_once(self) -> int:
        """As many as the cluster has worker threads at the moment; 1 where it has none."""
        now = time.monotonic()
        if not self._counted_at or now - self._counted_at > _COUNT_S:
            with cluster_failures(f"the scheduler at {self._address.text} is lost"):
                self._threads = sum(self._client.nthreads().values())
            self._counted_at = now
        return max(1, self._threads)

    @property
    def _client(self) -> Client:
        if self._opened is None:
            message = "a cluster is used within its with block"
            raise RuntimeError(message)
        return self._opened

    def __enter__(self) -> Self:
        """Connect; raises ``OperatorError`` if there is no scheduler, no worker, or other software than here."""
        with contextlib.ExitStack() as stack:
            stack.enter_context(quiet_library())
            self._opened = connect(self._address, self._tls, self._patience_s)
            stack.callback(self._close)
            self._begin()
            self._closing = stack.pop_all()
        return self

    def _begin(self) -> None:
        check_workers(self._client, self._address, self._patience_s)

        with cluster_failures(f"the workers of {self._address.text} cannot be prepared"):
            self._client.register_plugin(DisposableProcesses(self._load, self._limits), name=self._load)
            self._client.subscribe_topic(PROGRESS_TOPIC, self._hear)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End the processes of this load on all workers, and disconnect."""
        self._closing.close()

    def _close(self) -> None:
        client, self._opened = self._client, None
        # Where the scheduler is gone, its workers end what they run; where the plugin never came, nothing runs.
        with contextlib.suppress(*FAILURES, ValueError):
            if client.status == "running" and client.scheduler is not None:
                remove = client.scheduler.unregister_worker_plugin
                client.sync(remove, name=self._load, callback_timeout=_LEAVE_S)
        client.close(timeout=_LEAVE_S)

    def check_files(self, files: Sequence[Path], folder: Path) -> None:
        """Raise ``OperatorError`` naming hosts that cannot read the files, or do not share the folder with us."""
        check_sight(self._client, self._address, files, folder)

    def run(
        self, function: Callable[[Argument, Tell], Outcome], tasks: Sequence[tuple[str, Argument]]
    ) -> list[Outcome]:
        """Apply an importable function to every (name of the step, argument); outcomes in the order of the tasks.

        Raises ``LoadRefused`` naming the step if a task kills its process, falls silent or takes several workers with
        it, ``OperatorError`` if the cluster is lost, and whatever error of ours the function raises. The first failure
        ends the run.
        """
        waiting = deque(enumerate(tasks))
        running: dict[str, tuple[int, Future[Reply]]] = {}
        outcomes: dict[int, Outcome] = {}
        try:
            while len(outcomes) < len(tasks):
                while waiting and len(running) < self.tasks_at_once:
                    number, (step, argument) = waiting.popleft()
                    future = self._submit(step, pickle.dumps((function, argument, self._umask)))
                    running[str(future.key)] = number, future
                news = self._listen()
                if isinstance(news, _Told):
                    self._progress.update(news.step, news.done, news.total)
                elif news.key in running:
                    number, future = running.pop(news.key)
                    step = tasks[number][0]
                    outcomes[number] = self._outcome(step, future)
                    self._progress.finish(step)
        finally:
            self._cancel([future for _, future in running.values()])
        return [outcomes[number] for number in range(len(tasks))]

    def _submit(self, step: str, payload: bytes) -> Future[Reply]:

        with cluster_failures(f"the scheduler at {self._address.text} is lost"):
            key = f"{step} {secrets.token_hex(8)}"
            future = self._client.submit(run_task, self._load, step, payload, key=key, pure=False, retries=_RETRIES)
        future.add_done_callback(lambda ended: self._news.put(_Ended(ended.key)))
        return future

    def _hear(self, event: tuple[float, Any]) -> None:
        """A worker of this or another load told something."""
        _, told = event
        if told["load"] == self._load:
            self._news.put(_Told(told["step"], told["done"], told["total"]))

    def _listen(self) -> _Told | _Ended:
        """The next news; raises ``OperatorError`` when there is none for longer than any task may be silent."""
        deadline = time.monotonic() + self._limits.silence_s + _SLOWER_S
        while time.monotonic() < deadline and self._client.status != "closed":
            with contextlib.suppress(queue.Empty):
                return self._news.get(timeout=_LISTEN_S)
        message = f"nothing is heard of the cluster at {self._address.text} any more"
        raise OperatorError(message)

    def _outcome(self, step: str, future: Future[Reply]) -> Any:  # noqa: ANN401 - what the function of the caller returned

        failure = future.exception()
        if isinstance(failure, KilledWorker):
            died = failure.allowed_failures + 1
            message = (
                f"{step}: {died} workers of the cluster died one after the other while they ran it; it is not taken"
            )
            raise LoadRefused(message) from failure
        if isinstance(failure, GenvejError):
            raise failure
        if failure is not None:
            message = f"{step}: the cluster failed to run it: {type(failure).__name__}: {failure}"
            raise OperatorError(message) from failure
        try:
            reply = future.result()
        except (asyncio.CancelledError, concurrent.futures.CancelledError) as error:
            message = f"{step}: the scheduler at {self._address.text} was lost, or somebody cancelled the task there"
            raise OperatorError(message) from error
        if reply.error is not None:
            raise reply.error
        return pickle.loads(reply.outcome)  # noqa: S301 - from workers that run our own code

    def _cancel(self, futures: Sequence[Future[Reply]]) -> None:
        """Workers see it and end the processes of these tasks."""
        if futures and self._client.status == "running":
            with contextlib.suppress(*FAILURES):
                self._client.cancel(list(futures), force=True)
