"""VCF and BCF files as objects: header, records in order, and indexed where they are."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pysam

from core.errors import LoadRefused
from drs.rows import FileFormat
from loaders.object_bam import NOT_COUNTED, closing_quietly, damage_named, index_check
from loaders.object_blocks import check_chain, check_end_block
from loaders.object_found import Content, Subject
from loaders.object_index import IndexCheck
from loaders.personal_data import refuse_personal_header_lines
from loaders.vcf_header import VcfHeader
from loaders.vcf_lines import MAXIMUM_LINE_BYTES, open_vcf
from loaders.worker import Tell

_TELL_EVERY = 65536
_FETCHED_CONTIGS = 500
_END = re.compile(rb"(?:^|;)END=(\d{1,10})(?:;|$)")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a record lies: contig, 0-based begin, the ends that writers of indexes count, virtual offset."""

    contig: str | int
    begin: int
    ends: tuple[int, ...]
    offset: int


def check_variants(subject: Subject, kind: FileFormat, tell: Tell) -> Content:
    """Check a VCF or BCF file; raises ``LoadRefused`` naming file, reason and remedy."""
    name = subject.name
    with subject.path.open("rb") as file:
        check_end_block(name, file)
        check_chain(name, file, tell)
    header = _header(subject)
    refuse_personal_header_lines(name, _header_lines(subject, kind))
    notes: tuple[str, ...] = ()
    with damage_named(name):
        if subject.whole:
            notes = _check_records(subject, kind, tell)
        elif subject.index:
            _look_at_each_contig(subject)
    return _content(header, notes if subject.whole else (NOT_COUNTED,))


def _content(header: VcfHeader, notes: tuple[str, ...]) -> Content:
    return Content(header.samples, header.contigs, header.reference, notes=notes)


def _header(subject: Subject) -> VcfHeader:
    """The header as loads of variants read it; refusals name the file as it is known, not where it lies."""
    try:
        with open_vcf(subject.path) as text:
            return text.header
    except LoadRefused as error:
        raise LoadRefused(error.message.replace(f"{subject.path.name}:", f"{subject.name}:", 1)) from error


def _header_lines(subject: Subject, kind: FileFormat) -> list[str]:
    if kind is FileFormat.BCF:
        with damage_named(subject.name), closing_quietly(pysam.VariantFile(str(subject.path))) as file:
            return str(file.header).splitlines()
    lines = []
    with damage_named(subject.name), pysam.BGZFile(str(subject.path), "rb", None) as file:
        while (line := file.readline()) and line.startswith(b"##"):
            lines.append(line.decode("utf-8", "replace"))
    return lines


def _check_records(subject: Subject, kind: FileFormat, tell: Tell) -> tuple[str, ...]:
    check = index_check(subject)
    done: Counter[str | int] = Counter()
    last: tuple[str | int, int] = ("", -1)
    for number, place in enumerate(_places(subject, kind), start=1):
        before = place.begin < last[1] if place.contig == last[0] else place.contig in done
        if before:
            if check is None:
                return ("not sorted by coordinate",)
            message = f"{subject.name}: record {number:,} is out of order; use bcftools sort, then index"
            raise LoadRefused(message)
        last = (place.contig, place.begin)
        done[place.contig] += 1
        if check is not None:
            check.placed(_number_of(check, place), place.begin, place.ends, place.offset)
        if not number % _TELL_EVERY:
            tell(number, 0)
    if check is not None:
        _finish(subject, kind, check)
    return ()


def _finish(subject: Subject, kind: FileFormat, check: IndexCheck) -> None:
    check.finish()
    if check.respell(subject.path):
        for place in _places(subject, kind):
            check.begins_at(_number_of(check, place), place.begin, place.ends, place.offset)
    check.finish_respelled()


def _number_of(check: IndexCheck, place: _Place) -> int:
    """The contig's number in the index, which has names of its own for text files; -1 if it is not in it."""
    return place.contig if isinstance(place.contig, int) else check.numbers.get(place.contig, -1)


def _places(subject: Subject, kind: FileFormat) -> Iterator[_Place]:
    return _bcf_places(subject) if kind is FileFormat.BCF else _vcf_places(subject)


def _bcf_places(subject: Subject) -> Iterator[_Place]:
    with closing_quietly(pysam.VariantFile(str(subject.path))) as file:
        offset = file.tell()
        for record in file:
            ends = (record.stop, record.start + len(record.ref or ""))
            yield _Place(record.rid, record.start, ends, offset)
            offset = file.tell()


def _vcf_places(subject: Subject) -> Iterator[_Place]:
    with pysam.BGZFile(str(subject.path), "rb", None) as file:
        offset, number = file.tell(), 0
        while line := file.readline():
            number += 1
            if len(line) > MAXIMUM_LINE_BYTES:
                message = f"{subject.name}: line {number} is longer than {MAXIMUM_LINE_BYTES >> 20} MiB"
                raise LoadRefused(message)
            if not line.startswith(b"#"):
                yield _vcf_place(subject.name, number, line, offset)
            offset = file.tell()


def _vcf_place(name: str, number: int, line: bytes, offset: int) -> _Place:
    cells = line.rstrip(b"\r\n").split(b"\t", 8)
    if len(cells) < 8 or not cells[1].isdigit():
        message = f"{name}: line {number}: eight columns and a number in POS are expected"
        raise LoadRefused(message)
    begin = max(0, int(cells[1]) - 1)
    ends = [begin + len(cells[3])]
    stated = _END.search(cells[7])
    if stated and int(stated.group(1)) > begin:
        ends.append(int(stated.group(1)))
    return _Place(cells[0].decode("utf-8", "surrogateescape"), begin, tuple(ends), offset)


def _look_at_each_contig(subject: Subject) -> None:
    """Of a large file: where the index promises records of a contig, there are some that can be read."""
    index_check(subject)
    index = str(subject.index)
    with closing_quietly(pysam.VariantFile(str(subject.path), index_filename=index)) as file:
        for contig in tuple(str(contig) for contig in file.index or ())[:_FETCHED_CONTIGS]:
            next(file.fetch(contig), None)
