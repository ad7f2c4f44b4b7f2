"""A published dataset as one generation sees it: its description, its manifest, and where its parts are attached."""

from dataclasses import dataclass

from core.description import DatasetDescription
from core.manifest import Manifest, Part, PartKind
from core.policy import DatasetPolicy


@dataclass(frozen=True, slots=True)
class AttachedPart:
    """A part and the DuckDB catalogue it is attached as: its tables are ``<alias>.main.<table>``."""

    part: Part
    alias: str


@dataclass(frozen=True, slots=True)
class DatasetView:
    """A published dataset as one generation sees it."""

    dataset_id: str
    version: str
    description: DatasetDescription
    manifest: Manifest
    parts: tuple[AttachedPart, ...]
    published_at: str

    @property
    def policy(self) -> DatasetPolicy:
        """The policy in force."""
        return self.description.policy

    def of_kind(self, kind: PartKind) -> tuple[AttachedPart, ...]:
        """The parts of one kind, in the manifest's order."""
        return tuple(attached for attached in self.parts if attached.part.kind == kind)
