import io
import itertools
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from core.errors import LoadRefused
from loaders.cram_file import END_CONTAINERS, CramFile, header_container
from loaders.sam_header import read_sam_header
from tests.loaders.read_files import write_bam, write_cram


@pytest.fixture(scope="module", params=["3.0", "3.1", "2.1"])
def cram(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cram")
    bam = write_bam(folder / "a.bam", reads=3000)
    return write_cram(folder / "a.cram", bam, ("no_ref=1", f"version={request.param}", "seqs_per_slice=500"))


def opened(data: bytes) -> CramFile:
    return CramFile("a.cram", io.BytesIO(data), len(data))


def test_header_and_containers_are_read(cram: Path) -> None:
    file = opened(cram.read_bytes())
    header = read_sam_header("a.cram", file.header_text())
    assert [contig.name for contig in header.contigs] == ["chr20", "chr21"]
    assert header.samples == ("S1",)
    containers = list(file.containers())
    assert sum(container.records for container in containers) == 3002
    assert all(before.end == after.offset for before, after in itertools.pairwise(containers))


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
        for container in file.containers():
            list(file.blocks(container))
    except LoadRefused as error:
        assert "a.cram" in error.message  # noqa: PT017 - both outcomes are right


def test_a_header_container_is_read_as_it_was_written(cram: Path) -> None:
    data = cram.read_bytes()
    before = opened(data)
    text = "@HD\tVN:1.6\n" + "@CO\tæ\n" * 3000
    replaced = opened(data[:26] + header_container(text, before.major) + data[before.header_end :])
    assert replaced.header_text() == text
    assert [item.records for item in replaced.containers()] == [item.records for item in before.containers()]


def test_every_damaged_block_is_found(cram: Path) -> None:
    data = bytearray(cram.read_bytes())
    file = opened(bytes(data))
    container = next(file.containers())
    data[container.data_offset + 40] ^= 1
    damaged = opened(bytes(data))
    if file.major == 3:
        with pytest.raises(LoadRefused, match="checksum of the block"):
            list(damaged.blocks(container))
    data[container.offset + 5] ^= 1
    if file.major == 3:
        with pytest.raises(LoadRefused, match="checksum of the container"):
            list(opened(bytes(data)).containers())
