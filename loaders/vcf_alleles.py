"""One alternate allele of a VCF record: trimmed to one spelling, typed, placed (VCF 4.3 §1.4 and §5; pure)."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from beacon.rows import VariantType
from core.genome import start_from_1based
from loaders.report import RecordRejected
from loaders.vcf_structural import BREAKEND, SYMBOLIC, place_symbolic

NOT_ALLELES = frozenset({".", "*", "<*>", "<NON_REF>"})
"""No variant of their own: missing, deleted upstream, any other allele. They count as called copies."""

_BASES = re.compile(r"[ACGTNRYSWKMBDHV]+", re.IGNORECASE)


class Allele(NamedTuple):
    """A trimmed alternate allele; the fields are those of ``beacon.rows.VariantRow``."""

    start_0based: int
    end_0based: int
    reference_bases: str
    alternate_bases: str
    anchor: str
    variant_type: VariantType


def check_reference_bases(reference: str) -> str:
    """REF in upper case; raises ``RecordRejected`` unless it is bases."""
    if not _BASES.fullmatch(reference):
        reason = "REF is not a sequence of bases"
        raise RecordRejected(reason, "REF")
    return reference.upper()


def trim(position_1based: int, reference: str, alternate: str) -> Allele:
    """A sequence allele without the bases that both sides share: suffix first, then prefix.

    Raises ``RecordRejected`` if both are equal.
    """
    if len(reference) == len(alternate) == 1 and reference != alternate:
        start = start_from_1based(position_1based)
        return Allele(start, start + 1, reference, alternate, "", VariantType.SNP)
    end_reference, end_alternate = len(reference), len(alternate)
    while end_reference and end_alternate and reference[end_reference - 1] == alternate[end_alternate - 1]:
        end_reference -= 1
        end_alternate -= 1
    first = 0
    while first < end_reference and first < end_alternate and reference[first] == alternate[first]:
        first += 1
    trimmed_reference, trimmed_alternate = reference[first:end_reference], alternate[first:end_alternate]
    if not trimmed_reference and not trimmed_alternate:
        reason = "ALT equals REF"
        raise RecordRejected(reason, "ALT")
    start = start_from_1based(position_1based) + first
    anchor = reference[first - 1] if first and not (trimmed_reference and trimmed_alternate) else ""
    kind = _sequence_type(len(trimmed_reference), len(trimmed_alternate))
    return Allele(start, start + len(trimmed_reference), trimmed_reference, trimmed_alternate, anchor, kind)


def _sequence_type(reference_length: int, alternate_length: int) -> VariantType:
    if reference_length == alternate_length:
        return VariantType.SNP if reference_length == 1 else VariantType.MNP
    if not reference_length:
        return VariantType.INS
    return VariantType.INDEL if alternate_length else VariantType.DEL


def read_allele(
    position_1based: int,
    reference: str,
    alternate: str,
    info: Mapping[str, str],
    number: int,
    *,
    length_first: bool = False,
) -> Allele:
    """Allele ``number`` (0-based among ALT) of a record; REF is upper case already.

    Symbolic alleles begin after POS; where they end, ``loaders.vcf_structural`` says. ``length_first``: VCF 4.4 and
    later. Raises ``RecordRejected``.
    """
    if _BASES.fullmatch(alternate):
        return trim(position_1based, reference, alternate.upper())
    if SYMBOLIC.fullmatch(alternate):
        place = place_symbolic(position_1based, alternate, info, number, length_first=length_first)
        return Allele(place.start_0based, place.end_0based, "", alternate, reference[:1], place.variant_type)
    if BREAKEND.fullmatch(alternate):
        start = max(0, start_from_1based(position_1based))
        return Allele(start, start + 1, "", alternate, reference[:1], VariantType.BND)
    reason = f"ALT {number + 1} is neither bases nor a symbolic allele nor a breakend"
    raise RecordRejected(reason, "ALT")


def is_sequence(alternate: str) -> bool:
    """Whether an alternate allele is spelled as bases."""
    return _BASES.fullmatch(alternate) is not None
