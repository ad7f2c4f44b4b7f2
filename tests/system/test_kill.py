"""``kill -9`` of a load at random moments: what answers is the old version or the new one whole, and work is kept.

The input has several files, ranges and contigs; a load of it takes some seconds. It is killed as a whole, or only the
command, or only one of its workers. The load after it takes up what was finished, and comes to the same content as one
that nobody disturbed.
"""

import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.datasets import DatasetCatalogue
from core.generations import open_generation
from core.manifest import PartKind
from loaders.vcf_ranges import RANGE_BYTES
from tests.loaders.bgzf_files import bgzf, cut
from tests.support.proof import proof_volume
from tests.support.servers import genvej

KILLS = proof_volume(5, 200)
KILLS_OF_ONE_LOAD = 5
SITES = 8000
CONTIGS = {"chr1": 248956422, "chr2": 242193529, "chr7": 159345973, "chr22": 50818468}
LETTERS = bytes(range(48, 58)) + bytes(range(65, 91)) + bytes(range(97, 123)) + b"_-"


def vcf_bytes(contigs: Sequence[str], samples: Sequence[str], *, sites: int, id_bytes: int = 1) -> bytes:
    """A VCF; ids that cannot be compressed make it large without making it slow to read."""
    chance = random.Random(f"{contigs} {samples}")
    columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", *samples]
    header = [
        "##fileformat=VCFv4.3",
        *(f"##contig=<ID={contig},length={CONTIGS[contig]},assembly=GRCh38>" for contig in contigs),
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
        "\t".join(columns),
    ]
    lines = [line.encode() for line in header]
    letters = bytes.maketrans(bytes(range(256)), LETTERS * 4)
    for contig in contigs:
        for site in range(sites):
            name = chance.randbytes(id_bytes).translate(letters)
            calls = b"\t".join(chance.choice((b"0/0", b"0/1", b"1|1", b"./.")) for _ in samples)
            lines.append(f"{contig}\t{20_000_000 + 7 * site}\t".encode() + name + b"\tAC\tA,G\t.\t.\t.\tGT\t" + calls)
    return b"\n".join(lines) + b"\n"


@dataclass(frozen=True)
class Inputs:
    """A home with a published dataset, and the files that are then loaded into it."""

    template: Path
    files: tuple[Path, ...]
    before: tuple[object, ...]
    tasks: int

    def command(self, home: Path, processes: int) -> list[str]:
        options = ("--dataset", "d1", "--publish", "--processes", str(processes))
        return genvej("load", "vcf", "--home", str(home), *options, *map(str, self.files))


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    folder = tmp_path_factory.mktemp("inputs")
    first, small, large = folder / "first.vcf", folder / "small.vcf", folder / "large.vcf.gz"
    first.write_bytes(vcf_bytes(["chr1", "chr22"], ["A1", "A2"], sites=500))
    small.write_bytes(vcf_bytes(["chr22"], ["B1", "B2", "B3"], sites=3000))
    data = vcf_bytes(["chr1", "chr2", "chr7"], ["B1", "B2", "B3"], sites=SITES, id_bytes=900)
    large.write_bytes(bgzf(cut(data, [60_000])))
    ranges = -(-large.stat().st_size // RANGE_BYTES)
    assert ranges > 1
    template = folder / "home"
    load = genvej("load", "vcf", "--home", str(template), "--dataset", "d1", "--publish", str(first))
    subprocess.run(load, check=True, capture_output=True)
    # Besides one range of the other file, and four contigs to build.
    return Inputs(template, (large, small), published_facts(template), ranges + 5)


def published_facts(home: Path) -> tuple[object, ...]:
    """Version, content digest and size of every part, as a server that starts now would answer from."""
    generation = open_generation(home)
    try:
        view = generation.datasets["d1"]
        assert generation.problems == ()
        facts: list[object] = [view.version]
        with generation.cursor() as cursor:
            for attached in view.of_kind(PartKind.VARIANTS):
                query = f"SELECT count(*), sum(allele_count) FROM {attached.alias}.main.variants"
                part = attached.part
                facts.append((part.contig, part.batch, part.content_digest, cursor.execute(query).fetchone()))
        return tuple(facts)
    finally:
        generation.close()


@pytest.fixture(scope="module")
def after(inputs: Inputs, tmp_path_factory: pytest.TempPathFactory) -> tuple[object, ...]:
    """What answers after a load that nobody disturbs."""
    home = tmp_path_factory.mktemp("whole") / "home"
    shutil.copytree(inputs.template, home)
    subprocess.run(inputs.command(home, 2), check=True, capture_output=True)
    found = published_facts(home)
    assert found[0] == "2"
    assert set(inputs.before[1:]) < set(found[1:])
    assert len(found) == 7
    return found


def children(pid: int) -> list[int]:
    """Workers of a command."""
    try:
        found = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return [child for child in found if "spawn_main" in command_line(child)]


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def kill(process: "subprocess.Popen[bytes]", way: str, chance: random.Random) -> None:
    """End the load as ``way`` says; it has a process group of its own."""
    workers = children(process.pid)
    if way == "worker" and workers:
        victim = chance.choice(workers)
        with suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
    elif way == "command":
        process.kill()
    elif process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=120)
    wait_until_gone(workers)


def wait_until_gone(workers: Sequence[int]) -> None:
    """Workers end with their load."""
    deadline = time.monotonic() + 20
    left = list(workers)
    while left and time.monotonic() < deadline:
        left = [worker for worker in left if "spawn_main" in command_line(worker)]
        time.sleep(0.02)
    assert left == []


def outcomes(home: Path) -> dict[str, int]:
    """Finished tasks that are kept, each with the time at which it was written."""
    found: dict[str, int] = {}
    for path in (home / "datasets" / "d1" / "prepared").glob("*/*.outcome"):
        with suppress(FileNotFoundError):
            found[path.name] = path.stat().st_mtime_ns
    return found


def progress(home: Path, tasks: int) -> int:
    """How far a load is: tasks finished, then the draft, then the version."""
    folder = home / "datasets" / "d1" / "versions" / "2"
    if (folder / "manifest.json").exists():
        return tasks + 2
    return tasks + 1 if (folder / "draft.json").exists() else len(outcomes(home))


def wait_for_moment(process: "subprocess.Popen[bytes]", home: Path, tasks: int, chance: random.Random) -> None:
    """Wait for a random state of the work, and then a little: every state comes, however busy the machine is."""
    wanted = chance.randint(0, tasks + 2)
    while progress(home, tasks) < wanted and process.poll() is None:
        time.sleep(0.002)
    time.sleep(chance.choice((0.0, chance.uniform(0, 0.05), chance.uniform(0, 1.5 if not wanted else 0.4))))


def rounds() -> Iterator[tuple[int, int, list[str]]]:
    """(Number, processes, ways of the kills) of loads that are killed a few times each, before they may finish."""
    chance = random.Random(20261125)
    ways = [chance.choice(("group", "group", "command", "worker")) for _ in range(KILLS)]
    for number, first in enumerate(range(0, KILLS, KILLS_OF_ONE_LOAD)):
        yield number, 2 - number % 2, ways[first : first + KILLS_OF_ONE_LOAD]


def test_a_killed_load_leaves_the_old_version_or_the_new_one(
    inputs: Inputs, after: tuple[object, ...], tmp_path: Path
) -> None:
    chance = random.Random(20261126)
    kept = resumed = 0
    for number, processes, ways in rounds():
        home = tmp_path / f"home-{number}"
        shutil.copytree(inputs.template, home)
        for way in ways:
            known = outcomes(home)
            process = started(inputs, home, processes)
            wait_for_moment(process, home, inputs.tasks, chance)
            kill(process, way, chance)
            found = published_facts(home)
            assert found in (inputs.before, after)
            now = outcomes(home)
            # Finished tasks are kept, and not done again, until the draft has it all or the load ends by itself.
            assert (
                process.returncode in (0, 1)
                or progress(home, inputs.tasks) > inputs.tasks
                or known.items() <= now.items()
            )
            kept += len(now)
            resumed += bool(known) and process.returncode == -signal.SIGKILL
        known = outcomes(home)
        finish(inputs, home, processes)
        assert published_facts(home) == after
        assert_nothing_is_left(home)
        shutil.rmtree(home)
    assert kept > 0
    assert resumed > 0


def finish(inputs: Inputs, home: Path, processes: int) -> None:
    """Let the load come to its end, or the publication of a load that had ended."""
    done = subprocess.run(inputs.command(home, processes), capture_output=True, text=True, check=False)
    # Everything may be in and published already.
    assert done.returncode == 0 or "no draft to publish" in done.stderr, done.stderr


def assert_nothing_is_left(home: Path) -> None:
    """Nothing but what the manifests name."""
    folder = DatasetCatalogue(home).folder("d1")
    catalogue = DatasetCatalogue(home)
    named = {part.file for version in ("1", "2") for part in catalogue.manifest("d1", version).parts}
    assert {path.name for path in (folder / "parts").iterdir()} == named
    assert not any((folder / "staging").glob("*"))
    assert not (folder / "prepared").exists()
    assert not list(folder.rglob(".*.new"))


def test_finished_tasks_are_taken_up(inputs: Inputs, tmp_path: Path) -> None:
    """Killed when some tasks are done: the next load does the others alone."""
    home = tmp_path / "home"
    shutil.copytree(inputs.template, home)
    first = started(inputs, home)
    while len(outcomes(home)) < 4 and first.poll() is None:
        time.sleep(0.002)
    kill(first, "group", random.Random(1))
    known = outcomes(home)
    assert first.returncode == -signal.SIGKILL
    assert len(known) >= 4
    second = started(inputs, home)
    written: dict[str, set[int]] = {name: set() for name in known}
    while second.poll() is None:
        for name, time_ns in outcomes(home).items():
            written.setdefault(name, set()).add(time_ns)
        time.sleep(0.005)
    assert second.returncode == 0
    assert [written[name] for name in known] == [{time_ns} for time_ns in known.values()]
    assert len(written) > len(known)


def started(inputs: Inputs, home: Path, processes: int = 2) -> "subprocess.Popen[bytes]":
    """A load, in a process group of its own."""
    command = inputs.command(home, processes)
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
