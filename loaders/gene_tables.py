"""Tables with a gene, transcript or cytoband a line (pure): UCSC's, MANE's, and plain ones with named columns."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from core.reference_rows import Band, GeneRow
from loaders.gene_document import GeneDocument, GeneNames, Places, merged_loci


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column (from 0) holds what; -1: none does. ``one_based``: MANE counts from 1, UCSC from 0.

    ``per_transcript``: several lines a gene. ``has_header``: the first line names the columns.
    """

    name: str
    columns: int
    contig: int
    start: int
    end: int
    symbol: int
    strand: int = -1
    gene_id: int = -1
    transcript: int = -1
    biotype: int = -1
    one_based: bool = False
    per_transcript: bool = False
    has_header: bool = False
    hgnc: int = -1
    entrez: int = -1
    status: int = -1


SHORT_REFSEQ = Layout(
    "transcript, contig, start, end, symbol", 5, contig=1, start=2, end=3, symbol=4, transcript=0, per_transcript=True
)
REF_FLAT = Layout(
    "refFlat", 11, contig=2, start=4, end=5, symbol=0, strand=3, transcript=1, per_transcript=True
)  # fmt: skip
GENE_PREDICTION_WITH_BIN = Layout(
    "genePred with bin", 16, contig=2, start=4, end=5, symbol=12, strand=3, transcript=1, per_transcript=True
)  # fmt: skip
GENE_PREDICTION = Layout(
    "genePred", 15, contig=1, start=3, end=4, symbol=11, strand=2, transcript=0, per_transcript=True
)  # fmt: skip

_NAMED = {
    "contig": ("chrom", "chr", "contig", "chromosome", "seqname", "grch38_chr"),
    "start": ("start", "txstart", "chromstart", "chr_start"),
    "end": ("end", "txend", "chromend", "chr_end"),
    "symbol": ("gene_symbol", "symbol", "name2", "genename", "gene_name", "gene"),
    "strand": ("strand", "chr_strand"),
    "gene_id": ("gene_id", "ensembl_gene"),
    "transcript": ("refseq_nuc", "transcript_id", "name"),
    "biotype": ("gene_type", "biotype", "gene_biotype"),
    "hgnc": ("hgnc_id",),
    "entrez": ("ncbi_geneid",),
    "status": ("mane_status",),
}


def layout_of_header(columns: Sequence[str]) -> Layout | None:
    """The layout that a line of column names means; ``None`` if contig, start, end or symbol is not among them.

    ``name`` is the transcript in UCSC's tables and the full name in MANE's, which names the transcript elsewhere.
    """
    lowered = [column.strip().lstrip("#").lower() for column in columns]
    found = {
        role: next((lowered.index(name) for name in names if name in lowered), -1) for role, names in _NAMED.items()
    }
    if min(found["contig"], found["start"], found["end"], found["symbol"]) < 0:
        return None
    is_ucsc = "txstart" in lowered
    is_mane = "mane_status" in lowered
    if not is_ucsc and lowered[found["transcript"]] == "name":
        found["transcript"] = -1
    name = "MANE summary" if is_mane else "table with a header"
    return Layout(name, len(lowered), **found, one_based=is_mane, per_transcript=is_ucsc or is_mane, has_header=True)


def parse_table(lines: Iterable[tuple[int, str]], file: str, layout: Layout, places: Places) -> GeneDocument:
    """Read a table of genes; raises ``LoadRefused`` naming file, line and reason.

    Transcripts of one gene that overlap become one row. Of a MANE summary the MANE Select transcripts are taken.
    """
    document = GeneDocument(file, layout.name, stated_assembly="GRCh38" if layout.name == "MANE summary" else "")
    for row in _rows(lines, document, layout, places):
        document.genes.append(row)
        document.check_size()
    if layout.per_transcript:
        document.genes = merged_loci(document.genes)
    return document


def _rows(
    lines: Iterable[tuple[int, str]], document: GeneDocument, layout: Layout, places: Places
) -> Iterator[GeneRow]:
    header_seen = not layout.has_header
    for number, line in lines:
        if not header_seen:
            header_seen = layout_of_header(line.split("\t")) == layout
            continue
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) != layout.columns:
            reason = f"{len(cells)} columns where {layout.columns} are expected ({layout.name})"
            raise document.refusal(number, reason)
        if layout.status >= 0 and cells[layout.status] != "MANE Select":
            continue
        row = _row(document, number, cells, layout, places)
        _take_names(document, cells, layout, row.symbol)
        yield row


def _row(document: GeneDocument, number: int, cells: Sequence[str], layout: Layout, places: Places) -> GeneRow:
    contig = places.contig(document, number, cells[layout.contig])
    start, end = places.interval(
        document, number, contig, cells[layout.start], cells[layout.end], one_based=layout.one_based
    )
    symbol = _cell(cells, layout.symbol) or _cell(cells, layout.gene_id)
    if not symbol:
        reason = "no gene symbol"
        raise document.refusal(number, reason)
    strand = _cell(cells, layout.strand)
    return GeneRow(
        contig,
        start,
        end,
        strand if strand in ("+", "-") else "",
        symbol,
        _cell(cells, layout.gene_id),
        _cell(cells, layout.transcript),
        _cell(cells, layout.biotype),
    )


def _take_names(document: GeneDocument, cells: Sequence[str], layout: Layout, symbol: str) -> None:
    entrez = _cell(cells, layout.entrez).removeprefix("GeneID:")
    identifiers = tuple(text for text in (_cell(cells, layout.hgnc), f"NCBIGene:{entrez}" if entrez else "") if text)
    if identifiers:
        document.names.append(GeneNames(symbol, identifiers=identifiers))


def _cell(cells: Sequence[str], column: int) -> str:
    return cells[column].strip() if column >= 0 else ""


def parse_bands(lines: Iterable[tuple[int, str]], file: str, places: Places) -> GeneDocument:
    """Read UCSC's ``cytoBand`` or ``cytoBandIdeo`` table (from 0, half-open); raises ``LoadRefused`` for other lines.

    Contigs without bands, which the table lists with an empty name, are left out.
    """
    document = GeneDocument(file, "cytobands")
    for number, line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) != 5:
            reason = f"{len(cells)} columns where 5 are expected (cytobands)"
            raise document.refusal(number, reason)
        if cells[3]:
            contig = places.contig(document, number, cells[0])
            start, end = places.interval(document, number, contig, cells[1], cells[2], one_based=False)
            document.bands.append(Band(contig, start, end, cells[3], cells[4]))
        document.check_size()
    return document
