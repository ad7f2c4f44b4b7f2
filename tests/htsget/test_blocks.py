import itertools

import pytest

from core.errors import DataDamaged
from htsget.blocks import BlockReader, ByteStream
from htsget.index.bgzf import EOF_MARKER, MAGIC, stored_blocks
from tests.htsget.genomes import as_blocks, raw_blocks, seeded

TEXT = b"".join(b"line %d\n" % number for number in range(40_000))


def reader_of(data: bytes) -> BlockReader:
    return BlockReader(lambda start, end: data[start:end], len(data))


def test_blocks_follow_each_other_to_the_end_of_the_file() -> None:
    reader = reader_of(as_blocks(TEXT, 10_000))
    offset, pieces = 0, []
    while (block := reader.block(offset)) is not None:
        assert reader.block(offset) is block
        pieces.append(block.data)
        offset = block.end
    assert b"".join(pieces) == TEXT
    assert pieces[-1] == b""


def test_where_the_data_end() -> None:
    data = as_blocks(TEXT, 10_000)
    assert reader_of(data).data_end() == len(data) - len(EOF_MARKER)
    assert reader_of(data[: -len(EOF_MARKER)]).data_end() == len(data) - len(EOF_MARKER)
    assert reader_of(b"short").data_end() == 5


def test_reading_is_bounded_whatever_is_asked() -> None:
    data = as_blocks(TEXT * 20, 60_000)
    reads: list[int] = []

    def read(start: int, end: int) -> bytes:
        reads.append(end - start)
        return data[start:end]

    reader = BlockReader(read, len(data))
    offset = 0
    while (block := reader.block(offset)) is not None:
        offset = block.end
    assert max(reads) <= 1 << 18
    assert sum(reads) < 2 * len(data)


@pytest.mark.parametrize("offset", [1, 5000])
def test_what_is_no_block_is_damage(offset: int) -> None:
    with pytest.raises(DataDamaged):
        reader_of(as_blocks(TEXT, 10_000)).block(offset)


def test_an_offset_behind_the_file_is_damage() -> None:
    data = as_blocks(TEXT, 10_000)
    assert reader_of(data).block(len(data)) is None
    with pytest.raises(DataDamaged, match="behind the end of its file"):
        reader_of(data).block(len(data) + 1)


def test_a_block_that_is_cut_off_is_damage() -> None:
    with pytest.raises(DataDamaged):
        reader_of(stored_blocks(TEXT)[:1000]).block(0)


def test_cuts_are_starts_of_blocks() -> None:
    blocks = raw_blocks(seeded(3).randbytes(3_000_000), 40_000)
    data = b"".join(blocks) + EOF_MARKER
    starts = [0]
    for block in blocks:
        starts.append(starts[-1] + len(block))
    reader = reader_of(data)
    cuts = reader.cuts(0, len(data), 500_000)
    assert len(cuts) >= 5
    assert set(cuts) <= set(starts)
    bounds = [0, *cuts, len(data)]
    assert max(end - begin for begin, end in itertools.pairwise(bounds)) <= 500_000
    assert reader.cuts(0, len(data), len(data)) == []


def test_what_looks_like_a_block_inside_of_one_is_no_cut() -> None:
    decoy = bytes(30_000) + MAGIC + bytes(6) + b"\x06\x00BC\x02\x00\x40\x00" + bytes(30_000)
    blocks = [stored_blocks(decoy), *raw_blocks(seeded(4).randbytes(50_000), 10_000)]
    data = b"".join(blocks) + EOF_MARKER
    assert reader_of(data).cuts(0, len(data), 90_000) == [len(blocks[0])]


def test_a_file_whose_blocks_cannot_be_found_is_not_cut() -> None:
    garbage = stored_blocks(TEXT)[:100] + bytes(1 << 20)
    assert reader_of(garbage).cuts(0, len(garbage), 200_000) == []


def test_limits_below_the_size_of_a_block_cut_at_every_block() -> None:
    data = as_blocks(TEXT, 60_000)
    cuts = reader_of(data).cuts(0, len(data), 10)
    assert len(cuts) == -(-len(TEXT) // 60_000)


def test_a_stream_knows_the_virtual_offset_of_every_byte() -> None:
    data = as_blocks(TEXT, 1000)
    reader = reader_of(data)
    second = reader.block(0)
    assert second is not None
    stream = ByteStream(reader, second.end << 16 | 300)
    stream.extend(0, 3000)
    assert stream.buffer == TEXT[1300:5000]
    chance = seeded(1)
    position = 1300
    while not stream.ended:
        for place in (0, len(stream.buffer) // 2, len(stream.buffer) - 1):
            virtual = stream.virtual(place)
            block = reader.block(virtual >> 16)
            assert block is not None
            assert block.data[virtual & 0xFFFF :][:1] == stream.buffer[place : place + 1]
        consumed = chance.randrange(len(stream.buffer))
        position += consumed
        stream.extend(consumed, len(stream.buffer) + 500)
        assert stream.buffer == TEXT[position : position + len(stream.buffer)]
    assert position + len(stream.buffer) == len(TEXT)
    assert stream.virtual(len(stream.buffer)) == (len(data) - len(EOF_MARKER)) << 16


def test_a_stream_cannot_begin_behind_its_block() -> None:
    with pytest.raises(DataDamaged, match="behind the end of a block"):
        ByteStream(reader_of(as_blocks(TEXT, 1000)), 1001).extend(0, 1)
