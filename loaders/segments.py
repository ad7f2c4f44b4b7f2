"""Batches of variants on disk between reading and building: bare arrays, one after the other, in one file each."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from beacon.variant_batch import Side, SideColumn, VariantBatch
from core.columns import TextColumn
from loaders.contig_batches import ContigBatch
from loaders.coverage import Coverage

Array = npt.NDArray[Any]

_COVERED = ("person_index", "start_0based", "end_0based", "copies")
"""The first columns of every segment, so that they can be read alone."""


class StoredColumn(NamedTuple):
    """An array as it lies in the file; ``kind``: of its elements, as numpy spells it."""

    name: str
    kind: str
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """A file of variants of one contig, ordered.

    ``first_key``, ``last_key``: of the positions of its records. ``columns``: the arrays in the file, in their order.
    ``first_line``: lines of the input file before the range that it was read from.
    """

    path: Path
    contig: str
    first_key: int
    last_key: int
    rows: int
    columns: tuple[StoredColumn, ...]
    first_line: int = 0


@dataclass(frozen=True, slots=True)
class SegmentData:
    """What a segment holds: variants, the copies that their calls are relative to, and which begin inside a PAR."""

    batch: VariantBatch
    told: Array
    rows_inside: Array


def write_segment(path: Path, found: ContigBatch) -> Segment:
    """Write a batch; nobody reads the file before this returns."""
    columns = {f"covered:{name}": getattr(found.covered, name) for name in _COVERED}
    columns |= _flat(found.batch) | {"told": found.told, "rows_inside": found.rows_inside.astype(np.uint8)}
    with path.open("wb") as file:
        stored = tuple(_save(file, name, column) for name, column in columns.items())
    return Segment(path, found.contig, found.first_key, found.last_key, len(found.batch), stored)


def read_covered(segment: Segment) -> Coverage:
    """Where people are called, of a segment; the rest of it is not read."""
    with segment.path.open("rb") as file:
        return Coverage(*(_load(file, column) for column in segment.columns[: len(_COVERED)]))


def _save(file: IO[bytes], name: str, column: Array) -> StoredColumn:
    file.write(np.ascontiguousarray(column).data)
    return StoredColumn(name, column.dtype.str, column.shape)


def _load(file: IO[bytes], column: StoredColumn) -> Array:
    return np.fromfile(file, dtype=column.kind, count=math.prod(column.shape)).reshape(column.shape)


def read_segment(segment: Segment) -> SegmentData:
    """Read a segment whole."""
    with segment.path.open("rb") as file:
        columns: dict[str, Array] = {column.name: _load(file, column) for column in segment.columns}
    for name in _COVERED:
        columns.pop(f"covered:{name}")
    told, inside = columns.pop("told"), columns.pop("rows_inside")
    columns["source_line"] = columns["source_line"] + segment.first_line
    return SegmentData(_batch(columns), told, inside.astype(np.int64))


def _flat(batch: VariantBatch) -> dict[str, Array]:
    columns: dict[str, Array] = {}
    for item in fields(batch):
        if item.name != "sides":
            columns |= _parts(item.name, getattr(batch, item.name))
    for table, side in batch.sides.items():
        for name, column in side.items():
            columns |= _parts(f"{table}/{name}", column)
    return columns


def _parts(name: str, column: SideColumn) -> dict[str, Array]:
    if isinstance(column, TextColumn):
        return {f"{name}.offsets": column.offsets, f"{name}.data": column.data}
    return {name: column}


def _batch(columns: Mapping[str, Array]) -> VariantBatch:
    whole: dict[str, Any] = {}
    sides: dict[str, dict[str, SideColumn]] = {}
    for name, array in columns.items():
        if name.endswith(".data"):
            continue
        plain = name.removesuffix(".offsets")
        column: SideColumn = array if plain == name else TextColumn(array, columns[f"{plain}.data"])
        table, _, side_column = plain.partition("/")
        if side_column:
            sides.setdefault(table, {})[side_column] = column
        else:
            whole[plain] = column
    tables: dict[str, Side] = dict(sides)
    return VariantBatch(**whole, sides=tables)
