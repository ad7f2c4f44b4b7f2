"""Loading Beacon-friendly JSON: all entity types of the Beacon v2 model, and variants with their carriers."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.datasets import DatasetCatalogue
from core.draft import Draft
from core.manifest import AbsentSite, PartKind, Source
from loaders.beacon_carriers import BuiltAlleles, build_carried_alleles
from loaders.beacon_files import BeaconFile, read_beacon_file
from loaders.beacon_people import OwnedRecords, learn_people, owned_records, refuse_late_people
from loaders.entity_batch import add_entities, refuse_other_owners
from loaders.input_files import check_input_files
from loaders.people_directory import entity_ids, linked_records, owners_of_samples, read_people
from loaders.progress import Progress, SilentProgress
from loaders.qc.entities import entity_quality
from loaders.report import FileReport, Report, check_tolerance
from loaders.worker import WorkerPool

DEFAULT_TOLERANCE = 0.01


@dataclass(frozen=True, slots=True)
class BeaconOptions:
    """What the caller says about all files of a load.

    ``assembly``: of the variants, ``None`` for what their accessions say. ``absent_site``: what it means for the
    samples of ``targets`` that a variant does not list them; ``None``: reference. ``tolerance``: the share of a file's
    records that may be rejected.
    """

    assembly: str | None = None
    absent_site: AbsentSite | None = None
    tolerance: float = DEFAULT_TOLERANCE


def load_beacon(
    catalogue: DatasetCatalogue,
    dataset_id: str,
    files: Sequence[Path],
    *,
    preset: str | None = None,
    fresh: bool = False,
    options: BeaconOptions | None = None,
    progress: Progress | None = None,
) -> Report:
    """Load files of individuals, biosamples, runs, analyses, cohorts, variants and genotype tables into the draft.

    Files whose content the draft already has are passed over. Raises ``LoadRefused`` naming file, place and reason,
    for personal data in particular; the draft then stays as it was.
    """
    paths = check_input_files(files)
    options = options or BeaconOptions()
    progress = progress or SilentProgress()
    pool = WorkerPool(min(len(paths), os.cpu_count() or 1), progress=progress)
    with catalogue.open_draft(dataset_id, preset=preset, fresh=fresh) as draft, pool:
        read = pool.run(read_beacon_file, [(f"reading {path.name}", path) for path in paths])
        return take_records(draft, read, options)


def take_records(draft: Draft, files: Sequence[BeaconFile], options: BeaconOptions) -> Report:
    """Settle whose everything is that was read, check, add all parts to the draft at once; raises ``LoadRefused``."""
    return _Load(draft, files, options).run()


class _Load:
    """One load, from what was read to the draft."""

    def __init__(self, draft: Draft, files: Sequence[BeaconFile], options: BeaconOptions) -> None:
        self._draft, self._files, self._options = draft, files, options

    def run(self) -> Report:
        """Do all of it."""
        self._pass_over_known()
        new = [file for file in self._files if not file.already_loaded]
        directory = read_people(self._draft)
        learn_people(new, directory)
        refuse_late_people(linked_records(self._draft), directory)
        used = set(entity_ids(self._draft))
        owned = {file.sha256: owned_records(file, directory, used) for file in new}
        owners = owners_of_samples(self._draft)
        for file in new:
            refuse_other_owners(file.name, owned[file.sha256].entities, owners)
        built = build_carried_alleles(
            self._draft,
            new,
            directory,
            stated_assembly=self._options.assembly,
            absent_site=self._options.absent_site,
            lenient=self._options.tolerance >= 1,
        )
        for file in new:
            check_tolerance(file.name, file.read, file.log.total, file.log, self._options.tolerance)
        self._add(new, owned, built)
        return self._report(owned, built)

    def _pass_over_known(self) -> None:
        """Files that parts were made from, and files given twice. Targets say nothing alone: they are read again."""
        known = {
            source.sha256
            for kind in (PartKind.ENTITIES, PartKind.VARIANTS)
            for part in self._draft.manifest.of_kind(kind)
            for source in part.sources
        }
        for file in self._files:
            file.already_loaded = file.sha256 in known
            known.add(file.sha256)

    def _add(self, files: Sequence[BeaconFile], owned: Mapping[str, OwnedRecords], built: BuiltAlleles) -> None:
        having = [file for file in files if owned[file.sha256].entities]
        sources = [Source(file.name, file.sha256) for file in having]
        entities = [row for file in having for row in owned[file.sha256].entities]
        terms = [row for file in having for row in owned[file.sha256].terms]
        add_entities(self._draft, entities, terms, sources, more=built.parts)

    def _report(self, owned: Mapping[str, OwnedRecords], built: BuiltAlleles) -> Report:
        entities = [row for records in owned.values() for row in records.entities]
        terms = [row for records in owned.values() for row in records.terms]
        manifest = self._draft.manifest
        return Report(
            manifest.dataset_id,
            manifest.version,
            "records",
            tuple(_file_report(file) for file in self._files),
            built.notes,
            entity_quality(entities, terms) if entities else None,
        )


def _file_report(file: BeaconFile) -> FileReport:
    remarks = sorted(file.remarks.items())
    return FileReport(
        file.name,
        file.sha256,
        accepted=0 if file.already_loaded else max(0, file.read - file.log.total),
        rejected=file.log.total,
        already_loaded=file.already_loaded,
        rejections=tuple(file.log.kept),
        notes=(f"taken as {file.kind}", *(f"{text} ({count:,})" for text, count in remarks if count)),
    )
