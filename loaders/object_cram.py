"""CRAM files: the outside by our own reader, the records by htslib from a copy that names no reference.

htslib looks for references where a header says (UR) and where its environment says (REF_PATH, REF_CACHE): neither may
lead anywhere.
"""

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pysam

from core.errors import LoadRefused
from loaders.cram_file import DEFINITION_BYTES, CramFile, header_container
from loaders.cram_slices import IndexRow, Slice, check_crai, read_crai, read_slices, refuse_unsorted, write_crai
from loaders.object_bam import NOT_COUNTED, closing_quietly, damage_named, reads_content, refuse_index
from loaders.object_found import Content, Subject
from loaders.sam_header import SamHeader, read_sam_header, without_references
from loaders.worker import Tell

_POSITIONS_ONLY = "required_fields=0x3f"
"""QNAME, FLAG, RNAME, POS, MAPQ and CIGAR: what can be decoded without the reference."""

_UNPLACED = 1 << 40
_TELL_EVERY = 65536
_FETCHED_CONTIGS = 500
_WITHOUT_CHECKSUMS = 2
_NOWHERE = {"REF_PATH": "/nonexistent", "REF_CACHE": ""}
EXTERNAL = "its bases are differences to a reference that is not in the file"


@dataclass(frozen=True, slots=True)
class _Copy:
    """The file without the places of references, and its index."""

    path: Path
    index: Path | None


def check_cram(subject: Subject, tell: Tell) -> Content:
    """Check a CRAM file; raises ``LoadRefused`` naming file, reason and remedy."""
    name = subject.name
    with subject.path.open("rb") as file:
        cram = CramFile(name, file, subject.path.stat().st_size)
        text = cram.header_text()
        header = read_sam_header(name, text, any_order=subject.index is None)
        slices = _slices(name, cram, tell)
        rows = read_crai(name, subject.index.read_bytes()) if subject.index else []
        if subject.index:
            check_crai(name, rows, slices, len(header.contigs))
            refuse_unsorted(name, slices)
        notes = _reference_notes(subject, header, slices)
        if cram.major == _WITHOUT_CHECKSUMS:
            notes = (*notes, "CRAM 2 has no checksums: damage that leaves records readable cannot be told")
        content = reads_content(subject, header, notes if subject.whole else (*notes, NOT_COUNTED))
        if not subject.whole:
            return content
        stated = sum(container.records for container in cram.containers())
        whole = subject.reference is not None or not any(part.needs_reference for part in slices)
        with _copied(subject, cram, text, rows) as copy, _opened(subject, copy, whole=whole) as records:
            more = _check_records(subject, records, stated, tell)
    return replace(content, notes=(*content.notes, *more))


@contextmanager
def looking_nowhere() -> Iterator[None]:
    """While it lasts, htslib finds no references by their MD5: neither in a cache nor over the network."""
    before = {name: os.environ.get(name) for name in _NOWHERE}
    os.environ.update(_NOWHERE)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def _slices(name: str, cram: CramFile, tell: Tell) -> list[Slice]:
    found = []
    for part in read_slices(name, cram):
        found.append(part)
        tell(part.container.offset, 0)
    return found


def _reference_notes(subject: Subject, header: SamHeader, slices: Sequence[Slice]) -> tuple[str, ...]:
    if not any(part.needs_reference for part in slices):
        return ()
    if subject.reference is None:
        digests = "find it by the header's M5" if header.sequences else "know which, for the header names no M5"
        return (f"{EXTERNAL}: readers of the file must {digests}; --reference FASTA checks that it is the right one",)
    needed = {header.contigs[part.reference].name for part in slices if 0 <= part.reference < len(header.contigs)}
    absent = sorted(needed - subject.reference.sequences.keys())
    if absent:
        message = f"{subject.name}: {EXTERNAL}, and contig {absent[0]} is not in {subject.reference.path.name}"
        raise LoadRefused(message)
    return (f"{EXTERNAL}: it is {subject.reference.path.name}",)


@contextmanager
def _copied(subject: Subject, cram: CramFile, text: str, rows: Sequence[IndexRow]) -> Iterator[_Copy]:
    head = header_container(without_references(text), cram.major)
    first = cram.header_end
    with tempfile.TemporaryDirectory(dir=subject.scratch) as folder:
        path = Path(folder) / "copy.cram"
        with subject.path.open("rb") as source, path.open("wb") as target:
            target.write(source.read(DEFINITION_BYTES) + head)
            source.seek(first)
            shutil.copyfileobj(source, target)
        index = None
        if subject.index is not None:
            index = path.with_name("copy.cram.crai")
            index.write_bytes(write_crai(rows, moved_by=DEFINITION_BYTES + len(head) - first))
        yield _Copy(path, index)


@contextmanager
def _opened(subject: Subject, copy: _Copy, *, whole: bool) -> Iterator[pysam.AlignmentFile]:
    """The copy, decoded with its bases if ``whole``, without them otherwise."""
    with looking_nowhere(), damage_named(subject.name):
        file = pysam.AlignmentFile(
            str(copy.path),
            index_filename=str(copy.index) if copy.index else None,
            reference_filename=str(subject.reference.path) if subject.reference else None,
            check_sq=False,
            format_options=None if whole else [_POSITIONS_ONLY],
        )
        with closing_quietly(file):
            yield file


def _check_records(subject: Subject, cram: pysam.AlignmentFile, stated: int, tell: Tell) -> tuple[str, ...]:
    """Read all records and, through the index, those of each contig."""
    counted, notes = _counted(subject, cram, tell)
    if sum(counted.values()) != stated:
        message = f"{subject.name}: damaged: {stated:,} records are stated, {sum(counted.values()):,} are there"
        raise LoadRefused(message)
    for contig in cram.references[:_FETCHED_CONTIGS] if subject.index else ():
        if sum(1 for _ in cram.fetch(contig)) != counted[cram.get_tid(contig)]:
            refuse_index(subject.name)
    return notes


def _counted(subject: Subject, cram: pysam.AlignmentFile, tell: Tell) -> tuple[Counter[int], tuple[str, ...]]:
    counted: Counter[int] = Counter()
    last: tuple[int, int] = (0, -1)
    notes: tuple[str, ...] = ()
    for number, read in enumerate(cram.fetch(until_eof=True), start=1):
        contig = read.reference_id
        place = (_UNPLACED if contig < 0 else contig, read.reference_start)
        if place < last and subject.index is not None:
            message = f"{subject.name}: not sorted by coordinate (record {number:,}); use samtools sort, then index"
            raise LoadRefused(message)
        if place < last:
            notes = ("not sorted by coordinate",)
        last = place
        counted[contig] += 1
        if not number % _TELL_EVERY:
            tell(number, 0)
    return counted, notes
