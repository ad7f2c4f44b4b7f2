"""Loads of files that are killed or run out of disk: old or new, no half copies."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.datasets import DatasetCatalogue
from loaders.reads import ReadsOptions, load_reads
from tests.loaders.read_files import write_bam
from tests.loaders.test_reads import parts
from tests.loaders.test_reads_options import leftovers
from tests.support.proof import proof_volume


@pytest.fixture
def catalogue(tmp_path: Path) -> DatasetCatalogue:
    return DatasetCatalogue(tmp_path / "home")


LOAD = """
import sys
from pathlib import Path
from core.datasets import DatasetCatalogue
from loaders.reads import ReadsOptions, load_reads
if __name__ == "__main__":
    load_reads(DatasetCatalogue(Path(sys.argv[1])), "d", [Path(sys.argv[2])], ReadsOptions(copy=True), processes=1)
"""


def test_killed_loads_leave_old_or_new_and_no_half_copies(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "a.bam", reads=3000)
    script = tmp_path / "load.py"
    script.write_text(LOAD)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    chance = random.Random(11)
    for _ in range(proof_volume(3, 40)):
        process = subprocess.Popen(
            [sys.executable, str(script), str(catalogue.home), str(bam)], env=environment, stderr=subprocess.DEVNULL
        )
        time.sleep(chance.uniform(0.1, 3))
        process.send_signal(signal.SIGKILL)
        process.wait()
        names = {path.name for path in (catalogue.home / "objects").glob("??/*")}
        for part in parts(catalogue) if "d" in catalogue.list_ids() else ():
            assert part.rows == 2
            assert {source.sha256 for source in part.sources} <= names
    load_reads(catalogue, "d", [bam], ReadsOptions(copy=True))
    assert len(leftovers(catalogue.home)) == 2
    assert list((catalogue.home / "objects" / ".incoming").glob("*")) == []


FULL = """
import json, sys
from pathlib import Path
from core.datasets import DatasetCatalogue
from core.errors import LoadRefused
from loaders.reads import ReadsOptions, load_reads
if __name__ == "__main__":
    catalogue = DatasetCatalogue(Path(sys.argv[1]))
    try:
        load_reads(catalogue, "d", [Path(sys.argv[2])], ReadsOptions(copy=True), processes=1)
        said = ""
    except LoadRefused as error:
        said = error.message
    whole = {"d": len(catalogue.status("d").draft.parts)} if catalogue.list_ids() else {}
    copies = [path for path in (catalogue.home / "objects").rglob("*") if path.is_file() and path.name != ".lock"]
    print(json.dumps({"said": said, "parts": whole, "copies": len(copies)}))
"""


def in_small_home(kilobytes: int, home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command where the home is a disk of its own, of so many kilobytes."""
    mount = f'mount -t tmpfs -o size={kilobytes}k none "$1" && shift && exec "$@"'
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    arguments = ["unshare", "--map-root-user", "--mount", "sh", "-c", mount, "sh", str(home), *command]
    return subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)


def test_a_full_disk_refuses_the_load_and_leaves_nothing_half(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    if in_small_home(100, home, "true").returncode:
        pytest.skip("this user may not mount a small disk")
    bam = write_bam(tmp_path / "a.bam", reads=3000)
    script = tmp_path / "full.py"
    script.write_text(FULL)
    outcomes = []
    for kilobytes in range(20, 1400, proof_volume(340, 110)):
        done = in_small_home(kilobytes, home, sys.executable, str(script), str(home), str(bam))
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        outcomes.append(found["said"])
        if found["said"]:
            assert "is full; nothing was loaded" in found["said"] or "are free on the disk" in found["said"]
            assert (found["parts"], found["copies"]) == ({}, 0)
        else:
            assert (found["parts"], found["copies"]) == ({"d": 1}, 2)
    assert outcomes[0]
    assert not outcomes[-1]
