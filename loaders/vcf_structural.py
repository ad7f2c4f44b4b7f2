"""Symbolic alleles and breakends: where they begin and end, how long, how sure, how many copies (pure).

VCF 4.3 §1.6.1 and §5: a symbolic allele begins after POS and ends at INFO/END; where END is missing, SVLEN tells.
VCF 4.4 and 4.5: SVLEN has one value an allele, wins over the deprecated END, and must be there for DEL, DUP, INV, CNV.
"""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from beacon.annotation_rows import StructuralRow
from beacon.rows import VariantType
from core.genome import MAXIMUM_POSITION, canonical_contig, start_from_1based
from loaders.report import RecordRejected

SYMBOLIC = re.compile(r"<[^\s<>,]+>")
BREAKEND = re.compile(
    r"(?:(?P<before>[A-Za-z.]+)|(?=[\[\]]))"
    r"(?P<bracket>[\[\]])(?P<mate>[^\s\[\]]+):(?P<position>[0-9]{1,10})(?P=bracket)"
    r"(?(before)|[A-Za-z.]+)"
    r"|\.[A-Za-z]+|[A-Za-z]+\."
)

WITHOUT_END = "symbolic alleles without END and SVLEN, kept as a point"
NOT_AN_INTERVAL = "CIPOS or CIEND that is not an interval, left out"
NOT_A_COPY_NUMBER = "CN that is not a number of copies, left out"

_SYMBOL_TYPES = {
    "DEL": VariantType.DEL,
    "DUP": VariantType.DUP,
    "INV": VariantType.INV,
    "INS": VariantType.INS,
    "CNV": VariantType.CNV,
    "BND": VariantType.BND,
}
_COPY_NUMBER = re.compile(r"CN([0-9]{1,6})")
_WITH_EXTENT = frozenset({VariantType.DEL, VariantType.DUP, VariantType.INV, VariantType.CNV})
_LARGEST = MAXIMUM_POSITION


class Place(NamedTuple):
    """Where a symbolic allele lies and what it is."""

    start_0based: int
    end_0based: int
    variant_type: VariantType


def symbolic_type(alternate: str) -> VariantType:
    """The kind of a symbolic allele by its first part: ``<DUP:TANDEM>`` is a DUP, ``<CN0>`` a CNV."""
    symbol = alternate[1:-1].partition(":")[0].upper()
    return _SYMBOL_TYPES.get(symbol, VariantType.CNV if _COPY_NUMBER.fullmatch(symbol) else VariantType.SV)


def place_symbolic(
    position_1based: int, alternate: str, info: Mapping[str, str], number: int, *, length_first: bool = False
) -> Place:
    """Where symbolic allele ``number`` (0-based among ALT) lies.

    ``length_first``: VCF 4.4 and later. Raises ``RecordRejected`` for an END before POS, for values that are no
    numbers, and for what VCF 4.4 forbids.
    """
    kind = symbolic_type(alternate)
    if kind is VariantType.BND:
        return Place(max(0, start_from_1based(position_1based)), max(1, position_1based), kind)
    elsewhere = "CHR2" in info and kind is VariantType.SV
    end = None if elsewhere else _stated_end(position_1based, info)
    if kind is VariantType.INS:
        return Place(position_1based, position_1based, kind)
    length = _length(info, number)
    reached = None if length is None else position_1based + abs(length)
    found = next((value for value in ((reached, end) if length_first else (end, reached)) if value is not None), None)
    if found is None and kind in _WITH_EXTENT and length_first:
        reason = "a symbolic allele without SVLEN and END: where it ends is not known"
        raise RecordRejected(reason, "INFO/SVLEN")
    return Place(position_1based, position_1based if found is None else found, kind)


def _stated_end(position_1based: int, info: Mapping[str, str]) -> int | None:
    text = info.get("END", ".")
    if text in (".", ""):
        return None
    end = whole(text, "INFO/END")
    if end < position_1based:
        reason = "END is negative" if end < 0 else "END lies before POS"
        raise RecordRejected(reason, "INFO/END")
    return end


def stated_end(position_1based: int, info: Mapping[str, str]) -> int | None:
    """INFO/END, which is also the 0-based end; ``None`` where it is missing. Raises ``RecordRejected``."""
    return _stated_end(position_1based, info)


def _length(info: Mapping[str, str], number: int) -> int | None:
    text = element(info.get("SVLEN", "."), number)
    return None if text in (".", "") else whole(text, "INFO/SVLEN")


def element(values: str, number: int) -> str:
    """Value ``number`` of a list with one value an allele; the only value where there is one for all."""
    parts = values.split(",")
    return parts[number] if number < len(parts) else parts[0]


def whole(text: str, field_name: str) -> int:
    """A whole number that a VCF integer can hold; raises ``RecordRejected``."""
    if not re.fullmatch(r"[+-]?[0-9]{1,10}", text) or abs(int(text)) > _LARGEST:
        reason = "not a whole number"
        raise RecordRejected(reason, field_name)
    return int(text)


def structural_row(
    alternate: str,
    place: Place,
    info: Mapping[str, str],
    number: int,
    *,
    contig_name: Callable[[str], str] = canonical_contig,
) -> tuple[StructuralRow, tuple[str, ...]]:
    """What INFO says of a symbolic allele or breakend, and remarks on what it says badly."""
    notes: list[str] = []
    start_low, start_high = _interval(info.get("CIPOS", "."), number, notes)
    end_low, end_high = _interval(info.get("CIEND", "."), number, notes)
    row = StructuralRow(
        _signed_length(place, info, number),
        start_low,
        start_high,
        end_low,
        end_high,
        _copies(alternate, info, number, notes),
        _mate(alternate, info, contig_name),
    )
    return row, tuple(notes if _says_end(place, info, number) else [*notes, WITHOUT_END])


def _says_end(place: Place, info: Mapping[str, str], number: int) -> bool:
    """Whether the record says how far the allele reaches; insertions and breakends are points."""
    if place.variant_type in (VariantType.INS, VariantType.BND) or "CHR2" in info:
        return True
    return info.get("END", ".") not in (".", "") or _length(info, number) is not None


def _signed_length(place: Place, info: Mapping[str, str], number: int) -> int | None:
    if place.variant_type is VariantType.BND:
        return None
    length = _length(info, number)
    if length is None and place.variant_type in _WITH_EXTENT and _says_end(place, info, number):
        length = place.end_0based - place.start_0based
    if length is None:
        return None
    return -abs(length) if place.variant_type is VariantType.DEL else abs(length)


def _interval(values: str, number: int, notes: list[str]) -> tuple[int | None, int | None]:
    """Two numbers an allele (VCF 4.4), or two for all."""
    if values in (".", ""):
        return None, None
    parts = values.split(",")
    first = 2 * number if len(parts) >= 2 * number + 2 else 0
    pair = parts[first : first + 2]
    if pair == [".", "."]:
        return None, None
    try:
        low, high = (whole(text, "INFO/CIPOS") for text in pair)
    except (RecordRejected, ValueError):
        low, high = 1, 0
    if low > high:
        notes.append(NOT_AN_INTERVAL)
        return None, None
    return low, high


def _copies(alternate: str, info: Mapping[str, str], number: int, notes: list[str]) -> int | None:
    """Copies by ``<CNn>``, else by INFO/CN where it is whole (VCF 4.4 allows fractions)."""
    named = _COPY_NUMBER.fullmatch(alternate[1:-1].upper())
    if named:
        return int(named.group(1))
    text = element(info.get("CN", "."), number)
    if text in (".", ""):
        return None
    stated = re.fullmatch(r"([0-9]{1,6})(?:\.0*)?", text)
    if stated is None:
        notes.append(NOT_A_COPY_NUMBER)
    return int(stated.group(1)) if stated else None


def _mate(alternate: str, info: Mapping[str, str], contig_name: Callable[[str], str]) -> str:
    """The other side: of the breakend itself, or of a translocation written with CHR2 and END."""
    found = BREAKEND.fullmatch(alternate)
    if found and found.group("mate"):
        return f"{contig_name(found.group('mate'))}:{max(0, start_from_1based(int(found.group('position'))))}"
    contig, position = info.get("CHR2", ""), info.get("POS2") or info.get("END", "")
    other = not found and symbolic_type(alternate) in (VariantType.BND, VariantType.SV)
    if other and contig not in ("", ".") and re.fullmatch(r"[0-9]{1,10}", position):
        return f"{contig_name(contig)}:{max(0, start_from_1based(int(position)))}"
    return ""
