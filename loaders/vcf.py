"""Loading variants: VCF and BCF files into the draft of a dataset, all of them or none."""

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from beacon.part_builder import shared_alleles
from beacon.rows import PersonRow
from core.datasets import DatasetCatalogue
from core.draft import Draft
from core.errors import LoadRefused
from core.manifest import AbsentSite, PartKind
from loaders.input_files import check_input_files
from loaders.people_directory import PeopleDirectory, people_on_contigs, read_people
from loaders.personal_data import refuse_personal_names
from loaders.progress import Progress, SilentProgress
from loaders.report import FileReport, Report
from loaders.task_pool import TaskPool
from loaders.vcf_header import choose_assembly
from loaders.vcf_parts import InspectedVcf, VcfOutcome, VcfTask, build_variant_parts, inspect_vcf
from loaders.worker import WorkerLimits, WorkerPool

DEFAULT_TOLERANCE = 0.01
"""Share of a file's records that may be rejected before the file is."""


@dataclass(frozen=True, slots=True)
class _Planned:
    """A file that is to be read, and remarks."""

    task: VcfTask
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Options:
    """What the caller said about all files."""

    assembly: str | None
    absent_site: AbsentSite | None
    tolerance: float


def load_vcf(
    catalogue: DatasetCatalogue,
    dataset_id: str,
    files: Sequence[Path],
    *,
    preset: str | None = None,
    assembly: str | None = None,
    absent_site: AbsentSite | None = None,
    fresh: bool = False,
    tolerance: float = DEFAULT_TOLERANCE,
    processes: int | None = None,
    limits: WorkerLimits | None = None,
    progress: Progress | None = None,
    pool: Callable[[int, Progress], TaskPool] | None = None,
) -> Report:
    """Load VCF and BCF files into the dataset's draft.

    ``absent_site``: what a site that is not in a file means for its people; by default reference for files of several
    samples, unknown for files of one or none. ``tolerance``: the share of records that may be rejected. Files whose
    content the draft already has are passed over. ``pool``: makes what the tasks run in, for so many files; by default
    ``processes`` processes of this machine.

    Raises ``LoadRefused`` naming file, place and reason, ``OperatorError`` where the dataset does not allow the load;
    the draft then stays as it was.
    """
    progress = progress or SilentProgress()
    paths = check_input_files(files)
    with (
        catalogue.open_draft(dataset_id, preset=preset, fresh=fresh) as draft,
        pool(len(paths), progress) if pool else _local_pool(len(paths), processes, limits, progress) as workers,
    ):
        workers.check_files(paths, draft.staging)
        inspected = workers.run(inspect_vcf, [(f"checking {path.name}", path) for path in paths])
        options = _Options(assembly, absent_site, tolerance)
        planned, reports = _plan(draft, paths, inspected, options)
        tasks = [item.task for item in planned]
        outcomes = workers.run(build_variant_parts, [(f"reading {item.path.name}", item) for item in tasks])
        _refuse_repeated_people(draft, tasks, outcomes)
        _refuse_repeated_sites(draft, tasks, outcomes)
        if planned:
            draft.add([part for outcome in outcomes for part in outcome.parts])
        for item, outcome in zip(planned, outcomes, strict=True):
            reports[item.task.path] = _file_report(item, outcome)
        return Report(dataset_id, draft.manifest.version, "variants", tuple(reports[path] for path in paths))


def _local_pool(files: int, processes: int | None, limits: WorkerLimits | None, progress: Progress) -> TaskPool:
    return WorkerPool(min(files, processes or os.cpu_count() or 1), limits=limits, progress=progress)


def _plan(
    draft: Draft, paths: Sequence[Path], inspected: Sequence[InspectedVcf], options: _Options
) -> tuple[list[_Planned], dict[Path, FileReport]]:
    """Which files are to be read, and how; and the reports of those that are not."""
    known = {source.sha256 for part in draft.manifest.of_kind(PartKind.VARIANTS) for source in part.sources}
    directory = read_people(draft)
    planned: list[_Planned] = []
    reports: dict[Path, FileReport] = {}
    for path, found in zip(paths, inspected, strict=True):
        if found.sha256 in known:
            reports[path] = FileReport(path.name, found.sha256, already_loaded=True)
            continue
        known.add(found.sha256)
        staging = draft.staging / f"{len(planned):06d}"
        staging.mkdir()
        planned.append(_plan_file(draft, path, found, options=options, directory=directory, staging=staging))
    return planned, reports


def _plan_file(
    draft: Draft, path: Path, found: InspectedVcf, *, options: _Options, directory: PeopleDirectory, staging: Path
) -> _Planned:
    samples = found.header.samples
    refuse_personal_names(path.name, "the sample name in column", samples)
    header = found.header
    choice = choose_assembly(path.name, header.contigs, header.reference, options.assembly, draft.manifest.assembly)
    draft.use_assembly(choice.assembly.name)
    people = directory.people(samples)
    _refuse_shared_columns(path.name, people)
    unknown = sum(not directory.knows(sample) for sample in samples) if directory.sexes else 0
    notes = (*choice.notes, *([f"{unknown:,} samples belong to no loaded individual"] if unknown else []))
    task = VcfTask(
        path=path,
        source_sha256=found.sha256,
        staging=staging,
        assembly=choice.assembly.name,
        people=people,
        batch=_batch_name(people, found.sha256),
        absent_site=_absent_site(path.name, len(samples), options.absent_site),
        tolerance=options.tolerance,
    )
    return _Planned(task, notes)


def _absent_site(name: str, samples: int, stated: AbsentSite | None) -> AbsentSite:
    if stated is AbsentSite.REFERENCE and not samples:
        message = f"{name}: a file without samples cannot say that its people have the reference at absent sites"
        raise LoadRefused(message)
    return stated or (AbsentSite.REFERENCE if samples > 1 else AbsentSite.UNKNOWN)


def _batch_name(people: Sequence[PersonRow], sha256: str) -> str:
    """The same people, the same name; sites without people are named after their file."""
    if not people:
        return f"sites-{sha256[:16]}"
    names = "\n".join(sorted(person.individual_id for person in people))
    return f"people-{hashlib.sha256(names.encode()).hexdigest()[:16]}"


def _refuse_shared_columns(name: str, people: Sequence[PersonRow]) -> None:
    """Counts are of people: two columns of one person would count twice."""
    seen: dict[str, str] = {}
    for person in people:
        if person.individual_id in seen:
            message = (
                f"{name}: samples {seen[person.individual_id]!r} and {person.sample!r} belong to one individual; "
                "keep one of the columns (bcftools view -s)"
            )
            raise LoadRefused(message)
        seen[person.individual_id] = person.sample


def _refuse_repeated_people(draft: Draft, tasks: Sequence[VcfTask], outcomes: Sequence[VcfOutcome]) -> None:
    """Raise ``LoadRefused`` if someone would have two files on one contig, and so be counted twice."""
    contigs = {part.contig for outcome in outcomes for part, _ in outcome.parts}
    found = people_on_contigs(draft, contigs)
    for task, outcome in zip(tasks, outcomes, strict=True):
        for part, _ in outcome.parts:
            there = found[part.contig]
            both = [person.individual_id for person in task.people if person.individual_id in there]
            if both:
                message = (
                    f"{task.path.name}: {len(both):,} of its people (such as {both[0]!r}) have variants on contig "
                    f"{part.contig} already, from {there[both[0]]}; join the files first (bcftools concat), "
                    "or begin a new draft with --fresh"
                )
                raise LoadRefused(message)
            there.update(dict.fromkeys((person.individual_id for person in task.people), task.path.name))


def _refuse_repeated_sites(draft: Draft, tasks: Sequence[VcfTask], outcomes: Sequence[VcfOutcome]) -> None:
    """Raise ``LoadRefused`` if frequencies of one allele would come from two files, and so add up."""
    there = [
        (part.contig, draft.part_path(part), part.sources[0].name if part.sources else part.batch)
        for part in draft.manifest.of_kind(PartKind.VARIANTS)
        if not part.people_count
    ]
    for task, outcome in zip(tasks, outcomes, strict=True):
        new = [(part.contig, path, task.path.name) for part, path in outcome.parts if not part.people_count]
        for contig, path, name in new:
            for other_contig, other, source in there:
                shared = shared_alleles(path, other) if other_contig == contig else 0
                if shared:
                    message = (
                        f"{name}: {shared:,} of its alleles on contig {contig} have frequencies from {source} already, "
                        "and the counts would add up; begin a new draft with --fresh, or use another dataset"
                    )
                    raise LoadRefused(message)
        there += new


def _file_report(item: _Planned, outcome: VcfOutcome) -> FileReport:
    return FileReport(
        file=item.task.path.name,
        sha256=item.task.source_sha256,
        accepted=outcome.accepted,
        rejected=outcome.rejected,
        rejections=outcome.rejections,
        notes=(*item.notes, *outcome.notes),
    )
