import errno
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import pytest

from core.errors import LoadRefused
from drs.rows import FileFormat, FileRow
from loaders.object_copies import Copies, claiming, full_disk_named
from loaders.progress import SilentProgress
from tests.drs.files import file_row

PROGRESS = SilentProgress()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    return home


def source_of(folder: Path, content: bytes = b"content") -> tuple[FileRow, Path]:
    path = folder / "a.bam"
    path.write_bytes(content)
    return file_row(content, FileFormat.BAM, location=str(path)), path


def files_in(home: Path) -> list[str]:
    return sorted(str(path.relative_to(home)) for path in home.rglob("*") if path.is_file() and path.name != ".lock")


def test_a_copy_is_put_in_place_at_the_end(home: Path, tmp_path: Path) -> None:
    row, path = source_of(tmp_path)
    with Copies(home) as copies:
        copied = copies.copy(row, path, PROGRESS)
        assert not (home / copied.location).exists()
        with claiming(home):
            (installed,) = copies.install([copied])
    target = home / installed.location
    assert installed.location == f"objects/{row.sha256[:2]}/{row.sha256}"
    assert target.read_bytes() == b"content"
    assert installed.stored_version == str(target.stat().st_mtime_ns)
    assert files_in(home) == [installed.location]
    with Copies(home) as copies, claiming(home):
        assert copies.install([copies.copy(row, path, PROGRESS)]) == [installed]


def test_what_is_undone_or_not_installed_is_gone(home: Path, tmp_path: Path) -> None:
    row, path = source_of(tmp_path)
    with Copies(home) as copies:
        copies.copy(row, path, PROGRESS)
    assert files_in(home) == []
    with Copies(home) as copies:
        copied = copies.copy(row, path, PROGRESS)
        with claiming(home):
            copies.install([copied])
            copies.undo()
    assert files_in(home) == []


def test_a_copy_of_another_load_stays_as_it_is(home: Path, tmp_path: Path) -> None:
    row, path = source_of(tmp_path)
    with Copies(home) as first, Copies(home) as second:
        one, other = first.copy(row, path, PROGRESS), second.copy(row, path, PROGRESS)
        with claiming(home):
            (installed,) = first.install([one])
        with claiming(home):
            assert second.install([other]) == [installed]
            second.undo()
    assert (home / installed.location).read_bytes() == b"content"


def test_a_copy_that_vanishes_is_refused(home: Path, tmp_path: Path) -> None:
    row, path = source_of(tmp_path)
    with Copies(home) as first, Copies(home) as second:
        copied = first.copy(row, path, PROGRESS)
        with claiming(home):
            first.install([copied])
        counted_on = second.copy(row, path, PROGRESS)
        first.undo()
        with claiming(home), pytest.raises(LoadRefused, match="its copy was removed"):
            second.install([counted_on])


def test_a_file_that_changes_before_it_is_copied_is_refused(home: Path, tmp_path: Path) -> None:
    row, path = source_of(tmp_path)
    path.write_bytes(b"another")
    with pytest.raises(LoadRefused, match="changed while it was copied"), Copies(home) as copies:
        copies.copy(row, path, PROGRESS)
    assert files_in(home) == []


KILLED = """
import sys, time
from pathlib import Path
from loaders.object_copies import Copies
from loaders.progress import SilentProgress
from tests.loaders.test_object_copies import source_of
folder = Path(sys.argv[2])
row, path = source_of(folder)
with Copies(Path(sys.argv[1])) as copies:
    copies.copy(row, path, SilentProgress())
    print("copied", flush=True)
    time.sleep(60)
"""


def test_what_a_killed_load_left_is_swept_and_what_a_living_one_holds_is_not(home: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", KILLED, str(home), str(tmp_path)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"copied\n"
        assert len(files_in(home)) == 1
        with Copies(home):
            assert len(files_in(home)) == 1
        process.kill()
        process.wait()
    (home / "objects" / ".incoming" / "begun").mkdir()
    with Copies(home):
        assert files_in(home) == []
    assert list((home / "objects" / ".incoming").iterdir()) == []


def test_one_load_claims_at_a_time(home: Path) -> None:
    order = []

    def other() -> None:
        with claiming(home):
            order.append("other")

    thread = threading.Thread(target=other)
    with claiming(home):
        thread.start()
        time.sleep(0.2)
        order.append("first")
    thread.join()
    assert order == ["first", "other"]


def test_room_is_looked_for_before(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(home)._replace(free=10)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with Copies(home) as copies:
        copies.check_room(10)
        with pytest.raises(LoadRefused, match="11 bytes are to be copied, and 10 are free"):
            copies.check_room(11)


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "x"),
        OSError(errno.EDQUOT, "x"),
        duckdb.IOException('IO Error: Could not write file "x": No space left on device'),
    ],
)
def test_a_full_disk_is_said(home: Path, error: Exception) -> None:
    with pytest.raises(LoadRefused, match="is full; nothing was loaded"), full_disk_named(home):
        raise error


@pytest.mark.parametrize("error", [OSError(errno.EIO, "x"), duckdb.IOException("another")])
def test_other_errors_stay(home: Path, error: Exception) -> None:
    with pytest.raises(type(error)), full_disk_named(home):
        raise error
