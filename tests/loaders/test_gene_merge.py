import pytest

from core.errors import LoadRefused
from core.genome import GRCH37, GRCH38, T2T_CHM13
from core.reference_rows import Band, GeneRow
from loaders.gene_document import GeneDocument, GeneNames
from loaders.gene_merge import merge

A = GeneRow("2", 5, 9, "+", "A", "G1")
B = GeneRow("1", 5, 9, "+", "B", "G2", "T2")


def test_the_earlier_file_is_believed_and_the_later_one_fills_in() -> None:
    first = GeneDocument("first", "x", [A, B])
    second = GeneDocument(
        "second",
        "y",
        [GeneRow("2", 6, 8, "-", "a", "", "T1"), GeneRow("1", 6, 8, "-", "B", "", "T9"), GeneRow("1", 1, 2, "-", "A")],
        [GeneNames("A", aliases=("AA",), transcript_id="T3"), GeneNames("Q")],
        [Band("2", 0, 5, "p1", "gneg"), Band("1", 5, 9, "q", "gneg"), Band("1", 0, 5, "p", "gneg")],
    )
    tables = merge([first, second], GRCH38)
    assert tables.genes == (
        GeneRow("1", 1, 2, "-", "A", "", "T3"),
        B,
        GeneRow("2", 5, 9, "+", "A", "G1", "T1"),
    )
    assert [name.alias for name in tables.names] == ["AA", "G1", "G2"]
    assert [band.name for band in tables.bands] == ["p", "q", "p1"]
    assert tables.notes == (
        "second: 1 genes that no earlier file has, 2 known",
        "1 of 2 entries of name tables have no gene with a place",
    )


def test_genes_of_another_assembly_are_refused() -> None:
    on_37 = GeneDocument("x", "x", [GeneRow("17", 41196311, 41277500, "-", "BRCA1")])
    assert merge([on_37], GRCH37).genes
    for assembly in (GRCH38, T2T_CHM13):
        with pytest.raises(LoadRefused, match=f"x: BRCA1 lies where it does on GRCh37, not on {assembly.name}"):
            merge([on_37], assembly)
    elsewhere = GeneDocument("x", "x", [GeneRow("HSCHR17_1", 41196311, 41277500, "-", "BRCA1")])
    assert merge([elsewhere], GRCH38).genes
    stated = GeneDocument("x", "x", [A], stated_assembly="GRCh37")
    with pytest.raises(LoadRefused, match="x: it says that it is of GRCh37, not of GRCh38"):
        merge([stated], GRCH38)


def test_names_and_bands_alone_are_no_gene_table() -> None:
    with pytest.raises(LoadRefused, match="no file has genes with their places"):
        merge([GeneDocument("hgnc", "x", names=[GeneNames("A")]), GeneDocument("bands", "x")], GRCH38)
