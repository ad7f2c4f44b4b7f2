"""The manifest's entry for a part that has just been finished."""

from collections.abc import Sequence

from core.manifest import Part, PartKind, Source
from core.parts import FinishedPart

MAIN_TABLE = {PartKind.VARIANTS: "variants", PartKind.ENTITIES: "entities", PartKind.FILES: "file_objects"}
"""The table of each kind whose rows are counted as the part's rows."""


def part_entry(kind: PartKind, finished: FinishedPart, *, sources: Sequence[Source] = (), batch: str = "") -> Part:
    """The entry of a finished part; its name follows from its bytes."""
    return Part(
        kind=kind,
        file=f"{finished.sha256}.duckdb",
        sha256=finished.sha256,
        content_digest=finished.content_digest,
        size_bytes=finished.size_bytes,
        rows=finished.rows[MAIN_TABLE[kind]],
        sources=tuple(sources),
        batch=batch,
    )
