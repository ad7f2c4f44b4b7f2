"""Whether an index of bins says of every record where it is: asked record by record, as a file is read from its begin.

What is asked is what a reader relies on (SAM 1.6 §5.3, CSIv1, Tabix): a chunk of the record's bin, or of a wider one,
holds the record; nothing that is kept to skip the beginning of the file skips it; every chunk begins at a record.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

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

    def skips(self, offset: int, end_0based: int) -> bool:
        """Whether a reader that looks for something before ``end_0based`` may begin behind ``offset``."""
        place = bisect_right(self.starts, end_0based - 1)
        return place > 0 and self.highest[place - 1] > offset

    def holds(self, offset: int, begin_0based: int, end_0based: int) -> bool:
        """Whether a chunk of the bin of ``[begin, end)``, or of a bin around it, holds the offset."""
        number = bin_of(self.scheme, begin_0based, end_0based)
        while True:
            if _inside(self.chunks.get(number, ()), offset):
                return True
            if not number:
                return False
            number = (number - 1) >> 3


@dataclass(slots=True)
class IndexCheck:
    """Asks an index about the records of a file, in file order; every answer that is wrong raises ``LoadRefused``."""

    name: str
    index: BinnedIndex
    _references: dict[int, IndexedReference] = field(default_factory=dict)
    _begins: set[int] = field(default_factory=set)
    _last_placed: int = 0
    _first_unplaced: int | None = None
    _unplaced: int = 0

    def __post_init__(self) -> None:
        """Read all references, so that chunks of contigs without records are looked at as well."""
        try:
            for number in range(len(self.index.slots)):
                bins = self.index.reference(number)
                self._references[number] = _indexed(bins)
                self._begins.update(begin for chunks in bins.chunks.values() for begin, end in chunks if begin < end)
        except DataDamaged as error:
            raise _unusable(self.name) from error

    def placed(self, reference: int, begin_0based: int, end_0based: Sequence[int], offset: int) -> None:
        """A record on a contig; ``end_0based``: where it ends, in all the ways that writers of indexes count it."""
        self._begins.discard(offset)
        self._last_placed = offset
        known = self._references.get(reference)
        if known is None or known.skips(offset, max(end_0based)):
            raise _foreign(self.name)
        if not any(known.holds(offset, begin_0based, max(end, begin_0based + 1)) for end in end_0based):
            raise _foreign(self.name)

    def begins_at(self, offset: int) -> None:
        """A record that no region is asked for."""
        self._begins.discard(offset)

    def unplaced(self, offset: int) -> None:
        """A record on no contig."""
        self._unplaced += 1
        if self._first_unplaced is None:
            self._first_unplaced = offset

    def leftover(self, path: Path) -> set[int]:
        """Where chunks begin that no record was seen to begin at, in their usual spelling: to be looked for again."""
        with path.open("rb") as file:
            return {normal_offset(file, begin) for begin in self._begins}

    def finish(self) -> None:
        """Raise ``LoadRefused`` if the index misses the records without a place, or counts them wrong."""
        stated = self.index.unplaced_count
        end = self.index.placed_end()
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


def _indexed(bins: ReferenceBins) -> IndexedReference:
    """Where each promise that nothing comes before begins, and the highest offset promised up to there."""
    floors = bins.floors
    if isinstance(floors, LinearFloors):
        offsets = floors.offsets.tolist()
        starts = [number << floors.window_shift for number in range(len(offsets))]
    else:
        places = sorted((_bin_start(bins.scheme, number), offset) for number, offset in _bin_offsets(bins))
        starts, offsets = [start for start, _ in places], [offset for _, offset in places]
    chunks = {number: merge(found) for number, found in bins.chunks.items()}
    return IndexedReference(bins.scheme, chunks, starts, list(accumulate(offsets, max)))


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
