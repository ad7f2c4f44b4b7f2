"""Loads that meet a full disk, each other, a publication, or things that are no files: all or nothing, one message."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.datasets import DatasetCatalogue
from tests.loaders.vcf_texts import vcf_text, write_vcf
from tests.support.proof import proof_volume
from tests.support.servers import genvej

ROOT = Path(__file__).parents[2]

FULL_DISK = """
import contextlib, io, json, shutil, subprocess, sys
from pathlib import Path

from core.generations import open_generation
from node.cli import main

home, template, later = (Path(text) for text in sys.argv[1:4])


def run(*arguments):
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        try:
            main([*arguments[:2], "--home", str(home), *arguments[2:]])
        except SystemExit as error:
            return error.code, said.getvalue()
    return 0, said.getvalue()


def facts():
    generation = open_generation(home)
    try:
        view = generation.datasets["d1"]
        return [view.version, list(generation.problems), sorted(part.part.content_digest for part in view.parts)]
    finally:
        generation.close()


def left():
    folder = home / "datasets" / "d1"
    paths = [*folder.glob("staging/*/*"), *folder.glob("prepared/**/*"), *folder.rglob(".*.new")]
    return sorted(str(path.relative_to(home)) for path in paths if path.is_file())


def one(kilobytes):
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "none", str(home)], check=True)
    shutil.copytree(template, home, dirs_exist_ok=True)
    used = int(subprocess.run(["du", "-sk", str(home)], capture_output=True, text=True, check=True).stdout.split()[0])
    subprocess.run(["mount", "-o", f"remount,size={used + kilobytes}k", str(home)], check=True)
    load = ("load", "vcf", "--dataset", "d1", "--publish", "--processes", "1", "--no-genes", str(later))
    before = facts()
    code, said = run(*load)
    found = {"kilobytes": kilobytes, "code": code, "said": said, "before": before, "after": facts(), "left": left()}
    subprocess.run(["mount", "-o", "remount,size=64m", str(home)], check=True)
    again, more = run(*load)
    if again and "no draft" not in more:
        found["said again"] = more
    found["at last"] = facts()
    found["left at last"] = left()
    subprocess.run(["umount", str(home)], check=True)
    return found


if __name__ == "__main__":
    print(json.dumps([one(int(size)) for size in sys.argv[4].split(",")]))
"""


def on_small_disks(home: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    """Run a command that may mount disks."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    arguments = ["unshare", "--map-root-user", "--mount", *command]
    return subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False, cwd=home.parent)


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A home with a published dataset."""
    first = write_vcf(tmp_path / "first.vcf", vcf_text(["chr1 5 G A . GT 0/1 0/0"], ["A1", "A2"]))
    home = tmp_path / "template"
    command = genvej("load", "vcf", "--home", str(home), "--dataset", "d1", "--publish", str(first))
    subprocess.run(command, check=True, capture_output=True)
    return home


def later_vcf(folder: Path) -> Path:
    records = [
        f"{contig} {position} GAC G,T . GT 0/1 1/2" for contig in ("chr1", "chrX") for position in range(10, 60_000, 9)
    ]
    return write_vcf(folder / "later.vcf", vcf_text(records, ["B1", "B2"]))


def test_a_full_disk_leaves_what_answers(template: Path, tmp_path: Path) -> None:
    """At every size from nothing to enough; with room again, the same command does it all."""
    home = tmp_path / "home"
    home.mkdir()
    if on_small_disks(home, "mount", "-t", "tmpfs", "-o", "size=64k", "none", str(home)).returncode:
        pytest.skip("this user may not mount a small disk")
    script = tmp_path / "full_disk.py"
    script.write_text(FULL_DISK)
    step = proof_volume(2400, 60)
    sizes = ",".join(str(size) for size in [8, *range(200, 5000, step), 20_000])
    done = on_small_disks(home, sys.executable, str(script), str(home), str(template), str(later_vcf(tmp_path)), sizes)
    assert done.returncode == 0, done.stderr[-3000:]
    outcomes = json.loads(done.stdout.splitlines()[-1])
    for found in outcomes:
        check_outcome(found)
    assert [found["code"] for found in (outcomes[0], outcomes[-1])] == [1, 0]
    assert len({json.dumps(found["at last"]) for found in outcomes}) == 1
    assert "Traceback" not in done.stderr


def check_outcome(found: dict[str, object]) -> None:
    """Of one size of the disk."""
    said = str(found["said"])
    assert "said again" not in found, found
    assert found["left at last"] == []
    if found["code"] == 0:
        assert found["after"] == found["at last"]
        return
    assert found["code"] == 1
    (message,) = [line for line in said.splitlines() if line.startswith("genvej: ")]
    assert "No space left on device" in message, said
    assert found["after"] == found["before"]
    assert found["left"] == [], found


def slow_vcf(folder: Path) -> Path:
    """A file that takes a while."""
    records = [f"chr1 {position} GAC G,T . GT 0/1 1/2" for position in range(10, 500_000, 9)]
    return write_vcf(folder / "slow.vcf", vcf_text(records, ["C1", "C2"]))


def test_of_two_loads_at_once_one_is_refused_and_the_other_finishes(template: Path, tmp_path: Path) -> None:
    slow, quick = slow_vcf(tmp_path), write_vcf(tmp_path / "q.vcf", vcf_text(["chr1 5 G A . GT 0/1 0/0"], ["D1", "D2"]))
    load = ("load", "vcf", "--home", str(template), "--dataset", "d1")
    first = subprocess.Popen(genvej(*load, "--publish", str(slow)), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    while first.poll() is None and not (template / "datasets" / "d1" / "prepared").exists():
        time.sleep(0.01)
    first.send_signal(signal.SIGSTOP)
    for command in (
        genvej(*load, str(quick)),
        genvej("dataset", "publish", "--home", str(template), "d1"),
        genvej("dataset", "withdraw", "--home", str(template), "d1", "--reason", "x"),
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (
            1,
            "genvej: another command is writing to dataset d1; wait for it to end\n",
        )
    first.send_signal(signal.SIGCONT)
    _, said = first.communicate(timeout=120)
    assert first.returncode == 0, said
    assert DatasetCatalogue(template).current("d1").version == "2"
    done = subprocess.run(genvej(*load, str(quick)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
