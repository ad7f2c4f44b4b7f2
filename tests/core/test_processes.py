"""Children that do not outlive their parent, and as many open files as the system gives."""

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.processes import allow_many_open_files, die_with_parent

REPOSITORY = Path(__file__).parents[2]
CHILD = """
import os, sys, time
from core.processes import die_with_parent
die_with_parent(int(sys.argv[1]))
print(os.getpid(), flush=True)
time.sleep(60)
"""
PARENT = f"""
import os, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {CHILD!r}, str(os.getpid())])
child.wait()
"""

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel of Linux is needed")


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


def test_a_child_ends_with_its_killed_parent() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, cwd=REPOSITORY) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert alive(child)
        os.kill(parent.pid, signal.SIGKILL)
        deadline = time.monotonic() + 5
        while alive(child) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not alive(child)


def test_a_child_whose_parent_has_gone_ends_at_once() -> None:
    other_parent = str(os.getpid() + 1_000_000)
    ended = subprocess.run([sys.executable, "-c", CHILD, other_parent], cwd=REPOSITORY, timeout=10, check=False)

    assert ended.returncode == -signal.SIGTERM


def test_elsewhere_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")

    die_with_parent(-1)


def test_the_limit_of_open_files_is_raised_to_the_highest() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 512), hard))
        allow_many_open_files()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (hard, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
