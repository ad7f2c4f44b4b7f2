import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DataDamaged
from htsget.index.bgzf import (
    EOF_MARKER,
    block_of,
    block_size,
    compressed_blocks,
    empty_block,
    inflate,
    inflate_all,
    stored_blocks,
    virtual_offset,
    within_of,
)
from tests.htsget.genomes import raw_blocks, seeded

SOME = b"some bytes " * 30_000
LIMIT = 1 << 30


@given(st.integers(0, (1 << 48) - 1), st.integers(0, (1 << 16) - 1))
def test_a_virtual_offset_is_block_and_byte(block: int, within: int) -> None:
    virtual = virtual_offset(block, within)
    assert (block_of(virtual), within_of(virtual)) == (block, within)


@given(st.binary(max_size=2000).map(lambda data: data * 100))
def test_what_is_written_is_read_by_gzip_and_by_us(data: bytes) -> None:
    for written in (stored_blocks(data), compressed_blocks(data)):
        assert inflate_all(written, LIMIT) == data
        assert gzip.decompress(written + EOF_MARKER) == data


def test_bytes_that_do_not_compress_are_stored() -> None:
    noise = seeded(1).randbytes(70_000)
    assert compressed_blocks(noise) == stored_blocks(noise)


def test_the_empty_block_is_not_the_end_of_file_marker() -> None:
    assert inflate_all(empty_block(), 0) == b""
    assert empty_block() != EOF_MARKER


def test_the_size_is_found_behind_other_subfields() -> None:
    block = raw_blocks(SOME, 1000, b"XX\x01\x00?")[0]
    assert block_size(block, 0) == len(block)
    assert inflate(block, 0, len(block)) == SOME[:1000]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x1f\x8b\x08\x00" + bytes(30),
        EOF_MARKER[:17],
        EOF_MARKER[:10] + b"\x00\x00" + EOF_MARKER[12:],
        EOF_MARKER[:12] + b"XX" + EOF_MARKER[14:],
        EOF_MARKER[:14] + b"\x03\x00" + EOF_MARKER[16:],
        EOF_MARKER[:16] + b"\x05\x00" + EOF_MARKER[18:],
    ],
)
def test_what_is_no_block_has_no_size(data: bytes) -> None:
    assert block_size(data, 0) is None


@pytest.mark.parametrize("place", range(18, 40))
def test_a_damaged_block_is_an_error(place: int) -> None:
    block = bytearray(compressed_blocks(bytes(range(200))))
    block[place] ^= 0x55
    with pytest.raises(DataDamaged):
        inflate_all(bytes(block), LIMIT)


def test_a_block_that_inflates_to_more_than_a_block_is_an_error() -> None:
    bomb = b"".join(raw_blocks(bytes(1 << 20), 1 << 20))
    with pytest.raises(DataDamaged):
        inflate_all(bomb, LIMIT)


def test_truncation_and_size_limits_are_errors() -> None:
    written = stored_blocks(SOME)
    with pytest.raises(DataDamaged):
        inflate_all(written[:-1], LIMIT)
    with pytest.raises(DataDamaged, match="larger than is taken"):
        inflate_all(written, len(SOME) - 1)
    with pytest.raises(DataDamaged):
        inflate_all(b"plain", LIMIT)
