"""Exact edges: from regions to the intervals of a file that hold their records, each record once (pure).

The records that start inside a region are one run of the file; those that reach into it lie before the run. Only near
the two ends of the run, and in the few chunks that can reach in, is a record looked at.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from htsget.blocks import BlockReader
from htsget.index.binned import BinnedIndex
from htsget.index.binning import Candidates, Interval, ReferenceBins, merge
from htsget.plan import Span
from htsget.ranges import joined
from htsget.records import UNPLACED, ContigKey, Placed, RecordFormat, walk

_NO_END = 1 << 62


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A sorted file that can be walked over.

    ``first_record``: virtual offset. ``data_end``: where the data end in the file, before an end-of-file marker.
    """

    reader: BlockReader
    record_format: RecordFormat
    first_record: int
    data_end: int

    def until_end(self, intervals: list[Interval]) -> list[Interval]:
        """Intervals of an index that may count the end-of-file marker in, without it; those that touch made one."""
        last = self.data_end << 16
        return joined((begin, min(end, last)) for begin, end in intervals)


def unplaced_intervals(file: RecordFile, index: BinnedIndex) -> list[Interval]:
    """The records without a place, which lie behind all others; raises ``DataDamaged``."""
    if index.unplaced_count == 0:
        return []
    begin = max(index.placed_end(), file.first_record)
    for record in walk(file.reader, file.record_format, begin):
        if record.contig == UNPLACED:
            return [(record.begin, file.data_end << 16)]
    return []


def region_intervals(
    file: RecordFile, bins: ReferenceBins, contig: ContigKey, spans: tuple[Span, ...], after_0based: int
) -> list[Interval]:
    """The records of one contig that overlap any of the spans and start at ``after`` or later.

    ``spans`` are disjoint and ascending. Raises ``DataDamaged``.
    """
    intervals: list[Interval] = []
    resume = file.first_record
    for start, end in spans:
        region = _Region(contig, after_0based, start, _NO_END if end is None else end)
        candidates = bins.query(start, region.end_0based)
        if candidates is not None:
            found, resume = _region(file, candidates, region, resume)
            intervals += found
        after_0based = region.end_0based
    return file.until_end(intervals)


@dataclass(frozen=True, slots=True)
class _Region:
    contig: ContigKey
    after_0based: int
    start_0based: int
    end_0based: int

    def reached_by(self, record: Placed) -> bool:
        """Whether a record that starts before the region overlaps it, and no earlier region has it."""
        return record.end_0based > self.start_0based and record.start_0based >= self.after_0based

    def behind(self, record: Placed) -> bool:
        """Whether the record, and so every later one, starts behind the region."""
        return record.contig != self.contig or record.start_0based >= self.end_0based


def _region(file: RecordFile, candidates: Candidates, region: _Region, resume: int) -> tuple[list[Interval], int]:
    """The intervals of one region, and the virtual offset of the first record behind it.

    Every record before ``resume`` starts before ``after``.
    """
    intervals = [
        (record.begin, record.end)
        for record in _spanning(file, candidates, resume)
        if record.contig == region.contig and region.reached_by(record)
    ]
    begin = None
    behind = max(candidates.first, resume)
    for record in walk(file.reader, file.record_format, behind):
        if region.behind(record):
            break
        behind = record.end
        if record.start_0based >= region.start_0based:
            begin = record.begin
            break
        if region.reached_by(record):
            intervals.append((record.begin, record.end))
    if begin is not None:
        behind = _end_of_run(file, region, max(behind, candidates.certain))
        intervals.append((begin, behind))
    return intervals, behind


def _spanning(file: RecordFile, candidates: Candidates, resume: int) -> Iterator[Placed]:
    for begin, end in merge((max(begin, resume), end) for begin, end in candidates.spanning):
        yield from _between(file, begin, end)


def _between(file: RecordFile, begin: int, end: int) -> Iterator[Placed]:
    return takewhile(lambda record: record.begin < end, walk(file.reader, file.record_format, begin))


def _end_of_run(file: RecordFile, region: _Region, certain: int) -> int:
    """The end of the last record that starts in the region; all records before ``certain`` do."""
    end = certain
    for record in walk(file.reader, file.record_format, certain):
        if region.behind(record):
            break
        end = record.end
    return end
