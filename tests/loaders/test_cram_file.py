import gzip
import io
import itertools
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from core.errors import LoadRefused
from loaders.cram_file import END_CONTAINERS, CramFile, _Numbers
from loaders.sam_header import read_sam_header
from tests.loaders.read_files import write_bam, write_cram
from tests.support.shared import needs_shared, shared


@pytest.fixture(scope="module", params=["3.0", "3.1", "2.1"])
def cram(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cram")
    bam = write_bam(folder / "a.bam", reads=3000)
    return write_cram(folder / "a.cram", bam, ("no_ref=1", f"version={request.param}", "seqs_per_slice=500"))


def opened(data: bytes) -> CramFile:
    return CramFile("a.cram", io.BytesIO(data), len(data))


def index_of(path: Path) -> bytes:
    return path.with_name(f"{path.name}.crai").read_bytes()


def test_header_and_containers_are_read(cram: Path) -> None:
    file = opened(cram.read_bytes())
    header = read_sam_header("a.cram", file.header_text())
    assert [contig.name for contig in header.contigs] == ["chr20", "chr21"]
    assert header.samples == ("S1",)
    containers = list(file.containers())
    assert sum(container.records for container in containers) == 3002
    assert all(before.end == after.offset for before, after in itertools.pairwise(containers))


def test_the_index_belongs(cram: Path) -> None:
    file = opened(cram.read_bytes())
    file.check_index(index_of(cram), 2)
    file.check_index(gzip.decompress(index_of(cram)), 2)
    lines = gzip.decompress(index_of(cram)).splitlines()
    for wrong in (b"\n".join(lines[1:3]), b"0\t1\t1\t5\t5\t5\n", b"7" + lines[0], b"0 1 2\n", b"", b"x", b"\x1f\x8bx"):
        with pytest.raises(LoadRefused, match="index"):
            file.check_index(wrong, 2)


def test_truncated_files_are_refused(cram: Path) -> None:
    data = cram.read_bytes()
    for length in (0, 10, 26, 100, len(data) - 30, len(data) - 1):
        with pytest.raises(LoadRefused):
            opened(data[:length])
    short = opened(data[:26] + END_CONTAINERS[0])
    with pytest.raises(LoadRefused):
        short.header_text()


def test_other_versions_are_refused() -> None:
    with pytest.raises(LoadRefused, match="not CRAM of version"):
        opened(b"CRAM\x01\x00" + bytes(60))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_mutated_file_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = tmp_path_factory.getbasetemp() / "mutated-source.cram"
    if not path.exists():
        write_cram(path, write_bam(path.with_suffix(".bam"), reads=20))
    whole = bytearray(path.read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(whole) - 39), min_size=1, max_size=5)):
        whole[place] = data.draw(st.integers(0, 255))
    try:
        file = opened(bytes(whole))
        file.header_text()
        file.check_index(index_of(path), 2)
    except LoadRefused as error:
        assert "a.cram" in error.message  # noqa: PT017 - both outcomes are right


def itf8(value: int) -> bytes:
    """The encoding of CRAM 3.1 §2.3, by its table."""
    if value < 0:
        value += 1 << 32
    for more, prefix in ((0, 0), (1, 0x80), (2, 0xC0), (3, 0xE0)):
        if value < 1 << (7 + 7 * more):
            return bytes([prefix | value >> 8 * more]) + (value & ((1 << 8 * more) - 1)).to_bytes(more, "big")
    return bytes([0xF0 | value >> 28, value >> 20 & 255, value >> 12 & 255, value >> 4 & 255, value & 15])


def ltf8(value: int) -> bytes:
    for more in range(8):
        if value < 1 << (7 + 7 * more):
            prefix = 0xFF00 >> more & 0xFF
            return bytes([prefix | value >> 8 * more]) + (value & ((1 << 8 * more) - 1)).to_bytes(more, "big")
    return b"\xff" + value.to_bytes(8, "big")


@given(st.integers(-(1 << 31), (1 << 31) - 1), st.integers(0, (1 << 63) - 1))
def test_numbers_are_read_as_they_are_written(small: int, large: int) -> None:
    numbers = _Numbers(itf8(small) + ltf8(large))
    assert (numbers.itf8(), numbers.ltf8()) == (small, large)


@needs_shared
def test_published_files_and_their_indexes() -> None:
    folder = shared("data", "reads")
    for path in [
        *folder.glob("hts-specs-cram/*.cram"),
        *folder.glob("external-reference/*.cram"),
        *folder.glob("h*/*.cram"),
    ]:
        with path.open("rb") as file:
            cram = CramFile(path.name, file, path.stat().st_size)
            header = read_sam_header(path.name, cram.header_text())
            cram.check_index(index_of(path), len(header.contigs))
