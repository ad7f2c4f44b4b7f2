from core.reference_rows import GeneName, GeneRow, NameKind
from loaders.gene_document import GeneNames
from loaders.gene_names import resolve_names
from tests.loaders import gene_texts
from tests.loaders.gene_texts import TP53, parse


def test_names_lead_to_the_gene_that_is_in_the_table_whatever_it_is_called_there() -> None:
    genes = [TP53, GeneRow("17", 1, 9, "+", "KIAA0100", "ENSG00000007202.15")]
    resolved = resolve_names(genes, parse(gene_texts.HGNC).names)
    assert resolved.without_gene == 1
    assert resolved.transcripts == {"TP53": "NM_000546.6"}
    assert set(resolved.names) == {
        GeneName("ENSG00000007202", "KIAA0100", NameKind.IDENTIFIER),
        GeneName("ENSG00000007202.15", "KIAA0100", NameKind.IDENTIFIER),
        GeneName("ENSG00000141510", "TP53", NameKind.IDENTIFIER),
        GeneName("ENSG00000141510.18", "TP53", NameKind.IDENTIFIER),
        GeneName("HGNC:28960", "KIAA0100", NameKind.IDENTIFIER),
        GeneName("NCBIGene:9703", "KIAA0100", NameKind.IDENTIFIER),
        GeneName("BLTP2", "KIAA0100", NameKind.APPROVED),
        GeneName("HGNC:11998", "TP53", NameKind.IDENTIFIER),
        GeneName("NCBIGene:7157", "TP53", NameKind.IDENTIFIER),
        GeneName("p53", "TP53", NameKind.ALIAS),
        GeneName("LFS1", "TP53", NameKind.ALIAS),
    }
    assert [name.alias.upper() for name in resolved.names] == sorted(name.alias.upper() for name in resolved.names)


def test_an_earlier_symbol_that_is_another_genes_symbol_today_is_no_link() -> None:
    genes = [GeneRow("1", 1, 2, "+", "B")]
    entries = [GeneNames("A", previous=("B",)), GeneNames("B", previous=("A", "C"), aliases=("c", "B"))]
    resolved = resolve_names(genes, entries)
    assert resolved.without_gene == 1
    assert resolved.names == (GeneName("A", "B", NameKind.PREVIOUS), GeneName("C", "B", NameKind.PREVIOUS))
    only = resolve_names(genes, [GeneNames("Z", previous=("B",))])
    assert only.names == (GeneName("Z", "B", NameKind.APPROVED),)
