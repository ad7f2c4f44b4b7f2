"""A row of copy number segments as a stated variant with its carrier (pure).

A log2 ratio tells a gain or a loss, not how many copies carry it: the carrier is counted with one copy.
"""

import re
from types import MappingProxyType

from loaders.beacon_variants import UNSTATED, StatedVariant
from loaders.report import RecordRejected
from loaders.table_columns import Segments
from loaders.table_text import TableRow

_POSITION = re.compile(r"\d{1,10}(?:\.0*)?")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_TYPES = MappingProxyType({"DUP": "<DUP>", "GAIN": "<DUP>", "DEL": "<DEL>", "LOSS": "<DEL>"})


def segment_of_row(row: TableRow, columns: Segments) -> StatedVariant | None:
    """The segment; ``None`` for one that is neither gained nor lost. Raises ``RecordRejected``."""
    sample, contig = _cell(row, columns.sample), _cell(row, columns.contig)
    start = _position(row, columns.start) - columns.first_position
    end = _position(row, columns.end)
    if start < 0 or end <= start:
        reason = "the segment ends before it begins"
        raise RecordRejected(reason, columns.end)
    alternate = _alternate(row, columns)
    if alternate is None:
        return None
    return StatedVariant(row.line, contig, start, end, "", alternate, ((sample, UNSTATED),))


def _alternate(row: TableRow, columns: Segments) -> str | None:
    if columns.type:
        cell = _cell(row, columns.type.column)
        kind = _TYPES.get(columns.type.values.get(cell, cell).upper())
        if kind is None:
            reason = "DUP or DEL is expected; map other spellings with values"
            raise RecordRejected(reason, columns.type.column)
        return kind
    text = _cell(row, columns.value)
    if not _NUMBER.fullmatch(text):
        reason = "a number is expected"
        raise RecordRejected(reason, columns.value)
    value = float(text)
    if value > columns.gain_above:
        return "<DUP>"
    return "<DEL>" if value < columns.loss_below else None


def _position(row: TableRow, column: str) -> int:
    text = _cell(row, column)
    if not _POSITION.fullmatch(text):
        reason = "a position is expected"
        raise RecordRejected(reason, column)
    return int(text.partition(".")[0])


def _cell(row: TableRow, column: str) -> str:
    text = row.cells.get(column, "")
    if not text:
        reason = "missing"
        raise RecordRejected(reason, column)
    return text
