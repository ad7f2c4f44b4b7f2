import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from core.errors import LoadRefused
from loaders.report import RecordRejected
from loaders.worker import Tell, WorkerLimits, WorkerPool


def double(value: int, tell: Tell) -> int:
    tell(value, 10)
    return 2 * value


def fail(value: str, tell: Tell) -> int:
    tell(0, 0)
    if value == "signal":
        os.kill(os.getpid(), signal.SIGSEGV)
    if value == "refuse":
        reason = "no"
        raise RecordRejected(reason, "POS")
    if value == "memory":
        return len(bytearray(8 << 30))
    if value == "sleep":
        time.sleep(600)
    if value == "exit":
        sys.exit(3)
    return 0


class Recorder:
    def __init__(self) -> None:
        self.updates: list[tuple[str, int, int]] = []
        self.finished: list[str] = []

    def update(self, step: str, done: int, total: int) -> None:
        self.updates.append((step, done, total))

    def finish(self, step: str, outcome: str = "") -> None:
        self.finished.append(step + outcome)


def test_outcomes_come_in_the_order_of_the_tasks() -> None:
    recorder = Recorder()
    with WorkerPool(2, progress=recorder) as pool:
        assert pool.run(double, [(f"task {value}", value) for value in range(5)]) == [0, 2, 4, 6, 8]
        assert pool.run(double, [("again", 7)]) == [14]
        assert pool.run(double, []) == []
    assert sorted(recorder.finished) == ["again", *(f"task {value}" for value in range(5))]
    assert ("again", 7, 10) in recorder.updates


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("signal", "x: the worker that read it died of signal SIGSEGV"),
        ("exit", r"x: the worker that read it failed \(exit status 3\)"),
        ("memory", "out of memory"),
        ("sleep", "x: the worker told nothing for 1 s"),
    ],
)
def test_a_worker_that_ends_badly_refuses_the_file_and_leaves_nobody(value: str, said: str) -> None:
    with pytest.raises(LoadRefused, match=said), WorkerPool(1, limits=WorkerLimits(silence_s=1)) as pool:
        pool.run(fail, [("x", value)])
    assert not children_of(os.getpid())


def test_our_own_errors_arrive_as_they_are() -> None:
    with pytest.raises(RecordRejected) as error, WorkerPool(1) as pool:
        pool.run(fail, [("x", "refuse")])
    assert error.value.field_name == "POS"


def children_of(parent: int) -> list[int]:
    """Worker processes of a process (the tracker of shared memory is none)."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            fields = (path / "stat").read_text().rsplit(")", 1)[1].split()
            command = (path / "cmdline").read_text()
        except OSError:
            continue
        if int(fields[1]) == parent and fields[0] != "Z" and "spawn_main" in command:
            found.append(int(path.name))
    return found


SCRIPT = """
from loaders.worker import WorkerPool
from tests.loaders.test_worker import fail
if __name__ == "__main__":
    with WorkerPool(1) as pool:
        pool.run(fail, [("x", "sleep")])
"""


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_workers_die_with_their_parent(tmp_path: Path, ending: signal.Signals) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    root = Path(__file__).parents[2]
    parent = subprocess.Popen(
        [sys.executable, str(script)], env={**os.environ, "PYTHONPATH": str(root)}, stderr=subprocess.DEVNULL
    )
    workers = wait_for(lambda: children_of(parent.pid))
    parent.send_signal(ending)
    parent.wait(30)
    assert wait_for(lambda: [not alive(worker) for worker in workers] == [True] * len(workers))


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


T = TypeVar("T")


def wait_for(condition: Callable[[], T]) -> T:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    message = "it did not happen within 30 s"
    raise AssertionError(message)
