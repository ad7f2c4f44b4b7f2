"""Loading a table of genes into a node's reference data: one an assembly."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.dataset_status import utc_now
from core.errors import OperatorError
from core.genome import ASSEMBLIES, Assembly, find_assembly
from core.manifest import Source
from core.parts import FinishedPart, file_sha256
from core.reference import ReferenceCatalogue
from core.reference_inventory import ReferenceKind, ReferencePart
from loaders.gene_document import Places
from loaders.gene_formats import parse_genes
from loaders.gene_lookup import GeneLookup
from loaders.gene_merge import merge
from loaders.gene_part import build_gene_part
from loaders.input_files import check_input_files
from loaders.progress import Progress
from loaders.reference_report import ReferenceReport
from loaders.text_lines import chunks_of, lines_of
from loaders.worker import Tell, WorkerLimits, WorkerPool

MAXIMUM_BYTES = 8 << 30
_LIMITS = WorkerLimits(address_space_bytes=4 << 30)
_NAME = re.compile(r"[\w .+-]{1,100}")


@dataclass(frozen=True, slots=True)
class _Task:
    paths: tuple[Path, ...]
    assembly: Assembly
    target: Path


@dataclass(frozen=True, slots=True)
class _Built:
    finished: FinishedPart
    version: str
    first_file: str
    notes: tuple[str, ...]


def load_genes(
    home: Path, files: Sequence[Path], assembly: str, *, name: str | None = None, progress: Progress | None = None
) -> ReferenceReport:
    """Install the genes of an assembly from these files, in place of those that were there.

    Files with places (GTF, GFF3, UCSC tables, MANE summary, a table with named columns) may be joined by files with
    names (HGNC) and cytobands; of two files with one gene the earlier is believed. ``name``: where the genes come from
    (default: the first file's name). Raises ``LoadRefused`` naming file, line and reason.
    """
    found = find_assembly(assembly)
    if found is None:
        message = f"{assembly!r} is no assembly that is known here ({', '.join(known.name for known in ASSEMBLIES)})"
        raise OperatorError(message)
    if name is not None and not _NAME.fullmatch(name):
        message = "--name says where the genes come from: at most 100 letters, digits, spaces, `.`, `+`, `_` and `-`"
        raise OperatorError(message)
    paths = tuple(check_input_files(files))
    with ReferenceCatalogue(home).open_installation() as installation:
        task = _Task(paths, found, installation.staging / "genes.duckdb")
        with WorkerPool(1, limits=_LIMITS, progress=progress) as pool:
            (built,) = pool.run(build_part_of_files, [(f"reading genes of {found.name}", task)])
        sources = tuple(Source(path.name, file_sha256(path)) for path in paths)
        part = ReferencePart(
            kind=ReferenceKind.GENES,
            name=name or built.first_file,
            assembly=found.name,
            version=built.version,
            file="",
            sha256=built.finished.sha256,
            content_digest=built.finished.content_digest,
            size_bytes=built.finished.size_bytes,
            rows=built.finished.rows["genes"],
            sources=sources,
            created_at=utc_now(),
        )
        return ReferenceReport(installation.install([(part, task.target)]), built.notes)


def build_part_of_files(task: _Task, tell: Tell) -> _Built:
    """Read the files and write the part: the work of a worker process."""
    documents = []
    notes = []
    for path in task.paths:
        lines = lines_of(chunks_of(path, MAXIMUM_BYTES, tell), path.name)
        document = parse_genes(lines, path.name, Places(task.assembly))
        documents.append(document)
        counts = ((document.genes, "genes"), (document.names, "entries of names"), (document.bands, "cytobands"))
        found = ", ".join(f"{len(rows):,} {what}" for rows, what in counts if rows)
        notes.append(f"{path.name}: {document.format}, {found or 'nothing in it'}")
    tables = merge(documents, task.assembly)
    GeneLookup.from_rows(tables.genes)
    finished = build_gene_part(task.target, tables)
    first = next(document for document in documents if document.genes)
    return _Built(finished, first.version, first.file, (*notes, *tables.notes))
