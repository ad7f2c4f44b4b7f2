"""A real Dask cluster: one scheduler and two workers with nannies, processes of their own, ended by their ids."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
START_TIMEOUT_S = 60.0
WORKERS = 2
ALLOWED_FAILURES = 1


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running cluster: where it listens, its logs, the ids of its scheduler and of the parents of its workers."""

    address: str
    folder: Path
    scheduler: int
    nannies: tuple[int, ...]

    def logs(self) -> str:
        """What scheduler and workers have written."""
        return "\n".join(f"== {log.name}\n{log.read_text(errors='replace')}" for log in self.folder.glob("*.log"))


@contextmanager
def running_cluster(folder: Path, *, workers: int = WORKERS, tls: Sequence[str] = ()) -> Iterator[Cluster]:
    """Run a cluster on the loopback address; its logs are in ``folder``.

    ``tls``: options of scheduler and workers, which then speak nothing but TLS.
    """
    found = folder / "scheduler.json"
    protocol = "tls" if tls else "tcp"
    quiet = ("--no-dashboard", "--dashboard-address", "127.0.0.1:0")
    scheduler = _dask("scheduler", "--host", f"{protocol}://127.0.0.1", "--port", "0", *quiet, *tls)
    worker = _dask("worker", "--host", "127.0.0.1", "--nthreads", "1", *quiet, "--memory-limit", "0", *tls)
    shared = ("--scheduler-file", str(found))
    with ExitStack() as stack:
        processes = [stack.enter_context(_running([*scheduler, *shared], folder / "scheduler.log"))]
        for number in range(workers):
            private = ("--local-directory", str(folder / f"worker-{number}"), "--name", f"worker-{number}")
            processes.append(
                stack.enter_context(_running([*worker, *shared, *private], folder / f"worker-{number}.log"))
            )
        _wait(processes, folder, workers)
        yield Cluster(json.loads(found.read_text())["address"], folder, *_ids(processes))


def _ids(processes: "Sequence[subprocess.Popen[bytes]]") -> tuple[int, tuple[int, ...]]:
    scheduler, *nannies = (process.pid for process in processes)
    return scheduler, tuple(nannies)


def _dask(kind: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "dask", kind, *arguments]


def _environment() -> Mapping[str, str]:
    """The tests' functions are importable; a task may take two workers with it, no more: nannies need seconds."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": str(ALLOWED_FAILURES),
        "DASK_DISTRIBUTED__ADMIN__TICK__LIMIT": "60s",
    }


@contextmanager
def _running(command: Sequence[str], log: Path) -> "Iterator[subprocess.Popen[bytes]]":
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=_environment(), cwd=log.parent)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(processes: "Sequence[subprocess.Popen[bytes]]", folder: Path, workers: int) -> None:
    """Until all workers have registered."""
    deadline = time.monotonic() + START_TIMEOUT_S
    log = folder / "scheduler.log"
    while time.monotonic() < deadline and all(process.poll() is None for process in processes):
        if log.read_text(errors="replace").count("Register worker") >= workers and (folder / "scheduler.json").exists():
            return
        time.sleep(0.05)
    message = f"the cluster did not start: {Cluster('', folder, *_ids(processes)).logs()[-4000:]}"
    raise AssertionError(message)
