"""Names of genes (pure): HGNC's tables, and which gene of a gene table each name means."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from core.reference_rows import GeneName, GeneRow, NameKind
from loaders.gene_document import GeneDocument, GeneNames

_COLUMNS = {
    "hgnc": ("hgnc_id", "hgnc id"),
    "symbol": ("symbol", "approved symbol"),
    "status": ("status",),
    "previous": ("prev_symbol", "previous symbols", "previous symbol"),
    "aliases": ("alias_symbol", "alias symbols", "alias symbol"),
    "entrez": ("entrez_id", "ncbi gene id", "ncbi gene id(supplied by ncbi)"),
    "ensembl": ("ensembl_gene_id", "ensembl gene id", "ensembl id(supplied by ensembl)"),
    "mane": ("mane_select",),
}

_SURENESS = MappingProxyType({kind: number for number, kind in enumerate(NameKind)})


def is_hgnc_header(columns: Sequence[str]) -> bool:
    """Whether a line of column names is that of an HGNC table (complete set or custom download)."""
    found = _places(columns)
    return found["hgnc"] >= 0 and found["symbol"] >= 0 and max(found["previous"], found["aliases"]) >= 0


def _places(columns: Sequence[str]) -> dict[str, int]:
    lowered = [column.strip().lower() for column in columns]
    return {
        role: next((lowered.index(name) for name in names if name in lowered), -1) for role, names in _COLUMNS.items()
    }


def parse_hgnc(lines: Iterable[tuple[int, str]], file: str) -> GeneDocument:
    """Read an HGNC table; raises ``LoadRefused`` naming file, line and reason. Withdrawn entries are left out."""
    document = GeneDocument(file, "HGNC")
    places: dict[str, int] | None = None
    width = 0
    for number, line in lines:
        if not line.strip():
            continue
        cells = line.split("\t")
        if places is None:
            places, width = _places(cells), len(cells)
            continue
        if len(cells) > width or len(cells) <= max(places["hgnc"], places["symbol"]):
            reason = f"{len(cells)} columns where {width} are expected (HGNC)"
            raise document.refusal(number, reason)
        cells += [""] * (width - len(cells))
        by_role = {role: cells[place].strip() if place >= 0 else "" for role, place in places.items()}
        if by_role["status"].lower() in ("", "approved") and "~withdrawn" not in by_role["symbol"]:
            document.names.append(_names(by_role))
        document.check_size()
    return document


def _names(cells: dict[str, str]) -> GeneNames:
    identifiers = [cells["hgnc"], cells["ensembl"], f"NCBIGene:{cells['entrez']}" if cells["entrez"] else ""]
    transcripts = _listed(cells["mane"])
    return GeneNames(
        cells["symbol"],
        _listed(cells["previous"]),
        _listed(cells["aliases"]),
        tuple(text for text in identifiers if text),
        next((text for text in transcripts if text.startswith("NM_")), ""),
    )


def _listed(cell: str) -> tuple[str, ...]:
    """Several values in one cell: ``"A|B"`` in the complete set, ``A, B`` in a custom download."""
    texts = cell.strip('"').replace("|", ",").split(",")
    return tuple(text.strip().strip('"') for text in texts if text.strip().strip('"'))


@dataclass(frozen=True, slots=True)
class ResolvedNames:
    """Names that lead to genes of the table, and how many entries of the name tables have no gene in it."""

    names: tuple[GeneName, ...]
    transcripts: dict[str, str]
    without_gene: int


def resolve_names(genes: Iterable[GeneRow], entries: Iterable[GeneNames]) -> ResolvedNames:
    """Which gene of the table each name means.

    An entry belongs to the gene with its symbol, else to the one with one of its identifiers, else to the one that
    stands under an earlier symbol which is nobody's approved symbol today.
    """
    entries = list(entries)
    by_symbol: dict[str, str] = {}
    by_identifier: dict[str, str] = {}
    found: dict[tuple[str, str], GeneName] = {}
    for gene in genes:
        by_symbol.setdefault(gene.symbol.upper(), gene.symbol)
        for identifier in {gene.gene_id, gene.gene_id.partition(".")[0]} - {""}:
            by_identifier.setdefault(identifier.upper(), gene.symbol)
            _add(found, GeneName(identifier, gene.symbol, NameKind.IDENTIFIER))
    approved = {entry.symbol.upper() for entry in entries}
    transcripts: dict[str, str] = {}
    without_gene = 0
    for entry in entries:
        symbol = _gene_of(entry, by_symbol, by_identifier, approved)
        if symbol is None:
            without_gene += 1
            continue
        if entry.transcript_id:
            transcripts.setdefault(symbol, entry.transcript_id)
        for kind, texts in (
            (NameKind.APPROVED, (entry.symbol,)),
            (NameKind.PREVIOUS, entry.previous),
            (NameKind.ALIAS, entry.aliases),
            (NameKind.IDENTIFIER, entry.identifiers),
        ):
            for text in texts:
                _add(found, GeneName(text, symbol, kind))
    ordered = sorted(found.values(), key=lambda name: (name.alias.upper(), name.symbol))
    return ResolvedNames(tuple(ordered), transcripts, without_gene)


def _gene_of(
    entry: GeneNames, by_symbol: dict[str, str], by_identifier: dict[str, str], approved: set[str]
) -> str | None:
    if entry.symbol.upper() in by_symbol:
        return by_symbol[entry.symbol.upper()]
    for identifier in entry.identifiers:
        if identifier.upper() in by_identifier:
            return by_identifier[identifier.upper()]
    earlier = (text.upper() for text in entry.previous if text.upper() not in approved)
    return next((by_symbol[text] for text in earlier if text in by_symbol), None)


def _add(found: dict[tuple[str, str], GeneName], name: GeneName) -> None:
    """Keep a name under its surest kind; the symbol itself is no other name."""
    key = (name.alias.upper(), name.symbol)
    known = found.get(key)
    if name.alias.upper() == name.symbol.upper():
        return
    if known is None or _SURENESS[name.kind] < _SURENESS[known.kind]:
        found[key] = name
