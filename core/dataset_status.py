"""What is known of a dataset on disk: the version that answers, every switch before, the draft."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from core.description import DatasetDescription
from core.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Event:
    """One switch: ``action`` is publish, rollback or withdraw; ``at`` is RFC 3339 in UTC."""

    action: str
    version: str
    at: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Current:
    """Which version answers (``None``: none, not yet or withdrawn), and every switch before, oldest first."""

    version: str | None = None
    history: tuple[Event, ...] = field(default=())

    @property
    def withdrawn(self) -> bool:
        """Whether the dataset was withdrawn and not published again since."""
        return bool(self.history) and self.history[-1].action == "withdraw"

    @property
    def published(self) -> frozenset[str]:
        """Every version that answered at some time."""
        return frozenset(event.version for event in self.history)

    @property
    def before(self) -> str | None:
        """Where a rollback leads: to the version published before the current one; of a withdrawn dataset, back."""
        if self.version is None:
            return self.history[-1].version if self.history else None
        older = [int(version) for version in self.published if int(version) < int(self.version)]
        return str(max(older)) if older else None


@dataclass(frozen=True, slots=True)
class DatasetStatus:
    """What an operator sees of a dataset; ``draft`` is the version under construction, if any."""

    dataset_id: str
    description: DatasetDescription
    current: Current
    versions: tuple[str, ...]
    draft: Manifest | None


def utc_now() -> str:
    """The time as RFC 3339 in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
