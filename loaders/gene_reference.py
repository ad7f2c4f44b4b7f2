"""The installed genes of an assembly, as a lookup in memory."""

from pathlib import Path

from core.reference import ReferenceCatalogue
from core.reference_genes import GeneTable
from loaders.gene_lookup import GeneLookup


def load_gene_lookup(home: Path, assembly: str) -> GeneLookup | None:
    """The lookup of the genes that are installed for an assembly (canonical name); ``None`` if none are.

    Raises ``DataDamaged`` if the part is not what it was when it was installed.
    """
    catalogue = ReferenceCatalogue(home)
    part = catalogue.current().genes(assembly)
    if part is None:
        return None
    with GeneTable(catalogue.part_file(part)) as table:
        return GeneLookup.from_rows(table.rows())
