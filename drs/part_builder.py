"""Building the parts that hold file objects."""

import json
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from types import TracebackType
from typing import Self

from core.manifest import Part, PartKind
from core.part_entry import part_entry
from core.parts import FinishedPart, PartWriter, schema_section
from drs.rows import FileRow

_LISTS = frozenset({"samples", "individual_ids"})


class FilePartBuilder:
    """A part of file objects, ordered by alias, name and id whatever the order of the batches.

    ``samples`` and ``individual_ids`` are stored as JSON arrays.
    """

    def __init__(self, path: Path) -> None:
        """``path`` must not exist yet."""
        schema = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")
        self._writer = PartWriter(path, schema_section(schema, PartKind.FILES))
        self._rows: list[FileRow] = []

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

    def finish(self) -> FinishedPart:
        """Write all in order and close the file."""
        rows = sorted(self._rows, key=lambda row: (row.alias, row.name, row.object_id))
        names = [item.name for item in fields(FileRow)]
        self._writer.append("file_objects", {name: [_cell(row, name) for row in rows] for name in names})
        return self._writer.finish()


def _cell(row: FileRow, name: str) -> object:
    value = getattr(row, name)
    if name in _LISTS:
        return json.dumps(value, ensure_ascii=False)
    return str(value) if isinstance(value, str) else value


def build_file_part(path: Path, rows: Sequence[FileRow]) -> Part:
    """A whole part of file objects from rows in any order; the entry lacks batch and sources."""
    with FilePartBuilder(path) as builder:
        builder.add(rows)
        return part_entry(PartKind.FILES, builder.finish())
