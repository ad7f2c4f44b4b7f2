import pytest

from node.demo.genes import ASSEMBLY, COPY_NUMBER_CHANGES, GENES, NAMED_VARIANTS, Gene, file_contig

BY_SYMBOL = {gene.symbol: gene for gene in GENES}


@pytest.mark.parametrize("gene", GENES, ids=lambda gene: gene.symbol)
def test_genes_lie_within_their_contig(gene: Gene) -> None:
    assert 0 <= gene.start_0based < gene.end_0based <= ASSEMBLY.lengths[gene.contig]


def test_named_variants_and_copy_number_changes_lie_in_their_gene() -> None:
    places = [(it.gene, it.contig, it.position_1based - 1, it.position_1based) for it in NAMED_VARIANTS]
    places += [(it.gene, it.contig, it.start_0based - 1, it.end_0based) for it in COPY_NUMBER_CHANGES]
    for symbol, contig, start, end in places:
        gene = BY_SYMBOL[symbol]
        assert contig == gene.contig
        assert gene.start_0based <= start < end <= gene.end_0based


def test_every_kind_of_contig_is_there() -> None:
    assert {"X", "Y", "MT"} < {gene.contig for gene in GENES}
    assert [gene.symbol for gene in GENES if gene.pseudo_autosomal] == ["SHOX"]


def test_files_name_contigs_as_grch38_files_do() -> None:
    assert [file_contig(contig) for contig in ("1", "X", "MT")] == ["chr1", "chrX", "chrM"]
