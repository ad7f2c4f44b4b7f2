"""Whose a sample is: by the individuals and biosamples that the draft already holds."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import duckdb

from beacon.rows import EntityType, PersonRow
from core.draft import Draft
from core.manifest import PartKind

UNKNOWN_SEX = "UNKNOWN_SEX"


@dataclass(frozen=True, slots=True)
class PeopleDirectory:
    """Individuals with their sex, and biosamples and sequencing runs with their individuals."""

    sexes: dict[str, str] = field(default_factory=dict)
    individual_of_biosample: dict[str, str] = field(default_factory=dict)
    individual_of_run: dict[str, str] = field(default_factory=dict)

    def individual_of(self, sample: str) -> str:
        """The individual whose biosample or own id the sample name is; the sample name itself if nobody's."""
        return self.individual_of_biosample.get(sample, sample)

    def knows(self, sample: str) -> bool:
        """Whether the sample belongs to a loaded individual."""
        return sample in self.individual_of_biosample or sample in self.sexes

    def people(self, samples: Sequence[str]) -> tuple[PersonRow, ...]:
        """One row per sample column, in column order."""
        only_biosample = self._only_biosamples()
        rows = []
        for column, sample in enumerate(samples):
            individual = self.individual_of(sample)
            biosample = sample
            if sample not in self.individual_of_biosample:
                biosample = only_biosample.get(individual) or sample
            rows.append(PersonRow(column, sample, individual, biosample, self.sexes.get(individual, UNKNOWN_SEX)))
        return tuple(rows)

    def _only_biosamples(self) -> dict[str, str]:
        """The biosample of each individual that has exactly one; empty text for those that have several."""
        found: dict[str, str] = {}
        for biosample, individual in self.individual_of_biosample.items():
            found[individual] = "" if individual in found else biosample
        return found


def read_people(draft: Draft) -> PeopleDirectory:
    """The directory of all entity parts of a draft."""
    directory = PeopleDirectory()
    for part in draft.manifest.of_kind(PartKind.ENTITIES):
        with duckdb.connect(str(draft.part_path(part)), read_only=True) as connection:
            rows = connection.execute(
                "SELECT entity, id, individual_id, sex FROM entities WHERE entity IN ($1, $2, $3)",
                [EntityType.INDIVIDUAL.value, EntityType.BIOSAMPLE.value, EntityType.RUN.value],
            ).fetchall()
        for entity, identifier, individual, sex in rows:
            if entity == EntityType.INDIVIDUAL:
                directory.sexes[identifier] = sex
            elif entity == EntityType.RUN:
                directory.individual_of_run[identifier] = individual
            else:
                directory.individual_of_biosample[identifier] = individual
    return directory


def people_on_contigs(draft: Draft, contigs: Iterable[str]) -> dict[str, dict[str, str]]:
    """Per contig the individuals that the draft has variants of already, each with the file they came from."""
    wanted = set(contigs)
    of_batch: dict[str, tuple[str, ...]] = {}
    found: dict[str, dict[str, str]] = {contig: {} for contig in wanted}
    for part in draft.manifest.of_kind(PartKind.VARIANTS):
        if part.contig not in wanted or not part.people_count:
            continue
        if part.batch not in of_batch:
            with duckdb.connect(str(draft.part_path(part)), read_only=True) as connection:
                rows = connection.execute("SELECT individual_id FROM people").fetchall()
            of_batch[part.batch] = tuple(row[0] for row in rows)
        name = part.sources[0].name if part.sources else part.batch
        found[part.contig].update(dict.fromkeys(of_batch[part.batch], name))
    return found


def owners_of_samples(draft: Draft) -> dict[str, str]:
    """Whose every sample of the draft's variants and files is taken to be, as it was when they were loaded."""
    found: dict[str, str] = {}
    seen: set[str] = set()
    for part in draft.manifest.of_kind(PartKind.VARIANTS):
        if part.people_count and part.batch not in seen:
            seen.add(part.batch)
            with duckdb.connect(str(draft.part_path(part)), read_only=True) as connection:
                found.update(connection.execute("SELECT sample, individual_id FROM people").fetchall())
    for part in draft.manifest.of_kind(PartKind.FILES):
        with duckdb.connect(str(draft.part_path(part)), read_only=True) as connection:
            rows = connection.execute("SELECT samples, individual_ids FROM file_objects").fetchall()
        for samples, individuals in rows:
            found.update(zip(json.loads(samples), json.loads(individuals), strict=True))
    return found


def entity_ids(draft: Draft) -> frozenset[tuple[str, str]]:
    """(entity table, id) of everything in the entity parts of a draft."""
    found: set[tuple[str, str]] = set()
    for part in draft.manifest.of_kind(PartKind.ENTITIES):
        with duckdb.connect(str(draft.part_path(part)), read_only=True) as connection:
            found.update(
                (str(row[0]), str(row[1])) for row in connection.execute("SELECT entity, id FROM entities").fetchall()
            )
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class LinkedRecord:
    """A run or an analysis of a draft: whose it was taken to be, and the biosample and run that it names."""

    entity: str
    id: str
    individual_id: str
    biosample_id: str
    run_id: str


def linked_records(draft: Draft) -> tuple[LinkedRecord, ...]:
    """The runs and analyses of all entity parts of a draft."""
    found: list[LinkedRecord] = []
    for part in draft.manifest.of_kind(PartKind.ENTITIES):
        with duckdb.connect(str(draft.part_path(part)), read_only=True) as connection:
            rows = connection.execute(
                "SELECT entity, id, individual_id, coalesce(document ->> '$.biosampleId', ''), "
                "coalesce(document ->> '$.runId', '') FROM entities WHERE entity IN ($1, $2)",
                [EntityType.RUN.value, EntityType.ANALYSIS.value],
            ).fetchall()
        found += [LinkedRecord(*map(str, row)) for row in rows]
    return tuple(found)
