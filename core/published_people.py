"""Since when a dataset holds people: the first of its published versions that does, whatever became of it since."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from core.dataset_status import Event
from core.dataset_view import AttachedPart, DatasetView
from core.datasets import DatasetCatalogue
from core.errors import GenvejError
from core.manifest import Part, PartKind
from core.optout_names import present_in
from core.people import from_rfc3339

_ALIAS = "older_part"
_WITH_PEOPLE = frozenset({PartKind.VARIANTS, PartKind.ENTITIES, PartKind.FILES})


def versions_by_time(history: Iterable[Event]) -> dict[str, int]:
    """When each version was published first, the oldest first."""
    first: dict[str, int] = {}
    for event in history:
        if event.action != "withdraw":
            first.setdefault(event.version, from_rfc3339(event.at))
    return dict(sorted(first.items(), key=lambda item: item[1]))


@dataclass(slots=True)
class PublishedPeople:
    """Looks for names in the versions of one dataset; needs a connection that may still attach files."""

    connection: duckdb.DuckDBPyConnection
    catalogue: DatasetCatalogue
    view: DatasetView
    _found: dict[str, frozenset[str]] = field(default_factory=dict)

    def since(self, versions: Mapping[str, int], person_of: Mapping[str, str]) -> dict[str, int]:
        """When the first version with each person was published; ``person_of``: the person of each name.

        A version that cannot be read any more may have held anybody.
        """
        since: dict[str, int] = {}
        names = sorted(person_of)
        for version, at in versions.items():
            if since.keys() >= set(person_of.values()):
                break
            try:
                held = self._held(version, names)
            except (GenvejError, duckdb.Error, OSError):
                held = frozenset(names)
            for name in held:
                since.setdefault(person_of[name], at)
        return since

    def _held(self, version: str, names: Sequence[str]) -> frozenset[str]:
        attached = {each.part.file: each for each in self.view.parts}
        parts = self.catalogue.manifest(self.view.dataset_id, version).parts
        held: set[str] = set()
        for part in parts:
            if part.kind in _WITH_PEOPLE:
                if part.file not in self._found:
                    known = attached.get(part.file)
                    self._found[part.file] = (
                        self._in_older(part, names) if known is None else present_in(self.connection, known, names)
                    )
                held |= self._found[part.file]
        return frozenset(held)

    def _in_older(self, part: Part, names: Sequence[str]) -> frozenset[str]:
        path = str(self.catalogue.part_file(self.view.dataset_id, part.file)).replace("'", "''")
        self.connection.execute(f"ATTACH '{path}' AS {_ALIAS} (READ_ONLY)")
        try:
            return present_in(self.connection, AttachedPart(part, _ALIAS), names)
        finally:
            self.connection.execute(f"DETACH {_ALIAS}")
