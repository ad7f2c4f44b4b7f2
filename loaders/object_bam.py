"""BAM files, record by record: sorted, whole, and indexed where they are."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

import pysam

from core.errors import LoadRefused
from loaders.object_blocks import check_chain, check_end_block
from loaders.object_found import Content, Subject
from loaders.object_index import IndexCheck, check_extent, read_binned
from loaders.object_reference import reference_notes
from loaders.sam_header import SamHeader, read_sam_header
from loaders.worker import Tell

HtsFile = TypeVar("HtsFile", pysam.AlignmentFile, pysam.VariantFile)
NOT_COUNTED = "large: its outside was checked and its records were not counted (--every-record reads them all)"

_TELL_EVERY = 65536
_UNPLACED = 1 << 40
_FETCHED_CONTIGS = 500


@contextmanager
def closing_quietly(file: HtsFile) -> Iterator[HtsFile]:
    """Close the file at the end; htslib reports at closing again what reading has reported."""
    try:
        yield file
    finally:
        with suppress(OSError):
            file.close()


@contextmanager
def damage_named(name: str) -> Iterator[None]:
    """Turn what htslib says of damaged bytes into ``LoadRefused``.

    Files that could not be opened complain once more when they are given up; nobody needs to read that.
    """
    pysam.set_verbosity(0)
    hooks = sys.excepthook, sys.unraisablehook
    sys.excepthook, sys.unraisablehook = _say_nothing, _say_nothing
    try:
        yield
    except (OSError, ValueError, UnicodeDecodeError) as error:
        message = f"{name}: damaged, or its index is ({error})"
        raise LoadRefused(message) from error
    finally:
        sys.excepthook, sys.unraisablehook = hooks


def _say_nothing(*_: object) -> None:
    pass


def check_bam(subject: Subject, tell: Tell) -> Content:
    """Check a BAM file; raises ``LoadRefused`` naming file, reason and remedy."""
    name = subject.name
    with subject.path.open("rb") as file:
        check_end_block(name, file)
        check_chain(name, file, tell)
    # Our own reader looks at an index first: htslib ends its process on some damaged ones.
    check = index_check(subject)
    index = str(subject.index) if subject.index else None
    with (
        damage_named(name),
        closing_quietly(pysam.AlignmentFile(str(subject.path), index_filename=index, check_sq=False)) as bam,
    ):
        header = read_sam_header(name, str(bam.header), any_order=index is None)
        notes = _check_records(subject, bam, check, tell) if subject.whole else (NOT_COUNTED,)
        if subject.index and not subject.whole:
            _look_at_each_contig(name, bam)
    return reads_content(subject, header, notes)


def reads_content(subject: Subject, header: SamHeader, notes: tuple[str, ...]) -> Content:
    """What the header of reads says, checked against the reference where one is given."""
    remote = len(header.remote_references)
    if header.references:
        local = len(header.references) - remote
        places = f"{remote:,} on other machines, {local:,} on paths of the machine that wrote it"
        notes = (*notes, f"its header says where references lie (UR: {places}); none of them is opened")
    return Content(
        samples=header.samples,
        contigs=header.contigs,
        read_groups=header.read_groups,
        sequences=header.sequences,
        notes=(*notes, *reference_notes(subject.name, header, subject.reference)),
    )


def index_check(subject: Subject) -> IndexCheck | None:
    """The index beside a file, read and ready to be asked; raises ``LoadRefused``."""
    if subject.index is None:
        return None
    index = read_binned(subject.name, subject.index)
    check_extent(subject.name, index, subject.path.stat().st_size)
    return IndexCheck(subject.name, index)


def _check_records(subject: Subject, bam: pysam.AlignmentFile, check: IndexCheck | None, tell: Tell) -> tuple[str, ...]:
    """Read all records; raises ``LoadRefused`` if they are not sorted, or not where the index says."""
    counted: Counter[int] = Counter()
    last, offset, number = (0, -1), bam.tell(), 0
    for number, read in enumerate(bam.fetch(until_eof=True), start=1):
        contig, start = read.reference_id, read.reference_start
        place = (_UNPLACED if contig < 0 else contig, start)
        if place < last:
            if check is None:
                return ("not sorted by coordinate",)
            message = f"{subject.name}: not sorted by coordinate (record {number:,}); use samtools sort, then index"
            raise LoadRefused(message)
        last = place
        counted[contig] += 1
        if check is not None:
            _ask(check, read, offset)
        offset = bam.tell()
        if not number % _TELL_EVERY:
            tell(number, 0)
    if check is not None:
        _finish(subject, bam, check, counted)
    return ()


def _ask(check: IndexCheck, read: pysam.AlignedSegment, offset: int) -> None:
    if read.reference_id < 0:
        check.unplaced(offset)
    elif read.reference_start >= 0:
        # Reads on a contig and without a position are in no answer about a region, whatever the index says.
        check.placed(read.reference_id, read.reference_start, _ends(read), offset)


def _ends(read: pysam.AlignedSegment) -> tuple[int]:
    return (max(read.reference_end or 0, read.reference_start + 1),)


def _finish(subject: Subject, bam: pysam.AlignmentFile, check: IndexCheck, counted: Counter[int]) -> None:
    check.finish()
    stated = {item.contig: item.mapped + item.unmapped for item in bam.get_index_statistics()}
    found = {bam.get_reference_name(contig): count for contig, count in counted.items() if contig >= 0}
    if any(stated.values()) and {contig: count for contig, count in stated.items() if count} != found:
        refuse_index(subject.name)
    if check.respell(subject.path):
        bam.reset()
        offset = bam.tell()
        for read in bam.fetch(until_eof=True):
            check.begins_at(read.reference_id, max(read.reference_start, 0), _ends(read), offset)
            offset = bam.tell()
    check.finish_respelled()


def _look_at_each_contig(name: str, bam: pysam.AlignmentFile) -> None:
    """Of a large file: where the index promises reads of a contig, there are some."""
    promised = [item.contig for item in bam.get_index_statistics() if item.mapped + item.unmapped]
    for contig in promised[:_FETCHED_CONTIGS]:
        if next(iter(bam.fetch(contig=contig)), None) is None:
            refuse_index(name)


def refuse_index(name: str) -> None:
    """Raise what to say of an index that does not fit."""
    message = f"{name}: the index belongs to another file or state of it; make it again"
    raise LoadRefused(message)
