"""Loading tables of allele frequencies into the draft of a dataset, all of them or none."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from beacon.part_builder import shared_alleles
from core.datasets import DatasetCatalogue
from core.draft import Draft
from core.errors import LoadRefused
from core.genome import Assembly, canonical_contig, find_assembly
from core.manifest import Part, PartKind
from loaders.frequency_table import (
    InspectedTable,
    TableOutcome,
    TableTask,
    build_frequency_part,
    inspect_table,
    total_population,
)
from loaders.input_files import check_input_files
from loaders.progress import Progress, SilentProgress
from loaders.report import FileReport, Report
from loaders.vcf_header import stated_assembly
from loaders.worker import WorkerLimits, WorkerPool

DEFAULT_TOLERANCE = 0.01
"""Share of a file's rows that may be rejected before the file is."""

_CONTIG_IN_NAME = re.compile(r"(?i)(?:^|[^a-z0-9])chr([0-9]{1,2}|x|y|mt?)(?![a-z0-9])")


@dataclass(frozen=True, slots=True)
class FrequencyOptions:
    """What the caller says about all files; ``None`` for what the files tell.

    ``total``: the population whose counts are the variants' own. ``tolerance``: share of rows that may be rejected.
    """

    assembly: str | None = None
    contig: str | None = None
    total: str | None = None
    tolerance: float = DEFAULT_TOLERANCE


def load_frequencies(
    catalogue: DatasetCatalogue,
    dataset_id: str,
    files: Sequence[Path],
    options: FrequencyOptions,
    *,
    preset: str | None = None,
    fresh: bool = False,
    processes: int | None = None,
    limits: WorkerLimits | None = None,
    progress: Progress | None = None,
) -> Report:
    """Load Parquet files of allele frequencies; those whose content the draft already has are passed over.

    Raises ``LoadRefused`` naming file, place and reason; the draft then stays as it was.
    """
    paths = check_input_files(files)
    count = min(len(paths), processes or os.cpu_count() or 1)
    with (
        catalogue.open_draft(dataset_id, preset=preset, fresh=fresh) as draft,
        WorkerPool(count, limits=limits, progress=progress or SilentProgress()) as pool,
    ):
        inspected = pool.run(inspect_table, [(f"checking {path.name}", path) for path in paths])
        known = {source.sha256 for part in draft.manifest.of_kind(PartKind.VARIANTS) for source in part.sources}
        reports: dict[Path, FileReport] = {}
        tasks: list[TableTask] = []
        for path, found in zip(paths, inspected, strict=True):
            if found.sha256 in known:
                reports[path] = FileReport(path.name, found.sha256, already_loaded=True)
                continue
            known.add(found.sha256)
            tasks.append(_task(draft, path, found, options))
        outcomes = pool.run(build_frequency_part, [(f"reading {task.path.name}", task) for task in tasks])
        _refuse_repeated_sites(draft, tasks, outcomes)
        if outcomes:
            draft.add([(outcome.part, outcome.path) for outcome in outcomes])
        for task, outcome in zip(tasks, outcomes, strict=True):
            reports[task.path] = _report(task, outcome)
        return Report(dataset_id, draft.manifest.version, "variants", tuple(reports[path] for path in paths))


def _task(draft: Draft, path: Path, found: InspectedTable, options: FrequencyOptions) -> TableTask:
    assembly = _assembly(draft, path, options.assembly)
    draft.use_assembly(assembly.name)
    named = options.contig or next(iter(_CONTIG_IN_NAME.findall(path.name)), "")
    if not named:
        message = f"{path.name}: neither the file's name nor --contig says which contig it is of"
        raise LoadRefused(message)
    contig = canonical_contig(named)
    if contig not in assembly.lengths:
        message = f"{path.name}: {assembly.name} has no contig {contig}"
        raise LoadRefused(message)
    try:
        total = total_population(found.populations, options.total)
    except LoadRefused as error:
        message = f"{path.name}: {error.message}"
        raise LoadRefused(message) from error
    staging = draft.staging / found.sha256[:16]
    staging.mkdir(exist_ok=True)
    return TableTask(path, found.sha256, staging, assembly.name, contig, total, options.tolerance)


def _assembly(draft: Draft, path: Path, stated: str | None) -> Assembly:
    """As stated, else by the folder (``GRCh37/allele-freq-chr3.4.parquet``), else the dataset's."""
    found = stated_assembly(stated) or find_assembly(path.parent.name) or find_assembly(draft.manifest.assembly)
    if found is None:
        message = f"{path.name}: the assembly is not known; state it with --assembly GRCh37, GRCh38 or T2T"
        raise LoadRefused(message)
    return found


def _refuse_repeated_sites(draft: Draft, tasks: Sequence[TableTask], outcomes: Sequence[TableOutcome]) -> None:
    """Raise ``LoadRefused`` if frequencies of one allele would come from two files, and so add up."""
    there = [
        (part.contig, draft.part_path(part), _source(part))
        for part in draft.manifest.of_kind(PartKind.VARIANTS)
        if not part.people_count
    ]
    for task, outcome in zip(tasks, outcomes, strict=True):
        for contig, path, source in there:
            both = shared_alleles(path, outcome.path) if contig == task.contig else 0
            if both:
                message = (
                    f"{task.path.name}: {both:,} of its alleles on contig {contig} have frequencies from {source} "
                    "already; put one of them in another dataset"
                )
                raise LoadRefused(message)
        there.append((task.contig, outcome.path, task.path.name))


def _source(part: Part) -> str:
    return part.sources[0].name if part.sources else part.file


def _report(task: TableTask, outcome: TableOutcome) -> FileReport:
    notes = [] if task.total else ["no population stands for everybody; the variants have no counts of their own"]
    notes.append("aggregated frequencies: people who opt out cannot be taken out of them")
    return FileReport(
        task.path.name,
        task.sha256,
        outcome.accepted,
        outcome.rejected,
        rejections=outcome.rejections,
        notes=tuple(notes),
    )
