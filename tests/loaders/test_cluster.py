import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.errors import LoadRefused, OperatorError
from loaders.cluster import ClusterPool
from loaders.report import RecordRejected
from loaders.task_pool import TaskPool, Tell, attempt_folder
from loaders.worker import WorkerLimits, WorkerPool
from tests.loaders.test_worker import Recorder, alive, double, fail, wait_for
from tests.support.cluster import ALLOWED_FAILURES, ROOT, Cluster, running_cluster


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running_cluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running


def test_outcomes_come_in_the_order_of_the_tasks_as_from_a_pool_of_this_machine(cluster: Cluster) -> None:
    tasks = [(f"task {value}", value) for value in range(5)]
    recorder = Recorder()
    with ClusterPool(cluster.address, progress=recorder) as pool, WorkerPool(2) as local:
        assert pool.run(double, tasks) == local.run(double, tasks)
        assert pool.run(double, [("again", 7)]) == [14]
        assert pool.run(double, []) == []
        assert pool.tasks_at_once == local.tasks_at_once == 2
        assert pool.notes == ()
    assert ("task 0", 0, 10) in recorder.updates
    assert sorted(recorder.finished) == ["again", *(step for step, _ in tasks)]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("signal", "x: the worker that read it died of signal SIGSEGV"),
        ("memory", "out of memory"),
        ("sleep", "x: the worker told nothing for 1 s"),
    ],
)
def test_a_hostile_file_ends_its_process_and_no_worker_of_the_cluster(cluster: Cluster, value: str, said: str) -> None:
    limits = WorkerLimits(silence_s=1 if value == "sleep" else 900)
    with ClusterPool(cluster.address, limits=limits) as pool:
        before = process_ids(pool)
        with pytest.raises(LoadRefused, match=said):
            pool.run(fail, [("x", value)])
        assert process_ids(pool) == before


def test_our_own_errors_arrive_as_they_are(cluster: Cluster) -> None:
    with pytest.raises(RecordRejected) as error, ClusterPool(cluster.address) as pool:
        pool.run(fail, [("x", "refuse")])
    assert error.value.field_name == "POS"


def test_files_get_the_permissions_that_the_command_gives(cluster: Cluster, tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        with ClusterPool(cluster.address) as pool:
            (folder,) = pool.run(make_folder, [("x", tmp_path)])
    finally:
        os.umask(before)
    assert folder.parent == tmp_path
    assert folder.stat().st_mode & 0o777 == 0o750


def make_folder(staging: Path, tell: Tell) -> Path:
    tell(0, 0)
    return attempt_folder(staging)


@dataclass(frozen=True, slots=True)
class Meeting:
    """Tasks write who runs them into ``folder``, and wait until ``go`` lies there."""

    folder: Path
    value: int

    def go(self) -> None:
        (self.folder / "go").touch()

    def attempts(self) -> list[tuple[int, int]]:
        """(Dask worker, process) of each attempt of any task."""
        found = [path.name.split("-")[1:3] for path in self.folder.glob("attempt-*")]
        return [(int(worker), int(process)) for worker, process in found]


def meet(meeting: Meeting, tell: Tell) -> int:
    (meeting.folder / f"attempt-{os.getppid()}-{os.getpid()}-{meeting.value}").touch()
    while not (meeting.folder / "go").exists():
        time.sleep(0.02)
        tell(0, 0)
    return 2 * meeting.value


def test_of_a_worker_that_is_killed_the_task_runs_elsewhere(cluster: Cluster, tmp_path: Path) -> None:
    meeting = Meeting(tmp_path, 0)
    tasks = [(f"task {value}", Meeting(tmp_path, value)) for value in range(4)]

    def kill() -> None:
        wait_for(lambda: len(meeting.attempts()) == 2)
        worker, process = meeting.attempts()[0]
        os.kill(worker, signal.SIGKILL)
        assert wait_for(lambda: not alive(process))
        meeting.go()

    with ClusterPool(cluster.address) as pool, in_thread(kill):
        assert pool.run(meet, tasks) == [0, 2, 4, 6]
    assert len(meeting.attempts()) == len(tasks) + 1


def kill_dask_worker(value: int, tell: Tell) -> int:
    tell(0, 0)
    if value:
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(60)
    return value


def test_a_task_that_takes_workers_with_it_is_refused_and_the_cluster_lives(cluster: Cluster) -> None:
    with ClusterPool(cluster.address) as pool:
        said = f"bad.vcf: {ALLOWED_FAILURES + 1} workers of the cluster died one after the other"
        with pytest.raises(LoadRefused, match=said):
            pool.run(kill_dask_worker, [("bad.vcf", 1)])
        assert pool.run(kill_dask_worker, [("good.vcf", 0)]) == [0]


def test_the_first_failure_ends_the_other_tasks(cluster: Cluster, tmp_path: Path) -> None:
    meeting = Meeting(tmp_path, 0)
    with ClusterPool(cluster.address) as pool:
        wait_for(lambda: len(process_ids(pool)) == 2)
        with pytest.raises(RecordRejected):
            pool.run(meet_or_fail, [("waits", meeting), ("fails", Meeting(tmp_path, 1))])
        (process,) = (process for _, process in meeting.attempts())
    assert not alive(process)


def meet_or_fail(meeting: Meeting, tell: Tell) -> int:
    if not meeting.value:
        return meet(meeting, tell)
    wait_for(meeting.attempts)
    return fail("refuse", tell)


SCRIPT = """
import sys
from pathlib import Path
from loaders.cluster import ClusterPool
from tests.loaders.test_cluster import Meeting, meet
if __name__ == "__main__":
    with ClusterPool(sys.argv[1]) as pool:
        pool.run(meet, [("x", Meeting(Path(sys.argv[2]), 1))])
"""


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_tasks_end_with_their_command(cluster: Cluster, tmp_path: Path, ending: signal.Signals) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    command = [sys.executable, str(script), cluster.address, str(tmp_path)]
    with subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        ((_, task),) = wait_for(Meeting(tmp_path, 1).attempts)
        process.send_signal(ending)
        assert process.wait(30) != 0
    assert wait_for(lambda: not alive(task))


def test_files_that_workers_see_and_share_pass(cluster: Cluster, tmp_path: Path) -> None:
    file, folder = tmp_path / "a.vcf", tmp_path / "staging"
    file.write_text("text")
    folder.mkdir()
    for pool in pools(cluster.address):
        with pool:
            pool.check_files([file], folder)
    assert not list(folder.iterdir())


def pools(address: str) -> list[TaskPool]:
    return [ClusterPool(address), WorkerPool(1)]


def test_files_that_workers_do_not_see_are_named_with_the_host(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Every process has a current folder of its own: as good as a disk of another machine.
    monkeypatch.chdir(tmp_path)
    here = Path("/proc/self/cwd")
    for name in ("own.vcf", "other.vcf"):
        (here / name).write_text("text")
    (cluster.folder / "other.vcf").write_text("longer text")
    (here / "staging").mkdir()
    with ClusterPool(cluster.address) as pool, pytest.raises(OperatorError) as error:
        pool.check_files([here / "own.vcf", here / "other.vcf"], here / "staging")
    lines = error.value.message.splitlines()
    assert lines[0] == "files and the node's home must lie on a file system that all workers share:"
    host = re.escape(socket.gethostname())
    for line, said in zip(
        lines[1:],
        2
        * [
            "cannot read /proc/self/cwd/own.vcf: No such file or directory",
            "its /proc/self/cwd/other.vcf is another file: 11 bytes, not 4",
            "cannot read and write in /proc/self/cwd/staging: No such file or directory",
        ],
        strict=True,
    ):
        assert re.fullmatch(rf"  host {host} \(tcp://127.0.0.1:\d+\): {re.escape(said)}", line)
    assert not list((here / "staging").iterdir())


def test_a_scheduler_that_goes_away_ends_the_load(tmp_path: Path) -> None:
    """And its tasks: nobody waits for them any more."""
    meeting = Meeting(tmp_path, 1)
    with running_cluster(tmp_path, workers=1) as lone:

        def end() -> None:
            wait_for(meeting.attempts)
            os.kill(lone.scheduler, signal.SIGKILL)

        with (
            pytest.raises(OperatorError, match="lost"),
            ClusterPool(lone.address, patience_s=0.5) as pool,
            in_thread(end),
        ):
            pool.run(meet, [("x", meeting)])
        assert wait_for(lambda: not any(alive(process) for _, process in meeting.attempts()))


def process_ids(pool: ClusterPool) -> set[int]:
    """Of the Dask workers."""
    return set(pool._client.run(os.getpid).values())


@contextmanager
def in_thread(function: Callable[[], None]) -> Iterator[None]:
    """Run a function beside the block; its failure is the test's."""
    with ThreadPoolExecutor(1) as executor:
        future = executor.submit(function)
        yield
        future.result(60)
