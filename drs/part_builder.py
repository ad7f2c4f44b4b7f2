"""Building the parts that hold file objects."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple, fields
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from core.manifest import Part, PartKind
from core.part_entry import part_entry
from core.parts import FinishedPart, PartWriter, schema_section
from drs.rows import LIST_FIELDS, FileRow, ReadGroupRow, ReferenceSequenceRow

_Row = TypeVar("_Row", FileRow, ReadGroupRow, ReferenceSequenceRow)


class FilePartBuilder:
    """A part of file objects, ordered by alias, name and id whatever the order of the batches.

    Lists of texts are stored as JSON arrays.
    """

    def __init__(self, path: Path) -> None:
        """``path`` must not exist yet."""
        schema = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")
        self._writer = PartWriter(path, schema_section(schema, PartKind.FILES))
        self._rows: list[FileRow] = []
        self._read_groups: set[ReadGroupRow] = set()
        self._sequences: set[ReferenceSequenceRow] = set()

    def __enter__(self) -> Self:
        """The builder itself."""
        self._writer.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Remove what was not finished."""
        self._writer.__exit__(kind, error, traceback)

    def add(self, rows: Sequence[FileRow]) -> None:
        """Add file objects."""
        self._rows.extend(rows)

    def add_headers(self, read_groups: Iterable[ReadGroupRow], sequences: Iterable[ReferenceSequenceRow]) -> None:
        """Add what the files' headers state; what several files state alike is kept once."""
        self._read_groups.update(read_groups)
        self._sequences.update(sequences)

    def finish(self) -> FinishedPart:
        """Write all in order and close the file."""
        rows = sorted(self._rows, key=lambda row: (row.alias, row.name, row.object_id))
        self._append("file_objects", FileRow, rows)
        self._append("read_groups", ReadGroupRow, sorted(self._read_groups, key=astuple))
        self._append("reference_sequences", ReferenceSequenceRow, sorted(self._sequences, key=astuple))
        return self._writer.finish()

    def _append(self, table: str, kind: type[_Row], rows: Sequence[_Row]) -> None:
        names = [item.name for item in fields(kind)]
        self._writer.append(table, {name: [_cell(row, name) for row in rows] for name in names})


def _cell(row: _Row, name: str) -> object:
    value = getattr(row, name)
    if name in LIST_FIELDS:
        return json.dumps(value, ensure_ascii=False)
    return str(value) if isinstance(value, str) else value


def build_file_part(
    path: Path,
    rows: Sequence[FileRow],
    *,
    read_groups: Iterable[ReadGroupRow] = (),
    sequences: Iterable[ReferenceSequenceRow] = (),
) -> Part:
    """A whole part of file objects from rows in any order; the entry lacks batch and sources."""
    with FilePartBuilder(path) as builder:
        builder.add(rows)
        builder.add_headers(read_groups, sequences)
        return part_entry(PartKind.FILES, builder.finish())
