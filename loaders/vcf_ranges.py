"""VCF files looked at, cut into ranges, and read range by range into segments; runs in worker processes."""

import hashlib
import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import IO

from core.errors import LoadRefused
from core.full_disk import is_full_disk
from core.genome import find_assembly
from loaders.bgzf_blocks import block_starts, inflated_blocks, is_bgzf
from loaders.contig_batches import ContigBatch
from loaders.contig_copies import CallTally
from loaders.frequency_map import FrequencyMap
from loaders.line_buffers import LineBuffers, LineRange, bgzf_lines, stream_lines
from loaders.reading_state import ReadingOptions
from loaders.record_batches import Expected, RecordBatches
from loaders.report import RecordRejected, Rejection
from loaders.segments import Segment, write_segment
from loaders.task_pool import attempt_folder
from loaders.vcf_annotations import InfoReader
from loaders.vcf_blocks import is_gvcf
from loaders.vcf_header import VcfHeader
from loaders.vcf_lines import open_vcf
from loaders.vcf_record import RecordReader
from loaders.vcf_reference import FastaEntry, ReferenceFasta, read_fasta_index
from loaders.vcf_sample_fields import CHECKED_RECORDS, SampleFieldCheck
from loaders.worker import Tell

RANGE_BYTES = 8 << 20
"""Compressed size of a range: large enough to be worth a task, small enough to be done again after a crash."""

HOPELESS_RECORDS = 1_000_000
"""After so many rejected records, if they are more than half of all, a file is read no further."""

_HASH_BYTES = 1 << 20
_FIRST_RECORDS = 1000
_CHECKED_CELLS = 100_000
_FIRST_BYTES = 64 << 20
_FIXED_COLUMNS = 8
_BCF_LINES = 1 << 22


@dataclass(frozen=True, slots=True)
class FastaReference:
    """A FASTA file and where its sequences lie in it."""

    path: Path
    index: tuple[FastaEntry, ...]


def index_reference(path: Path, tell: Tell) -> FastaReference:
    """Find the sequences of a FASTA file; raises ``LoadRefused``."""
    tell(0, 1)
    return FastaReference(path, read_fasta_index(path))


class VcfKind(Enum):
    """How a file is read."""

    BGZF = "VCF in BGZF"
    GZIP = "VCF in ordinary gzip"
    TEXT = "plain VCF"
    BCF = "BCF"


@dataclass(frozen=True, slots=True)
class InspectedVcf:
    """What is known of a file before its records are read. ``ranges``: the pieces in which it is read."""

    sha256: str
    header: VcfHeader
    kind: VcfKind
    ranges: tuple[LineRange, ...]
    gvcf: bool


def inspect_vcf(path: Path, tell: Tell) -> InspectedVcf:
    """Hash a file, read its header, and find out how to cut it; raises ``LoadRefused``."""
    size, done, digest = path.stat().st_size, 0, hashlib.sha256()
    with _readable(path), path.open("rb") as file:
        while chunk := file.read(_HASH_BYTES):
            digest.update(chunk)
            done += len(chunk)
            tell(done, size)
    with open_vcf(path) as text:
        header, kind = text.header, _kind(path, bcf=text.is_bcf)
        gvcf = is_gvcf(header.definitions, _first_records(path.name, header, text.records))
    starts = [0]
    if kind is VcfKind.BGZF:
        with path.open("rb") as file:
            first = _first_after_header(path.name, file, header.lines)
            starts += [start for start in block_starts(path.name, file, RANGE_BYTES) if start >= first > 0]
    ends: list[int | None] = [*starts[1:], None]
    ranges = tuple(LineRange(start, end) for start, end in zip(starts, ends, strict=True))
    return InspectedVcf(digest.hexdigest(), header, kind, ranges, gvcf)


def _first_after_header(name: str, file: IO[bytes], header_lines: int) -> int:
    """The first block that begins after so many line breaks; 0 if there is none."""
    for place, data in inflated_blocks(name, file, 0):
        if header_lines <= 0:
            return place
        header_lines -= data.count(b"\n")
    return 0


def _first_records(name: str, header: VcfHeader, records: Iterator[tuple[int, bytes]]) -> list[str]:
    """The fixed columns of the first records; raises ``LoadRefused`` if these break what the header says of samples."""
    fields = SampleFieldCheck(header.definitions)
    worth = max(1, min(CHECKED_RECORDS, _CHECKED_CELLS // max(1, len(header.samples))))
    found: list[str] = []
    read = 0
    for number, line in itertools.islice(records, _FIRST_RECORDS):
        text = line.decode(errors="replace")
        try:
            if len(found) < worth:
                fields.check(text)
        except RecordRejected as error:
            message = f"{name}: line {number}, {error.field_name}: {error.message}"
            raise LoadRefused(message) from error
        found.append("\t".join(text.split("\t", _FIXED_COLUMNS)[:_FIXED_COLUMNS]))
        read += len(line)
        if read > _FIRST_BYTES:
            break
    return found


def _kind(path: Path, *, bcf: bool) -> VcfKind:
    if bcf:
        return VcfKind.BCF
    with path.open("rb") as file:
        start = file.read(64)
    if is_bgzf(start):
        return VcfKind.BGZF
    return VcfKind.GZIP if start.startswith(b"\x1f\x8b") else VcfKind.TEXT


@dataclass(frozen=True, slots=True)
class RangeTask:
    """A range to read. ``folder``: existing and private; files in it begin with ``prefix``.

    ``sexes``: of the people, in column order. ``blocks``: note where people are called, as gVCF files tell it.
    """

    path: Path
    kind: VcfKind
    header: VcfHeader
    part: LineRange
    assembly: str
    sexes: tuple[str, ...]
    folder: Path
    prefix: str
    frequency_map: FrequencyMap | None = None
    reference: FastaReference | None = None
    blocks: bool = False


@dataclass(frozen=True, slots=True)
class RangeOutcome:
    """What a range held. ``lines``: its lines, header included; line numbers are relative to its first line.

    ``tallies``: of the calls, by contig.
    """

    segments: tuple[Segment, ...]
    tallies: dict[str, CallTally]
    lines: int
    records: int
    rejected: int
    without_allele: int
    not_passed: int
    contradicting: int
    rejections: tuple[Rejection, ...]
    rejections_total: int
    notes: Counter[str] = field(default_factory=Counter)

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that hold it."""
        return tuple(segment.path for segment in self.segments)


def read_range(task: RangeTask, tell: Tell) -> RangeOutcome:
    """Read the lines of a range into segments; raises ``LoadRefused`` for a damaged file."""
    batches = _record_batches(task)
    folder = attempt_folder(task.folder)
    segments: list[Segment] = []
    tallies: dict[str, CallTally] = {}
    tally = batches.tally
    with _readable(task.path), task.path.open("rb") as file:
        size = (task.part.end or task.path.stat().st_size) - task.part.start
        buffers = _buffers(task, file, lambda done: tell(done, size))
        for text in buffers:
            for found in batches.read(text, tally.records + buffers.lines_skipped + 1):
                path = folder / f"{task.prefix}-{len(segments):06d}.segment"
                segments.append(write_segment(path, found))
                tallies[found.contig] = _added(tallies.get(found.contig), found)
            _refuse_hopeless(task.path.name, tally.records, tally.rejected)
    return RangeOutcome(
        tuple(segments), tallies, tally.records + buffers.lines_skipped, tally.records, tally.rejected,
        tally.without_allele, tally.not_passed, tally.contradicting, tuple(tally.log.kept), tally.log.total,
        tally.notes,
    )  # fmt: skip


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turn what the system says of a file that cannot be read (any more) into ``LoadRefused``."""
    try:
        yield
    except OSError as error:
        if is_full_disk(error):
            raise
        message = f"{path.name}: cannot be read: {error.strerror or error}"
        raise LoadRefused(message) from error


def _refuse_hopeless(name: str, records: int, rejected: int) -> None:
    """Give up a file that is mostly no VCF, however much of it there is: a bomb of lines, or another format."""
    if rejected > HOPELESS_RECORDS and 2 * rejected > records:
        message = f"{name}: {rejected:,} of the first {records:,} records rejected; this is not read to its end"
        raise LoadRefused(message)


def _added(known: CallTally | None, found: ContigBatch) -> CallTally:
    return found.tally if known is None else known.added(found.tally)


def _record_batches(task: RangeTask) -> RecordBatches:
    header, assembly = task.header, find_assembly(task.assembly)
    reference = ReferenceFasta(task.reference.path, task.reference.index) if task.reference else None
    expected: Expected = {}
    info = InfoReader(header.definitions, task.frequency_map)
    info_reader = info if info.keys else None
    exact = RecordReader(
        assembly,
        len(header.samples),
        frozenset(column for column, sex in enumerate(task.sexes) if sex == "MALE"),
        header.renamed_contigs,
        length_first=header.length_first,
        info_reader=info_reader,
        expected=expected,
        reference=reference,
    )
    options = ReadingOptions(assembly, task.sexes, header.renamed_contigs, reference, task.blocks, task.path.name)
    return RecordBatches(options, exact, expected, info_reader)


def _buffers(task: RangeTask, file: IO[bytes], passed: Callable[[int], None]) -> LineBuffers:
    lines = task.header.lines
    if task.kind is VcfKind.BGZF:
        return bgzf_lines(task.path.name, file, task.part, passed, header_lines=lines)
    if task.kind is VcfKind.BCF:
        return LineBuffers(task.path.name, _bcf_text(task.path), starts_inside=False, header_lines=lines)
    return stream_lines(task.path, file, compressed=task.kind is VcfKind.GZIP, passed=passed, header_lines=lines)


def _bcf_text(path: Path) -> Iterator[bytes]:
    """The records of a BCF file as lines of text."""
    with open_vcf(path) as text:
        yield b"#\n" * text.header.lines
        piece = bytearray()
        for _, line in text.records:
            piece += line + b"\n"
            if len(piece) >= _BCF_LINES:
                yield bytes(piece)
                piece.clear()
        yield bytes(piece)
