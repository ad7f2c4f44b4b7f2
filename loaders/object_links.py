"""Whose a file is: people and biosamples by its samples, runs by its read groups (pure but for reading the draft)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from beacon.rows import EntityType
from core.draft import Draft
from core.errors import LoadRefused
from core.manifest import PartKind
from drs.rows import FileFormat
from loaders.object_found import Content, InspectedObject
from loaders.people_directory import PeopleDirectory
from loaders.personal_data import refuse_personal_names

_READS = frozenset({FileFormat.BAM, FileFormat.CRAM, FileFormat.SAM})


@dataclass(frozen=True, slots=True)
class Stated:
    """What the operator says of the files: whose samples they hold, and which runs they are of.

    ``of_nobody``: files of reads that name no sample are taken; they are nobody's, and no opt-out reaches them.
    """

    samples: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    of_nobody: bool = False


@dataclass(frozen=True, slots=True)
class Links:
    """Samples of a file, whom and which biosample each belongs to, position by position; runs; remarks."""

    samples: tuple[str, ...]
    individual_ids: tuple[str, ...]
    biosample_ids: tuple[str, ...]
    run_ids: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Owners:
    """Everybody that the draft holds, and its sequencing runs: id -> biosample."""

    people: PeopleDirectory
    biosample_of_run: Mapping[str, str] = field(default_factory=dict)


def read_runs(draft: Draft) -> dict[str, str]:
    """The biosample of each run in the draft (Beacon v2 Models, runs, ``biosampleId``), empty where it has none."""
    found: dict[str, str] = {}
    for part in draft.manifest.of_kind(PartKind.ENTITIES):
        with duckdb.connect(str(draft.part_path(part)), read_only=True) as connection:
            rows = connection.execute(
                "SELECT id, document FROM entities WHERE entity = $1", [EntityType.RUN.value]
            ).fetchall()
        for identifier, document in rows:
            content = json.loads(document)
            biosample = content.get("biosampleId") if isinstance(content, dict) else None
            found[str(identifier)] = biosample if isinstance(biosample, str) else ""
    return found


def link(found: InspectedObject, stated: Stated, owners: Owners) -> Links:
    """Link a file; raises ``LoadRefused`` where what is stated contradicts the file, or looks like personal data."""
    name = found.file.path.name
    samples = _samples(name, found, stated.samples)
    refuse_personal_names(name, "sample name", samples)
    refuse_personal_names(name, "run", stated.runs)
    people = owners.people
    individuals = tuple(people.individual_of(sample) for sample in samples)
    biosamples = tuple(people.people([sample])[0].biosample_id if people.knows(sample) else "" for sample in samples)
    notes = [] if samples else _without_samples(name, found, of_nobody=stated.of_nobody)
    strangers = sum(not people.knows(sample) for sample in samples) if people.sexes else 0
    if strangers:
        notes.append(f"{strangers:,} samples belong to no loaded individual")
    runs, remarks = _runs(name, found.content, biosamples, stated.runs, owners.biosample_of_run)
    return Links(samples, individuals, biosamples, runs, (*notes, *remarks))


def _samples(name: str, found: InspectedObject, stated: tuple[str, ...]) -> tuple[str, ...]:
    there = found.content.samples
    if stated and there and set(stated) != set(there):
        message = f"{name}: its header names {len(there):,} samples, and they are not those of --sample"
        raise LoadRefused(message)
    return there or stated


def _without_samples(name: str, found: InspectedObject, *, of_nobody: bool) -> list[str]:
    """A remark on a file of reads without a sample; raises ``LoadRefused`` unless it is said to be nobody's."""
    if found.readable and (found.inner_format or found.file.format) not in _READS:
        return []
    why = "no read group names a sample" if found.readable else "its samples cannot be read"
    if not of_nobody:
        message = (
            f"{name}: {why}, so nobody's opt-out could reach it; say whose it is with --sample, "
            "or that it is nobody's with --of-nobody"
        )
        raise LoadRefused(message)
    return [f"{why}; taken as nobody's: no opt-out reaches it"]


def _runs(
    name: str, content: Content, biosamples: Sequence[str], stated: tuple[str, ...], loaded: Mapping[str, str]
) -> tuple[tuple[str, ...], list[str]]:
    """The runs of a file: as stated, else the loaded one of its biosamples that a read group names, else the only."""
    mine = set(biosamples) - {""}
    if stated:
        foreign = [run for run in stated if mine and loaded.get(run) and loaded[run] not in mine]
        if foreign:
            message = f"{name}: run {foreign[0]!r} is of another biosample than the file"
            raise LoadRefused(message)
        unknown = sum(run not in loaded for run in stated) if loaded else 0
        return stated, [f"{unknown:,} of its runs are not loaded"] if unknown else []
    candidates = sorted(run for run, biosample in loaded.items() if biosample in mine)
    named = {text for group in content.read_groups for text in (group.identifier, group.platform_unit)}
    chosen = [run for run in candidates if run in named] or candidates
    if len(chosen) > len(mine) and not named.intersection(chosen):
        return (), [f"its biosamples have {len(chosen):,} runs; --run says which the file is of"]
    return tuple(chosen), []
