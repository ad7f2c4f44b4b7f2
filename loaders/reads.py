"""Registering BAM, CRAM, VCF and BCF files as objects of a dataset: bytes that htsget and DRS serve."""

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from core.datasets import DatasetCatalogue
from core.draft import Draft
from core.durable import sync_file, sync_folder
from core.errors import LoadRefused
from core.manifest import Manifest, Part, PartKind, Source
from drs.part_builder import build_file_part
from drs.rows import FileFormat, FileRow
from loaders.input_files import check_input_files
from loaders.object_inspection import HashedFile, InspectedObject, inspect_object
from loaders.people_directory import PeopleDirectory, read_people
from loaders.personal_data import refuse_personal_names
from loaders.progress import Progress, SilentProgress
from loaders.report import FileReport, Report
from loaders.vcf_header import assembly_by_length, stated_assembly
from loaders.worker import WorkerLimits, WorkerPool

OBJECTS_FOLDER = "objects"

_ALIAS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~:+@-]{0,199}")
_EXTENSIONS = (".vcf.gz", ".vcf.bgz", ".bam", ".cram", ".bcf")
_COPY_BYTES = 1 << 20
_MIME_TYPES = {
    FileFormat.BAM: "application/vnd.ga4gh.bam",
    FileFormat.CRAM: "application/vnd.ga4gh.cram",
    FileFormat.VCF: "application/vnd.ga4gh.vcf",
    FileFormat.BCF: "application/vnd.ga4gh.bcf",
}


@dataclass(frozen=True, slots=True)
class _Registered:
    """File objects that manifests name already: alias and format of each, and their content."""

    places: frozenset[tuple[str, str]]
    digests: frozenset[str]


def load_reads(
    catalogue: DatasetCatalogue,
    dataset_id: str,
    files: Sequence[Path],
    *,
    alias: str | None = None,
    copy: bool = False,
    preset: str | None = None,
    assembly: str | None = None,
    fresh: bool = False,
    processes: int | None = None,
    limits: WorkerLimits | None = None,
    progress: Progress | None = None,
) -> Report:
    """Register files with the indexes that lie beside them in the dataset's draft.

    ``alias``: the htsget id (default: each file's stem); formats of one content share it. ``copy``: take the files
    into the node's home; otherwise they are registered where they lie and must stay there unchanged.

    Raises ``LoadRefused`` naming file and remedy; the draft then stays as it was.
    """
    progress = progress or SilentProgress()
    paths = check_input_files(files)
    with (
        catalogue.open_draft(dataset_id, preset=preset, fresh=fresh) as draft,
        WorkerPool(min(len(paths), processes or os.cpu_count() or 1), limits=limits, progress=progress) as pool,
    ):
        inspected = pool.run(inspect_object, [(f"checking {path.name}", path.resolve()) for path in paths])
        registered = _registered([(part, draft.part_path(part)) for part in draft.manifest.of_kind(PartKind.FILES)])
        new = [found for found in _distinct(inspected) if found.file.sha256 not in registered.digests]
        aliases = [check_alias(alias or stem_of(found.file.path.name)) for found in new]
        _refuse_taken_places(new, aliases, registered)
        _refuse_foreign_aliases(catalogue, dataset_id, aliases)
        _settle_assembly(draft, new, assembly)
        directory = read_people(draft)
        rows = _rows(new, aliases, directory)
        if copy:
            rows = [_copied(catalogue.home, row) for row in rows]
        if rows:
            draft.add([_part(draft, rows)])
        reports = tuple(_file_report(found, new, directory) for found in inspected)
        return Report(dataset_id, draft.manifest.version, "objects", reports)


def stem_of(name: str) -> str:
    """A file's name without the extension of its format."""
    lowered = name.lower()
    extension = next((known for known in _EXTENSIONS if lowered.endswith(known)), "")
    return name[: len(name) - len(extension)] if extension else name.partition(".")[0]


def check_alias(alias: str) -> str:
    """The alias itself; raises ``LoadRefused`` unless it can stand in a URL as it is."""
    if not _ALIAS.fullmatch(alias):
        message = f"{alias!r} cannot be an htsget id (letters, digits and ._~:+@- only); state another with --id"
        raise LoadRefused(message)
    return alias


def _distinct(inspected: Sequence[InspectedObject]) -> list[InspectedObject]:
    return list({found.file.sha256: found for found in reversed(inspected)}.values())[::-1]


def _registered(parts: Sequence[tuple[Part, Path]]) -> _Registered:
    rows: list[tuple[str, str, str]] = []
    for _, path in parts:
        with duckdb.connect(str(path), read_only=True) as connection:
            rows += connection.execute("SELECT alias, format, sha256 FROM file_objects WHERE alias <> ''").fetchall()
    return _Registered(frozenset((row[0], row[1]) for row in rows), frozenset(row[2] for row in rows))


def _refuse_taken_places(new: Sequence[InspectedObject], aliases: Sequence[str], registered: _Registered) -> None:
    """One alias stands for one file of each format."""
    places = set(registered.places)
    for found, alias in zip(new, aliases, strict=True):
        place = (alias, found.file.format.value)
        if place in places:
            message = (
                f"{found.file.path.name}: the dataset has a {place[1]} file under the htsget id {alias!r} already; "
                "state another with --id"
            )
            raise LoadRefused(message)
        places.add(place)


def _refuse_foreign_aliases(catalogue: DatasetCatalogue, dataset_id: str, aliases: Sequence[str]) -> None:
    """An htsget id leads to one dataset only."""
    wanted = set(aliases)
    for other in catalogue.list_ids():
        if other == dataset_id or not wanted:
            continue
        status = catalogue.status(other)
        manifests: list[Manifest] = [status.draft] if status.draft else []
        # Of every version: one that does not answer now may be rolled back to.
        manifests += [catalogue.manifest(other, version) for version in status.versions]
        parts = {part.file: part for manifest in manifests for part in manifest.of_kind(PartKind.FILES)}
        there = _registered([(part, catalogue.part_file(other, part.file)) for part in parts.values()])
        taken = sorted(wanted & {alias for alias, _ in there.places})
        if taken:
            message = f"the htsget id {taken[0]!r} belongs to dataset {other}; state another with --id"
            raise LoadRefused(message)


def _settle_assembly(draft: Draft, new: Sequence[InspectedObject], stated: str | None) -> None:
    """The assembly by contig lengths or as stated; files on unknown assemblies are taken without one."""
    wanted = stated_assembly(stated)
    for found in new:
        name = found.file.path.name
        by_length, _ = assembly_by_length(name, found.contigs)
        if wanted and by_length and by_length is not wanted:
            message = f"{name}: its contig lengths are those of {by_length.name}, not of {wanted.name}"
            raise LoadRefused(message)
        chosen = by_length or wanted
        if chosen:
            draft.use_assembly(chosen.name)


def _rows(new: Sequence[InspectedObject], aliases: Sequence[str], directory: PeopleDirectory) -> list[FileRow]:
    rows = []
    for found, alias in zip(new, aliases, strict=True):
        refuse_personal_names(found.file.path.name, "sample name", found.samples)
        index = _row(found.index)
        data = replace(
            _row(found.file),
            alias=alias,
            index_object_id=index.object_id,
            samples=found.samples,
            individual_ids=tuple(directory.individual_of(sample) for sample in found.samples),
        )
        rows += [data, index]
    return rows


def _row(file: HashedFile) -> FileRow:
    """The object of one file; its id follows from its content (DRS 1.5, DrsObject.id)."""
    return FileRow(
        object_id=file.sha256,
        name=file.path.name,
        alias="",
        format=file.format,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        md5=file.md5,
        created_at=file.created_at,
        mime_type=_MIME_TYPES.get(file.format, "application/octet-stream"),
        location=str(file.path),
        index_object_id="",
        samples=(),
        individual_ids=(),
        stored_version=str(file.path.stat().st_mtime_ns),
    )


def _copied(home: Path, row: FileRow) -> FileRow:
    """The object after its bytes were copied into the node's home, under a name that follows from them."""
    location = Path(OBJECTS_FOLDER) / row.sha256[:2] / row.sha256
    target = home / location
    if not target.is_file() or target.stat().st_size != row.size_bytes:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".{target.name}.{os.getpid()}.new")
        digest = hashlib.sha256()
        with Path(row.location).open("rb") as source, temporary.open("wb") as copy:
            while chunk := source.read(_COPY_BYTES):
                digest.update(chunk)
                copy.write(chunk)
        if digest.hexdigest() != row.sha256:
            temporary.unlink()
            message = f"{row.name}: changed while it was copied"
            raise LoadRefused(message)
        sync_file(temporary)
        temporary.replace(target)
        sync_folder(target.parent)
    return replace(row, location=str(location), stored_version=str(target.stat().st_mtime_ns))


def _part(draft: Draft, rows: Sequence[FileRow]) -> tuple[Part, Path]:
    path = draft.staging / "files.duckdb"
    data = [row for row in rows if row.alias]
    part = build_file_part(path, rows)
    digest = hashlib.sha256("".join(row.sha256 for row in data).encode()).hexdigest()
    sources = tuple(Source(row.name, row.sha256) for row in data)
    people = {individual for row in data for individual in row.individual_ids}
    return replace(part, batch=f"files-{digest[:16]}", sources=sources, people_count=len(people)), path


def _file_report(found: InspectedObject, new: Sequence[InspectedObject], directory: PeopleDirectory) -> FileReport:
    name, sha256 = found.file.path.name, found.file.sha256
    if found not in new:
        return FileReport(name, sha256, already_loaded=True)
    unknown = sum(not directory.knows(sample) for sample in found.samples) if directory.sexes else 0
    strangers = (f"{unknown:,} samples belong to no loaded individual",) if unknown else ()
    return FileReport(name, sha256, accepted=1, notes=(*found.notes, *strangers))
