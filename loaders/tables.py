"""Loading plain tables (CSV, TSV, Parquet) by a mapping of their columns: people, records, copy number segments."""

import hashlib
import os
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from beacon.rows import EntityType
from core.datasets import DatasetCatalogue
from core.errors import LoadRefused
from core.strict_json import JsonValue
from loaders.beacon_documents import BeaconOptions, take_records
from loaders.beacon_files import BeaconFile
from loaders.beacon_kinds import BeaconKind
from loaders.beacon_records import read_record
from loaders.beacon_shapes import Cleaning, Members
from loaders.input_files import check_input_files
from loaders.personal_data import refuse_personal_columns
from loaders.personal_shapes import personal_data_in_free_text, personal_data_in_id
from loaders.progress import Progress, SilentProgress
from loaders.report import RecordRejected, Report
from loaders.table_columns import TableMapping
from loaders.table_parquet import parquet_text
from loaders.table_people import PersonalCell, people_of_rows
from loaders.table_segments import segment_of_row
from loaders.table_text import Ragged, Table, TableRow, read_table_text
from loaders.task_pool import Tell
from loaders.text_lines import chunks_of
from loaders.worker import WorkerPool

MAXIMUM_FILE_BYTES = 512 << 20

_ENTITIES: Mapping[str, tuple[BeaconKind, EntityType]] = MappingProxyType(
    {
        "individuals": (BeaconKind.INDIVIDUALS, EntityType.INDIVIDUAL),
        "biosamples": (BeaconKind.BIOSAMPLES, EntityType.BIOSAMPLE),
        "runs": (BeaconKind.RUNS, EntityType.RUN),
        "analyses": (BeaconKind.ANALYSES, EntityType.ANALYSIS),
    }
)
_NEITHER = "segments that are neither gained nor lost, left out"


@dataclass(frozen=True, slots=True)
class TableTask:
    """A table to read. ``known_codes``: the WHO's ICD-10 codes where they are installed."""

    path: Path
    mapping: TableMapping
    known_codes: frozenset[str] | None = None


def load_table(
    catalogue: DatasetCatalogue,
    dataset_id: str,
    files: Sequence[Path],
    mapping: TableMapping,
    *,
    preset: str | None = None,
    fresh: bool = False,
    options: BeaconOptions | None = None,
    progress: Progress | None = None,
) -> Report:
    """Load tables into the dataset's draft; raises ``LoadRefused`` naming file, line and column.

    The assembly of segments is stated, by the options or by the mapping.
    """
    paths = check_input_files(files)
    options = options or BeaconOptions()
    if mapping.kind == "segments" and not (options.assembly or mapping.assembly):
        message = f"{paths[0].name}: the assembly of segments must be stated, in the mapping or with --assembly"
        raise LoadRefused(message)
    options = replace(options, assembly=options.assembly or mapping.assembly or None)
    pool = WorkerPool(min(len(paths), os.cpu_count() or 1), progress=progress or SilentProgress())
    with catalogue.open_draft(dataset_id, preset=preset, fresh=fresh) as draft, pool:
        read = pool.run(read_table_file, [(f"reading {path.name}", TableTask(path, mapping)) for path in paths])
        return take_records(draft, read, options)


def read_table_file(task: TableTask, tell: Tell) -> BeaconFile:
    """Read one table, in a worker process; raises ``LoadRefused``."""
    if task.path.name.lower().endswith(".parquet"):
        data = parquet_text(task.path)
    else:
        data = b"".join(chunks_of(task.path, MAXIMUM_FILE_BYTES, tell))
    table = read_table_text(task.path.name, data, task.mapping.form)
    kind = _ENTITIES[task.mapping.kind][0] if task.mapping.kind in _ENTITIES else BeaconKind.INDIVIDUALS
    if task.mapping.kind == "segments":
        kind = BeaconKind.VARIANTS
    found = BeaconFile(task.path.name, hashlib.sha256(task.path.read_bytes()).hexdigest(), kind)
    refuse_personal_columns(found.name, table.columns)
    _check_columns(found, table, task.mapping)
    rows = []
    ids = task.mapping.id_columns()
    for row in table.rows:
        found.read += 1
        if isinstance(row, Ragged):
            found.log.note(row.line, "row", row.reason)
        else:
            _refuse_personal_cells(found.name, row, ids)
            rows.append(row)
    if task.mapping.kind == "people":
        _take_people(found, rows, task)
    else:
        _take_rows(found, rows, task.mapping)
    return found


def _check_columns(found: BeaconFile, table: Table, mapping: TableMapping) -> None:
    named = mapping.named_columns()
    missing = sorted(named - set(table.columns))
    if missing:
        message = (
            f"{found.name}: there is no column {missing[0]!r}, which {mapping.name} names; "
            f"there are {', '.join(repr(column) for column in table.columns[:20])}"
        )
        raise LoadRefused(message)
    for column in table.columns:
        if column not in named | mapping.ignore:
            found.remarks[f"column {column!r} is not mapped, left out"] += 1


def _refuse_personal_cells(name: str, row: TableRow, ids: Set[str]) -> None:
    for column, cell in row.cells.items():
        kind = (personal_data_in_id(cell) if column in ids else None) or personal_data_in_free_text(cell)
        if kind:
            message = (
                f"{name}: line {row.line}, column {column!r} looks like {kind}; only pseudonymous data may be loaded"
            )
            raise LoadRefused(message)


def _take_people(found: BeaconFile, rows: Sequence[TableRow], task: TableTask) -> None:
    try:
        for line, outcome in people_of_rows(rows, task.mapping, found.remarks, task.known_codes):
            if isinstance(outcome, RecordRejected):
                found.log.note(line, outcome.field_name, outcome.message)
            else:
                found.records += [(line, record) for record in outcome]
    except PersonalCell as error:
        message = f"{found.name}: column {error.column!r} holds {error.what}; a year of birth is enough"
        raise LoadRefused(message) from error


def _take_rows(found: BeaconFile, rows: Sequence[TableRow], mapping: TableMapping) -> None:
    for row in rows:
        try:
            if mapping.segments:
                segment = segment_of_row(row, mapping.segments)
                found.variants += [segment] if segment else []
                found.remarks[_NEITHER] += segment is None
            else:
                cleaning = Cleaning()
                made = read_record(_ENTITIES[mapping.kind][1], _nested(row, mapping.fields), cleaning)
                found.records += [(row.line, record) for record in made]
                found.remarks.update(cleaning.remarks)
        except RecordRejected as error:
            found.log.note(row.line, _column(error.field_name, mapping), error.message)


def _nested(row: TableRow, fields: Sequence[tuple[str, str]]) -> JsonValue:
    """The members that a row states; ``a.b`` is member ``b`` of ``a``."""
    document: Members = {}
    for path, column in fields:
        if column not in row.cells:
            continue
        *outer, last = path.split(".")
        inner = document
        for name in outer:
            deeper = inner.setdefault(name, {})
            if not isinstance(deeper, dict):
                reason = f"{path} contradicts another field"
                raise RecordRejected(reason, path)
            inner = deeper
        inner[last] = row.cells[column]
    return document


def _column(field_name: str, mapping: TableMapping) -> str:
    """The column behind a member's name."""
    return dict(mapping.fields).get(field_name, field_name)
