"""The columns of a VCF record that tell how the others are read: CHROM, POS, INFO, FORMAT (VCF 4.3 §1.6; pure)."""

import re

from core.genome import MAXIMUM_POSITION
from loaders.report import RecordRejected

_CONTIG = re.compile(r"<[^\s<>,]+>|[0-9A-Za-z!#$%&+./:;?@^_|~-][0-9A-Za-z!#$%&*+./:;=?@^_|~-]*")


MAXIMUM_CONTIG_NAME = 1000
"""Longest name of a contig that is taken."""


def check_contig_name(name: str) -> str:
    """CHROM as it stands: a name as SAM allows it (SAM 1.6 §1.2.1), or ``<contig>`` of an assembly file.

    Raises ``RecordRejected``.
    """
    if len(name) > MAXIMUM_CONTIG_NAME or not _CONTIG.fullmatch(name):
        reason = "not the name of a contig"
        raise RecordRejected(reason, "CHROM")
    return name


def read_position(text: str) -> int:
    """POS; 0 stands for the telomere. Raises ``RecordRejected``."""
    if not re.fullmatch(r"[0-9]{1,10}", text) or int(text) > MAXIMUM_POSITION:
        reason = "not a position"
        raise RecordRejected(reason, "POS")
    return int(text)


def info_mapping(text: str) -> dict[str, str]:
    """INFO as a mapping; a flag has an empty value, of a repeated key the last counts."""
    pairs = (item.partition("=") for item in text.split(";"))
    return {key: value for key, _, value in pairs}


def check_format(text: str) -> int | None:
    """The place of GT among the sub-fields of a sample; ``None`` where there is none.

    Raises ``RecordRejected`` for sub-fields without a name.
    """
    keys = text.split(":")
    if "" in keys:
        reason = "a sub-field without a name"
        raise RecordRejected(reason, "FORMAT")
    return keys.index("GT") if "GT" in keys else None


def element(cell: str, place: int) -> str:
    """A sub-field of a sample column; trailing ones may be left out (VCF 4.3 §1.6.2)."""
    values = cell.split(":", place + 1)
    return values[place] if place < len(values) else "."
