"""Loading variants: VCF and BCF files into the draft of a dataset, all of them or none."""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from beacon.part_builder import shared_alleles
from core.datasets import DatasetCatalogue
from core.draft import Draft
from core.errors import LoadRefused
from core.manifest import AbsentSite, Part, PartKind
from loaders.checkpoint import Checkpoint
from loaders.input_files import check_input_files, file_states, refuse_changed
from loaders.people_directory import people_on_contigs
from loaders.progress import Progress, SilentProgress
from loaders.qc.quality import variant_quality_report
from loaders.report import Report, check_tolerance
from loaders.task_pool import TaskPool
from loaders.vcf_parts import PartOutcome, PartTask, build_part
from loaders.vcf_plan import Plan, VcfOptions, batch_name, identity_of, plan_load
from loaders.vcf_ranges import FastaReference, RangeTask, index_reference, inspect_vcf, read_range
from loaders.vcf_report import ReadFile, duplicates_by_file, file_report, quality_tallies, rejections_of
from loaders.worker import WorkerLimits, WorkerPool

DEFAULT_TOLERANCE = 0.01
"""Share of a file's records that may be rejected before the file is."""

MERGED_FILES = 500
"""So many files of different people become one part of a contig; more make further parts."""

_LITTLE_BYTES = 4 << 20


def load_vcf(
    catalogue: DatasetCatalogue,
    dataset_id: str,
    files: Sequence[Path],
    *,
    preset: str | None = None,
    fresh: bool = False,
    options: VcfOptions | None = None,
    pool: Callable[[int, Progress], TaskPool] | None = None,
    processes: int | None = None,
    limits: WorkerLimits | None = None,
    progress: Progress | None = None,
) -> Report:
    """Load VCF and BCF files into the dataset's draft.

    Files whose content the draft already has are passed over. ``pool``: where tasks run, given how many there may be
    at once; by default worker processes of this machine. A load that was killed goes on where it was.

    Raises ``LoadRefused`` naming file, place and reason, ``OperatorError`` where the dataset does not allow the load;
    the draft then stays as it was.
    """
    paths = check_input_files(files)
    options = options or VcfOptions()
    at_once = processes or _processes(paths)
    progress = progress or SilentProgress()
    made = pool(at_once, progress) if pool else WorkerPool(at_once, limits=limits, progress=progress)
    with catalogue.open_draft(dataset_id, preset=preset, fresh=fresh) as draft, made as tasks:
        inputs = [*paths, *(check_input_files([options.reference]) if options.reference else ())]
        states = file_states(inputs)
        tasks.check_files(inputs, draft.staging)
        inspected = tasks.run(inspect_vcf, [(f"checking {path.name}", path) for path in paths])
        plan = plan_load(draft, paths, inspected, options)
        found = tasks.run(index_reference, [("reading the reference", each) for each in [options.reference] if each])
        checkpoint = Checkpoint(catalogue.folder(dataset_id) / "prepared", identity_of(plan, options, catalogue.home))
        try:
            load = _Load(
                catalogue.home, draft, tasks, checkpoint, plan=plan, options=options, reference=next(iter(found), None)
            )
            return load.run(paths, lambda: refuse_changed(states))
        finally:
            checkpoint.remove()


def _processes(paths: Sequence[Path]) -> int:
    """One a core; for little input a single one: starting another takes longer than the work."""
    return 1 if sum(path.stat().st_size for path in paths) < _LITTLE_BYTES else os.cpu_count() or 1


class _Load:
    """One load, from the plan to the draft."""

    def __init__(
        self,
        home: Path,
        draft: Draft,
        tasks: TaskPool,
        checkpoint: Checkpoint,
        *,
        plan: Plan,
        options: VcfOptions,
        reference: FastaReference | None,
    ) -> None:
        self._home, self._draft, self._tasks = home, draft, tasks
        self._checkpoint, self._plan, self._options, self._reference = checkpoint, plan, options, reference

    def run(self, paths: Sequence[Path], check_inputs: Callable[[], None]) -> Report:
        """Read, build, check and add; ``check_inputs`` raises if a file is not what was inspected any more."""
        read = self._read()
        for file in read:
            self._check_tolerance(file)
        groups = list(_groups(read))
        self._refuse_repeated_people(groups)
        parts = [self._part_task(number, *group) for number, group in enumerate(groups)]
        built = self._checkpoint.run(
            self._tasks, build_part, [(f"building {task.contig}", task.name, task) for task in parts]
        )
        self._refuse_repeated_sites(groups, built)
        check_inputs()
        if read:
            self._draft.add([(outcome.part, outcome.path) for outcome in built if outcome.part])
        reports = dict(self._plan.reports)
        repeated = duplicates_by_file(groups, built)
        for file in read:
            reports[file.planned.path] = file_report(file, repeated[file.planned.path])
        manifest = self._draft.manifest
        ordered = tuple(reports[path] for path in paths)
        quality = variant_quality_report(quality_tallies(groups, built)) if built else None
        return Report(manifest.dataset_id, manifest.version, "variants", ordered, quality=quality)

    def _read(self) -> list[ReadFile]:
        """Read all ranges of all files."""
        tasks: list[tuple[str, str, RangeTask]] = []
        for number, file in enumerate(self._plan.files):
            for place, part in enumerate(file.inspected.ranges):
                prefix = f"{number:05d}-{place:05d}"
                task = RangeTask(
                    file.path,
                    file.inspected.kind,
                    file.inspected.header,
                    part,
                    self._plan.assembly,
                    tuple(person.sex for person in file.people),
                    self._checkpoint.folder,
                    prefix,
                    self._options.frequency_map,
                    self._reference,
                    file.absent_site is AbsentSite.BLOCKS,
                )
                many = len(file.inspected.ranges) > 1
                step = f"reading {file.path.name}" + (f" ({place + 1}/{len(file.inspected.ranges)})" if many else "")
                tasks.append((step, prefix, task))
        outcomes = iter(self._checkpoint.run(self._tasks, read_range, tasks))
        return [ReadFile(file, tuple(next(outcomes) for _ in file.inspected.ranges)) for file in self._plan.files]

    def _check_tolerance(self, file: ReadFile) -> None:
        log = rejections_of(file)
        records, rejected = (sum(getattr(each, name) for each in file.ranges) for name in ("records", "rejected"))
        check_tolerance(file.planned.path.name, records, rejected, log, self._options.tolerance)

    def _part_task(self, number: int, contig: str, files: Sequence[ReadFile]) -> PartTask:
        people = [person for file in files for person in file.planned.people]
        first = files[0].planned
        return PartTask(
            contig,
            self._checkpoint.folder,
            f"part-{number:05d}.duckdb",
            self._plan.assembly,
            batch_name(people, first.inspected.sha256),
            first.absent_site,
            tuple(file.on_contig(contig) for file in files),
            self._home if self._options.genes else None,
        )

    def _refuse_repeated_people(self, groups: Sequence[tuple[str, Sequence[ReadFile]]]) -> None:
        """Raise ``LoadRefused`` if someone would have two files on one contig, and so be counted twice."""
        found = people_on_contigs(self._draft, {contig for contig, _ in groups})
        for contig, files in groups:
            there = found[contig]
            for file in files:
                people = [person.individual_id for person in file.planned.people]
                both = [individual for individual in people if individual in there]
                if both:
                    message = (
                        f"{file.planned.path.name}: {len(both):,} of its people (such as {both[0]!r}) have variants on "
                        f"contig {contig} already, from {there[both[0]]}; join the files first (bcftools concat), "
                        "or begin a new draft with --fresh"
                    )
                    raise LoadRefused(message)
                there.update(dict.fromkeys(people, file.planned.path.name))

    def _refuse_repeated_sites(
        self, groups: Sequence[tuple[str, Sequence[ReadFile]]], built: Sequence[PartOutcome]
    ) -> None:
        """Raise ``LoadRefused`` if frequencies of one allele would come from two files, and so add up."""
        there = [
            (part.contig, self._draft.part_path(part), _source(part))
            for part in self._draft.manifest.of_kind(PartKind.VARIANTS)
            if not part.people_count
        ]
        for (contig, files), outcome in zip(groups, built, strict=True):
            if outcome.part is None or not files[0].planned.sites_only:
                continue
            name = files[0].planned.path.name
            for other_contig, other, source in there:
                shared = shared_alleles(outcome.path, other) if other_contig == contig else 0
                if shared:
                    message = (
                        f"{name}: {shared:,} of its alleles on contig {contig} have frequencies from {source} already, "
                        "and the counts would add up; begin a new draft with --fresh, or use another dataset"
                    )
                    raise LoadRefused(message)
            there.append((contig, outcome.path, name))


def _source(part: Part) -> str:
    return part.sources[0].name if part.sources else part.batch


def _groups(read: Sequence[ReadFile]) -> Iterator[tuple[str, tuple[ReadFile, ...]]]:
    """(contig, files that make one part of it): files of people together, files of sites each alone."""
    alone = [[file] for file in read if file.planned.sites_only]
    together = [
        [file for file in read if not file.planned.sites_only and file.planned.absent_site is meaning]
        for meaning in AbsentSite
    ]
    for files in (*alone, *together):
        having: dict[str, list[ReadFile]] = {}
        for file in files:
            for contig in file.contigs:
                having.setdefault(contig, []).append(file)
        for contig, found in having.items():
            for first in range(0, len(found), MERGED_FILES):
                yield contig, tuple(found[first : first + MERGED_FILES])
