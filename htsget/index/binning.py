"""The binning scheme that BAI, TBI and CSI share: where records of a region can lie (SAM specification §5.3, CSIv1).

A file that has such an index is sorted: on one reference, records follow each other by start. So the records that
start inside ``[start, end)`` are one contiguous run, and only those that reach in from before it lie scattered.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Protocol

Interval = tuple[int, int]
"""A half-open interval of virtual offsets."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """The shape of the bins: smallest bins of ``1 << min_shift`` bases, and ``depth`` levels of 8 times wider ones."""

    min_shift: int
    depth: int

    @property
    def length(self) -> int:
        """Positions from here on cannot be indexed."""
        return 1 << (self.min_shift + 3 * self.depth)

    @property
    def level_starts(self) -> list[int]:
        """The number of the first bin of each level, the widest first."""
        return [((1 << 3 * level) - 1) // 7 for level in range(self.depth + 1)]

    @property
    def bin_count(self) -> int:
        """All bin numbers are below it."""
        return ((1 << 3 * (self.depth + 1)) - 1) // 7

    @property
    def pseudo_bin(self) -> int:
        """The number under which a reference's extent and counts are kept; not a bin."""
        return self.bin_count + 1

    def holding(self, position_0based: int) -> list[int]:
        """All bins that hold a position, the smallest first."""
        number = ((1 << 3 * self.depth) - 1) // 7 + (position_0based >> self.min_shift)
        bins = [number]
        while number:
            number = (number - 1) >> 3
            bins.append(number)
        return bins

    def ends(self, numbers: Iterable[int]) -> list[int]:
        """Where each of the bins ends (0-based, exclusive)."""
        starts, length = self.level_starts, self.length
        ends = []
        for number in numbers:
            level = bisect_right(starts, number) - 1
            ends.append((number - starts[level] + 1) * (length >> 3 * level))
        return ends


@dataclass(frozen=True, slots=True)
class Candidates:
    """Where to look for the records that overlap ``[start, end)`` on one reference.

    ``spanning``: disjoint intervals before ``first`` in which records can reach into the region. ``first``: every
    record of the reference before it starts before ``start``; from here the file is read on. ``certain``: every record
    of the reference before it starts before ``end``, so that nothing between the first record that starts in the
    region and here needs to be looked at.
    """

    spanning: tuple[Interval, ...]
    first: int
    certain: int


class Floors(Protocol):
    """What an index knows of the first record that overlaps a window."""

    def floor(self, position_0based: int) -> int:
        """No record before this virtual offset overlaps the position's window, or anything behind that window."""
        ...


@dataclass(frozen=True)
class ReferenceBins:
    """The bins of one reference (number, chunks in file order), ready to be asked.

    ``ends``: ends of bins, ascending. ``certain``: for each, the largest chunk end of all bins that end there or
    before: everything before it in the file starts before that position.
    """

    scheme: Scheme
    chunks: Mapping[int, Sequence[Interval]]
    floors: Floors
    begin: int = field(init=False)
    ends: list[int] = field(init=False)
    certain: list[int] = field(init=False)

    def __post_init__(self) -> None:
        """Order the bins by their ends, once."""
        filled = [(number, chunks) for number, chunks in self.chunks.items() if chunks]
        ends = self.scheme.ends(number for number, _ in filled)
        by_end = sorted((end, chunks[-1][1]) for end, (_, chunks) in zip(ends, filled, strict=True))
        reached = dict(zip((end for end, _ in by_end), accumulate((last for _, last in by_end), max), strict=True))
        object.__setattr__(self, "begin", min((chunks[0][0] for _, chunks in filled), default=0))
        object.__setattr__(self, "ends", list(reached))
        object.__setattr__(self, "certain", list(reached.values()))

    @property
    def last(self) -> int:
        """The virtual offset behind the reference's last record; 0 if it has none."""
        return self.certain[-1] if self.certain else 0

    def query(self, start_0based: int, end_0based: int) -> Candidates | None:
        """Where records that overlap ``[start, end)`` can lie; ``None`` where there are none."""
        length = self.scheme.length
        end = min(end_0based, length)
        if not self.ends or start_0based >= end:
            return None
        floor = self.floors.floor(start_0based)
        first = max(self._before(start_0based), floor, self.begin)
        certain = max(self._before(end), self.floors.floor(min(end, length - 1)), first)
        reaching = (chunk for number in self.scheme.holding(start_0based) for chunk in self.chunks.get(number, ()))
        return Candidates(merge((max(begin, floor), min(stop, first)) for begin, stop in reaching), first, certain)

    def growth_bytes(self, start_0based: int, end_0based: int) -> int:
        """By how much the file grows from a position to another, roughly."""
        return max((self._before(end_0based) >> 16) - ((self._before(start_0based) or self.begin) >> 16), 0)

    def cut_positions(self, start_0based: int, end_0based: int, limit_bytes: int) -> list[int]:
        """Positions that cut ``[start, end)`` wherever the file has grown by about ``limit_bytes``."""
        positions: list[int] = []
        place = bisect_right(self.ends, start_0based)
        reached = self._before(start_0based) or self.begin
        while True:
            place = bisect_left(self.certain, ((reached >> 16) + limit_bytes) << 16, lo=place)
            if place >= len(self.ends) or self.ends[place] >= end_0based:
                return positions
            positions.append(self.ends[place])
            reached = self.certain[place]
            place += 1

    def _before(self, position_0based: int) -> int:
        """The largest virtual offset that is known to have only records before it that start before the position."""
        count = bisect_right(self.ends, position_0based)
        return self.certain[count - 1] if count else 0


def merge(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The same bytes as disjoint intervals in file order; empty ones are left out."""
    merged: list[Interval] = []
    for begin, end in sorted(intervals):
        if begin >= end:
            continue
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((begin, end))
    return tuple(merged)
