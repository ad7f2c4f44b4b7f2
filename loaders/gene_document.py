"""What a gene file holds, whatever its format (pure): genes with places, names of genes, cytobands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from core.errors import LoadRefused
from core.genome import MAXIMUM_POSITION, Assembly, canonical_contig, contig_of_accession, contig_order
from core.reference_rows import Band, GeneRow

MAXIMUM_ROWS = 5_000_000


@dataclass(frozen=True, slots=True)
class GeneNames:
    """What a table of names says of one gene; ``identifiers`` are CURIEs or Ensembl ids, without versions."""

    symbol: str
    previous: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    transcript_id: str = ""


@dataclass(slots=True)
class GeneDocument:
    """A file under construction; ``version`` and ``stated_assembly`` are what it says of itself, or empty."""

    file: str
    format: str
    genes: list[GeneRow] = field(default_factory=list)
    names: list[GeneNames] = field(default_factory=list)
    bands: list[Band] = field(default_factory=list)
    version: str = ""
    stated_assembly: str = ""

    def refusal(self, line: int, reason: str) -> LoadRefused:
        """What to raise for a line that is wrong."""
        return LoadRefused(f"{self.file}: line {line}: {reason}")

    def check_size(self, more: int = 0) -> None:
        """Raise ``LoadRefused`` if these rows and ``more`` are too many for a table of genes."""
        if len(self.genes) + len(self.names) + len(self.bands) + more > MAXIMUM_ROWS:
            message = f"{self.file}: more than {MAXIMUM_ROWS:,} rows"
            raise LoadRefused(message)


@dataclass(frozen=True, slots=True)
class Places:
    """Turns contig and coordinates of a file into ours, on one assembly."""

    assembly: Assembly

    def contig(self, document: GeneDocument, line: int, name: str) -> str:
        """The canonical name; unknown contigs keep theirs. Raises ``LoadRefused`` for one of another assembly."""
        found = contig_of_accession(name)
        if found is None:
            return canonical_contig(name)
        assembly, contig = found
        if assembly is not None and assembly.name != self.assembly.name:
            reason = f"{name} is a contig of {assembly.name}, not of {self.assembly.name}"
            raise document.refusal(line, reason)
        return contig

    def interval(
        self, document: GeneDocument, line: int, contig: str, start: str, end: str, *, one_based: bool
    ) -> tuple[int, int]:
        """0-based and half-open; ``one_based``: the file counts from 1 and its end is the last base (GTF, GFF3)."""
        if not (start.isascii() and start.isdecimal() and end.isascii() and end.isdecimal()) or len(start + end) > 20:
            reason = "start and end must be whole numbers"
            raise document.refusal(line, reason)
        first, last = int(start) - (1 if one_based else 0), int(end)
        if not 0 <= first < last <= MAXIMUM_POSITION:
            reason = f"no interval: start {start}, end {end}"
            raise document.refusal(line, reason)
        length = self.assembly.lengths.get(contig)
        if length is not None and last > length:
            reason = (
                f"end {end} lies beyond contig {contig} of {self.assembly.name} ({length:,} bases): another assembly?"
            )
            raise document.refusal(line, reason)
        return first, last


def in_genome_order(genes: Iterable[GeneRow]) -> list[GeneRow]:
    """The genes, each once, by contig, start, end and names."""
    return sorted(
        set(genes),
        key=lambda gene: (
            contig_order(gene.contig),
            gene.start_0based,
            gene.end_0based,
            gene.symbol,
            gene.strand,
            gene.gene_id,
            gene.transcript_id,
            gene.biotype,
        ),
    )


def merged_loci(transcripts: Iterable[GeneRow]) -> list[GeneRow]:
    """Transcripts of one gene that overlap become one row from the first base to the last; in genome order.

    One gene: equal contig, strand, symbol and gene id. The transcript is named where there is only one, the biotype
    where all agree.
    """
    merged: list[GeneRow] = []
    place: dict[tuple[str, str, str, str], int] = {}
    for row in in_genome_order(transcripts):
        key = (row.contig, row.strand, row.symbol, row.gene_id)
        number = place.get(key)
        if number is not None and row.start_0based < merged[number].end_0based:
            merged[number] = _joined(merged[number], row)
        else:
            place[key] = len(merged)
            merged.append(row)
    return in_genome_order(merged)


def _joined(known: GeneRow, more: GeneRow) -> GeneRow:
    return replace(
        known,
        end_0based=max(known.end_0based, more.end_0based),
        transcript_id=known.transcript_id if known.transcript_id == more.transcript_id else "",
        biotype=known.biotype if known.biotype == more.biotype else "",
    )


def with_transcripts(genes: Iterable[GeneRow], chosen: Mapping[str, str]) -> list[GeneRow]:
    """The genes with the transcript that was chosen for each gene id, where one was and none is named yet."""
    return [
        replace(gene, transcript_id=gene.transcript_id or chosen.get(gene.gene_id, "")) if gene.gene_id else gene
        for gene in genes
    ]
