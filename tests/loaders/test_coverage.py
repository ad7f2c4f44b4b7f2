"""Intervals of called reference, against sets of positions."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from loaders.coverage import Coverage

INTERVALS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 30), st.integers(1, 9)), max_size=25)


def positions(intervals: list[tuple[int, int, int]]) -> set[tuple[int, int]]:
    return {(person, place) for person, start, length in intervals for place in range(start, start + length)}


def coverage_of(intervals: list[tuple[int, int, int]]) -> Coverage:
    columns = np.asarray(intervals, dtype=np.int64).reshape(-1, 3)
    return Coverage.of_intervals(
        columns[:, 0], columns[:, 1], columns[:, 1] + columns[:, 2], np.zeros(len(columns), int)
    )


@given(INTERVALS, st.integers(0, 25))
def test_joined_intervals_hold_the_same_positions(intervals: list[tuple[int, int, int]], cut: int) -> None:
    whole = coverage_of(intervals)
    pieces = Coverage.joined([coverage_of(intervals[:cut]), coverage_of(intervals[cut:])])
    for found in (whole, pieces):
        held = found.holds(3, np.arange(45))
        assert {(person, place) for place, person in np.argwhere(held).tolist()} == positions(intervals)
        listed = list(
            zip(found.person_index.tolist(), found.start_0based.tolist(), found.end_0based.tolist(), strict=True)
        )
        assert listed == sorted(listed)
        assert all(one[0] < other[0] or one[2] < other[1] for one, other in pairwise(listed))
    assert whole.shifted(5).person_index.tolist() == [person + 5 for person in whole.person_index.tolist()]


def test_nothing_holds_nothing() -> None:
    assert len(Coverage.joined([])) == 0
    assert not Coverage.empty().holds(2, np.arange(3)).any()


def test_only_stretches_with_all_copies_count() -> None:
    copies = np.array([[1, 2], [2, 2]], dtype=np.uint8)
    people, called = np.array([0, 0, 0, 1, 1]), np.array([1, 2, 2, 1, 2])
    starts = np.array([0, 5, 20, 0, 5])
    found = Coverage.of_intervals(people, starts, starts + 5, called).with_all_copies(copies, np.array([0, 0, 1, 0, 0]))
    assert list(zip(found.person_index.tolist(), found.start_0based.tolist(), strict=True)) == [(0, 0), (0, 20), (1, 5)]
