"""The server process: what it says, where it listens, what it leaves behind."""

import json
import os
import signal
import stat
import subprocess
import time
from pathlib import Path

import pytest

from node.serve import running_public_url
from tests.support.homes import make_home
from tests.support.servers import free_port, genvej, running_server


@pytest.mark.parametrize("workers", [1, 2])
def test_a_server_that_is_ended_leaves_nothing(tmp_path: Path, workers: int) -> None:
    home = make_home(tmp_path / "home")
    with running_server(home, workers=workers) as server:
        assert running_public_url(home) == server.url
        assert server.client.get("/health/live").json() == {"status": "alive"}
        children = children_of(server.pid)
    assert running_public_url(home) is None
    assert not list((home / "run").iterdir())
    gone_by = time.monotonic() + 10
    while any(Path(f"/proc/{child}").exists() for child in children) and time.monotonic() < gone_by:
        time.sleep(0.05)
    assert not any(Path(f"/proc/{child}").exists() for child in children)


def test_workers_end_with_a_server_that_is_killed(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    with running_server(home, workers=2) as server:
        children = children_of(server.pid)
        assert len(children) >= 2
        os.kill(server.pid, signal.SIGKILL)
        gone_by = time.monotonic() + 20
        while any(alive(child) for child in children) and time.monotonic() < gone_by:
            time.sleep(0.05)
        assert not any(alive(child) for child in children)
    assert running_public_url(home) is None


def test_a_second_server_says_that_the_port_is_taken_and_harms_nothing(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    with running_server(home) as server:
        port = server.url.rpartition(":")[2]
        second = subprocess.run(
            genvej("serve", "--home", str(home), "--port", port), check=False, capture_output=True, timeout=60
        )
        assert second.returncode == 1
        assert b"cannot listen at 127.0.0.1" in second.stderr
        assert running_public_url(home) == server.url


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_mistake_is_said_once_and_ends_the_server(tmp_path: Path, workers: str) -> None:
    home = make_home(tmp_path / "home")
    (home / "keys").mkdir()
    (home / "keys" / "tickets.json").write_text("{}")
    command = genvej("serve", "--home", str(home), "--port", str(free_port()), "--workers", workers)
    refused = subprocess.run(command, check=False, capture_output=True, timeout=60)
    assert refused.returncode == 1
    assert refused.stderr.count(b"does not hold ticket keys") == 1
    assert b"Traceback" not in refused.stderr


def test_two_servers_of_one_home_do_not_hide_each_other(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    with running_server(home) as first:
        with running_server(home) as second:
            assert running_public_url(home) == second.url
        assert running_public_url(home) == first.url


def test_a_home_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    missing = tmp_path / "typo"
    refused = subprocess.run(
        genvej("serve", "--home", str(missing), "--port", str(free_port())),
        check=False,
        capture_output=True,
        timeout=60,
    )
    assert refused.returncode == 1
    assert b"there is no home" in refused.stderr
    assert not missing.exists()


def test_a_stale_file_of_a_killed_server_means_nothing(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    ended = subprocess.Popen(["true"])
    ended.wait()
    (home / "run").mkdir()
    (home / "run" / "server.json").write_text(json.dumps({"pid": ended.pid, "public_url": "http://x"}))
    assert running_public_url(home) is None
    (home / "run" / "server.json").write_text("not JSON")
    assert running_public_url(home) is None


def test_nobody_but_the_user_and_the_group_may_read_what_is_stored(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    with running_server(home):
        secret = (home / "keys" / "tickets.json").stat()
        assert stat.S_IMODE(secret.st_mode) == 0o600
        assert not stat.S_IMODE(next((home / "run").iterdir()).stat().st_mode) & 0o007


def children_of(pid: int) -> list[int]:
    """Process ids of the children, and of theirs."""
    found = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return found + [grandchild for child in found for grandchild in children_of(child)]


def alive(pid: int) -> bool:
    """Whether a process runs; one that waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
