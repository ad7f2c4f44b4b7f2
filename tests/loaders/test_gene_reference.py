from pathlib import Path

from loaders.gene_lookup import GeneHit
from loaders.gene_reference import load_gene_lookup
from tests.core.reference_parts import gene_part, install


def test_the_installed_genes_of_an_assembly(tmp_path: Path) -> None:
    assert load_gene_lookup(tmp_path, "GRCh38") is None
    install(tmp_path, gene_part(tmp_path / "g"))
    assert load_gene_lookup(tmp_path, "GRCh37") is None
    lookup = load_gene_lookup(tmp_path, "GRCh38")
    assert lookup is not None
    assert lookup.symbols_at("1", 15, 16) == (GeneHit("A", "ENSG1"), GeneHit("B", ""))
