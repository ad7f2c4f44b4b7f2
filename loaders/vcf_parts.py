"""One VCF file into variant parts, one per contig; runs in a worker process."""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from beacon.part_builder import VariantPartBuilder
from beacon.rows import CarrierRow, PersonRow, VariantRow, Zygosity
from beacon.variant_batch import VariantBatch
from core.errors import LoadRefused, OperatorError
from core.genome import find_assembly, position_key, start_from_1based
from core.manifest import AbsentSite, Part, PartKind, Source
from core.part_entry import part_entry
from loaders.report import RecordRejected, Rejection, RejectionLog, check_tolerance
from loaders.vcf_genotypes import AlleleCounts
from loaders.vcf_header import VcfHeader
from loaders.vcf_lines import VcfText, open_vcf
from loaders.vcf_ploidy import PloidyTally
from loaders.vcf_record import CountedAllele, RecordReader, VcfRecord
from loaders.worker import Tell

_BATCH_ROWS = 32_768
_BATCH_CARRIERS = 1_000_000
_TELL_EVERY = 4096
_HASH_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class InspectedVcf:
    """What is known of a file before its records are read."""

    sha256: str
    header: VcfHeader


def inspect_vcf(path: Path, tell: Tell) -> InspectedVcf:
    """Hash a file and read its header; raises ``LoadRefused``."""
    size, done, digest = path.stat().st_size, 0, hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_HASH_BYTES):
            digest.update(chunk)
            done += len(chunk)
            tell(done, size)
    with open_vcf(path) as text:
        return InspectedVcf(digest.hexdigest(), text.header)


@dataclass(frozen=True, slots=True)
class VcfTask:
    """A file to read, and all that its records need to be understood.

    ``people``: one for each sample column, in column order. ``batch``: name of these people or sites.
    ``source_sha256``: of the bytes that were inspected. ``staging``: an existing private folder.
    """

    path: Path
    source_sha256: str
    staging: Path
    assembly: str
    people: tuple[PersonRow, ...]
    batch: str
    absent_site: AbsentSite
    tolerance: float


@dataclass(frozen=True, slots=True)
class VcfOutcome:
    """The parts of one file, built in the staging folder, and what the report says of its records."""

    parts: tuple[tuple[Part, Path], ...]
    accepted: int
    rejected: int
    rejections: tuple[Rejection, ...]
    notes: tuple[str, ...]


def build_variant_parts(task: VcfTask, tell: Tell) -> VcfOutcome:
    """Read a file and build its parts; raises ``LoadRefused`` where too much of it cannot be understood."""
    with _storage_named(), open_vcf(task.path) as text, ExitStack() as stack:
        return _FileLoad(task, text, stack).run(tell)


@contextmanager
def _storage_named() -> Iterator[None]:
    """Turn the database's own failures (disk full, memory limit) into an error for the operator."""
    try:
        yield
    except duckdb.Error as error:
        message = f"the parts cannot be written: {error}"
        raise OperatorError(message) from error


class _Columns:
    """Variants and carriers gathered until they make a batch."""

    def __init__(self) -> None:
        self.variants: list[tuple[Any, ...]] = []
        self.carriers: list[tuple[int, list[int], Zygosity]] = []
        self.carrier_count = 0

    def add(self, contig: str, line: int, record: VcfRecord, counted: CountedAllele) -> None:
        """Take one allele."""
        allele = counted.allele
        if counted.carriers is not None:
            self._add_carriers(counted.carriers)
        self.variants.append(
            (
                position_key(contig, allele.start_0based),
                *allele[1:5],
                allele.variant_type,
                counted.allele_count,
                record.allele_number,
                *counted[2:5],
                line,
            )
        )

    def _add_carriers(self, found: AlleleCounts) -> None:
        for columns, zygosity in (
            (found.heterozygous, Zygosity.HETEROZYGOUS),
            (found.homozygous, Zygosity.HOMOZYGOUS),
            (found.hemizygous, Zygosity.HEMIZYGOUS),
        ):
            if columns:
                self.carriers.append((len(self.variants), columns, zygosity))
                self.carrier_count += len(columns)

    @property
    def full(self) -> bool:
        """Whether it is time to pass the batch on."""
        return len(self.variants) >= _BATCH_ROWS or self.carrier_count >= _BATCH_CARRIERS

    def batch(self) -> VariantBatch:
        """All that was gathered, as columns."""
        rows = [VariantRow(*values[:-1]) for values in self.variants]
        carriers = [CarrierRow(row, person, zygosity) for row, people, zygosity in self.carriers for person in people]
        return VariantBatch.from_rows(rows, carriers, source_lines=[values[-1] for values in self.variants])


class _ContigPart:
    """The part of one contig while its records come."""

    def __init__(self, task: VcfTask, contig: str, path: Path, stack: ExitStack) -> None:
        self.contig = contig
        self.path = path
        self._task = task
        self._builder = stack.enter_context(VariantPartBuilder(path))
        self._builder.add_people(task.people)
        self._columns = _Columns()
        self.ploidy = PloidyTally(contig, [person.sex for person in task.people])

    def add(self, line: int, record: VcfRecord) -> None:
        for counted in record.alleles:
            self._columns.add(self.contig, line, record, counted)
        self.ploidy.note(record)
        if self._columns.full:
            self._pass_on(position_key(self.contig, start_from_1based(record.position_1based)))

    def _pass_on(self, complete_below: int | None) -> None:
        self._builder.add(self._columns.batch(), complete_below=complete_below)
        self._columns = _Columns()

    def finish(self, log: RejectionLog) -> tuple[Part, Path] | None:
        """The finished part; ``None`` if it would say nothing."""
        self._pass_on(None)
        built = self._builder.finish()
        for duplicate in built.duplicates.examples:
            log.note(
                duplicate.source_line,
                "ALT",
                "this allele is given twice at this place; the record that counts most of it is kept",
            )
        log.total += built.duplicates.total - len(built.duplicates.examples)
        if not built.finished.rows["variants"] and self._task.absent_site is AbsentSite.UNKNOWN:
            return None
        source = Source(self._task.path.name, self._task.source_sha256)
        part = part_entry(PartKind.VARIANTS, built.finished, sources=(source,), batch=self._task.batch)
        reference = self._task.absent_site is AbsentSite.REFERENCE
        return replace(
            part,
            contig=self.contig,
            people_count=len(self._task.people),
            absent_site=self._task.absent_site,
            absent_allele_number=self.ploidy.allele_number() if reference else 0,
            absent_allele_number_par=self.ploidy.allele_number_par() if reference else 0,
        ), self.path


class _FileLoad:
    """The state of one file's load."""

    def __init__(self, task: VcfTask, text: VcfText, stack: ExitStack) -> None:
        self._task = task
        self._text = text
        self._stack = stack
        self._renamed = text.header.renamed_contigs
        males = frozenset(column for column, person in enumerate(task.people) if person.sex == "MALE")
        self._reader = RecordReader(find_assembly(task.assembly), len(text.header.samples), males, self._renamed)
        self._log = RejectionLog()
        self._parts: list[tuple[Part, Path]] = []
        self._contig: _ContigPart | None = None
        self._seen: set[str] = set()
        self._records = self._rejected_records = self._alleles = self._without_allele = self._not_passed = 0
        self._contradicting = 0

    def run(self, tell: Tell) -> VcfOutcome:
        """Read everything."""
        for number, line in self._text.records:
            self._records += 1
            if not self._records % _TELL_EVERY:
                tell(self._text.consumed or self._records, self._text.size_bytes if self._text.consumed else 0)
            try:
                self._take(number, self._reader.read(line.decode()))
            except RecordRejected as error:
                self._reject(number, error.field_name, error.message)
            except UnicodeDecodeError:
                self._reject(number, "text", "not UTF-8")
        check_tolerance(self._task.path.name, self._records, self._rejected_records, self._log, self._task.tolerance)
        self._finish_contig()
        parts, log = tuple(self._parts), self._log
        return VcfOutcome(parts, sum(part.rows for part, _ in parts), log.total, tuple(log.kept), self._notes())

    def _reject(self, line: int, field: str, reason: str) -> None:
        self._rejected_records += 1
        self._log.note(line, field, reason)

    def _take(self, number: int, record: VcfRecord) -> None:
        self._not_passed += not record.passed
        if record.genotypes is not None:
            self._contradicting += record.genotypes.contradicting
        if not record.alleles:
            self._without_allele += 1
        self._of_contig(number, record.contig).add(number, record)

    def _of_contig(self, number: int, contig: str) -> _ContigPart:
        if self._contig is not None and self._contig.contig == contig:
            return self._contig
        self._finish_contig()
        if contig in self._seen:
            message = (
                f"{self._task.path.name}: line {number}: records of contig {contig} do not stand together; "
                "sort the file (bcftools sort)"
            )
            raise LoadRefused(message)
        self._seen.add(contig)
        path = self._task.staging / f"{self._task.source_sha256[:16]}-{len(self._seen)}.duckdb"
        self._contig = _ContigPart(self._task, contig, path, self._stack)
        return self._contig

    def _finish_contig(self) -> None:
        if self._contig is None:
            return
        finished = self._contig.finish(self._log)
        if finished is not None:
            self._parts.append(finished)
        self._contig = None

    def _notes(self) -> tuple[str, ...]:
        counted = {
            "records without an alternate allele of their own": self._without_allele,
            "records whose FILTER is not PASS, taken as well": self._not_passed,
            "calls of two different alleles on the one X or Y of a man, counted as they stand": self._contradicting,
        }
        renamed = (f"contig {name} is stored as {other}, it is not MT" for name, other in self._renamed.items())
        return (*(f"{count:,} {what}" for what, count in counted.items() if count), *renamed)
