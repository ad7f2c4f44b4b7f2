"""What builders of parts share: the schema of a kind of part, and rows as columns."""

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from beacon.rows import EntityRow, PersonRow, TermRow
from core.manifest import PartKind
from core.parts import schema_section


def schema_of(kind: PartKind) -> str:
    """The CREATE TABLE statements of a kind of part."""
    return schema_section(Path(__file__).with_name("schema.sql").read_text(encoding="utf-8"), kind)


def columns_of(rows: Sequence[object], kind: type[PersonRow | EntityRow | TermRow]) -> dict[str, list[object]]:
    """Dataclass rows as columns by field name, enumerations as their texts."""
    names = [item.name for item in fields(kind)]
    return {name: [_plain(getattr(row, name)) for row in rows] for name in names}


def _plain(value: object) -> object:
    return str(value) if isinstance(value, str) else value
