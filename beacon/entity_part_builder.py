"""Building the parts of entities: individuals, biosamples and so on, with the terms they carry."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from beacon.part_columns import columns_of, schema_of
from beacon.rows import EntityRow, TermRow
from core.manifest import Part, PartKind
from core.part_entry import part_entry
from core.parts import FinishedPart, PartWriter


class EntityPartBuilder:
    """A part of entities and the terms they carry, ordered by type and id whatever the order of the batches."""

    def __init__(self, path: Path) -> None:
        """``path`` must not exist yet."""
        self._writer = PartWriter(path, schema_of(PartKind.ENTITIES))
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
        self._writer.append("memory.main.entities", columns_of(entities, EntityRow))
        self._writer.append("memory.main.terms", columns_of(terms, TermRow))

    def finish(self) -> FinishedPart:
        """Write all in order and close the file."""
        for table in self._writer.tables:
            self._writer.connection.execute(f"INSERT INTO part.{table} FROM memory.main.{table} ORDER BY ALL")
        return self._writer.finish()


def build_entity_part(path: Path, entities: Sequence[EntityRow], terms: Sequence[TermRow] = ()) -> Part:
    """A whole part of entities from rows in any order; the entry lacks batch and sources."""
    with EntityPartBuilder(path) as builder:
        builder.add(entities, terms)
        return part_entry(PartKind.ENTITIES, builder.finish())
