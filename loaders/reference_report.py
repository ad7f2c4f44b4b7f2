"""What an installation of reference data did (pure): for people as text, for programs as JSON."""

from dataclasses import dataclass, field

from core.reference_inventory import ReferenceKind, ReferencePart
from core.strict_json import JsonValue


@dataclass(frozen=True, slots=True)
class ReferenceReport:
    """The parts that are installed now by this command, and remarks on what was read."""

    parts: tuple[ReferencePart, ...]
    notes: tuple[str, ...] = field(default=())

    def to_json(self) -> dict[str, JsonValue]:
        """The report as a JSON object."""
        return {"installed": [part_to_json(part) for part in self.parts], "notes": list(self.notes)}

    def to_text(self) -> str:
        """The report for a person."""
        lines = [f"note: {note}" for note in self.notes]
        lines += [f"installed {part_line(part)}" for part in self.parts]
        return "\n".join(lines or ["nothing was installed"])


def part_to_json(part: ReferencePart) -> JsonValue:
    """An installed part as a JSON object."""
    sources: list[JsonValue] = [{"name": source.name, "sha256": source.sha256} for source in part.sources]
    return {
        "kind": part.kind.value,
        "name": part.name,
        "assembly": part.assembly,
        "version": part.version,
        "rows": part.rows,
        "size_bytes": part.size_bytes,
        "sha256": part.sha256,
        "content_digest": part.content_digest,
        "sources": sources,
        "created_at": part.created_at,
    }


def part_line(part: ReferencePart) -> str:
    """An installed part as one line."""
    what = "terms" if part.kind is ReferenceKind.ONTOLOGY else f"genes of {part.assembly}"
    version = f" ({part.version})" if part.version else ""
    return f"{part.kind.value} {part.name}{version}: {part.rows:,} {what}, {part.size_bytes:,} bytes"
