"""What the register of opt-outs means for each dataset of a generation: who is gone, and whom aggregates leave out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import duckdb

from core.access import Tier
from core.dataset_status import Event
from core.dataset_view import DatasetView
from core.datasets import DatasetCatalogue
from core.errors import OperatorError
from core.optout_names import NamedPeople, people_named, present_in
from core.optouts import Change, Counting, counting_mask, next_change, of_persons, opted_out
from core.people import OptOutRegister, PeopleMask, from_rfc3339


@dataclass(frozen=True, slots=True)
class DatasetMasks:
    """Everybody of one dataset who is hidden, under all names; the same as tables of ids in memory.

    ``gone``: no record, carrier or file of theirs is shown to anybody. ``uncounted``: whom aggregates leave out. The
    tables are empty texts where the mask is. ``known``: pseudonyms of the register that mean somebody here.
    ``pending``: people whose change waits for the next epoch, ``next_epoch``: when it comes at the latest.
    """

    gone: PeopleMask
    uncounted: PeopleMask
    gone_table: str
    uncounted_table: str
    known: frozenset[str]
    pending: int = 0
    next_epoch: int | None = None


NO_MASKS = DatasetMasks(PeopleMask(), PeopleMask(), "", "", frozenset())


@dataclass(frozen=True, slots=True)
class MaskReader:
    """Reads the masks of datasets at one time; makes their tables in the connection's memory."""

    connection: duckdb.DuckDBPyConnection
    catalogue: DatasetCatalogue
    register: OptOutRegister
    now: float
    deadline_s: int

    def read(self, view: DatasetView, alias: str) -> DatasetMasks:
        """The masks of a dataset; ``alias`` is part of the names of their tables. Raises ``duckdb.Error``."""
        if not self.register.changes:
            return NO_MASKS
        pseudonyms = sorted({change.person for change in self.register.changes})
        people = people_named(self.connection, view, pseudonyms)
        changes = of_persons(self.register.changes, people.persons_of)
        since = self._present_since(view, people, changes)
        batch = max(view.policy.rule(tier).minimum_count for tier in Tier)
        counting = counting_mask(changes, self.now, batch=batch, deadline_s=self.deadline_s, present_since=since)
        return _tabled(self.connection, alias, people, opted_out(changes, self.now), counting)

    def _present_since(self, view: DatasetView, people: NamedPeople, changes: Iterable[Change]) -> dict[str, int]:
        """Since when data of people whose change may still wait are published; only what is needed is looked up.

        Somebody whose data were published after the opt-out was never counted, and must not be until the next epoch.
        """
        recent = [change for change in changes if change.at > self.now - self.deadline_s]
        if not recent:
            return {}
        first_change = min(change.at for change in recent)
        versions = _versions_by_time(self.catalogue.current(view.dataset_id).history)
        if all(at <= first_change for at in versions.values()):
            return {}
        part_since = _part_since(self.catalogue, view, versions)
        person_of = {name: change.person for change in recent for name in people.names[change.person]}
        since: dict[str, int] = {}
        for attached in sorted(view.parts, key=lambda each: part_since[each.part.file]):
            for name in present_in(self.connection, attached, sorted(person_of)):
                since.setdefault(person_of[name], part_since[attached.part.file])
        return since


def next_switch(register: OptOutRegister, masks: Iterable[DatasetMasks], now: float) -> int | None:
    """When the masks change by the mere passing of time (epoch seconds)."""
    times = [next_change(register.changes, now), *(mask.next_epoch for mask in masks)]
    return min((time for time in times if time is not None), default=None)


def _tabled(
    connection: duckdb.DuckDBPyConnection, alias: str, people: NamedPeople, out: frozenset[str], counting: Counting
) -> DatasetMasks:
    gone, uncounted = (_names(people, persons) for persons in (out, counting.people))
    gone_table = _make_table(connection, f"memory.main.gone_{alias}", gone)
    same = gone == uncounted
    uncounted_table = gone_table if same else _make_table(connection, f"memory.main.uncounted_{alias}", uncounted)
    return DatasetMasks(
        PeopleMask(gone),
        PeopleMask(uncounted),
        gone_table,
        uncounted_table,
        frozenset(people.persons_of),
        counting.pending,
        counting.next_epoch,
    )


def _names(people: NamedPeople, persons: Iterable[str]) -> frozenset[str]:
    return frozenset[str]().union(*(people.names[person] for person in persons))


def _make_table(connection: duckdb.DuckDBPyConnection, name: str, people: frozenset[str]) -> str:
    if not people:
        return ""
    connection.execute(f"CREATE TABLE {name} (individual_id VARCHAR NOT NULL)")
    connection.execute(f"INSERT INTO {name} SELECT unnest($1::VARCHAR[])", [sorted(people)])
    return name


def _versions_by_time(history: Iterable[Event]) -> dict[str, int]:
    """When each version was published first."""
    first: dict[str, int] = {}
    for event in history:
        if event.action != "withdraw":
            first.setdefault(event.version, from_rfc3339(event.at))
    return first


def _part_since(catalogue: DatasetCatalogue, view: DatasetView, versions: Mapping[str, int]) -> dict[str, int]:
    """When each part that answers now was published first."""
    since = {attached.part.file: versions[view.version] for attached in view.parts}
    for version, at in versions.items():
        try:
            parts = catalogue.manifest(view.dataset_id, version).parts
        except OperatorError:
            # An old version that was cleared away says nothing of its parts.
            continue
        since.update({part.file: min(at, since[part.file]) for part in parts if part.file in since})
    return since
