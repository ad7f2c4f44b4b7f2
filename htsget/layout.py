"""How an answer is laid out over URLs: few of them, each short enough for a URL and small enough for a block (pure)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from htsget.index.binning import ReferenceBins
from htsget.plan import ContigRegions, Regions, Span

BLOCK_BYTES = 256 << 20
"""About so many bytes lie behind one URL (htsget 1.3, "Diagram of core mechanic": blocks of at most 1 GB)."""

PLAN_CHARACTERS = 1200
"""A longer plan would make a URL that not every client and proxy takes."""

_NO_END = 1 << 62
_CONTIG_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class ContigSpans:
    """What is asked of one contig: the file's own name, its bins, and disjoint spans in ascending order."""

    name: str
    bins: ReferenceBins
    spans: tuple[Span, ...]


def merge_spans(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same positions as disjoint spans in ascending order; spans of no length are left out."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted((start, _NO_END if end is None else end) for start, end in spans):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple((start, None if end == _NO_END else end) for start, end in merged)


def region_plans(
    wanted: Iterable[ContigSpans], *, block_bytes: int = BLOCK_BYTES, characters: int = PLAN_CHARACTERS
) -> list[Regions]:
    """One plan a URL; together they have every record once, in the order of the file."""
    plans: list[Regions] = []
    group = _Group(block_bytes, characters)
    for contig in wanted:
        after = 0
        for span in _cut_spans(contig, block_bytes):
            size_bytes = contig.bins.growth_bytes(span[0], _NO_END if span[1] is None else span[1])
            if not group.has_room(contig.name, span, size_bytes):
                plans.append(group.close())
            group.add(contig.name, span, size_bytes, after)
            after = span[1] or 0
    return [*plans, group.close()] if group.started else plans


def _cut_spans(contig: ContigSpans, block_bytes: int) -> Iterator[Span]:
    for start, end in contig.spans:
        last = _NO_END if end is None else end
        if contig.bins.query(start, last) is None:
            continue
        begin = start
        for position in contig.bins.cut_positions(start, last, block_bytes):
            yield begin, position
            begin = position
        yield begin, end


class _Group:
    """The regions of the URL at hand."""

    def __init__(self, block_bytes: int, characters: int) -> None:
        self._block_bytes = block_bytes
        self._characters = characters
        self._reset()

    @property
    def started(self) -> bool:
        return bool(self._contigs)

    def has_room(self, name: str, span: Span, size_bytes: int) -> bool:
        fits = self._characters_used + _characters(name, span) <= self._characters
        return not self._contigs or (fits and self._bytes_used + size_bytes <= self._block_bytes)

    def add(self, name: str, span: Span, size_bytes: int, after_0based: int) -> None:
        if not self._contigs or self._contigs[-1][0] != name:
            self._contigs.append((name, after_0based, []))
            self._characters_used += len(quote(name, safe="", errors="surrogateescape")) + _CONTIG_CHARACTERS
        self._contigs[-1][2].append(span)
        self._bytes_used += size_bytes
        self._characters_used += _span_characters(span)

    def close(self) -> Regions:
        regions = Regions(tuple(ContigRegions(name, tuple(spans), after) for name, after, spans in self._contigs))
        self._reset()
        return regions

    def _reset(self) -> None:
        self._contigs: list[tuple[str, int, list[Span]]] = []
        self._bytes_used = 0
        self._characters_used = 0


def _characters(name: str, span: Span) -> int:
    return len(quote(name, safe="", errors="surrogateescape")) + _CONTIG_CHARACTERS + _span_characters(span)


def _span_characters(span: Span) -> int:
    """At most what a region takes in the text of a plan."""
    start, end = span
    return len(str(start)) + len(str((end or start) - start)) + 2
