"""The manifest's entry for a part that has just been finished (pure)."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from core.manifest import Part, PartKind, Source

MAIN_TABLE = {PartKind.VARIANTS: "variants", PartKind.ENTITIES: "entities", PartKind.FILES: "file_objects"}
"""The table of each kind whose rows are counted as the part's rows."""


class Finished(Protocol):
    """What ``core.parts.PartWriter.finish`` tells."""

    @property
    def sha256(self) -> str: ...  # noqa: D102 - see core.parts.FinishedPart
    @property
    def content_digest(self) -> str: ...  # noqa: D102
    @property
    def size_bytes(self) -> int: ...  # noqa: D102
    @property
    def rows(self) -> Mapping[str, int]: ...  # noqa: D102


def part_entry(kind: PartKind, finished: Finished, *, sources: Sequence[Source] = (), batch: str = "") -> Part:
    """The entry of a finished part; its name follows from its bytes."""
    return Part(
        kind=kind,
        file=f"{kind}-{finished.sha256[:32]}.duckdb",
        sha256=finished.sha256,
        content_digest=finished.content_digest,
        size_bytes=finished.size_bytes,
        rows=finished.rows[MAIN_TABLE[kind]],
        sources=tuple(sources),
        batch=batch,
    )
