"""Allele frequencies as Parquet (Genomic Data Infrastructure, allele frequency files): a file into a part.

One row an allele and population: POS (0-based), REF, ALT, POPULATION, AC, AN and, where known, AF, AC_HET (people),
AC_HOM (copies, two a person), AC_HEMI (people). A file is of one contig, which it does not name. Runs in a worker.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import duckdb

from beacon.annotation_rows import FrequencyRow
from beacon.part_builder import VariantPartBuilder
from beacon.rows import VariantRow
from beacon.variant_batch import VariantBatch, side_of
from core.errors import LoadRefused
from core.genome import find_assembly, position_from_0based, position_key
from core.manifest import AbsentSite, Part, PartKind, Source
from core.part_entry import part_entry
from loaders.report import RecordRejected, Rejection, RejectionLog, check_tolerance
from loaders.vcf_alleles import Allele, check_reference_bases, read_allele
from loaders.worker import Tell

TOTALS = ("Total", "TOTAL", "ALL", "All")
"""Populations that stand for everybody, where a file has several."""

_NEEDED = ("POS", "REF", "ALT", "POPULATION", "AN")
_NUMBERS = ("AC", "AN", "AC_HET", "AC_HOM", "AC_HEMI")
_LARGEST = 2**31 - 1
_BATCH_ROWS = 32_768
_FETCHED_ROWS = 8192
_HASH_BYTES = 1 << 20
_MEMORY = "512MB"


@dataclass(frozen=True, slots=True)
class InspectedTable:
    """What is known of a file before its rows are read; ``populations`` in the order of their names."""

    sha256: str
    rows: int
    populations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableTask:
    """A file to read. ``total``: the population whose counts are the variants' own, empty for none."""

    path: Path
    sha256: str
    staging: Path
    assembly: str
    contig: str
    total: str
    tolerance: float


@dataclass(frozen=True, slots=True)
class TableOutcome:
    """The part of one file, and what the report says of its rows."""

    part: Part
    path: Path
    accepted: int
    rejected: int
    rejections: tuple[Rejection, ...]


def inspect_table(path: Path, tell: Tell) -> InspectedTable:
    """Hash a file and read which populations it has; raises ``LoadRefused``."""
    size, done, digest = path.stat().st_size, 0, hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_HASH_BYTES):
            digest.update(chunk)
            done += len(chunk)
            tell(done, size)
    with _opened(path) as connection:
        found = connection.execute(
            "SELECT CAST(POPULATION AS VARCHAR), count(*) FROM read_parquet($1) GROUP BY ALL ORDER BY ALL", [str(path)]
        ).fetchall()
    populations = tuple(name for name, _ in found if name)
    return InspectedTable(digest.hexdigest(), sum(count for _, count in found), populations)


def build_frequency_part(task: TableTask, tell: Tell) -> TableOutcome:
    """Read a file and build its part; raises ``LoadRefused`` where too much of it cannot be understood."""
    path = task.staging / f"{task.sha256[:16]}.duckdb"
    with _opened(task.path) as connection, VariantPartBuilder(path) as builder:
        reading = _Reading(task, builder)
        count = connection.execute("SELECT count(*) FROM read_parquet($1)", [str(task.path)]).fetchone()
        reading.run(_rows(connection, task.path), count[0] if count else 0, tell)
        check_tolerance(task.path.name, reading.rows, reading.log.total, reading.log, task.tolerance)
        built = builder.finish()
    part = part_entry(
        PartKind.VARIANTS,
        built.finished,
        sources=(Source(task.path.name, task.sha256),),
        batch=f"sites-{task.sha256[:16]}",
    )
    for each in built.duplicates.examples:
        reading.log.note(each.source_line, "ALT", "this allele is given twice; the row that counts most of it is kept")
    reading.log.total += built.duplicates.total - len(built.duplicates.examples)
    part = replace(part, contig=task.contig, people_count=0, absent_site=AbsentSite.UNKNOWN)
    return TableOutcome(part, path, part.rows, reading.log.total, tuple(reading.log.kept))


@contextmanager
def _opened(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database that reads the file; its failures become ``LoadRefused``."""
    try:
        with duckdb.connect(":memory:") as connection:
            connection.execute(f"SET memory_limit='{_MEMORY}'")
            connection.execute("SET threads=1")
            described = connection.execute("DESCRIBE SELECT * FROM read_parquet($1)", [str(path)]).fetchall()
            columns = {row[0] for row in described}
            missing = [name for name in _NEEDED if name not in columns]
            if missing or not columns & {"AC", "AF"}:
                message = f"{path.name}: no column {missing[0] if missing else 'AC or AF'}; not a table of frequencies"
                raise LoadRefused(message)
            yield connection
    except duckdb.Error as error:
        first = str(error).splitlines()[0].replace(str(path), path.name)
        message = f"{path.name}: cannot be read as Parquet ({first})"
        raise LoadRefused(message) from error


class _TableRow(NamedTuple):
    """One row as it stands; what is not of its type is ``None``."""

    number: int
    start_0based: int | None
    reference: str | None
    alternate: str | None
    population: str | None
    frequency: float | None
    allele_count: int | None
    allele_number: int | None
    heterozygous: int | None
    homozygous_copies: int | None
    hemizygous: int | None


def _rows(connection: duckdb.DuckDBPyConnection, path: Path) -> Iterator[_TableRow]:
    """All rows in the order of their places."""
    described = connection.execute("DESCRIBE SELECT * FROM read_parquet($1)", [str(path)]).fetchall()
    columns = {row[0] for row in described}
    numbers = [f"TRY_CAST({name} AS BIGINT)" if name in columns else "NULL" for name in _NUMBERS]
    frequency = "TRY_CAST(AF AS DOUBLE)" if "AF" in columns else "NULL"
    connection.execute(
        "SELECT file_row_number + 1, TRY_CAST(POS AS BIGINT) AS place, CAST(REF AS VARCHAR) AS reference, "  # noqa: S608 - own names
        f"CAST(ALT AS VARCHAR) AS alternate, CAST(POPULATION AS VARCHAR) AS population, {frequency}, "
        f"{', '.join(numbers)} FROM read_parquet($1, file_row_number = true) "
        "ORDER BY place NULLS FIRST, reference, alternate, population, 1",
        [str(path)],
    )
    while rows := connection.fetchmany(_FETCHED_ROWS):
        yield from (_TableRow(*row) for row in rows)


@dataclass(slots=True)
class _Variant:
    """An allele and what its populations have."""

    allele: Allele
    line: int
    populations: list[FrequencyRow] = field(default_factory=list)


class _Reading:
    """The rows of one file on their way into its part."""

    def __init__(self, task: TableTask, builder: VariantPartBuilder) -> None:
        self._task = task
        self._builder = builder
        assembly = find_assembly(task.assembly)
        self._length = (assembly.lengths.get(task.contig) if assembly else None) or _LARGEST
        self._variants: list[_Variant] = []
        self._last: tuple[int | None, str | None, str | None] | None = None
        self.log = RejectionLog()
        self.rows = 0

    def run(self, rows: Iterator[_TableRow], total: int, tell: Tell) -> None:
        """Take all rows, in the order of their places."""
        for row in rows:
            self.rows += 1
            if not self.rows % _FETCHED_ROWS:
                tell(self.rows, total)
            try:
                self._take(row)
            except RecordRejected as error:
                self.log.note(row.number, error.field_name, error.message)
        self._pass_on(None)

    def _take(self, row: _TableRow) -> None:
        counted = _frequency(row)
        place = row[1:4]
        if place != self._last:
            variant = _Variant(self._allele(row), row.number)
            if len(self._variants) >= _BATCH_ROWS:
                self._pass_on(position_key(self._task.contig, row.start_0based or 0))
            self._variants.append(variant)
            self._last = place
        known = self._variants[-1].populations
        if any(other.population == counted.population for other in known):
            reason = "this population is given twice for the allele"
            raise RecordRejected(reason, "POPULATION")
        known.append(counted)

    def _allele(self, row: _TableRow) -> Allele:
        if row.start_0based is None or not 0 <= row.start_0based < self._length:
            reason = f"not a place on contig {self._task.contig}"
            raise RecordRejected(reason, "POS")
        reference = check_reference_bases(row.reference or "")
        allele = read_allele(position_from_0based(row.start_0based), reference, row.alternate or "", {}, 0)
        if allele.end_0based > self._length:
            reason = f"beyond the end of contig {self._task.contig}"
            raise RecordRejected(reason, "REF")
        return allele

    def _pass_on(self, complete_below: int | None) -> None:
        found = [(index, row) for index, variant in enumerate(self._variants) for row in variant.populations]
        columns = {name: [getattr(row, name) for _, row in found] for name in FrequencyRow.__dataclass_fields__}
        sides = {"frequencies": side_of("frequencies", [index for index, _ in found], columns)} if found else {}
        rows = [self._variant_row(variant) for variant in self._variants]
        lines = [variant.line for variant in self._variants]
        if rows:
            batch = VariantBatch.from_rows(rows, sides=sides, source_lines=lines)
            self._builder.add(batch, complete_below=complete_below)
        self._variants = []

    def _variant_row(self, variant: _Variant) -> VariantRow:
        allele = variant.allele
        own = next((row for row in variant.populations if row.population == self._task.total), None)
        return VariantRow(
            position_key(self._task.contig, allele.start_0based),
            *allele[1:],
            own.allele_count if own else 0,
            own.allele_number if own else 0,
            own.heterozygous if own else None,
            own.homozygous if own else None,
            own.hemizygous if own else None,
        )


def _frequency(row: _TableRow) -> FrequencyRow:
    """The counts of a row; raises ``RecordRejected`` where they are not counts."""
    total, count = row.allele_number, row.allele_count
    if not row.population:
        reason = "no population"
        raise RecordRejected(reason, "POPULATION")
    if total is None or not 0 <= total <= _LARGEST:
        reason = "not a number of alleles"
        raise RecordRejected(reason, "AN")
    if count is None and row.frequency is not None and 0 <= row.frequency <= 1:
        count = round(row.frequency * total)
    if count is None or not 0 <= count <= total:
        reason = "not a count of alleles"
        raise RecordRejected(reason, "AC")
    people = _people(row.heterozygous, "AC_HET"), _people(row.homozygous_copies, "AC_HOM"), row.hemizygous
    homozygous = None if people[1] is None else people[1] // 2
    return FrequencyRow(row.population, count, total, people[0], homozygous, _people(people[2], "AC_HEMI"))


def _people(value: int | None, column: str) -> int | None:
    if value is not None and not 0 <= value <= _LARGEST:
        reason = "not a count"
        raise RecordRejected(reason, column)
    return value


def total_population(populations: Sequence[str], wanted: str | None) -> str:
    """The population whose counts are the variants' own: the wanted one, the only one, or one that says so.

    Empty where there is none. Raises ``LoadRefused`` if the wanted one is not there.
    """
    if wanted:
        if wanted not in populations:
            message = f"population {wanted!r} is not in the file; it has {', '.join(populations[:20])}"
            raise LoadRefused(message)
        return wanted
    if len(populations) == 1:
        return populations[0]
    return next((name for name in TOTALS if name in populations), "")
