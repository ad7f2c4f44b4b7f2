"""Entities on their way into a draft: every id once, every sample its owner's, all in one part."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from beacon.part_builder import build_entity_part
from beacon.rows import EntityRow, EntityType, TermRow
from core.draft import Draft
from core.errors import LoadRefused
from core.manifest import Part, PartKind, Source


def known_entity_files(draft: Draft) -> set[str]:
    """SHA-256 of every file that the entity parts of a draft were made from."""
    return {source.sha256 for part in draft.manifest.of_kind(PartKind.ENTITIES) for source in part.sources}


def refuse_other_owners(name: str, rows: Iterable[EntityRow], owners: Mapping[str, str]) -> None:
    """Raise ``LoadRefused`` if a biosample was loaded before as another person's: an opt-out would not reach it.

    ``owners``: as ``people_directory.owners_of_samples`` finds them.
    """
    for row in rows:
        owner = owners.get(row.id, row.individual_id) if row.entity == EntityType.BIOSAMPLE else row.individual_id
        if owner != row.individual_id:
            message = (
                f"{name}: biosample {row.id!r} belongs to {row.individual_id!r}, and its variants or files "
                f"were loaded as {owner!r}'s; begin a new draft with --fresh and load people first"
            )
            raise LoadRefused(message)


def add_entities(
    draft: Draft,
    entities: Sequence[EntityRow],
    terms: Sequence[TermRow],
    sources: Sequence[Source],
    *,
    more: Sequence[tuple[Part, Path]] = (),
) -> None:
    """Add one part of all entities and their terms, and ``more`` parts, to the draft: all of them or none."""
    parts = list(more)
    if entities:
        path = draft.staging / "entities.duckdb"
        part = build_entity_part(path, entities, terms)
        batch = hashlib.sha256("".join(source.sha256 for source in sources).encode()).hexdigest()[:16]
        parts.append((replace(part, sources=tuple(sources), batch=f"entities-{batch}"), path))
    if parts:
        draft.add(parts)
