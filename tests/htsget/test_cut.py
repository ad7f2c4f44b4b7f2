"""Exactly the records of a region: htslib is the oracle, on files of several writers and all kinds of index."""

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import DataDamaged
from drs.rows import FileFormat
from htsget.blocks import BlockReader
from htsget.cut import region_intervals, unplaced_intervals
from htsget.index.bgzf import inflate_all
from htsget.index.binning import Interval
from htsget.plan import Span
from htsget.records import walk
from tests.htsget.genomes import (
    Opened,
    as_blocks,
    index_bam,
    lines_of,
    open_file,
    reads_of,
    recompressed,
    render,
    seeded,
    write_bam,
)
from tests.htsget.index.indexed import KINDS
from tests.support.proof import proof_volume
from tests.support.shared import needs_shared, shared


@pytest.fixture(scope="module", params=list(KINDS))
def opened(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    return open_file(*KINDS[request.param](tmp_path_factory.mktemp("cut")))


def contig_numbers(opened: Opened) -> dict[str, int]:
    if opened.index.names:
        return {name: number for number, name in enumerate(opened.index.names)}
    return {name: number for name, number in opened.header.contigs.items() if isinstance(number, int)}


def intervals_of(opened: Opened, name: str, spans: Sequence[Span], after: int = 0) -> list[Interval]:
    number = contig_numbers(opened)[name]
    key = name.encode() if opened.index.names else number
    return region_intervals(opened.file, opened.index.reference(number), key, tuple(spans), after)


def records_of(path: Path, region: tuple[str, int, int | None] | None = None) -> list[str]:
    return reads_of(path, region) if path.suffix == ".bam" else lines_of(path, region)


def random_regions(opened: Opened, count: int, seed: int) -> list[tuple[str, int, int]]:
    """Regions of all sizes around records, at the edges of contigs, and in empty places."""
    chance = seeded(seed)
    names = {
        number if not opened.index.names else name.encode(): name for name, number in contig_numbers(opened).items()
    }
    records = list(walk(opened.file.reader, opened.file.record_format, opened.file.first_record))
    placed = [record for record in records if record.contig in names]
    regions = []
    for _ in range(count):
        record, width = chance.choice(placed), chance.choice((1, 10, 1000, 20_000, 200_000, 1 << 29))
        start = max(chance.choice((record.start_0based, record.end_0based)) - chance.randrange(-2, width + 2), 0)
        regions.append((names[record.contig], start, start + width))
    return regions


def test_regions_hold_exactly_the_records_that_htslib_finds(opened: Opened, tmp_path: Path) -> None:
    for number, region in enumerate(random_regions(opened, proof_volume(60, 1000), 7)):
        name, start, end = region
        answer = tmp_path / f"{number}{opened.path.suffix}"
        answer.write_bytes(render(opened, intervals_of(opened, name, [(start, end)])))
        assert records_of(answer) == records_of(opened.path, region), region


def test_many_regions_hold_every_record_once_and_in_order(opened: Opened, tmp_path: Path) -> None:
    chance = seeded(9)
    whole = records_of(opened.path)
    for number in range(proof_volume(15, 200)):
        name, *_ = chance.choice(random_regions(opened, 1, number))
        bounds = sorted({chance.randrange(1_000_000) for _ in range(chance.choice((2, 6, 40)))})
        spans = [pair for place, pair in enumerate(pairwise(bounds)) if place % 2 == 0]
        wanted = {record for start, end in spans for record in records_of(opened.path, (name, start, end))}
        answer = tmp_path / f"{number}{opened.path.suffix}"
        answer.write_bytes(render(opened, intervals_of(opened, name, spans)))
        assert records_of(answer) == [record for record in whole if record in wanted]


def test_regions_may_be_dealt_over_several_answers(opened: Opened, tmp_path: Path) -> None:
    """What one URL has, the next one leaves out."""
    bounds = [0, 200_000, 500_100, 500_200, 700_000, 1 << 40]
    parts = [intervals_of(opened, "1", [(start, end)], after=start) for start, end in pairwise(bounds)]
    answer = tmp_path / f"parts{opened.path.suffix}"
    answer.write_bytes(render(opened, [interval for part in parts for interval in part]))
    assert records_of(answer) == records_of(opened.path, ("1", 0, None))


def test_an_open_end_reaches_to_the_end_of_the_contig(opened: Opened, tmp_path: Path) -> None:
    for name in contig_numbers(opened):
        answer = tmp_path / f"{name.replace('*', '')}{opened.path.suffix}"
        answer.write_bytes(render(opened, intervals_of(opened, name, [(1000, None)])))
        assert records_of(answer) == records_of(opened.path, (name, 1000, None))


def test_behind_the_last_record_there_is_none(opened: Opened) -> None:
    """Also where it is the last record of the file."""
    last = list(contig_numbers(opened))[-1]
    assert intervals_of(opened, last, [(200_000, None)]) == []


@pytest.mark.parametrize(("unplaced", "placed"), [(30, 100), (0, 100), (30, 0), (0, 0)])
def test_reads_without_a_place(unplaced: int, placed: int, tmp_path: Path) -> None:
    path = recompressed(write_bam(tmp_path / "a.bam", 3, placed, unplaced), tmp_path / "b.bam", 700)
    opened = open_file(path, index_bam(path), FileFormat.BAM)
    answer = tmp_path / "answer.bam"
    answer.write_bytes(render(opened, unplaced_intervals(opened.file, opened.index)))
    assert records_of(answer) == [read for read in reads_of(path) if read.startswith("u")]
    assert len(records_of(answer)) == unplaced


def test_an_index_that_does_not_count_unplaced_reads_is_believed_by_looking(tmp_path: Path) -> None:
    path = write_bam(tmp_path / "a.bam", 3, 50, 0)
    index_path = index_bam(path)
    index_path.write_bytes(index_path.read_bytes()[:-8])
    opened = open_file(path, index_path, FileFormat.BAM)
    assert opened.index.unplaced_count is None
    assert unplaced_intervals(opened.file, opened.index) == []


def test_an_index_that_places_their_begin_too_early_is_put_right(tmp_path: Path) -> None:
    path = write_bam(tmp_path / "a.bam", 3, 50, 10)
    opened = open_file(path, index_bam(path), FileFormat.BAM)
    exact = unplaced_intervals(opened.file, opened.index)
    assert unplaced_intervals(opened.file, replace(opened.index, slots=())) == exact


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1 << 30), st.sampled_from([300, 2000, 60_000]), st.sampled_from([None, 10, 17]))
def test_generated_files(seed: int, payload_bytes: int, shift: int | None) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        path = recompressed(write_bam(folder / "a.bam", seed, 60, 2), folder / "b.bam", payload_bytes)
        opened = open_file(path, index_bam(path, shift), FileFormat.BAM)
        for region in random_regions(opened, 5, seed):
            answer = folder / "answer.bam"
            answer.write_bytes(render(opened, intervals_of(opened, region[0], [region[1:]])))
            assert records_of(answer) == records_of(path, region)
    finally:
        shutil.rmtree(folder)


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_damaged_file_gives_an_error_or_the_bytes_that_are_there(opened: Opened, chance: Random) -> None:
    """Blocks are checked by their sums, so the damage is made inside of them: records that say what cannot be."""
    content = bytearray(inflate_all(opened.data, 1 << 28))
    for _ in range(5):
        content[chance.randrange(len(opened.header.data), len(content))] = chance.randrange(256)
    blocks = as_blocks(bytes(content), 900)
    reader = BlockReader(lambda start, end: blocks[start:end], len(blocks))
    damaged = replace(opened, data=blocks, file=replace(opened.file, reader=reader, data_end=reader.data_end()))
    for name, start, end in random_regions(opened, 5, chance.randrange(1000)):
        try:
            render(damaged, intervals_of(damaged, name, [(start, end)]))
        except DataDamaged:
            continue


REAL = {
    FileFormat.BAM: [
        "reads/htsnexus_test_NA12878.bam.bai",
        "reads/mt.bam.bai",
        "reads/tabulamuris_mouse.bam.bai",
        "reads/HG02450.bam.csi",
        "reads/long_references.bam.csi",
        "reads/cigar-64k.bam.bai",
        "reads/NA12878_PacBioCCS_GRCh38_chr21.bam.bai",
        "reads/htslib/range.bam.bai",
        "reads/htslib/no_hdr_sq_1.bam.csi",
    ],
    FileFormat.VCF: [
        "variants/NA20787.vcf.gz.tbi",
        "variants/HG002_GIAB.filtered.vcf.gz.csi",
        "variants/TSVC.vcf.gz.tbi",
        "variants/TSVC.vcf.gz.csi",
        "variants/1000G_GRCh38_chr22_2548samples.vcf.gz.tbi",
        "variants/NA12878_CEUTrio_20_21.g.vcf.gz.tbi",
        "structural/HG008_severus_GRCh38.vcf.gz.tbi",
    ],
}
needs_tools = pytest.mark.skipif(
    not (shutil.which("samtools") and shutil.which("bcftools")), reason="samtools and bcftools are not installed"
)


@needs_shared
@needs_tools
@pytest.mark.parametrize(("file_format", "name"), [(kind, name) for kind, names in REAL.items() for name in names])
def test_real_files_answer_as_samtools_and_bcftools_do(file_format: FileFormat, name: str, tmp_path: Path) -> None:
    index_path = shared("data", *name.split("/"))
    opened = open_file(index_path.with_suffix(""), index_path, file_format)
    answer = tmp_path / f"answer{opened.path.suffix}"
    for contig, start, end in random_regions(opened, proof_volume(6, 2000), 3):
        answer.write_bytes(render(opened, intervals_of(opened, contig, [(start, end)])))
        if file_format is FileFormat.BAM:
            region = f"{{{contig}}}:{start + 1}-{end}"
            theirs = ["samtools", "view", "-X", str(opened.path), str(index_path), region]
            ours = ["samtools", "view", str(answer)]
        else:
            region = f"{contig}:{start + 1}-{end}"
            source = f"{opened.path}##idx##{index_path}"
            theirs, ours = ["bcftools", "view", "-H", "-r", region, source], ["bcftools", "view", "-H", str(answer)]
        assert output(ours) == output(theirs), (contig, start, end)


def output(command: list[str]) -> bytes:
    return subprocess.run(command, check=True, capture_output=True).stdout
