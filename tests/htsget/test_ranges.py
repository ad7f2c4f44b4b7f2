from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DataDamaged
from htsget.blocks import BlockReader
from htsget.index.bgzf import EOF_MARKER, inflate_all
from htsget.ranges import FileRange, joined, pieces_of, size_of
from tests.htsget.genomes import as_blocks

TEXT = b"".join(b"%06d\n" % number for number in range(2000))
PAYLOAD = 1000
FILE = as_blocks(TEXT, PAYLOAD)


def reader() -> BlockReader:
    return BlockReader(lambda start, end: FILE[start:end], len(FILE))


def block_starts() -> list[int]:
    starts, blocks = [0], reader()
    while (block := blocks.block(starts[-1])) is not None:
        starts.append(block.end)
    return starts[:-1]


STARTS = block_starts()


def virtual(place: int) -> int:
    return STARTS[place // PAYLOAD] << 16 | place % PAYLOAD


def rendered(intervals: list[tuple[int, int]]) -> bytes:
    pieces = pieces_of(reader(), [(virtual(begin), virtual(end)) for begin, end in intervals])
    data = b"".join(FILE[piece.start : piece.end] if isinstance(piece, FileRange) else piece for piece in pieces)
    assert len(data) == size_of(pieces)
    assert EOF_MARKER not in data
    return inflate_all(data, 1 << 20)


@given(st.lists(st.integers(0, len(TEXT)), min_size=2, max_size=12, unique=True).map(sorted))
def test_exactly_the_bytes_of_the_intervals_are_given(places: list[int]) -> None:
    intervals = [pair for number, pair in enumerate(pairwise(places)) if number % 2 == 0]
    assert rendered(intervals) == b"".join(TEXT[begin:end] for begin, end in intervals)


def test_whole_blocks_are_taken_as_they_are() -> None:
    pieces = pieces_of(reader(), [(virtual(500), virtual(3500))])
    assert [type(piece) for piece in pieces] == [bytes, FileRange, bytes]
    assert pieces[1] == FileRange(STARTS[1], STARTS[3])
    assert pieces_of(reader(), [(virtual(1000), virtual(3000))]) == [FileRange(STARTS[1], STARTS[3])]
    assert pieces_of(reader(), []) == pieces_of(reader(), [(virtual(5), virtual(5))]) == []


def test_cuts_that_follow_each_other_share_a_block() -> None:
    pieces = pieces_of(
        reader(), [(virtual(10), virtual(20)), (virtual(30), virtual(40)), (virtual(1990), virtual(2010))]
    )
    assert len(pieces) == 1


def test_an_interval_behind_the_file_is_damage() -> None:
    with pytest.raises(DataDamaged, match="behind the end"):
        pieces_of(reader(), [(len(FILE) << 16 | 5, len(FILE) << 16 | 9)])


def test_intervals_that_touch_are_joined() -> None:
    assert joined([(1, 2), (2, 5), (7, 8), (8, 9)]) == [(1, 5), (7, 9)]
