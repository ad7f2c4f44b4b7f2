from hypothesis import given
from hypothesis import strategies as st

from core.reference_rows import GeneRow
from loaders.gene_document import in_genome_order, merged_loci, with_transcripts

ROWS = st.lists(
    st.builds(
        lambda contig, start, length, symbol, transcript: GeneRow(
            contig, start, start + length, "+", symbol, "", transcript
        ),
        st.sampled_from(["2", "10", "X"]),
        st.integers(0, 20),
        st.integers(1, 6),
        st.sampled_from("AB"),
        st.sampled_from(["", "T1", "T2"]),
    ),
    max_size=10,
)


def bases(rows: list[GeneRow]) -> set[tuple[str, str, int]]:
    return {(row.symbol, row.contig, base) for row in rows for base in range(row.start_0based, row.end_0based)}


@given(ROWS)
def test_loci_cover_the_bases_of_their_transcripts_and_do_not_overlap(rows: list[GeneRow]) -> None:
    loci = merged_loci(rows)
    assert bases(loci) == bases(rows)
    assert sum(row.end_0based - row.start_0based for row in loci) == len(bases(rows))
    assert loci == in_genome_order(loci)
    assert merged_loci(loci) == loci
    for locus in loci:
        of_locus = {
            row.transcript_id
            for row in rows
            if (row.symbol, row.contig) == (locus.symbol, locus.contig)
            and locus.start_0based <= row.start_0based < locus.end_0based
        }
        assert locus.transcript_id == (of_locus.pop() if len(of_locus) == 1 else "")


def test_chosen_transcripts_fill_what_is_not_named() -> None:
    rows = [GeneRow("1", 1, 2, "+", "A", "G1"), GeneRow("1", 1, 2, "+", "B", "G2", "T9"), GeneRow("1", 1, 2, "+", "C")]
    found = with_transcripts(rows, {"G1": "T1", "G2": "T2", "": "T3"})
    assert [row.transcript_id for row in found] == ["T1", "T9", ""]
