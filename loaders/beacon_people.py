"""Whose Beacon records are: by what they state, by the biosamples they name, by equal ids."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from beacon.rows import EntityRow, EntityType, TermRow
from core.errors import LoadRefused
from loaders.beacon_files import BeaconFile
from loaders.beacon_records import BeaconRecord
from loaders.people_directory import LinkedRecord, PeopleDirectory
from loaders.report import RecordRejected

OWN_ID = "biosamples without individualId taken as the individual's of the same id"
NOBODYS = "records that name no person: an opt-out cannot reach them"
STRANGERS = "records of people who are not loaded as individuals"


@dataclass(frozen=True, slots=True)
class OwnedRecords:
    """The accepted records of one file as rows."""

    entities: tuple[EntityRow, ...]
    terms: tuple[TermRow, ...]


def learn_people(files: Iterable[BeaconFile], directory: PeopleDirectory) -> None:
    """Add the individuals and biosamples of a load to what is known of the draft."""
    records = [record for file in files for _, record in file.records]
    for record in records:
        if record.entity is EntityType.INDIVIDUAL:
            directory.sexes.setdefault(record.id, record.sex)
    for record in records:
        if record.entity is EntityType.BIOSAMPLE:
            owner = record.individual_id or (record.id if record.id in directory.sexes else "")
            if owner:
                directory.individual_of_biosample.setdefault(record.id, owner)
    _learn_runs(records, directory)


def _learn_runs(records: Iterable[BeaconRecord], directory: PeopleDirectory) -> None:
    for record in records:
        if record.entity is EntityType.RUN:
            owner = record.individual_id or _of_sample(record.biosample_id, directory)
            if owner:
                directory.individual_of_run.setdefault(record.id, owner)


def refuse_late_people(records: Iterable[LinkedRecord], directory: PeopleDirectory) -> None:
    """Raise ``LoadRefused`` if a run or an analysis of the draft is somebody's whom only this load tells.

    It was taken as another's, or as nobody's, and an opt-out would not reach it.
    """
    for record in records:
        if record.entity == EntityType.RUN or record.biosample_id:
            known = directory.individual_of_biosample.get(record.biosample_id, "")
        else:
            known = directory.individual_of_run.get(record.run_id, "")
        if known and record.individual_id in ("", record.biosample_id) and known != record.individual_id:
            kind = "run" if record.entity == EntityType.RUN else "analysis"
            message = (
                f"{kind} {record.id!r} of the draft was loaded before it was known to be of {known!r}; "
                "begin a new draft with --fresh and load people, biosamples and runs first, or all at once"
            )
            raise LoadRefused(message)


def owned_records(file: BeaconFile, directory: PeopleDirectory, used: set[tuple[str, str]]) -> OwnedRecords:
    """Give every record of a file its person; those that cannot be taken go to the file's log.

    ``used``: (entity table, id) that are taken already; grows.
    """
    entities: list[EntityRow] = []
    terms: list[TermRow] = []
    for place, record in file.records:
        try:
            row, found = record.owned_by(_owner(record, directory, file.remarks))
            key = (str(row.entity), row.id)
            if key in used:
                reason = f"{row.id!r} is in the dataset already"
                raise RecordRejected(reason, "id")  # noqa: TRY301 - one way out for all reasons
        except RecordRejected as error:
            file.log.note(place, error.field_name, error.message)
            continue
        used.add(key)
        entities.append(row)
        terms += found
    return OwnedRecords(tuple(entities), tuple(terms))


def _of_sample(sample: str, directory: PeopleDirectory) -> str:
    """Whose a sample is; a person of its name where nobody said."""
    return directory.individual_of_biosample.get(sample, sample)


def _of_run(record: BeaconRecord, directory: PeopleDirectory) -> str:
    """Whose the run of an analysis is that names no biosample (Beacon v2 Models, analyses, ``runId``)."""
    run = record.document.get("runId")
    if record.entity is not EntityType.ANALYSIS or record.individual_id or not isinstance(run, str):
        return ""
    return directory.individual_of_run.get(run, "")


def _owner(record: BeaconRecord, directory: PeopleDirectory, remarks: Counter[str]) -> str:
    if record.entity in (EntityType.INDIVIDUAL, EntityType.COHORT):
        return record.individual_id
    sample = record.id if record.entity is EntityType.BIOSAMPLE else record.biosample_id
    known = directory.individual_of_biosample.get(sample, "") if sample else _of_run(record, directory)
    if record.individual_id and known and known != record.individual_id:
        reason = f"biosample {sample!r} belongs to {known!r}"
        raise RecordRejected(reason, "individualId")
    if record.entity is EntityType.BIOSAMPLE and not record.individual_id and known:
        remarks[OWN_ID] += 1
    owner = record.individual_id or known or (sample if record.entity is not EntityType.BIOSAMPLE else "")
    if not owner:
        remarks[NOBODYS] += 1
    elif directory.sexes and owner not in directory.sexes:
        remarks[STRANGERS] += 1
    return owner
