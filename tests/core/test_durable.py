"""Files that are there whole or not at all; locks that die with their process."""

import errno
import os
import signal
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.durable import exclusive_lock, make_folder, sync_file, sync_folder, write_atomically
from core.errors import OperatorError

REPOSITORY = Path(__file__).parents[2]
HOLDER = """
import sys, time
from pathlib import Path
from core.durable import exclusive_lock
with exclusive_lock(Path(sys.argv[1]), "busy"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_file_is_replaced_whole_and_nothing_stays_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "f"
    write_atomically(path, b"old")
    write_atomically(path, b"new", mode=0o600)

    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_threads_that_write_at_once_never_mix(tmp_path: Path) -> None:
    path = tmp_path / "f"
    contents = [bytes([65 + number]) * 50_000 for number in range(8)]
    path.write_bytes(contents[0])
    stop = threading.Event()
    seen: list[bytes] = []

    def read() -> None:
        while not stop.is_set():
            seen.append(path.read_bytes())

    reader = threading.Thread(target=read)
    reader.start()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: write_atomically(path, contents[number % 8]), range(64)))
    stop.set()
    reader.join()

    assert set(seen) <= set(contents)
    assert path.read_bytes() in contents
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_leaves_the_old_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.mkdir()
    (path / "inside").touch()

    with pytest.raises(OSError, match="f") as caught:
        write_atomically(path, b"new")
    assert caught.value.errno in {errno.EISDIR, errno.ENOTEMPTY}
    assert list(tmp_path.iterdir()) == [path]


def test_folders_are_made_with_those_above(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b" / "c")
    make_folder(tmp_path / "a" / "b" / "c")

    assert (tmp_path / "a" / "b" / "c").is_dir()
    sync_folder(tmp_path / "a")


def test_what_is_not_there_cannot_be_synced(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        sync_file(tmp_path / "absent")


def test_a_lock_is_held_by_one(tmp_path: Path) -> None:
    path = tmp_path / "a" / "lock"
    with exclusive_lock(path, "busy"), pytest.raises(OperatorError, match="busy"), exclusive_lock(path, "busy"):
        pass
    with exclusive_lock(path, "busy"):
        pass


def test_a_lock_dies_with_its_process(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    arguments = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, cwd=REPOSITORY) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(OperatorError, match="busy"), exclusive_lock(path, "busy"):
            pass
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
    with exclusive_lock(path, "busy"):
        pass


def test_a_lock_that_its_holder_removed_is_made_anew(tmp_path: Path) -> None:
    """Who waited behind a holder that removed the folder holds a lock that others see."""
    path = tmp_path / "folder" / "lock"
    with exclusive_lock(path, "busy"):
        path.unlink()
        path.parent.rmdir()
        with exclusive_lock(path, "busy"), pytest.raises(OperatorError, match="busy"), exclusive_lock(path, "busy"):
            pass
    with exclusive_lock(path, "busy"):
        assert path.is_file()
