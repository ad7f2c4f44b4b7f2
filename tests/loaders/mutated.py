"""Damaged copies of files for tests, and checks of them in worker processes that may die of them."""

import random
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from core.errors import LoadRefused
from loaders.object_bam import check_bam
from loaders.object_found import InspectionTask, Refusal, Subject
from loaders.object_inspection import inspect_or_refuse
from loaders.worker import Tell, WorkerPool

Task = InspectionTask | Subject


def outcome_of(task: Task, tell: Tell) -> str:
    """Why a file is refused; empty if it is taken."""
    if isinstance(task, InspectionTask):
        found = inspect_or_refuse(task, tell)
        return found.reason if isinstance(found, Refusal) else ""
    try:
        check_bam(task, tell)
    except LoadRefused as error:
        return error.message
    return ""


@dataclass
class Workshop:
    """Checks in a worker that is replaced when a file has killed it."""

    pool: WorkerPool | None = None
    deaths: int = 0

    def refusal(self, task: Task) -> str:
        """Why a file is refused; empty if it is taken."""
        if self.pool is None:
            self.pool = WorkerPool(1)
        try:
            return self.pool.run(outcome_of, [("a file", task)])[0]
        except LoadRefused as error:
            self.close()
            self.deaths += 1
            return error.message

    def close(self) -> None:
        """End the worker."""
        if self.pool is not None:
            self.pool.__exit__(None, None, None)
            self.pool = None


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The bytes with one kind of damage."""
    at = chance.randrange(len(data))
    kinds: tuple[Callable[[], bytes], ...] = (
        lambda: data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :],
        lambda: data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :],
        lambda: data[:at] + chance.randbytes(chance.randrange(1, 9)) + data[at + 8 :],
        lambda: data[:at],
        lambda: data[:at] + data[at + chance.randrange(1, 200) :],
        lambda: data[:at] + data[max(0, at - 100) :],
        lambda: data[:at] + bytes(64) + data[at + 64 :],
    )
    return chance.choice(kinds)()


def answer(*command: str) -> tuple[int, bytes]:
    """What a tool says of a file: its exit status and its output, at most five seconds of it."""
    try:
        done = subprocess.run(command, capture_output=True, timeout=20, check=False)
    except subprocess.TimeoutExpired:
        return -1, b""
    return done.returncode, done.stdout
