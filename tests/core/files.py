"""Tiny parts and homes for the tests of datasets and generations."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from core.datasets import DatasetCatalogue
from core.draft import Draft
from core.manifest import Part, PartKind
from core.part_entry import part_entry
from core.parts import PartWriter

COLUMNS = ("entity", "id", "individual_id", "sex", "document")
SCHEMA = f"CREATE TABLE entities ({', '.join(f'{name} VARCHAR NOT NULL' for name in COLUMNS)});"


def build_part(path: Path, ids: Sequence[str], batch: str = "") -> Part:
    """A part of one table with these ids, written to ``path``."""
    with PartWriter(path, SCHEMA) as writer:
        other = {name: ["individuals" if name == "entity" else "{}"] * len(ids) for name in COLUMNS}
        writer.append("entities", {**other, "id": list(ids), "individual_id": list(ids)})
        finished = writer.finish()
    return part_entry(PartKind.ENTITIES, finished, batch=batch)


def add(draft: Draft, *ids: str) -> None:
    """Add one part with these ids to a draft."""
    path = draft.staging / "part.duckdb"
    draft.add([(build_part(path, ids, "-".join(ids)), path)])


def load(home: Path, dataset_id: str, *ids: str, fresh: bool = False, preset: str | None = None) -> None:
    """Load one part with these ids."""
    with DatasetCatalogue(home).open_draft(dataset_id, fresh=fresh, preset=preset) as draft:
        add(draft, *ids)


def publish(home: Path, dataset_id: str, *ids: str, fresh: bool = False) -> str:
    """Load one part with these ids and publish."""
    load(home, dataset_id, *ids, fresh=fresh)
    return DatasetCatalogue(home).publish(dataset_id)


def fake_part(path: Path, content: str) -> Part:
    """A part that is no DuckDB file: enough where nobody attaches it."""
    path.write_text(content)
    digest = hashlib.sha256(content.encode()).hexdigest()
    return Part(PartKind.FILES, "", digest, digest, len(content.encode()), 1, batch=content)


def load_fake(home: Path, dataset_id: str, *contents: str, fresh: bool = False) -> None:
    """Load one fake part for each content, all in one step."""
    with DatasetCatalogue(home).open_draft(dataset_id, fresh=fresh) as draft:
        paths = [draft.staging / str(number) for number in range(len(contents))]
        draft.add([(fake_part(path, content), path) for path, content in zip(paths, contents, strict=True)])


def contents_of(home: Path, dataset_id: str, version: str) -> set[str]:
    """What the fake parts of a version hold, read from their files."""
    catalogue = DatasetCatalogue(home)
    parts = catalogue.manifest(dataset_id, version).parts
    return {catalogue.part_file(dataset_id, part.file).read_text() for part in parts}
