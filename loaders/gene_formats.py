"""Which format a gene file has, by its first lines (pure), and reading it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from core.errors import LoadRefused
from loaders.gene_document import GeneDocument, Places
from loaders.gene_gff import parse_gff
from loaders.gene_names import is_hgnc_header, parse_hgnc
from loaders.gene_tables import (
    GENE_PREDICTION,
    GENE_PREDICTION_WITH_BIN,
    REF_FLAT,
    SHORT_REFSEQ,
    Layout,
    layout_of_header,
    parse_bands,
    parse_table,
)

_LOOKED_AT = 1000
KNOWN = "GTF, GFF3, refFlat, UCSC gene prediction and cytoband tables, MANE summary, HGNC, or columns with a header"
"""What is read, for messages."""

Line = tuple[int, str]
Reader = Callable[[Iterable[Line]], GeneDocument]


def parse_genes(lines: Iterable[Line], file: str, places: Places) -> GeneDocument:
    """Read a file of any known format; raises ``LoadRefused`` naming file, line and reason."""
    remaining = iter(lines)
    first: list[Line] = []
    reader = None
    for line in remaining:
        first.append(line)
        reader = _reader(line[1], file, places)
        if reader or len(first) >= _LOOKED_AT:
            break
        if line[1].strip() and not line[1].startswith("#"):
            break
    if reader is None:
        message = f"{file}: not a file of genes that is known here ({KNOWN})"
        raise LoadRefused(message)
    return reader(_again(first, remaining))


def _again(first: Sequence[Line], remaining: Iterator[Line]) -> Iterator[Line]:
    return chain(first, remaining)


def _reader(line: str, file: str, places: Places) -> Reader | None:
    """What reads a file that has this line among its first; ``None`` if the line does not tell."""
    cells = line.split("\t")
    is_row = not line.startswith("#")
    layout = layout_of_header(cells) or (_layout_of_row(cells) if is_row else None)
    if is_hgnc_header(cells):
        return lambda lines: parse_hgnc(lines, file)
    if layout:
        return lambda lines: parse_table(lines, file, layout, places)
    if line.startswith("##gff-version") or (is_row and len(cells) == 9 and _whole(cells[3:5])):
        return lambda lines: parse_gff(lines, file, places)
    if is_row and len(cells) == 5 and _whole(cells[1:3]):
        return lambda lines: parse_bands(lines, file, places)
    return None


def _layout_of_row(cells: Sequence[str]) -> Layout | None:
    """The layout of a table without a header, by the shape of a row."""
    for layout in (REF_FLAT, GENE_PREDICTION_WITH_BIN, GENE_PREDICTION, SHORT_REFSEQ):
        if len(cells) == layout.columns and _whole(cells[layout.start : layout.end + 1]):
            strand = cells[layout.strand] if layout.strand >= 0 else "+"
            if strand in ("+", "-"):
                return layout
    return None


def _whole(cells: Sequence[str]) -> bool:
    return all(cell.isascii() and cell.isdecimal() for cell in cells)
