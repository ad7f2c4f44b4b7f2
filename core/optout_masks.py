"""What the register of opt-outs means for each dataset of a generation: who is gone, and whom aggregates leave out."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from core.access import Tier
from core.dataset_view import DatasetView
from core.datasets import DatasetCatalogue
from core.errors import DataDamaged
from core.optout_names import NamedPeople, collect_names, resolve_names
from core.optouts import Change, Counting, Standing, counting_mask, in_force, next_change, of_persons, opted_out
from core.people import MASK_FILE, OptOutRegister, PeopleMask, read_register, register_lost
from core.published_people import PublishedPeople, versions_by_time

logger = logging.getLogger("genvej.generations")


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

    def collect(self, view: DatasetView) -> None:
        """Take note of the names that a dataset holds; inside ``names_collected``. Raises ``duckdb.Error``."""
        if self.register.changes:
            collect_names(self.connection, view)

    def resolve(self, dataset_ids: Iterable[str]) -> dict[str, NamedPeople]:
        """Whom the register means in each of the datasets whose names were noted; raises ``duckdb.Error``."""
        pseudonyms = sorted({change.person for change in self.register.changes})
        return resolve_names(self.connection, dataset_ids, pseudonyms)

    def read(self, view: DatasetView, people: NamedPeople, alias: str) -> DatasetMasks:
        """The masks of a dataset; ``alias`` is part of the names of their tables. Raises ``duckdb.Error``."""
        if not self.register.changes:
            return NO_MASKS
        changes = of_persons(self.register.changes, people.persons_of)
        since = self._present_since(view, people, changes)
        batch = max(view.policy.rule(tier).minimum_count for tier in Tier)
        counting = counting_mask(changes, self.now, batch=batch, deadline_s=self.deadline_s, present_since=since)
        return _tabled(self.connection, alias, people, opted_out(changes, self.now), counting)

    def _present_since(self, view: DatasetView, people: NamedPeople, changes: Iterable[Change]) -> dict[str, int]:
        """Since when data of people whose change may still wait are published; only what is needed is looked up.

        Somebody of whom no version told before the opt-out was never counted, and must not be until the next epoch.
        """
        recent = [change for change in changes if change.at > self.now - self.deadline_s]
        if not recent:
            return {}
        first_change = min(change.at for change in recent)
        versions = versions_by_time(self.catalogue.current(view.dataset_id).history)
        if all(at < first_change for at in versions.values()):
            return {}
        person_of = {name: change.person for change in recent for name in people.names[change.person]}
        return PublishedPeople(self.connection, self.catalogue, view).since(versions, person_of)


def register_in_force(home: Path, now: float) -> tuple[OptOutRegister, Standing]:
    """What of the register is in force, and what is known of it; where there never was one, nobody is in it."""
    nobody = OptOutRegister(0)
    try:
        register = read_register(home)
    except DataDamaged as error:
        logger.error("no research is answered: %s", error)  # noqa: TRY400
        return nobody, Standing(problem=error.message)
    if register is None:
        return nobody, Standing(problem=f"{MASK_FILE} is gone; load the list again" if register_lost(home) else "")
    changes = in_force(register.changes, register.imported_at, now)
    return replace(register, changes=changes), Standing(register.imported_at)


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
