from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htsget.index.binning import Interval, ReferenceBins, Scheme, merge

BAI = Scheme(14, 5)
TINY = Scheme(4, 2)
Record = tuple[int, int]


class NoFloors:
    def floor(self, position_0based: int) -> int:
        del position_0based
        return 0


class ExactFloors:
    """What a perfect linear index of windows of 16 bases would say."""

    def __init__(self, records: Sequence[Record]) -> None:
        self._records = records

    def floor(self, position_0based: int) -> int:
        start = position_0based >> 4 << 4
        overlapping = [number for number, (_, end) in enumerate(self._records) if end > start]
        return (overlapping[0] if overlapping else len(self._records)) << 16


def bin_of(scheme: Scheme, start: int, end: int) -> int:
    """The smallest bin that holds a record, by search over all of them."""
    for level in range(scheme.depth, -1, -1):
        shift = scheme.min_shift + 3 * (scheme.depth - level)
        if start >> shift == (end - 1) >> shift:
            return scheme.level_starts[level] + (start >> shift)
    raise AssertionError


def bins_of(records: Sequence[Record], *, floors: bool) -> ReferenceBins:
    """An index of records that lie one a block: record n is at n << 16."""
    chunks: defaultdict[int, list[Interval]] = defaultdict(list)
    for number, (start, end) in enumerate(records):
        chunk = chunks[bin_of(TINY, start, end)]
        if chunk and chunk[-1][1] == number << 16:
            chunk[-1] = (chunk[-1][0], (number + 1) << 16)
        else:
            chunk.append((number << 16, (number + 1) << 16))
    return ReferenceBins(TINY, chunks, ExactFloors(records) if floors else NoFloors())


records_strategy = st.lists(st.tuples(st.integers(0, TINY.length - 1), st.integers(1, 300)), max_size=60).map(
    lambda pairs: sorted((start, min(start + length, TINY.length)) for start, length in pairs)
)


def test_the_numbers_of_bai() -> None:
    assert (BAI.length, BAI.bin_count, BAI.pseudo_bin) == (1 << 29, 37449, 37450)
    assert BAI.level_starts == [0, 1, 9, 73, 585, 4681]
    assert BAI.holding(0) == [4681, 585, 73, 9, 1, 0]
    assert BAI.ends([0, 1, 8, 4681, 37448]) == [1 << 29, 1 << 26, 1 << 29, 1 << 14, 1 << 29]


@given(st.integers(0, TINY.length - 1))
def test_the_bins_that_hold_a_position_hold_it(position: int) -> None:
    bins = TINY.holding(position)
    assert len(bins) == TINY.depth + 1
    for number, end in zip(bins, TINY.ends(bins), strict=True):
        level = max(place for place, first in enumerate(TINY.level_starts) if first <= number)
        assert end - (TINY.length >> 3 * level) <= position < end


@given(records_strategy, st.integers(0, 1200), st.integers(0, 1200), st.booleans())
def test_no_record_is_missed_and_every_promise_is_kept(
    records: list[Record], start: int, end: int, floors: bool
) -> None:
    candidates = bins_of(records, floors=floors).query(start, end)
    overlapping = {number for number, (begin, stop) in enumerate(records) if begin < end and stop > start}
    if candidates is None:
        assert not overlapping or start >= end
        return
    reached = {number for begin, stop in candidates.spanning for number in range(begin >> 16, stop >> 16)}
    first, certain = candidates.first >> 16, candidates.certain >> 16
    assert all(begin < start for begin, _ in records[:first])
    assert all(begin < end for begin, _ in records[:certain])
    assert first <= certain or not records
    assert {number for number in overlapping if number < first} <= reached
    assert all(number < first for number in reached)


def test_a_region_without_bins_or_behind_the_scheme_has_no_candidates() -> None:
    assert bins_of([], floors=False).query(0, 10) is None
    assert bins_of([], floors=False).last == 0
    bins = bins_of([(5, 8)], floors=False)
    assert bins.query(TINY.length, TINY.length + 5) is None
    assert bins.query(7, 7) is None
    assert bins.last == 1 << 16


@given(records_strategy, st.integers(0, 1024), st.integers(0, 1024), st.integers(1, 20))
def test_cuts_lie_inside_and_ascend(records: list[Record], start: int, end: int, limit: int) -> None:
    positions = bins_of(records, floors=False).cut_positions(start, end, limit)
    assert all(before < after for before, after in pairwise([start, *positions]))
    assert all(position < end for position in positions)


def test_a_growing_file_is_cut_where_it_has_grown_by_the_limit() -> None:
    bins = bins_of([(start, start + 1) for start in range(1024)], floors=False)
    assert bins.growth_bytes(0, 1024) == 1024
    assert bins.growth_bytes(512, 100) == 0
    positions = bins.cut_positions(0, 1024, 100)
    assert positions == [112, 224, 336, 448, 560, 672, 784, 896, 1008]


@pytest.mark.parametrize(
    ("intervals", "merged"),
    [
        ([], ()),
        ([(5, 5), (7, 3)], ()),
        ([(4, 6), (1, 3), (3, 4)], ((1, 6),)),
        ([(1, 9), (2, 3), (20, 30)], ((1, 9), (20, 30))),
    ],
)
def test_merging(intervals: list[Interval], merged: tuple[Interval, ...]) -> None:
    assert merge(intervals) == merged


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50))))
def test_merging_keeps_the_same_places_in_disjoint_intervals(intervals: list[Interval]) -> None:
    merged = merge(intervals)
    assert {place for begin, end in merged for place in range(begin, end)} == {
        place for begin, end in intervals for place in range(begin, end)
    }
    assert all(first[1] < second[0] for first, second in pairwise(merged))
