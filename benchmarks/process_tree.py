"""What a tree of processes uses, and what everybody else uses meanwhile, as Linux tells in ``/proc``."""

import os
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

_POLL_S = 0.05
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def tree_of(root: int) -> set[int]:
    """A process and all its descendants that live now."""
    children: dict[int, list[int]] = {}
    for pid, fields in _processes().items():
        children.setdefault(int(fields[1]), []).append(pid)
    found, waiting = set[int](), [root]
    while waiting:
        pid = waiting.pop()
        found.add(pid)
        waiting.extend(children.get(pid, ()))
    return found


def resident_bytes(root: int) -> int:
    """Memory of the tree that is in use; what processes share counts once for each."""
    total = 0
    for pid in tree_of(root):
        try:
            total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total


def tree_cpu_s(root: int) -> float:
    """Processor time of the tree, those of its members that ended included."""
    processes = _processes()
    known = (processes[pid] for pid in tree_of(root) if pid in processes)
    return sum(int(field) for fields in known for field in fields[11:15]) / _TICKS


def machine_cpu_s() -> float:
    """Processor time that the whole machine spent on work, stolen time included."""
    fields = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / _TICKS


def _processes() -> dict[int, list[str]]:
    """Fields of ``/proc/<pid>/stat`` from the state on, of every process."""
    found = {}
    for entry in os.listdir("/proc"):  # noqa: PTH208 - twenty times a second
        if entry.isdigit():
            try:
                text = Path(f"/proc/{entry}/stat").read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue
            found[int(entry)] = text.rpartition(")")[2].split()
    return found


class PeakMemory:
    """Polls the memory of a tree from its own thread; ``peak_bytes`` is what was seen at most."""

    def __init__(self, root: int) -> None:
        self._root = root
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._poll, daemon=True)
        self.peak_bytes = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join()

    def _poll(self) -> None:
        while not self._stopping.wait(_POLL_S):
            self.peak_bytes = max(self.peak_bytes, resident_bytes(self._root))


class Neighbours:
    """How many processors somebody else kept busy during a measurement: the noise in it."""

    def __init__(self) -> None:
        self._started = (time.perf_counter(), machine_cpu_s(), tree_cpu_s(os.getpid()))

    def cores(self) -> float:
        """Processors used by others since this was made."""
        began, machine, own = self._started
        others = (machine_cpu_s() - machine) - (tree_cpu_s(os.getpid()) - own)
        return max(0.0, round(others / max(time.perf_counter() - began, 1e-9), 2))
