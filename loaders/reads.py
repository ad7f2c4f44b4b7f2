"""Registering BAM, CRAM, VCF, BCF and Crypt4GH files as objects of a dataset: bytes that htsget and DRS serve."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from core.datasets import DatasetCatalogue
from core.draft import Draft
from core.errors import LoadRefused, OperatorError
from core.manifest import Part, PartKind, Source
from core.storage import Storage
from drs.part_builder import build_file_part
from drs.rows import FileRow
from loaders.crypt4gh_contents import check_key
from loaders.input_files import check_object_files
from loaders.object_admission import Admission, Admitted, Names, distinct
from loaders.object_copies import Copies, claiming, full_disk_named
from loaders.object_found import Refusal
from loaders.object_ids import Registered, foreign_aliases, read_registered, refuse_foreign_aliases
from loaders.object_inspections import Checks, Sound, Workshop
from loaders.object_links import Owners, Stated, read_runs
from loaders.people_directory import read_people
from loaders.progress import Progress, SilentProgress
from loaders.qc.charts import files_quality
from loaders.report import FileReport, Rejection, Report
from loaders.worker import WorkerLimits


@dataclass(frozen=True, slots=True)
class ReadsOptions:
    """What the operator says of a load of files.

    ``names``: id and assembly. ``stated``: whose samples, which runs. ``checks``: how files are checked. ``copy``: take
    the files into the node's home; otherwise they are registered where they lie and must stay there unchanged.
    ``lenient``: take the sound files and report the others; otherwise one that is refused refuses all.
    """

    names: Names = field(default_factory=Names)
    stated: Stated = field(default_factory=Stated)
    checks: Checks = field(default_factory=Checks)
    copy: bool = False
    lenient: bool = False


def load_reads(
    catalogue: DatasetCatalogue,
    dataset_id: str,
    files: Sequence[Path | str],
    options: ReadsOptions | None = None,
    *,
    preset: str | None = None,
    fresh: bool = False,
    storage: Storage | None = None,
    processes: int | None = None,
    limits: WorkerLimits | None = None,
    progress: Progress | None = None,
) -> Report:
    """Register files, with the indexes that lie beside them, in the dataset's draft.

    ``files``: paths, or ``s3://bucket/key`` where ``storage`` is given.

    Raises ``LoadRefused`` naming file and remedy; the draft then stays as it was.
    """
    options = options or ReadsOptions()
    progress = progress or SilentProgress()
    sources = check_object_files(files)
    if options.checks.key:
        check_key(options.checks.key)
    with full_disk_named(catalogue.home), catalogue.open_draft(dataset_id, preset=preset, fresh=fresh) as draft:
        workers = processes or os.cpu_count() or 1
        workshop = Workshop(draft, storage, workers, limits, progress, keep_fetched=options.copy)
        outcomes = workshop.inspect(sources, options.checks)
        admission = _admission(catalogue, draft, options)
        reports = _admit_all(admission, outcomes, lenient=options.lenient)
        _take_in(catalogue, draft, admission.admitted, copy=options.copy, progress=progress)
        kept = [item.found.file for item in admission.admitted]
        quality = files_quality((file.format.value, file.size_bytes) for file in kept)
        return Report(dataset_id, draft.manifest.version, "objects", tuple(reports), quality=quality)


def _admission(catalogue: DatasetCatalogue, draft: Draft, options: ReadsOptions) -> Admission:
    return Admission(
        draft,
        options.names,
        options.stated,
        Owners(read_people(draft), read_runs(draft)),
        _registered(draft),
        foreign_aliases(catalogue, draft.manifest.dataset_id),
    )


def _registered(draft: Draft) -> Registered:
    paths = [draft.part_path(part) for part in draft.manifest.of_kind(PartKind.FILES)]
    try:
        return read_registered(paths)
    except duckdb.Error as error:
        message = f"a part of dataset {draft.manifest.dataset_id} cannot be read; load its files anew with --fresh"
        raise OperatorError(message) from error


def _admit_all(admission: Admission, outcomes: Sequence[Sound | Refusal], *, lenient: bool) -> list[FileReport]:
    """A report for each file in order; raises ``LoadRefused`` if one is refused and not ``lenient``, or if all are."""
    known = {id(outcome) for outcome in distinct([outcome for outcome in outcomes if isinstance(outcome, Sound)])}
    reports, refusals = [], []
    for outcome in outcomes:
        if isinstance(outcome, Sound) and (id(outcome) not in known or admission.knows(outcome.found)):
            found = outcome.found
            reports.append(FileReport(found.file.path.name, found.file.sha256, already_loaded=True))
            continue
        refusal = outcome if isinstance(outcome, Refusal) else _admit(admission, outcome, reports)
        if refusal is not None:
            refusals.append(refusal)
            rejection = Rejection(0, "file", refusal.reason.removeprefix(f"{refusal.name}: "))
            reports.append(FileReport(refusal.name, "", rejected=1, rejections=(rejection,)))
    if refusals and (not lenient or len(refusals) == len(outcomes)):
        raise LoadRefused("\n".join(refusal.reason for refusal in refusals))
    return reports


def _admit(admission: Admission, sound: Sound, reports: list[FileReport]) -> Refusal | None:
    found = sound.found
    try:
        admitted = admission.admit(sound)
    except LoadRefused as error:
        return Refusal(found.file.path.name, error.message)
    reports.append(FileReport(found.file.path.name, found.file.sha256, accepted=1, notes=admitted.notes))
    return None


def _take_in(
    catalogue: DatasetCatalogue, draft: Draft, admitted: Sequence[Admitted], *, copy: bool, progress: Progress
) -> None:
    """Copy what is to be copied, then claim the ids and name the files in the draft, while no other load does."""
    if not admitted:
        return
    with Copies(catalogue.home) as copies:
        rows = [row for item in admitted for row in item.rows]
        if copy:
            copies.check_room(sum(row.size_bytes for row in rows))
            rows = [copies.copy(row, path, progress) for item in admitted for row, path in item.sources]
        with claiming(catalogue.home):
            refuse_foreign_aliases(rows, foreign_aliases(catalogue, draft.manifest.dataset_id))
            try:
                rows = copies.install(rows) if copy else rows
                draft.add([_part(draft, rows, admitted)])
            except BaseException:
                if not _is_in(catalogue, draft, rows):
                    copies.undo()
                raise


def _is_in(catalogue: DatasetCatalogue, draft: Draft, rows: Sequence[FileRow]) -> bool:
    """Whether the draft on the disk names these objects, whatever interrupted its writer afterwards."""
    written = catalogue.status(draft.manifest.dataset_id).draft
    names = {source.sha256 for part in (written.parts if written else ()) for source in part.sources}
    return any(row.sha256 in names for row in rows)


def _part(draft: Draft, rows: Sequence[FileRow], admitted: Sequence[Admitted]) -> tuple[Part, Path]:
    path = draft.staging / "files.duckdb"
    distinct_rows = list({row.object_id: row for row in rows}.values())
    data = [row for row in distinct_rows if not row.is_index]
    part = build_file_part(
        path,
        distinct_rows,
        read_groups=(group for item in admitted for group in item.read_groups),
        sequences=(sequence for item in admitted for sequence in item.sequences),
    )
    digest = hashlib.sha256("".join(row.sha256 for row in data).encode()).hexdigest()
    sources = tuple(Source(row.name, row.sha256) for row in data)
    people = {individual for row in data for individual in row.individual_ids}
    return replace(part, batch=f"files-{digest[:16]}", sources=sources, people_count=len(people)), path
