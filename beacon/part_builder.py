"""Building the parts that Beacon answers from: variants in their fixed order, entities with their terms."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import numpy as np
import numpy.typing as npt

from beacon.rows import CarrierRow, EntityRow, PersonRow, TermRow, VariantRow
from beacon.variant_batch import UNKNOWN_COUNT, VariantBatch
from core.manifest import Part, PartKind
from core.part_entry import part_entry
from core.parts import LARGE_BLOCK_BYTES, ROW_GROUP_ROWS, SMALL_BLOCK_BYTES, FinishedPart, PartWriter, schema_section

LONG_VARIANT_BASES = 1000
"""Variants that span more than this are listed in ``long_variants`` too."""

_PENDING_ROWS = ROW_GROUP_ROWS + 8192
_LARGE_PART_ROWS = 8192
_PENDING_CARRIERS = 4_000_000
_DUPLICATES_KEPT = 1000
_VARIANT_COLUMNS = (
    "key", "end_0based", "reference_bases", "alternate_bases", "anchor", "variant_type",
    "allele_count", "allele_number", "heterozygous", "homozygous", "hemizygous",
)  # fmt: skip
_IDENTITY = "key, end_0based, reference_bases, alternate_bases"


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An allele that was given again and dropped: the line it was dropped from, and the allele."""

    source_line: int
    key: int
    reference_bases: str
    alternate_bases: str


@dataclass(slots=True)
class Duplicates:
    """How many repeated alleles were dropped, and the first thousand of them."""

    total: int = 0
    examples: list[Duplicate] = field(default_factory=list)

    def note(self, batch: VariantBatch, rows: Sequence[int]) -> None:
        """Remember rows of the batch that are not kept."""
        self.total += len(rows)
        for row in rows[: _DUPLICATES_KEPT - len(self.examples)]:
            key, _, reference, alternate = batch.identity(row)
            self.examples.append(Duplicate(int(batch.source_line[row]), key, reference, alternate))


@dataclass(frozen=True, slots=True)
class BuiltVariants:
    """A finished variant part: what ``core.parts`` knows of it, and the alleles that were given more than once."""

    finished: FinishedPart
    duplicates: Duplicates


def _schema(kind: PartKind) -> str:
    return schema_section(Path(__file__).with_name("schema.sql").read_text(encoding="utf-8"), kind)


class VariantPartBuilder:
    """A variant part from batches in any order: sorted, indices consistent, each allele once.

    Of rows that repeat an allele the one that counts most is kept: a missing call must not hide another record's.
    Memory is bounded: batches in genome order are written as they come, others are sorted on disk at the end. Leaving
    the ``with`` block without ``finish`` removes everything.
    """

    def __init__(self, path: Path) -> None:
        """``path`` must not exist yet; a file ``<path>.unordered`` may lie beside it meanwhile."""
        self._path = path
        self._unordered_path = path.with_name(path.name + ".unordered")
        self._opened: PartWriter | None = None
        self._people: list[PersonRow] = []
        self._pending: list[VariantBatch] = []
        self._last: tuple[int, int, str, str] | None = None
        self._unordered = False
        self._written = 0
        self._lines: list[npt.NDArray[Any]] = []
        self._duplicates = Duplicates()

    def __enter__(self) -> Self:
        """The builder itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Remove what was not finished."""
        if self._opened is not None:
            self._opened.__exit__(kind, error, traceback)
        self._unordered_path.unlink(missing_ok=True)

    def add_people(self, people: Sequence[PersonRow]) -> None:
        """Add people; carriers name them by ``person_index``."""
        self._people.extend(people)

    def add(self, batch: VariantBatch, *, complete_below: int | None = None) -> None:
        """Add variants with their carriers.

        ``complete_below``: a promise that no later batch has a smaller key, so that everything below can be written.
        """
        self._pending.append(batch)
        rows = sum(len(pending) for pending in self._pending)
        carriers = sum(len(pending.carrier_row) for pending in self._pending)
        if rows >= _PENDING_ROWS or carriers >= _PENDING_CARRIERS:
            self._flush(complete_below)

    def finish(self) -> BuiltVariants:
        """Write what is left, sort where that is needed, close the file."""
        self._flush(None)
        if self._unordered:
            self._rewrite_in_order()
        people = sorted(self._people, key=lambda person: person.person_index)
        self._writer.append("people", _columns(people, PersonRow))
        return BuiltVariants(self._writer.finish(), self._duplicates)

    @property
    def _writer(self) -> PartWriter:
        return self._opened or self._open(SMALL_BLOCK_BYTES)

    def _open(self, block_bytes: int) -> PartWriter:
        if self._opened is None:
            self._opened = PartWriter(self._path, _schema(PartKind.VARIANTS), block_bytes=block_bytes)
        return self._opened

    def _flush(self, complete_below: int | None) -> None:
        if not self._pending:
            return
        batch = VariantBatch.concatenated(self._pending).ordered()
        self._pending = []
        if complete_below is not None:
            complete, rest = batch.split_at(complete_below)
            batch, kept = complete.split_after(len(complete) // ROW_GROUP_ROWS * ROW_GROUP_ROWS or len(complete))
            self._pending = [pending for pending in (kept, rest) if len(pending)]
        if not len(batch):
            return
        repeated = batch.repeated()
        self._duplicates.note(batch, repeated.tolist())
        batch = batch.taken(np.setdiff1d(np.arange(len(batch)), repeated)) if len(repeated) else batch
        self._unordered = self._unordered or (self._last is not None and batch.identity(0) <= self._last)
        self._last = batch.identity(len(batch) - 1)
        self._write(batch)

    def _write(self, batch: VariantBatch) -> None:
        rows = len(batch) + len(batch.carrier_row)
        self._open(LARGE_BLOCK_BYTES if rows >= _LARGE_PART_ROWS else SMALL_BLOCK_BYTES)
        columns: dict[str, npt.NDArray[Any]] = {name: getattr(batch, name) for name in _VARIANT_COLUMNS}
        for name in ("heterozygous", "homozygous", "hemizygous"):
            columns[name] = np.ma.masked_equal(columns[name], UNKNOWN_COUNT)
        self._writer.append("variants", columns)
        self._writer.append(
            "carriers",
            {
                "variant_index": (batch.carrier_row + self._written).astype(np.int32),
                "person_index": batch.carrier_person,
                "zygosity": batch.carrier_zygosity,
            },
        )
        long = np.flatnonzero(batch.end_0based - (batch.key & 0xFFFFFFFF) > LONG_VARIANT_BASES)
        self._writer.append(
            "long_variants",
            {
                "variant_index": (long + self._written).astype(np.int32),
                "key": batch.key[long],
                "end_0based": batch.end_0based[long],
            },
        )
        self._lines.append(batch.source_line.astype(np.int32))
        self._written += len(batch)

    def _rewrite_in_order(self) -> None:
        """Sort what was written out of order: into a new file, from the old one."""
        self._writer.finish()
        self._path.rename(self._unordered_path)
        self._opened = None
        self._open(LARGE_BLOCK_BYTES)
        execute = self._writer.connection.execute
        quoted = str(self._unordered_path).replace("'", "''")
        execute(f"ATTACH '{quoted}' AS unordered (READ_ONLY)")
        execute(
            "CREATE TABLE memory.main.places AS SELECT row_number() OVER (ORDER BY key, end_0based, reference_bases, "
            "alternate_bases, row) - 1 AS place, row FROM (SELECT *, rowid AS row, row_number() OVER (PARTITION BY "
            "key, end_0based, reference_bases, alternate_bases ORDER BY allele_count DESC, rowid) AS copy "
            "FROM unordered.variants) WHERE copy = 1"
        )
        for statement in _ORDERED_COPIES:
            execute(statement)
        self._note_duplicates()
        execute("DROP TABLE memory.main.places")
        execute("DETACH unordered")
        self._unordered_path.unlink()

    def _note_duplicates(self) -> None:
        lines = np.concatenate(self._lines)
        execute = self._writer.connection.execute
        dropped = execute("SELECT count(*) FROM unordered.variants v ANTI JOIN memory.main.places ON v.rowid = row")
        self._duplicates.total += int(dropped.fetchall()[0][0])
        examples = execute(
            "SELECT v.rowid, key, reference_bases, alternate_bases FROM unordered.variants "
            "v ANTI JOIN memory.main.places ON v.rowid = row ORDER BY v.rowid LIMIT CAST($1 AS BIGINT)",
            [_DUPLICATES_KEPT - len(self._duplicates.examples)],
        ).fetchall()
        self._duplicates.examples.extend(Duplicate(int(lines[row]), *allele) for row, *allele in examples)


_ORDERED_COPIES = (
    f"INSERT INTO variants SELECT v.* FROM unordered.variants v JOIN memory.main.places p ON v.rowid = p.row "  # noqa: S608 - own names
    f"ORDER BY {_IDENTITY}",
    "INSERT INTO carriers SELECT p.place, c.person_index, c.zygosity FROM unordered.carriers c "
    "JOIN memory.main.places p ON c.variant_index = p.row ORDER BY p.place, c.person_index",
    "INSERT INTO long_variants SELECT p.place, l.key, l.end_0based FROM unordered.long_variants l "
    "JOIN memory.main.places p ON l.variant_index = p.row ORDER BY p.place",
)


class EntityPartBuilder:
    """A part of entities and the terms they carry, ordered by type and id whatever the order of the batches."""

    def __init__(self, path: Path) -> None:
        """``path`` must not exist yet."""
        self._writer = PartWriter(path, _schema(PartKind.ENTITIES))
        for table in self._writer.tables:
            self._writer.connection.execute(f"CREATE TABLE memory.main.{table} AS FROM part.{table}")

    def __enter__(self) -> Self:
        """The builder itself."""
        self._writer.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Remove what was not finished."""
        self._writer.__exit__(kind, error, traceback)

    def add(self, entities: Sequence[EntityRow], terms: Sequence[TermRow] = ()) -> None:
        """Add entities and terms."""
        self._writer.append("memory.main.entities", _columns(entities, EntityRow))
        self._writer.append("memory.main.terms", _columns(terms, TermRow))

    def finish(self) -> FinishedPart:
        """Write all in order and close the file."""
        for table in self._writer.tables:
            self._writer.connection.execute(f"INSERT INTO part.{table} FROM memory.main.{table} ORDER BY ALL")
        return self._writer.finish()


def _columns(rows: Sequence[object], kind: type[PersonRow | EntityRow | TermRow]) -> dict[str, list[object]]:
    names = [item.name for item in fields(kind)]
    return {name: [_plain(getattr(row, name)) for row in rows] for name in names}


def _plain(value: object) -> object:
    return str(value) if isinstance(value, str) else value


def shared_alleles(first: Path, second: Path) -> int:
    """The number of alleles that two finished variant parts of one contig have in common."""
    with duckdb.connect(":memory:") as connection:
        for alias, path in (("first", first), ("second", second)):
            quoted = str(path).replace("'", "''")
            connection.execute(f"ATTACH '{quoted}' AS {alias} (READ_ONLY)")
        found = connection.execute(
            f"SELECT count(*) FROM first.variants SEMI JOIN second.variants USING ({_IDENTITY})"  # noqa: S608 - own text
        ).fetchone()
        return int(found[0]) if found else 0


def build_variant_part(
    path: Path, rows: Sequence[VariantRow], *, carriers: Sequence[CarrierRow] = (), people: Sequence[PersonRow] = ()
) -> Part:
    """A whole variant part from rows in any order; ``variant_index`` of the carriers is the position in ``rows``.

    The entry that is returned lacks what rows do not tell: contig, batch, sources, absent sites (``replace`` it).
    """
    with VariantPartBuilder(path) as builder:
        builder.add_people(people)
        builder.add(VariantBatch.from_rows(rows, carriers))
        built = builder.finish()
    return replace(part_entry(PartKind.VARIANTS, built.finished), people_count=len(people))


def build_entity_part(path: Path, entities: Sequence[EntityRow], terms: Sequence[TermRow] = ()) -> Part:
    """A whole part of entities from rows in any order; the entry lacks batch and sources."""
    with EntityPartBuilder(path) as builder:
        builder.add(entities, terms)
        return part_entry(PartKind.ENTITIES, builder.finish())
