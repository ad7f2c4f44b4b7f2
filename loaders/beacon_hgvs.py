"""Genomic names of variants as Beacon files spell them: HGVS ``g.`` and the forms that look like it (pure).

HGVS recommendations, DNA: substitution, deletion, insertion, deletion-insertion, duplication, inversion. Positions are
1-based and closed there, 0-based and half-open here.
"""

import re
from dataclasses import dataclass

from core.genome import start_from_1based

_NAME = re.compile(r"(?:HGVSid:|refseq:)?(?P<sequence>[A-Za-z0-9._*-]{1,64}):(?:[gm]\.)(?P<change>\S+)")
_SUBSTITUTION = re.compile(r"(\d{1,10})([ACGTN]+)>([ACGTN]+)")
_RANGE = r"(\d{1,10})(?:_(\d{1,10}))?"
_INSERTION = re.compile(r"(\d{1,10})_(\d{1,10})ins([ACGTN]+)")
_REPLACEMENT = re.compile(rf"{_RANGE}del([ACGTN]*)ins([ACGTN]+)")
_DELETION = re.compile(rf"{_RANGE}del([ACGTN]*)")
_DUPLICATION = re.compile(rf"{_RANGE}dup([ACGTN]*)")
_INVERSION = re.compile(rf"{_RANGE}inv")


@dataclass(frozen=True, slots=True)
class GenomicChange:
    """A change of a named sequence. ``reference`` is ``None`` where the name does not spell the bases.

    ``alternate``: bases, or ``<DUP>`` and ``<INV>`` where these cannot be spelled.
    """

    sequence: str
    start_0based: int
    end_0based: int
    reference: str | None
    alternate: str


def parse_genomic_name(name: str) -> GenomicChange | None:
    """The change that a name means, such as ``NC_000022.11:g.16050075A>G``; ``None`` if it is no such name."""
    found = _NAME.fullmatch(name.strip())
    if found is None:
        return None
    sequence, change = found.group("sequence"), found.group("change").upper()
    change = re.sub("DEL|INS|DUP|INV", lambda word: word.group().lower(), change)
    made = _substituted(change) or _inserted(change) or _replaced(change) or _whole(change)
    if made is None or made[0] < 0 or made[1] < made[0]:
        return None
    return GenomicChange(sequence, *made)


_Change = tuple[int, int, str | None, str]


def _substituted(change: str) -> _Change | None:
    found = _SUBSTITUTION.fullmatch(change)
    if found is None:
        return None
    start = start_from_1based(int(found[1]))
    return start, start + len(found[2]), found[2], found[3]


def _inserted(change: str) -> _Change | None:
    """Between two neighbours: before the second."""
    found = _INSERTION.fullmatch(change)
    if found is None or int(found[2]) != int(found[1]) + 1:
        return None
    return int(found[1]), int(found[1]), "", found[3]


def _replaced(change: str) -> _Change | None:
    found = _REPLACEMENT.fullmatch(change)
    if found is None:
        return None
    start, end = _span(found)
    if found[3] and len(found[3]) != end - start:
        return None
    return start, end, found[3] or None, found[4]


def _whole(change: str) -> _Change | None:
    """Deletions, duplications and inversions of a range."""
    deletion, duplication = _DELETION.fullmatch(change), _DUPLICATION.fullmatch(change)
    found = deletion or duplication or _INVERSION.fullmatch(change)
    if found is None:
        return None
    start, end = _span(found)
    if not deletion and not duplication:
        return start, end, "", "<INV>"
    bases = found[3]
    if bases and len(bases) != end - start:
        return None
    if deletion:
        return start, end, bases or None, ""
    return (end, end, "", bases) if bases else (start, end, "", "<DUP>")


def _span(found: re.Match[str]) -> tuple[int, int]:
    return start_from_1based(int(found[1])), int(found[2] or found[1])
