"""Which genes lie at a place, for one interval or for a column of them (pure; numpy)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from core.errors import LoadRefused
from core.reference_rows import GeneRow

_MAXIMUM_COVERED = 20_000_000

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, order=True)
class GeneHit:
    """A gene as annotations name it; ``gene_id`` is empty where the table has none."""

    symbol: str
    gene_id: str


@dataclass(frozen=True, slots=True)
class _Contig:
    """Genes of one contig, sorted by start, and for every stretch between two ends which of them cover it.

    ``hits``: per gene its index in ``GeneLookup.hits``. ``edges``: sorted starts and ends; stretch ``n`` begins at
    ``edges[n]`` and is covered by ``covering[offsets[n]:offsets[n + 1]]``, as indices in ``hits``.
    """

    starts: Integers
    hits: Integers
    edges: Integers
    offsets: Integers
    covering: Integers


class GeneLookup:
    """The genes of one assembly in memory. Contigs by canonical name; coordinates 0-based and half-open.

    An empty interval, as an insertion has, stands for the base at its start.
    """

    def __init__(self, hits: tuple[GeneHit, ...], contigs: Mapping[str, _Contig]) -> None:
        """Made by ``from_rows``. ``hits``: all genes, each (symbol, gene id) once, sorted."""
        self.hits = hits
        self._contigs = contigs

    @classmethod
    def from_rows(cls, rows: Iterable[GeneRow]) -> Self:
        """A lookup of these genes; raises ``LoadRefused`` if so many lie upon each other that it would not fit."""
        genes = sorted(rows, key=lambda gene: (gene.contig, gene.start_0based))
        hits = tuple(sorted({GeneHit(gene.symbol, gene.gene_id) for gene in genes}))
        index = {hit: number for number, hit in enumerate(hits)}
        by_contig: dict[str, list[tuple[int, int, int]]] = {}
        for gene in genes:
            interval = (gene.start_0based, gene.end_0based, index[GeneHit(gene.symbol, gene.gene_id)])
            by_contig.setdefault(gene.contig, []).append(interval)
        return cls(hits, {contig: _contig(intervals) for contig, intervals in by_contig.items()})

    def symbols_at(self, contig: str, start_0based: int, end_0based: int) -> tuple[GeneHit, ...]:
        """The genes that share at least one base with an interval, sorted by symbol."""
        _, found = self.annotate(contig, np.array([start_0based]), np.array([end_0based]))
        return tuple(self.hits[number] for number in found)

    def annotate(
        self, contig: str, starts: npt.NDArray[np.integer], ends: npt.NDArray[np.integer]
    ) -> tuple[Integers, Integers]:
        """Pairs (row of the interval, index in ``hits``) of all overlaps, sorted, each once."""
        genes = self._contigs.get(contig)
        if genes is None or len(starts) == 0:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        first = starts.astype(np.int64)
        # A gene overlaps if it covers the first base, or if it begins after that base and before the end.
        stretch = np.searchsorted(genes.edges, first, side="right")
        covered, covering = _expanded(genes.offsets[stretch], genes.offsets[stretch + 1], genes.covering)
        after = np.searchsorted(genes.starts, first, side="right")
        before = np.searchsorted(genes.starts, np.maximum(ends.astype(np.int64), first + 1), side="left")
        spanned, spanning = _expanded(after, np.maximum(after, before), genes.hits)
        keys = np.concatenate([covered * len(self.hits) + covering, spanned * len(self.hits) + spanning])
        rows, found = np.divmod(np.unique(keys), len(self.hits))
        return rows, found


def _expanded(firsts: Integers, lasts: Integers, values: Integers) -> tuple[Integers, Integers]:
    """Per row ``n`` the values of ``firsts[n]`` up to but without ``lasts[n]``: (row, value) of each."""
    counts = lasts - firsts
    rows = np.repeat(np.arange(len(firsts), dtype=np.int64), counts)
    begins = np.cumsum(counts) - counts
    return rows, values[np.repeat(firsts - begins, counts) + np.arange(len(rows), dtype=np.int64)]


def _contig(intervals: Sequence[tuple[int, int, int]]) -> _Contig:
    """``intervals``: (start, end, hit) sorted by start."""
    starts, ends, hits = (np.array(column, dtype=np.int64) for column in zip(*intervals, strict=True))
    edges = np.unique(np.concatenate([starts, ends]))
    first, last = np.searchsorted(edges, starts), np.searchsorted(edges, ends)
    if int((last - first).sum()) > _MAXIMUM_COVERED:
        message = "the gene table has too many genes that lie upon each other"
        raise LoadRefused(message)
    genes, stretches = _expanded(first, last, np.arange(len(edges), dtype=np.int64))
    order = np.argsort(stretches, kind="stable")
    counts = np.bincount(stretches, minlength=len(edges))
    # Stretch 0 lies before the first edge and is empty, hence the two zeros.
    offsets = np.concatenate([[0, 0], np.cumsum(counts)]).astype(np.int64)
    return _Contig(starts, hits, edges, offsets, hits[genes[order]])
