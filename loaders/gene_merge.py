"""Several gene files become one table of an assembly (pure), after they are found to be of that assembly."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from core.errors import LoadRefused
from core.genome import Assembly, contig_order, find_assembly
from core.reference_rows import Band, GeneName, GeneRow
from loaders.gene_document import GeneDocument, in_genome_order
from loaders.gene_names import resolve_names

_LANDMARKS = MappingProxyType(
    {
        "BRCA1": ("17", {"GRCh37": (41196311, 41277500), "GRCh38": (43044294, 43125483)}),
        "BRCA2": ("13", {"GRCh37": (32889616, 32973809), "GRCh38": (32315473, 32400266)}),
        "KRAS": ("12", {"GRCh37": (25358179, 25403854), "GRCh38": (25205245, 25250929)}),
        "MYC": ("8", {"GRCh37": (128748314, 128753680), "GRCh38": (127735433, 127742951)}),
    }
)
"""Genes that lie at different places of the assemblies: contig, and 0-based start and end on each."""


@dataclass(frozen=True, slots=True)
class GeneTables:
    """The content of a gene part, in its final order."""

    genes: tuple[GeneRow, ...]
    names: tuple[GeneName, ...]
    bands: tuple[Band, ...]
    notes: tuple[str, ...]


def merge(documents: Sequence[GeneDocument], assembly: Assembly) -> GeneTables:
    """One table of all files. Where two files have a gene of one symbol on one contig, the earlier file's row is taken.

    Raises ``LoadRefused`` if no file has genes with places, or one is of another assembly.
    """
    for document in documents:
        _check_assembly(document, assembly)
    notes: list[str] = []
    genes: list[GeneRow] = []
    for document in documents:
        genes = _united(genes, document, notes)
    if not genes:
        message = f"no file has genes with their places ({', '.join(document.file for document in documents)})"
        raise LoadRefused(message)
    entries = [entry for document in documents for entry in document.names]
    resolved = resolve_names(genes, entries)
    if resolved.without_gene:
        notes.append(f"{resolved.without_gene:,} of {len(entries):,} entries of name tables have no gene with a place")
    genes = [
        replace(gene, transcript_id=gene.transcript_id or resolved.transcripts.get(gene.symbol, "")) for gene in genes
    ]
    bands = {band for document in documents for band in document.bands}
    return GeneTables(
        tuple(in_genome_order(genes)),
        resolved.names,
        tuple(sorted(bands, key=lambda band: (contig_order(band.contig), band.start_0based, band.name, band.stain))),
        tuple(notes),
    )


def _united(genes: list[GeneRow], document: GeneDocument, notes: list[str]) -> list[GeneRow]:
    """The genes so far and those of a further file; a transcript is taken from it where none is named yet."""
    known = {(gene.symbol.upper(), gene.contig) for gene in genes}
    new = [gene for gene in document.genes if (gene.symbol.upper(), gene.contig) not in known]
    transcripts = {
        (gene.symbol.upper(), gene.contig): gene.transcript_id for gene in document.genes if gene.transcript_id
    }
    filled = [
        replace(gene, transcript_id=gene.transcript_id or transcripts.get((gene.symbol.upper(), gene.contig), ""))
        for gene in genes
    ]
    if genes and document.genes:
        notes.append(
            f"{document.file}: {len(new):,} genes that no earlier file has, {len(document.genes) - len(new):,} known"
        )
    return filled + new


def _check_assembly(document: GeneDocument, assembly: Assembly) -> None:
    stated = find_assembly(document.stated_assembly) if document.stated_assembly else None
    if stated is not None and stated.name != assembly.name:
        message = f"{document.file}: it says that it is of {stated.name}, not of {assembly.name}"
        raise LoadRefused(message)
    for gene in document.genes:
        contig, places = _LANDMARKS.get(gene.symbol, ("", {}))
        if gene.contig != contig:
            continue
        at = [name for name, (start, end) in places.items() if gene.start_0based < end and gene.end_0based > start]
        if at and assembly.name not in at:
            message = f"{document.file}: {gene.symbol} lies where it does on {at[0]}, not on {assembly.name}"
            raise LoadRefused(message)
