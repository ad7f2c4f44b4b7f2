"""Whether an index of bins says of every record where it is: asked record by record, as a file is read from its begin.

What is asked is what readers rely on (SAM 1.6 §5.3, CSIv1, Tabix): a chunk of the record's bin, or of a wider one,
holds the record; nothing that is kept to skip the beginning of the file skips it; every chunk begins at a record of its
bin, for htslib takes the begin of a later bin's first chunk for the end of what it has to read.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

import numpy as np

from core.errors import DataDamaged, LoadRefused
from htsget.index.binned import BinnedIndex, LinearFloors
from htsget.index.binning import Interval, ReferenceBins, Scheme, merge
from htsget.index.csi import parse_index
from loaders.object_blocks import normal_offset


@dataclass(frozen=True, slots=True)
class IndexedReference:
    """The bins of one contig, ready to be asked about many records."""

    scheme: Scheme
    chunks: Mapping[int, Sequence[Interval]]
    starts: Sequence[int]
    highest: Sequence[int]
    unknown: frozenset[int]
    window_shift: int

    def unknown_at(self, begin_0based: int, end_0based: int) -> bool:
        """Whether the linear index has nothing for a window that a record overlaps: zero stands for no record."""
        if not self.unknown:
            return False
        windows = range(begin_0based >> self.window_shift, ((end_0based - 1) >> self.window_shift) + 1)
        return any(window in self.unknown for window in windows)

    def skips(self, offset: int, end_0based: int) -> bool:
        """Whether a reader that looks for something before ``end_0based`` may begin behind ``offset``."""
        place = bisect_right(self.starts, end_0based - 1)
        return place > 0 and self.highest[place - 1] > offset

    def holds(self, offset: int, begin_0based: int, end_0based: int) -> bool:
        """Whether a chunk of the bin of ``[begin, end)``, or of a bin around it, holds the offset."""
        bins = _with_parents(bin_of(self.scheme, begin_0based, end_0based))
        return any(_inside(self.chunks.get(number, ()), offset) for number in bins)

    def encloses(self, bin_number: int, begin_0based: int, end_0based: int) -> bool:
        """Whether ``[begin, end)`` belongs into the bin, or into one inside it."""
        return bin_number in _with_parents(bin_of(self.scheme, begin_0based, end_0based))


@dataclass(slots=True)
class IndexCheck:
    """Asks an index about the records of a file, in file order; every answer that is wrong raises ``LoadRefused``."""

    name: str
    index: BinnedIndex
    numbers: dict[str, int] = field(init=False)
    _references: dict[int, IndexedReference] = field(default_factory=dict)
    _begins: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    _last_placed: int = 0
    _first_unplaced: int | None = None
    _unplaced: int = 0

    def __post_init__(self) -> None:
        """Read all references, so that chunks of contigs without records are looked at as well."""
        self.numbers = {name: number for number, name in enumerate(self.index.names)}
        try:
            for number in range(len(self.index.slots)):
                bins = self.index.reference(number)
                self._references[number] = _indexed(bins, _unknown_windows(self.index, number))
                for bin_number, chunks in bins.chunks.items():
                    for begin, end in chunks:
                        if begin < end:
                            self._begins.setdefault(begin, []).append((number, bin_number))
        except DataDamaged as error:
            raise _unusable(self.name) from error

    def placed(self, reference: int, begin_0based: int, end_0based: Sequence[int], offset: int) -> None:
        """A record on a contig; ``end_0based``: where it ends, in all the ways that writers of indexes count it."""
        self._last_placed = offset
        ends = [max(end, begin_0based + 1) for end in end_0based]
        known = self._references.get(reference)
        if known is None or known.skips(offset, max(ends)) or known.unknown_at(begin_0based, min(ends)):
            raise _foreign(self.name)
        if not any(known.holds(offset, begin_0based, end) for end in ends):
            raise _foreign(self.name)
        self.begins_at(reference, begin_0based, ends, offset)

    def begins_at(self, reference: int, begin_0based: int, end_0based: Sequence[int], offset: int) -> None:
        """Compare the chunks that begin with a record with the bin of the record."""
        known = self._references.get(reference)
        for number, bin_number in self._begins.pop(offset, ()):
            enclosed = known and any(known.encloses(bin_number, begin_0based, end) for end in end_0based)
            if number != reference or not enclosed:
                raise _foreign(self.name)

    def unplaced(self, offset: int) -> None:
        """A record on no contig."""
        self._unplaced += 1
        if self._first_unplaced is None:
            self._first_unplaced = offset

    def respell(self, path: Path) -> bool:
        """Spell the chunks as usual that no record was seen to begin; whether there are any.

        Their records are then to be asked about again, by ``begins_at``.
        """
        with path.open("rb") as file:
            left: dict[int, list[tuple[int, int]]] = {}
            for begin, places in self._begins.items():
                left.setdefault(normal_offset(file, begin), []).extend(places)
        self._begins = left
        return bool(left)

    def finish_respelled(self) -> None:
        """Raise ``LoadRefused`` if a chunk begins where no record does."""
        if self._begins:
            raise _foreign(self.name)

    def finish(self) -> None:
        """Raise ``LoadRefused`` if the index misses the records without a place, or counts them wrong."""
        stated = self.index.unplaced_count
        # Of a contig that has no extent htslib takes those of the others for the end of all that is placed.
        end = max((slot.extent_end for slot in self.index.slots), default=0) or self.index.placed_end()
        if stated is not None and stated != self._unplaced:
            raise _foreign(self.name)
        if self._first_unplaced is not None and end > self._first_unplaced:
            raise _foreign(self.name)
        if self._last_placed and end <= self._last_placed:
            raise _foreign(self.name)


def read_binned(name: str, path: Path) -> BinnedIndex:
    """A BAI, CSI or TBI file; raises ``LoadRefused``."""
    try:
        return parse_index(path.read_bytes())
    except DataDamaged as error:
        raise _unusable(name) from error


def check_extent(name: str, index: BinnedIndex, size_bytes: int) -> None:
    """Raise ``LoadRefused`` if the index tells of blocks behind the end of a file of ``size_bytes``."""
    try:
        last = max((index.reference(number).last for number in range(len(index.slots))), default=0)
    except DataDamaged as error:
        raise _unusable(name) from error
    if max(last, index.placed_end()) >> 16 > size_bytes:
        raise _foreign(name)


def bin_of(scheme: Scheme, begin_0based: int, end_0based: int) -> int:
    """The smallest bin that holds all of ``[begin, end)`` (SAM 1.6 §5.3, ``reg2bin``)."""
    shift, last = scheme.min_shift, end_0based - 1
    for start in reversed(scheme.level_starts):
        if begin_0based >> shift == last >> shift:
            return start + (begin_0based >> shift)
        shift += 3
    return 0


def _with_parents(number: int) -> Iterator[int]:
    """A bin and all that hold it, the smallest first."""
    yield number
    while number:
        number = (number - 1) >> 3
        yield number


def _unknown_windows(index: BinnedIndex, number: int) -> frozenset[int]:
    slot = index.slots[number]
    windows = np.frombuffer(index.data, "<u8", slot.window_count, slot.windows_at)
    return frozenset(np.flatnonzero(windows == 0).tolist())


def _indexed(bins: ReferenceBins, unknown: frozenset[int]) -> IndexedReference:
    """Where each promise that nothing comes before begins, and the highest offset promised up to there."""
    floors = bins.floors
    if isinstance(floors, LinearFloors):
        offsets = floors.offsets.tolist()
        starts = [number << floors.window_shift for number in range(len(offsets))]
    else:
        places = sorted((_bin_start(bins.scheme, number), offset) for number, offset in _bin_offsets(bins))
        starts, offsets = [start for start, _ in places], [offset for _, offset in places]
    chunks = {number: merge(found) for number, found in bins.chunks.items()}
    shift = floors.window_shift if isinstance(floors, LinearFloors) else bins.scheme.min_shift
    return IndexedReference(bins.scheme, chunks, starts, list(accumulate(offsets, max)), unknown, shift)


def _bin_offsets(bins: ReferenceBins) -> Sequence[tuple[int, int]]:
    offsets: dict[int, int] = getattr(bins.floors, "offsets", {})
    return tuple(offsets.items())


def _bin_start(scheme: Scheme, number: int) -> int:
    level = bisect_right(scheme.level_starts, number) - 1
    return (number - scheme.level_starts[level]) * (scheme.length >> 3 * level)


def _inside(chunks: Sequence[Interval], offset: int) -> bool:
    """Whether one of some disjoint, sorted chunks holds the offset."""
    place = bisect_right(chunks, (offset, 1 << 64)) - 1
    return place >= 0 and offset < chunks[place][1]


def _foreign(name: str) -> LoadRefused:
    return LoadRefused(f"{name}: the index belongs to another file or state of it; make it again")


def _unusable(name: str) -> LoadRefused:
    return LoadRefused(f"{name}: its index is damaged; make it again")
