"""The plan of a ticket URL: which bytes of one object it stands for, as short text (pure).

::

    ""                              the whole object
    b;<start>-<end>                 bytes of the file
    h                               the header
    u                               records without a place
    r;<contig>;<after>;<region>...  the records of regions of one contig, repeated for more contigs

A region is ``<gap>+<length>``: positions between the end of the one before it (or 0) and its start, and its length,
left out where it has no end. ``after`` is the end of the last region of the contig that another URL of the same ticket
has: records that start before it are that URL's.
"""

from dataclasses import dataclass
from urllib.parse import quote, unquote

from core.errors import PermissionDenied

Span = tuple[int, int | None]
"""Start and end of a region, 0-based and half-open; without an end it reaches to the end of the contig."""


@dataclass(frozen=True, slots=True)
class Whole:
    """The whole object."""


@dataclass(frozen=True, slots=True)
class FileBytes:
    """Bytes ``[start, end)`` of the file."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class HeaderOnly:
    """The header."""


@dataclass(frozen=True, slots=True)
class Unplaced:
    """The records without a place."""


@dataclass(frozen=True, slots=True)
class ContigRegions:
    """Disjoint regions of one contig (the file's own name) in ascending order."""

    contig: str
    spans: tuple[Span, ...]
    after_0based: int = 0


@dataclass(frozen=True, slots=True)
class Regions:
    """Regions of several contigs, in the order of the file."""

    contigs: tuple[ContigRegions, ...]


Plan = Whole | FileBytes | HeaderOnly | Unplaced | Regions


def encode(plan: Plan) -> str:
    """The plan as text."""
    match plan:
        case Whole():
            return ""
        case FileBytes(start, end):
            return f"b;{start}-{end}"
        case HeaderOnly():
            return "h"
        case Unplaced():
            return "u"
        case _:
            return "r" + "".join(_contig_text(regions) for regions in plan.contigs)


def decode(text: str) -> Plan:
    """The plan behind the text; raises ``PermissionDenied`` for a text that ``encode`` does not write."""
    kind, *fields = text.split(";")
    simple: dict[str, Plan] = {"": Whole(), "h": HeaderOnly(), "u": Unplaced()}
    try:
        if kind == "b":
            start, end = fields[0].split("-")
            return FileBytes(int(start), int(end))
        if kind == "r":
            triples = zip(fields[::3], fields[1::3], fields[2::3], strict=True)
            return Regions(tuple(_contig_regions(*triple) for triple in triples))
        return simple[text]
    except (ValueError, KeyError, IndexError) as error:
        message = "this link is not valid, or no longer"
        raise PermissionDenied(message) from error


def _contig_text(regions: ContigRegions) -> str:
    texts, reached = [], 0
    for start, end in regions.spans:
        length = "" if end is None else str(end - start)
        texts.append(f"{start - reached}+{length}")
        reached = end or start
    return f";{quote(regions.contig, safe='', errors='surrogateescape')};{regions.after_0based};{','.join(texts)}"


def _contig_regions(contig: str, after: str, regions: str) -> ContigRegions:
    spans: list[Span] = []
    reached = 0
    for text in regions.split(","):
        gap, length = text.split("+")
        start = reached + int(gap)
        end = start + int(length) if length else None
        spans.append((start, end))
        reached = end or start
    return ContigRegions(unquote(contig, errors="surrogateescape"), tuple(spans), int(after))
