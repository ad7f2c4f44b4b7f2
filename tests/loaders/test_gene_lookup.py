import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import LoadRefused
from core.reference_rows import GeneRow
from loaders.gene_lookup import GeneHit, GeneLookup

CONTIGS = st.sampled_from(["1", "X"])
GENES = st.builds(
    lambda contig, start, length, symbol, gene_id: GeneRow(contig, start, start + length, "+", symbol, gene_id),
    CONTIGS,
    st.integers(0, 30),
    st.integers(1, 20),
    st.sampled_from("ABCDE"),
    st.sampled_from(["", "ENSG1"]),
)
INTERVALS = st.tuples(st.integers(0, 60), st.integers(0, 40)).map(lambda pair: (pair[0], pair[0] + pair[1]))


def brute(genes: list[GeneRow], contig: str, start: int, end: int) -> tuple[GeneHit, ...]:
    bases = set(range(start, max(end, start + 1)))
    found = {
        GeneHit(gene.symbol, gene.gene_id)
        for gene in genes
        if gene.contig == contig and bases & set(range(gene.start_0based, gene.end_0based))
    }
    return tuple(sorted(found))


@given(st.lists(GENES, max_size=12), CONTIGS, st.lists(INTERVALS, max_size=8))
def test_every_overlap_is_found_and_nothing_else(
    genes: list[GeneRow], contig: str, intervals: list[tuple[int, int]]
) -> None:
    lookup = GeneLookup.from_rows(genes)
    expected = [brute(genes, contig, start, end) for start, end in intervals]
    assert [lookup.symbols_at(contig, start, end) for start, end in intervals] == expected
    starts = np.array([start for start, _ in intervals], dtype=np.int32)
    ends = np.array([end for _, end in intervals], dtype=np.int32)
    rows, hits = lookup.annotate(contig, starts, ends)
    found = [(int(row), lookup.hits[hit]) for row, hit in zip(rows, hits, strict=True)]
    assert found == [(row, hit) for row, of_row in enumerate(expected) for hit in of_row]


def test_nested_and_neighbouring_genes() -> None:
    genes = [
        GeneRow("1", 10, 100, "+", "OUTER", ""),
        GeneRow("1", 20, 30, "-", "INNER", ""),
        GeneRow("1", 100, 110, "+", "NEXT", ""),
    ]
    lookup = GeneLookup.from_rows(genes)
    outer, inner, following = GeneHit("OUTER", ""), GeneHit("INNER", ""), GeneHit("NEXT", "")
    assert lookup.symbols_at("1", 9, 10) == ()
    assert lookup.symbols_at("1", 10, 11) == (outer,)
    assert lookup.symbols_at("1", 29, 30) == (inner, outer)
    assert lookup.symbols_at("1", 99, 101) == (following, outer)
    assert lookup.symbols_at("1", 100, 100) == (following,)
    assert lookup.symbols_at("1", 0, 10**9) == (inner, following, outer)
    assert lookup.symbols_at("1", 110, 120) == lookup.symbols_at("2", 10, 11) == ()


def test_genes_upon_each_other_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loaders.gene_lookup._MAXIMUM_COVERED", 10)
    with pytest.raises(LoadRefused, match="lie upon each other"):
        GeneLookup.from_rows([GeneRow("1", n, 20 - n, "+", str(n)) for n in range(5)])
