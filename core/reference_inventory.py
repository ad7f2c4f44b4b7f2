"""The list of a node's installed reference parts: ontologies and gene tables (pure: bytes in, typed values out)."""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from core.errors import DataDamaged
from core.manifest import Source

FORMAT = 1

_SHA256 = re.compile(r"[0-9a-f]{64}")


class ReferenceKind(StrEnum):
    """What a reference part holds."""

    GENES = "genes"
    ONTOLOGY = "ontology"


@dataclass(frozen=True, slots=True)
class ReferencePart:
    """One installed reference part, an immutable DuckDB file.

    ``name``: of an ontology the prefix of its CURIEs (``HP``), of genes where they come from. ``assembly``: of genes;
    empty for an ontology. ``version``: as its makers write it. ``sha256``: of the file's bytes, ``content_digest``: of
    its ordered content (hex). ``rows``: terms or genes. ``sources``: the files that it was made from; none for terms
    that were gathered from the node's own datasets. ``created_at`` is RFC 3339 in UTC.
    """

    kind: ReferenceKind
    name: str
    assembly: str
    version: str
    file: str
    sha256: str
    content_digest: str
    size_bytes: int
    rows: int
    sources: tuple[Source, ...]
    created_at: str

    @property
    def place(self) -> tuple[ReferenceKind, str]:
        """What it is the one part of: an ontology by its name, genes by their assembly."""
        return self.kind, self.name if self.kind is ReferenceKind.ONTOLOGY else self.assembly


@dataclass(frozen=True, slots=True)
class ReferenceInventory:
    """All installed reference parts, at most one an ontology and one an assembly, in the order of their places."""

    parts: tuple[ReferencePart, ...] = ()

    def with_parts(self, new: Iterable[ReferencePart]) -> "ReferenceInventory":
        """The list with more parts; each takes the place of the one that was there."""
        by_place = {part.place: part for part in (*self.parts, *new)}
        return ReferenceInventory(tuple(by_place[place] for place in sorted(by_place)))

    def ontology(self, name: str) -> ReferencePart | None:
        """The ontology of that name."""
        return self._at(ReferenceKind.ONTOLOGY, name)

    def genes(self, assembly: str) -> ReferencePart | None:
        """The genes of that assembly."""
        return self._at(ReferenceKind.GENES, assembly)

    def _at(self, kind: ReferenceKind, key: str) -> ReferencePart | None:
        return next((part for part in self.parts if part.place == (kind, key)), None)


def inventory_to_json(inventory: ReferenceInventory) -> bytes:
    """The list as canonical JSON: sorted names, one value, one spelling."""
    document = {"format": FORMAT, **asdict(inventory)}
    return (json.dumps(document, sort_keys=True, indent=1, ensure_ascii=False) + "\n").encode()


def inventory_from_json(data: bytes) -> ReferenceInventory:
    """Read the list; raises ``DataDamaged`` for anything that ``inventory_to_json`` would not have written."""
    try:
        document: dict[str, Any] = json.loads(data)
        if document.pop("format") != FORMAT:
            message = "a list of reference data of an unknown format"
            raise DataDamaged(message)
        inventory = ReferenceInventory(tuple(_part(item) for item in document.pop("parts")))
        sound = not document and inventory_to_json(inventory) == data and all(map(_well_typed, inventory.parts))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        message = "not a list of reference data"
        raise DataDamaged(message) from error
    if not sound or inventory.with_parts(()) != inventory:
        message = "a list of reference data that was changed since it was written"
        raise DataDamaged(message)
    return inventory


def _part(item: dict[str, Any]) -> ReferencePart:
    sources = tuple(Source(**source) for source in item.pop("sources"))
    return ReferencePart(kind=ReferenceKind(item.pop("kind")), sources=sources, **item)


def _well_typed(part: ReferencePart) -> bool:
    """Whether every value is of its field's type, and the file the name that its content gives it."""
    texts = [part.name, part.assembly, part.version, part.content_digest, part.created_at]
    texts += [text for source in part.sources for text in (source.name, source.sha256)]
    named = bool(_SHA256.fullmatch(part.sha256)) and part.file == f"{part.sha256}.duckdb"
    numbers = type(part.size_bytes) is int and type(part.rows) is int
    return named and numbers and all(type(text) is str for text in texts)
