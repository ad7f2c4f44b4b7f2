from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import DataDamaged
from core.genome import Region
from core.reference_genes import GeneTable
from core.reference_rows import Band, GeneRow
from tests.core.reference_parts import gene_part, ontology_part

A = GeneRow("1", 10, 20, "+", "A", "ENSG1", "NM_1", "protein_coding")
B = GeneRow("1", 15, 30, "-", "B")
C = GeneRow("2", 5, 6, "", "C1orf1")


@pytest.fixture(name="table")
def a_table(tmp_path: Path) -> Iterator[GeneTable]:
    with GeneTable(gene_part(tmp_path / "x.duckdb")[1]) as table:
        yield table


@pytest.mark.parametrize(
    ("name", "genes"),
    [
        ("A", (A,)),
        ("c1ORF1", (C,)),
        ("old", (A,)),
        ("New", (B,)),
        ("alias", (A, B)),
        ("hgnc:1", (A,)),
        ("nothing", ()),
        ("", ()),
    ],
)
def test_genes_by_any_of_their_names(table: GeneTable, name: str, genes: tuple[GeneRow, ...]) -> None:
    assert table.by_symbol(name) == genes


def test_genes_by_place_are_those_that_share_a_base(table: GeneTable) -> None:
    assert table.rows() == (A, B, C)
    assert table.overlapping(Region("1", 0, 10)) == ()
    assert table.overlapping(Region("1", 9, 11)) == (A,)
    assert table.overlapping(Region("1", 19, 20)) == (A, B)
    assert table.overlapping(Region("1", 20, 21)) == (B,)
    assert table.overlapping(Region("3", 0, 100)) == ()
    assert table.bands(Region("1", 11, 12)) == (Band("1", 0, 12, "p2", "gneg"),)


def test_what_is_no_gene_part_is_damage(tmp_path: Path) -> None:
    with pytest.raises(DataDamaged):
        GeneTable(ontology_part(tmp_path / "x.duckdb")[1])
