"""Indexes of bins held against the records of their files: right ones pass, every wrong number is found."""

import random
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pysam
import pytest

from core.errors import LoadRefused
from htsget.index.binning import Scheme
from htsget.index.csi import parse_index
from loaders.object_bam import check_bam
from loaders.object_found import Subject
from loaders.object_index import bin_of, check_extent, read_binned
from tests.loaders.mutated import Workshop
from tests.loaders.read_files import write_bam
from tests.support.proof import proof_volume


def tell(done: int, total: int) -> None:
    del done, total


@pytest.fixture
def workshop() -> Iterator[Workshop]:
    workshop = Workshop()
    yield workshop
    workshop.close()


def subject(bam: Path, index: Path) -> Subject:
    return Subject(bam.name, bam, index, bam.parent, whole=True)


def regions(bam: Path, index: Path) -> list[list[str]]:
    """What readers find through an index, around every record and in every contig."""
    with pysam.AlignmentFile(str(bam), index_filename=str(index)) as file:
        starts = [(contig, start) for contig in file.references for start in range(0, 4_100_000, 150_000)]
        found = [[str(read.query_name) for read in file.fetch(contig)] for contig in (*file.references, "*")]
        for contig, start in starts:
            found += [[str(read.query_name) for read in file.fetch(contig, start, start + 60_000)]]
    return found


@pytest.mark.parametrize(("min_shift", "depth"), [(14, 5), (10, 6), (17, 3)])
def test_bins_are_those_of_the_specification(min_shift: int, depth: int) -> None:
    scheme = Scheme(min_shift, depth)
    chance = random.Random(1)
    for _ in range(500):
        begin = chance.randrange(scheme.length - 1)
        end = min(scheme.length, begin + 1 + int(2 ** chance.uniform(0, min_shift + 3 * depth)))
        number = bin_of(scheme, begin, end)
        assert number in scheme.holding(begin)
        assert number in scheme.holding(end - 1)
        smaller = set(scheme.holding(begin)) & set(scheme.holding(end - 1))
        assert number == max(smaller)


@pytest.mark.parametrize("kind", ["bai", "csi"])
def test_right_indexes_pass_and_wrong_ones_are_found(tmp_path: Path, kind: str, workshop: Workshop) -> None:
    """An index with one number changed is refused, or leads readers to the same records everywhere."""
    bam = write_bam(tmp_path / "a.bam", reads=400, index=kind)
    index = tmp_path / f"a.bam.{kind}"
    check_bam(subject(bam, index), tell)
    right = regions(bam, index)
    data = parse_index(index.read_bytes()).data
    wrong = tmp_path / f"wrong.{kind}"
    chance = random.Random(20261125)
    for _ in range(proof_volume(40, 600)):
        at = chance.randrange(8, len(data) - 8) & ~3
        changed = bytearray(data)
        struct.pack_into("<I", changed, at, chance.choice([0, 1, 0xFFFF, chance.getrandbits(32)]))
        wrong.write_bytes(changed if kind == "bai" else bgzipped(bytes(changed)))
        if not workshop.refusal(subject(bam, wrong)):
            assert regions(bam, wrong) == right, f"byte {at}"


def bgzipped(data: bytes) -> bytes:
    return subprocess.run(["bgzip", "-c"], input=data, check=True, capture_output=True).stdout


def test_chunks_that_begin_behind_a_block_are_the_same_place(tmp_path: Path) -> None:
    """Some writers spell the begin of a block as the end of the one before."""
    bam = write_bam(tmp_path / "a.bam", reads=3000)
    index = tmp_path / "a.bam.bai"
    parsed = parse_index(index.read_bytes())
    begins = {
        begin
        for number in range(len(parsed.slots))
        for chunks in parsed.reference(number).chunks.values()
        for begin, _ in chunks
    }
    begin = min(value for value in begins if value >> 16 and not value & 0xFFFF)
    with bam.open("rb") as file:
        data = file.read()
    before = last_block_before(data, begin >> 16)
    inflated = int.from_bytes(data[(begin >> 16) - 4 : begin >> 16], "little")
    spelled = struct.pack("<Q", before << 16 | inflated)
    if inflated < 0x10000:
        index.write_bytes(parsed.data.replace(struct.pack("<Q", begin), spelled))
    check_bam(subject(bam, index), tell)


def last_block_before(data: bytes, end: int) -> int:
    at = 0
    while True:
        size = int.from_bytes(data[at + 16 : at + 18], "little") + 1
        if at + size == end:
            return at
        at += size


def test_an_index_of_a_longer_file_is_refused(tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "a.bam", reads=3000)
    index = read_binned("a.bam", tmp_path / "a.bam.bai")
    check_extent("a.bam", index, bam.stat().st_size)
    with pytest.raises(LoadRefused, match="the index belongs to another file"):
        check_extent("a.bam", index, 1000)
    (tmp_path / "a.bam.bai").write_bytes(b"BAI\1nonsense")
    with pytest.raises(LoadRefused, match="its index is damaged"):
        read_binned("a.bam", tmp_path / "a.bam.bai")
