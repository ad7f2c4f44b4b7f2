"""The text header of reads: contigs, samples, read groups, sort order, references (SAM 1.6 §1.3; pure)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import LoadRefused
from drs.rows import ReferenceSequenceRow
from loaders.personal_data import refuse_personal_header_lines
from loaders.vcf_header import Contig

_SORTED = frozenset({"", "coordinate", "unknown"})
_MD5 = re.compile(r"[0-9A-Fa-f]{32}")
_REMOTE = re.compile(r"(?!file:)[A-Za-z][A-Za-z0-9+.-]+:")


@dataclass(frozen=True, slots=True)
class ReadGroup:
    """An @RG line: ID, SM, PU, LB, PL and DT; empty where not stated."""

    identifier: str
    sample: str
    platform_unit: str
    library: str
    platform: str
    date: str


@dataclass(frozen=True, slots=True)
class SamHeader:
    """Contigs in file order; the samples of the read groups, each once; what else the header states.

    ``sequences``: contigs with an MD5 (M5). ``references``: where @SQ lines say that the bases are (UR), each once:
    Genvej never looks there. ``sort_order``: SO of @HD, empty where not stated.
    """

    contigs: tuple[Contig, ...]
    samples: tuple[str, ...]
    read_groups: tuple[ReadGroup, ...] = ()
    sequences: tuple[ReferenceSequenceRow, ...] = ()
    references: tuple[str, ...] = ()
    sort_order: str = ""

    @property
    def remote_references(self) -> tuple[str, ...]:
        """References that have the address of another machine."""
        return tuple(place for place in self.references if _REMOTE.match(place))


def read_sam_header(name: str, text: str, *, any_order: bool = False) -> SamHeader:
    """Read header text; raises ``LoadRefused`` naming the line.

    Refused: what says that the reads are not sorted by coordinate (unless ``any_order``), an M5 that is no MD5, a
    contig or read group that is there twice, and values that look like personal data.
    """
    lines = text.splitlines()
    refuse_personal_header_lines(name, lines)
    sort_order = ""
    sequences: list[dict[str, str]] = []
    groups: list[dict[str, str]] = []
    for number, line in enumerate(lines, start=1):
        kind, *cells = line.split("\t")
        tags = {cell[:2]: cell[3:] for cell in cells if cell[2:3] == ":"}
        if kind == "@HD":
            sort_order = _sort_order(name, tags.get("SO", ""), any_order=any_order)
        elif kind == "@SQ" and "SN" in tags:
            _check_md5(name, number, tags.get("M5", ""))
            sequences.append(tags)
        elif kind == "@RG":
            groups.append(tags)
    _refuse_repeated(name, "contig", [tags["SN"] for tags in sequences])
    _refuse_repeated(name, "read group", [tags.get("ID", "") for tags in groups])
    return SamHeader(
        contigs=tuple(Contig(tags["SN"], _number(tags.get("LN", "")), tags.get("AS", "")) for tags in sequences),
        samples=tuple(dict.fromkeys(tags["SM"] for tags in groups if tags.get("SM"))),
        read_groups=tuple(_read_group(tags) for tags in groups),
        sequences=tuple(
            ReferenceSequenceRow(tags["SN"], _number(tags.get("LN", "")) or 0, tags["M5"].lower())
            for tags in sequences
            if tags.get("M5")
        ),
        references=tuple(dict.fromkeys(tags["UR"] for tags in sequences if tags.get("UR"))),
        sort_order=sort_order,
    )


def without_references(text: str) -> str:
    """The header without the places of references (UR): what a decoder is given, so that it looks nowhere."""
    return "".join(_without_reference(line) for line in text.splitlines(keepends=True))


def _without_reference(line: str) -> str:
    if not line.startswith("@SQ"):
        return line
    end = line[len(line.rstrip("\r\n")) :]
    return "\t".join(cell for cell in line.rstrip("\r\n").split("\t") if not cell.startswith("UR:")) + end


def _sort_order(name: str, order: str, *, any_order: bool) -> str:
    if order not in _SORTED and not any_order:
        message = f"{name}: sorted by {order[:20]}; use samtools sort, then samtools index"
        raise LoadRefused(message)
    return order


def _check_md5(name: str, number: int, md5: str) -> None:
    if md5 and not _MD5.fullmatch(md5):
        message = f"{name}: line {number} of the header: M5 is not an MD5 (32 hex digits); correct it with reheader"
        raise LoadRefused(message)


def _refuse_repeated(name: str, what: str, values: Sequence[str]) -> None:
    if len(set(values)) < len(values):
        first = next(position for position, value in enumerate(values, start=1) if value in values[: position - 1])
        message = f"{name}: {what} {first} of the header has the name of an earlier one; correct it with reheader"
        raise LoadRefused(message)


def _read_group(tags: dict[str, str]) -> ReadGroup:
    return ReadGroup(*(tags.get(tag, "") for tag in ("ID", "SM", "PU", "LB", "PL", "DT")))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None
