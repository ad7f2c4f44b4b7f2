"""Building the parts of variants that Beacon answers from: in their fixed order, each allele once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import numpy as np
import numpy.typing as npt

from beacon.entity_part_builder import EntityPartBuilder, build_entity_part
from beacon.part_columns import schema_of
from beacon.rows import CarrierRow, PersonRow, VariantRow
from beacon.side_tables import ABOUT_PEOPLE, SIDE_TABLES
from beacon.variant_batch import Side, VariantBatch
from beacon.variant_columns import people_columns, side_columns, variant_columns
from core.manifest import Part, PartKind
from core.part_entry import part_entry
from core.parts import LARGE_BLOCK_BYTES, ROW_GROUP_ROWS, SMALL_BLOCK_BYTES, FinishedPart, PartWriter

__all__ = [
    "BuiltVariants",
    "Duplicate",
    "Duplicates",
    "EntityPartBuilder",
    "VariantPartBuilder",
    "build_entity_part",
    "build_variant_part",
    "shared_alleles",
]

LONG_VARIANT_BASES = 1000
"""Variants that span more than this are listed in ``long_variants`` too."""

_PENDING_ROWS = ROW_GROUP_ROWS + 8192
_LARGE_PART_ROWS = 8192
_PENDING_SIDE_ROWS = 4_000_000
_DUPLICATES_KEPT = 1000
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
        self._covered: dict[str, npt.NDArray[np.int32]] | None = None
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

    def add_covered(
        self,
        person_index: npt.NDArray[np.int32],
        start_0based: npt.NDArray[np.int32],
        end_0based: npt.NDArray[np.int32],
    ) -> None:
        """Say where people were called as the reference; ordered by person and start, once."""
        self._covered = {"person_index": person_index, "start_0based": start_0based, "end_0based": end_0based}

    def add(self, batch: VariantBatch, *, complete_below: int | None = None) -> None:
        """Add variants with the rows of their side tables.

        ``complete_below``: a promise that no later batch has a smaller key, so that everything below can be written.
        """
        self._pending.append(batch)
        rows = sum(len(pending) for pending in self._pending)
        side_rows = sum(len(side["row"]) for pending in self._pending for side in pending.sides.values())
        if rows >= 8 * _PENDING_ROWS or side_rows >= 4 * _PENDING_SIDE_ROWS:
            # So far back is no order: what there is goes out, and is sorted on disk at the end.
            self._flush(None)
        elif rows >= _PENDING_ROWS or side_rows >= _PENDING_SIDE_ROWS:
            self._flush(complete_below)

    def finish(self) -> BuiltVariants:
        """Write what is left, sort where that is needed, close the file."""
        self._flush(None)
        if self._unordered:
            self._rewrite_in_order()
        people = sorted(self._people, key=lambda person: person.person_index)
        self._writer.append("people", people_columns(people))
        if self._covered is not None:
            self._writer.append("covered", self._covered)
        return BuiltVariants(self._writer.finish(), self._duplicates)

    @property
    def _writer(self) -> PartWriter:
        return self._opened or self._open(SMALL_BLOCK_BYTES)

    def _open(self, block_bytes: int) -> PartWriter:
        if self._opened is None:
            self._opened = PartWriter(
                self._path, schema_of(PartKind.VARIANTS), block_bytes=block_bytes, appended_only=not self._unordered
            )
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
        kept_rows, repeated = batch.without_repeats()
        self._duplicates.note(batch, repeated.tolist())
        batch = kept_rows
        self._unordered = self._unordered or (self._last is not None and batch.identity(0) <= self._last)
        self._last = batch.identity(len(batch) - 1)
        self._write(batch)

    def _write(self, batch: VariantBatch) -> None:
        rows = len(batch) + sum(len(side["row"]) for side in batch.sides.values())
        self._open(LARGE_BLOCK_BYTES if rows >= _LARGE_PART_ROWS else SMALL_BLOCK_BYTES)
        self._writer.append("variants", variant_columns(batch))
        for table, side in batch.sides.items():
            self._writer.append(table, side_columns(table, side, self._written))
        long = np.flatnonzero(batch.end_0based - batch.start_0based > LONG_VARIANT_BASES)
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
        for statement in _ordered_copies():
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


def _ordered_copies() -> list[str]:
    """Statements that copy every table from the unordered part in its final order."""
    statements = [
        "INSERT INTO variants SELECT v.* FROM unordered.variants v JOIN memory.main.places p ON v.rowid = p.row "  # noqa: S608
        f"ORDER BY {_IDENTITY}",
        "INSERT INTO long_variants SELECT p.place, l.key, l.end_0based FROM unordered.long_variants l "
        "JOIN memory.main.places p ON l.variant_index = p.row ORDER BY p.place",
    ]
    for table, columns in SIDE_TABLES.items():
        names = ", ".join(f"s.{name}" for name in columns)
        second = "s.person_index" if table in ABOUT_PEOPLE else "s.rowid"
        statements.append(
            f"INSERT INTO {table} SELECT p.place, {names} FROM unordered.{table} s "  # noqa: S608 - own names
            f"JOIN memory.main.places p ON s.variant_index = p.row ORDER BY p.place, {second}"
        )
    return statements


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
    path: Path,
    rows: Sequence[VariantRow],
    *,
    carriers: Sequence[CarrierRow] = (),
    people: Sequence[PersonRow] = (),
    sides: Mapping[str, Side] | None = None,
) -> Part:
    """A whole variant part from rows in any order; ``variant_index`` of the carriers is the position in ``rows``.

    The entry that is returned lacks what rows do not tell: contig, batch, sources, absent sites (``replace`` it).
    """
    with VariantPartBuilder(path) as builder:
        builder.add_people(people)
        builder.add(VariantBatch.from_rows(rows, carriers, sides=sides))
        built = builder.finish()
    return replace(part_entry(PartKind.VARIANTS, built.finished), people_count=len(people))
