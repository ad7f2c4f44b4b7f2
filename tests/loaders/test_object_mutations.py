"""Damaged files of every format: refused, or read by samtools and bcftools exactly like the sound file.

The tools are asked in processes of their own, without references: what this process survives is then our own doing.
"""

import random
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from loaders.object_found import InspectionTask
from tests.loaders.mutated import Workshop, answer, damaged
from tests.loaders.read_files import write_bam, write_cram
from tests.loaders.test_object_inspection import indexed_bcf, indexed_vcf
from tests.support.proof import proof_volume
from tests.support.shared import needs_shared, shared

ROUNDS = proof_volume(4, 72)
"""Damaged files of each of seven pairs of file and index: more than five hundred in a proof."""

REGIONS = ("chr20", "chr20:1000000-2500000", "chr21:3000000-3100000", "*")
SITES = ("chr1", "chr1:20-30", "chr1:57")


@dataclass(frozen=True)
class Pair:
    """A sound file and its index, and whether the tool is bcftools."""

    path: Path
    index: Path
    variants: bool = False

    def answers(self) -> list[tuple[int, bytes]]:
        """All records, and those of some regions through the index."""
        path, index = str(self.path), str(self.index)
        if self.variants:
            whole = [answer("bcftools", "view", "--no-version", "-H", path)]
            names = f"{path}##idx##{index}"
            return whole + [answer("bcftools", "view", "-H", "-r", region, names) for region in SITES]
        whole = [answer("samtools", "view", path)]
        return whole + [answer("samtools", "view", "-X", path, index, region) for region in REGIONS]


@pytest.fixture(scope="module")
def workshop() -> Iterator[Workshop]:
    workshop = Workshop()
    yield workshop
    workshop.close()


@pytest.fixture(params=["bam-bai", "bam-csi", "cram", "cram-2.1", "cram-slices", "vcf", "bcf"])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Pair:
    kind = str(request.param)
    bam = write_bam(tmp_path / "a.bam", reads=60, index="csi" if kind == "bam-csi" else "bai")
    if kind.startswith("bam"):
        return Pair(bam, tmp_path / f"a.bam.{kind[4:]}")
    if kind.startswith("cram"):
        version = "version=2.1" if kind == "cram-2.1" else "version=3.0"
        more = ("seqs_per_slice=10", "slices_per_container=2") if kind == "cram-slices" else ()
        return Pair(write_cram(tmp_path / "a.cram", bam, ("no_ref=1", version, *more)), tmp_path / "a.cram.crai")
    vcf = indexed_vcf(tmp_path / "a.vcf.gz")
    if kind == "vcf":
        return Pair(vcf, tmp_path / "a.vcf.gz.tbi", variants=True)
    return Pair(indexed_bcf(tmp_path / "a.bcf", vcf), tmp_path / "a.bcf.csi", variants=True)


def test_damage_is_refused_or_makes_no_difference(
    pair: Pair, tmp_path: Path, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REF_PATH", "/nonexistent")
    right = pair.answers()
    assert not workshop.refusal(InspectionTask(pair.path, tmp_path))
    assert {status for status, _ in right} == {0}
    sound = {path: path.read_bytes() for path in (pair.path, pair.index)}
    chance = random.Random(f"20261125 {pair.path.name} {pair.index.name}")
    taken = 0
    for number in range(ROUNDS):
        path = pair.index if number % 3 == 0 else pair.path
        path.write_bytes(damaged(sound[path], chance))
        refusal = workshop.refusal(InspectionTask(pair.path, tmp_path))
        if not refusal:
            taken += 1
            assert told(pair, pair.answers()) == told(pair, right), number
        assert refusal.startswith(("", pair.path.name, "a file: the worker"))
        path.write_bytes(sound[path])
    assert taken < ROUNDS


def told(pair: Pair, answers: list[tuple[int, bytes]]) -> list[tuple[int, bytes]] | list[tuple[int, int]]:
    """What a change of which can be told: CRAM 2 has no checksums, so that only the number of its records counts."""
    if pair.path.suffix != ".cram" or pair.path.read_bytes()[4] != 2:
        return answers
    return [(status, text.count(b"\n")) for status, text in answers[:1]]


def quick_check(path: Path) -> bool:
    """What ``samtools quickcheck`` says; -u: files without contigs are sound."""
    return subprocess.run(["samtools", "quickcheck", "-u", str(path)], capture_output=True, check=False).returncode == 0


def test_nothing_is_taken_that_quickcheck_refuses(tmp_path: Path, workshop: Workshop) -> None:
    bam = write_bam(tmp_path / "a.bam", reads=40)
    cram = write_cram(tmp_path / "a.cram", bam)
    sound = {path: path.read_bytes() for path in (bam, cram)}
    chance = random.Random(20261126)
    refused = 0
    for number in range(proof_volume(16, 200)):
        path = (bam, cram)[number % 2]
        path.write_bytes(damaged(sound[path], chance))
        if not quick_check(path):
            refused += 1
            assert workshop.refusal(InspectionTask(path, tmp_path)), number
        path.write_bytes(sound[path])
    assert refused


@needs_shared
def test_published_files_are_judged_as_quickcheck_judges_them(tmp_path: Path, workshop: Workshop) -> None:
    folder = shared("data", "reads")
    files = [path for path in sorted(folder.rglob("*am")) if path.suffix in (".bam", ".cram") and path.is_file()]
    assert len(files) == 26
    for path in files:
        task = InspectionTask(path, tmp_path, without_index=True)
        assert (not workshop.refusal(task)) == quick_check(path), path.name
