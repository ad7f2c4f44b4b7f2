"""GTF and GFF3: genes of Ensembl, GENCODE and RefSeq (pure: lines in, genes out). Both count from 1, ends included."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import unquote

from core.reference_rows import GeneRow
from loaders.gene_document import GeneDocument, GeneNames, Places, merged_loci, with_transcripts

_GTF_ATTRIBUTE = re.compile(r'([\w.]+)\s+(?:"([^"]*)"|([^\s;"]+))')
_GENES = frozenset({"gene", "ncRNA_gene", "pseudogene"})
_TRANSCRIPTS = frozenset({"transcript", "mRNA"})
_CHOSEN = ("MANE_Select", "RefSeq_Select", "Ensembl_canonical")
"""Tags of the transcript that stands for its gene, the best first."""

_ASSEMBLY = re.compile(r"\b(GRCh3[78]|T2T-CHM13v2\.0|hs1)\b")
_VERSION = re.compile(r"(?:(?<!gff-)\bversion\s+|annotation-source\s+|genebuild-last-updated\s+)(.+)")

Attributes = Mapping[str, str]


@dataclass(slots=True)
class _Feature:
    line: int
    kind: str
    contig: str
    start_0based: int
    end_0based: int
    strand: str
    attributes: Attributes

    def first(self, *names: str) -> str:
        """The first of these attributes that is stated."""
        return next((self.attributes[name] for name in names if self.attributes.get(name)), "")


class _Genes:
    """What is gathered from the features of a file."""

    def __init__(self, document: GeneDocument) -> None:
        self.document = document
        self._transcripts: dict[tuple[str, str, str, str], GeneRow] = {}
        self._chosen: dict[str, tuple[int, str]] = {}
        self._gene_of_id: dict[str, str] = {}

    def take(self, feature: _Feature) -> None:
        """Genes are kept, transcripts too for the case that there are none, exons where there are no transcripts."""
        if feature.kind in _GENES:
            row = _gene_row(feature)
            for name in ("ID", "gene_id"):
                self._gene_of_id.setdefault(feature.first(name), row.gene_id)
            self.document.genes.append(row)
            self._take_names(feature, row.symbol)
        elif feature.kind in _TRANSCRIPTS or feature.kind == "exon":
            self._take_transcript(feature)
        self.document.check_size(len(self._transcripts))

    def _take_names(self, feature: _Feature, symbol: str) -> None:
        aliases = tuple(unquote(text) for text in feature.first("gene_synonym").split(",") if text)
        found = re.findall(r"(?:HGNC:)?(HGNC:\d+)|GeneID:(\d+)", feature.first("Dbxref", "db_xref", "hgnc_id"))
        identifiers = tuple(hgnc or f"NCBIGene:{entrez}" for hgnc, entrez in found)
        if aliases or identifiers:
            self.document.names.append(GeneNames(symbol, aliases=aliases, identifiers=identifiers))

    def _take_transcript(self, feature: _Feature) -> None:
        transcript_id = feature.first("transcript_id", "Name").removeprefix("transcript:")
        parent = feature.first("Parent") or feature.first("gene_id")
        gene_id = self._gene_of_id.get(parent) or feature.first("gene_id")
        tags = {tag.strip().replace(" ", "_") for tag in feature.first("tag").split(",")}
        rank = next((rank for rank, tag in enumerate(_CHOSEN) if tag in tags), None)
        if rank is not None and feature.kind in _TRANSCRIPTS:
            known = self._chosen.get(gene_id)
            if known is None or rank < known[0]:
                self._chosen[gene_id] = (rank, transcript_id)
        if not self.document.genes and feature.first("gene_id"):
            row = _gene_row(feature)
            key = (row.contig, row.strand, gene_id, transcript_id or str(feature.line))
            known_row = self._transcripts.get(key)
            self._transcripts[key] = _hull(known_row, row, transcript_id)

    def finish(self) -> GeneDocument:
        chosen = {gene_id: transcript for gene_id, (_, transcript) in self._chosen.items()}
        genes = self.document.genes or merged_loci(self._transcripts.values())
        self.document.genes = with_transcripts(genes, chosen)
        return self.document


def _hull(known: GeneRow | None, row: GeneRow, transcript_id: str) -> GeneRow:
    start, end = row.start_0based, row.end_0based
    if known is not None:
        start, end = min(start, known.start_0based), max(end, known.end_0based)
    return GeneRow(row.contig, start, end, row.strand, row.symbol, row.gene_id, transcript_id, row.biotype)


def _gene_row(feature: _Feature) -> GeneRow:
    identifier = feature.first("ID").removeprefix("gene:").removeprefix("gene-")
    entrez = re.search(r"GeneID:(\d+)", feature.first("Dbxref", "db_xref"))
    ncbi = f"NCBIGene:{entrez.group(1)}" if entrez else ""
    gene_id = ncbi or feature.first("gene_id") or identifier
    symbol = feature.first("gene_name", "gene", "Name", "gene_id") or identifier
    biotype = feature.first("gene_type", "gene_biotype", "biotype")
    strand = feature.strand if feature.strand in ("+", "-") else ""
    return GeneRow(feature.contig, feature.start_0based, feature.end_0based, strand, symbol, gene_id, "", biotype)


def parse_gff(lines: Iterable[tuple[int, str]], file: str, places: Places) -> GeneDocument:
    """Read GTF or GFF3, told apart line by line; raises ``LoadRefused`` naming file, line and reason.

    Rows are the ``gene`` features; in a file without any, the hulls of the transcripts of each gene id.
    """
    genes = _Genes(GeneDocument(file, "GTF or GFF3"))
    for number, line in lines:
        if line.startswith("##FASTA"):
            break
        if line.startswith("#"):
            _take_comment(genes.document, line)
        elif line.strip():
            feature = _feature(genes.document, number, line, places)
            if feature:
                genes.take(feature)
    return genes.finish()


def _take_comment(document: GeneDocument, line: str) -> None:
    assembly, version = _ASSEMBLY.search(line), _VERSION.search(line)
    document.stated_assembly = document.stated_assembly or (assembly.group(1) if assembly else "")
    document.version = document.version or (version.group(1).strip() if version else "")


def _feature(document: GeneDocument, number: int, line: str, places: Places) -> _Feature | None:
    columns = line.split("\t")
    if len(columns) != 9:
        reason = f"{len(columns)} columns, not the 9 of GTF and GFF3"
        raise document.refusal(number, reason)
    kind = columns[2]
    wanted = kind in _GENES or kind in _TRANSCRIPTS or (kind == "exon" and not document.genes)
    if not wanted:
        return None
    contig = places.contig(document, number, columns[0])
    start, end = places.interval(document, number, contig, columns[3], columns[4], one_based=True)
    attributes = attributes_of(columns[8])
    if not any(name in attributes for name in ("gene_id", "ID", "gene", "Parent")):
        reason = "the last column names no gene (gene_id, ID or Parent)"
        raise document.refusal(number, reason)
    return _Feature(number, kind, contig, start, end, columns[6], attributes)


def attributes_of(text: str) -> Attributes:
    """The last column: ``name "value"; ...`` of GTF or ``name=value;...`` of GFF3. Repeated names are joined by commas.

    ``gene_synonym`` keeps its escapes, since its commas separate.
    """
    found: dict[str, str] = {}
    if re.match(r"\s*[\w.]+\s*=", text):
        for item in text.split(";"):
            name, equals, value = item.partition("=")
            if equals:
                found[name.strip()] = value.strip() if name.strip() == "gene_synonym" else unquote(value.strip())
    else:
        for name, quoted, bare in _GTF_ATTRIBUTE.findall(text):
            value = quoted or bare
            found[name] = f"{found[name]},{value}" if name in found else value
    return MappingProxyType(found)
