"""Alleles: bases, the one spelling of an allele, and the identifier of a variant (pure).

An allele is normalised by trimming the common end first, then the common start, so that anchored and trimmed spellings
meet. Wildcards are never trimmed against anything.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

from core.errors import InvalidRequest
from core.genome import MAXIMUM_POSITION, canonical_contig, contig_of_accession, find_assembly

_CONCRETE = re.compile(r"[ACGT]*")
_BASES = re.compile(r"[ACGTNRYSWKMBDHV]*")
_CLASSES = {
    "N": "[ACGTN]", "R": "[AGR]", "Y": "[CTY]", "S": "[CGS]", "W": "[ATW]", "K": "[GTK]", "M": "[ACM]",
    "B": "[CGTB]", "D": "[AGTD]", "H": "[ACTH]", "V": "[ACGV]",
}  # fmt: skip
_BREAKEND = re.compile(r"[\[\].]")
_LENGTH = re.compile(r"0|[1-9]\d{0,9}")


@dataclass(frozen=True, slots=True)
class Allele:
    """An allele at its place: ``alternate`` is bases, or a symbolic allele or breakend (then without ``reference``)."""

    start_0based: int
    end_0based: int
    reference: str
    alternate: str


def read_bases(text: str, field: str) -> str:
    """Bases in the one spelling: upper case, ``T`` for ``U``, nothing for a lone ``-`` or ``.``.

    Raises ``InvalidRequest`` for anything that is not an IUPAC code (Beacon v2.2, requestParameters: ReferenceBases).
    """
    bases = text.strip().upper().replace("U", "T")
    if bases in ("-", "."):
        return ""
    if not _BASES.fullmatch(bases):
        message = f"{field}: bases are IUPAC codes (A, C, G, T, N, ...), or nothing"
        raise InvalidRequest(message, field=field)
    return bases


def trim(start_0based: int, reference: str, alternate: str) -> tuple[int, str, str]:
    """The trimmed allele: common end off first, then common start; only concrete bases are compared."""
    end = 0
    while end < min(len(reference), len(alternate)) and _same(reference[-1 - end], alternate[-1 - end]):
        end += 1
    reference, alternate = reference[: len(reference) - end], alternate[: len(alternate) - end]
    begin = 0
    while begin < min(len(reference), len(alternate)) and _same(reference[begin], alternate[begin]):
        begin += 1
    return start_0based + begin, reference[begin:], alternate[begin:]


def _same(first: str, second: str) -> bool:
    return first == second and first in "ACGT"


def bases_pattern(bases: str) -> str | None:
    """A regular expression for bases with wildcards (``N`` is any one base); ``None`` where text is meant literally."""
    if _CONCRETE.fullmatch(bases) or not _BASES.fullmatch(bases):
        return None
    return "".join(_CLASSES.get(base, base) for base in bases)


def variant_id(assembly: str, contig: str, allele: Allele) -> str:
    """The identifier of a variant: ``NC_000022.11:16050074:A:G``, as SPDI writes it (0-based, trimmed).

    Symbolic alleles and breakends have their length where SPDI has the deleted bases: ``NC_000017.11:1000:5000:DEL``.
    Contigs without a RefSeq accession are named ``assembly~contig``. Colons of symbolic alleles and breakends become
    ``~``: the identifier needs no escaping in a path except for brackets.
    """
    deleted, inserted = allele.reference, allele.alternate
    if inserted.startswith("<") or allele.end_0based - allele.start_0based != len(deleted):
        deleted, inserted = str(allele.end_0based - allele.start_0based), inserted.strip("<>")
    changed = quote(inserted.replace(":", "~"), safe="~[]*")
    return f"{_sequence_name(assembly, contig)}:{allele.start_0based}:{deleted}:{changed}"


def _sequence_name(assembly: str, contig: str) -> str:
    known = find_assembly(assembly)
    accession = known.accessions.get(contig) if known else None
    return accession or f"{quote(assembly, safe='')}~{quote(contig, safe='')}"


def parse_variant_id(text: str) -> tuple[str | None, str, Allele] | None:
    """Assembly (``None`` where several share the sequence), contig and allele of an identifier; ``None`` if not one."""
    pieces = text.split(":")
    if len(pieces) != 4 or not _LENGTH.fullmatch(pieces[1]):
        return None
    place = _parse_sequence_name(pieces[0])
    start = int(pieces[1])
    if place is None or start > MAXIMUM_POSITION:
        return None
    inserted = unquote(pieces[3]).replace("~", ":")
    if _LENGTH.fullmatch(pieces[2]):
        alternate = inserted if _BREAKEND.search(inserted) else f"<{inserted}>"
        allele = Allele(start, start + int(pieces[2]), "", alternate)
    else:
        allele = Allele(start, start + len(pieces[2]), pieces[2], inserted)
    return (*place, allele) if allele.end_0based <= MAXIMUM_POSITION else None


def _parse_sequence_name(name: str) -> tuple[str | None, str] | None:
    if "~" in name:
        assembly, _, contig = name.partition("~")
        return unquote(assembly), canonical_contig(unquote(contig))
    found = contig_of_accession(name)
    return None if found is None else (found[0].name if found[0] else None, found[1])
