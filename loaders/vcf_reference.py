"""The reference sequence: REF is checked against it, insertions and deletions are moved as far left as they go.

A FASTA file is mapped into memory and read by its index (``.fai``); the index is made in memory where there is none
beside it. It is read in worker processes only. Order of normalisation: an allele is trimmed first (common suffix, then
common prefix, ``loaders.vcf_alleles.trim``); what is then a pure insertion or deletion is rolled to the left while the
base before it equals its last base. The result is that of ``bcftools norm -f`` without its anchor base.
"""

import mmap
import re
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Protocol, Self

import numpy as np

from core.errors import LoadRefused
from core.genome import canonical_contig
from loaders.report import RecordRejected
from loaders.vcf_alleles import Allele

_STEP_BASES = 64
_SCAN_BYTES = 16 << 20
_INDEX_COLUMNS = 5
_MAXIMUM_INDEX_BYTES = 64 << 20
_CODES = {
    "N": "ACGT", "R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC",
    "B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG",
}  # fmt: skip


class Bases(Protocol):
    """Where bases of the reference come from."""

    def fetch(self, contig: str, start_0based: int, end_0based: int) -> str | None:
        """The bases in upper case, fewer at the end of the contig; ``None`` where the contig is unknown."""
        ...


class FastaEntry(NamedTuple):
    """One sequence of a FASTA file as ``samtools faidx`` describes it."""

    name: str
    length: int
    offset: int
    line_bases: int
    line_bytes: int


def check_reference_allele(
    source: Bases, contig: str, start_0based: int, reference: str, *, placeholder: bool = False
) -> None:
    """Raise ``RecordRejected`` where REF is not what the reference has.

    An IUPAC code in the reference agrees with itself, with N and with the bases that it stands for. ``placeholder``:
    REF may be N, as records of symbolic alleles have it. A contig that the reference lacks is not checked.
    """
    if start_0based < 0 or (placeholder and reference == "N"):
        return
    bases = source.fetch(contig, start_0based, start_0based + len(reference))
    if bases is None or bases == reference:
        return
    if len(bases) != len(reference) or not all(map(_agree, bases, reference)):
        reason = "REF is not what the reference sequence has here"
        raise RecordRejected(reason, "REF")


def _agree(known: str, stated: str) -> bool:
    return known == stated or (known in _CODES and (stated == "N" or stated in _CODES[known]))


def left_align(
    source: Bases, contig: str, start_0based: int, reference: str, alternate: str
) -> tuple[int, str, str, str]:
    """A trimmed insertion or deletion moved left as far as it means the same: (start, reference, alternate, anchor).

    ``anchor``: the base before it, empty at the start of a contig. Anything else, and alleles on contigs that the
    reference lacks, come back as they are, with an empty anchor.
    """
    changed = reference or alternate
    if (reference and alternate) or not changed:
        return start_0based, reference, alternate, ""
    rotated, start = 0, start_0based
    while start:
        first = max(0, start - _STEP_BASES)
        before = source.fetch(contig, first, start)
        if not before:
            return start_0based, reference, alternate, ""
        shifts = 0
        while shifts < len(before) and _same(before[-1 - shifts], changed[-1 - rotated % len(changed)]):
            shifts, rotated = shifts + 1, rotated + 1
        start -= shifts
        if shifts < len(before):
            break
    turn = -(rotated % len(changed)) % len(changed)
    turned = changed[turn:] + changed[:turn]
    anchor = (source.fetch(contig, start - 1, start) or "") if start else ""
    return start, turned if reference else "", turned if alternate else "", anchor


def _same(before: str, last: str) -> bool:
    """Whether two bases are one known base: an allele is not rolled through a gap of N."""
    return before == last and last in "ACGT"


def align_allele(source: Bases, contig: str, allele: Allele) -> Allele:
    """An allele of bases, left-aligned and with its anchor base if it is an insertion or a deletion."""
    if (allele.reference_bases and allele.alternate_bases) or allele.start_0based < 0:
        return allele
    start, reference, alternate, anchor = left_align(
        source, contig, allele.start_0based, allele.reference_bases, allele.alternate_bases
    )
    if start == allele.start_0based:
        return allele._replace(anchor=anchor or allele.anchor)
    return Allele(start, start + len(reference), reference, alternate, anchor, allele.variant_type)


class ReferenceFasta:
    """An open FASTA file; contigs go by their canonical names."""

    def __init__(self, path: Path, index: tuple[FastaEntry, ...] | None = None) -> None:
        """``index``: of ``read_fasta_index``, read here if not given. Raises ``LoadRefused``."""
        entries = read_fasta_index(path) if index is None else index
        self._entries: Mapping[str, FastaEntry] = {canonical_contig(entry.name): entry for entry in entries}
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if not all(_belongs(entry, self._map) for entry in entries):
            self._map.close()
            message = f"{path.name}: the index does not belong to this file; make it again (samtools faidx)"
            raise LoadRefused(message)

    def __enter__(self) -> Self:
        """The file itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the file."""
        self._map.close()

    @property
    def lengths(self) -> Mapping[str, int]:
        """Bases of each contig, by its canonical name."""
        return {contig: entry.length for contig, entry in self._entries.items()}

    def fetch(self, contig: str, start_0based: int, end_0based: int) -> str | None:
        """The bases in upper case, fewer at the end of the contig; ``None`` where the contig is unknown."""
        entry = self._entries.get(contig)
        if entry is None:
            return None
        end = min(end_0based, entry.length)
        if start_0based >= end:
            return ""
        found = self._map[_position(entry, start_0based) : _position(entry, end - 1) + 1]
        return found.translate(None, b"\r\n").decode("latin-1").upper()


def _belongs(entry: FastaEntry, mapped: mmap.mmap) -> bool:
    """Whether an entry may be of this file: the sequence begins after a title, its first line is as long as it says."""
    if not 0 < entry.offset <= len(mapped) or _position(entry, entry.length) > len(mapped) + entry.line_bytes:
        return False
    one_line = entry.length <= entry.line_bases
    return mapped[entry.offset - 1] == 10 and (
        one_line or mapped.find(b"\n", entry.offset) == entry.offset + entry.line_bytes - 1
    )


def _position(entry: FastaEntry, base: int) -> int:
    """The byte of a base."""
    lines, rest = divmod(base, entry.line_bases)
    return entry.offset + lines * entry.line_bytes + rest


def read_fasta_index(path: Path) -> tuple[FastaEntry, ...]:
    """The index of a FASTA file: from ``<file>.fai`` beside it, else from the file itself.

    Raises ``LoadRefused`` for compressed files, for lines of different lengths, for an index that is none.
    """
    with path.open("rb") as file:
        start = file.read(2)
        if not start.startswith(b">"):
            what = "compressed; decompress it first" if start == b"\x1f\x8b" else "not FASTA"
            message = f"{path.name}: the reference is {what}"
            raise LoadRefused(message)
        beside = path.with_name(path.name + ".fai")
        if beside.is_file():
            return _parse_index(beside)
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            return _scan(path.name, mapped)


def _parse_index(path: Path) -> tuple[FastaEntry, ...]:
    if path.stat().st_size > _MAXIMUM_INDEX_BYTES:
        message = f"{path.name}: larger than any index of a genome"
        raise LoadRefused(message)
    entries = []
    for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
        name, *numbers = line.split("\t")
        valid = len(numbers) == _INDEX_COLUMNS - 1 and all(re.fullmatch(r"[0-9]{1,15}", text) for text in numbers)
        values = [int(text) for text in numbers] if valid else []
        if not valid or (values[0] and not 0 < values[2] <= values[3]):
            message = f"{path.name}: line {number}: name, length, offset, bases and bytes a line are expected"
            raise LoadRefused(message)
        if values[0]:
            entries.append(FastaEntry(name, *values))
    return tuple(entries)


def _scan(name: str, mapped: mmap.mmap) -> tuple[FastaEntry, ...]:
    entries = []
    place = 0
    while place < len(mapped):
        title_end = mapped.find(b"\n", place)
        title_end = len(mapped) if title_end < 0 else title_end
        title = mapped[place + 1 : min(title_end, place + 1001)].decode("utf-8", "replace").split()
        following = mapped.find(b"\n>", title_end)
        end = len(mapped) if following < 0 else following + 1
        first = title_end + 1
        if first < end:
            entries.append(_scan_sequence(name, mapped, title[0] if title else "", first, end))
        place = end
    return tuple(entry for entry in entries if entry.length)


def _scan_sequence(name: str, mapped: mmap.mmap, contig: str, first: int, end: int) -> FastaEntry:
    """The entry of one sequence; every line but the last must be as long as the first."""
    line_end = mapped.find(b"\n", first, end)
    stop = end if line_end < 0 else line_end
    returns = int(stop > first and mapped[stop - 1] == 13)
    bases, size = stop - returns - first, stop + 1 - first
    while end > first and mapped[end - 1] in b"\r\n":
        end -= 1
    full, last = divmod(end - first, size)
    breaks = _count_breaks(mapped, first, end)
    if not _all_breaks(mapped, first, size, full) or breaks != full * (1 + returns) or last > bases:
        message = f"{name}: lines of different lengths in {contig[:100]!r}"
        raise LoadRefused(message)
    return FastaEntry(contig, full * bases + last, first, bases, size)


def _count_breaks(mapped: mmap.mmap, first: int, end: int) -> int:
    total = 0
    for place in range(first, end, _SCAN_BYTES):
        piece = np.frombuffer(mapped[place : min(end, place + _SCAN_BYTES)], dtype=np.uint8)
        total += int(np.count_nonzero((piece == 10) | (piece == 13)))
    return total


def _all_breaks(mapped: mmap.mmap, first: int, size: int, full: int) -> bool:
    lines = max(1, _SCAN_BYTES // size)
    for line in range(0, full, lines):
        piece = np.frombuffer(mapped[first + size * line : first + size * min(full, line + lines)], dtype=np.uint8)
        if not bool((piece[size - 1 :: size] == 10).all()):
            return False
    return True
