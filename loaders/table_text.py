"""The rows of a CSV or TSV text, each with its line: UTF-8 only, cells quoted as RFC 4180 says (pure)."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.errors import LoadRefused

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_OTHER_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")


@dataclass(frozen=True, slots=True)
class TableForm:
    """How a table is written. ``delimiter``: empty where the first line is to tell.

    ``columns``: names in order, for a file without a usable first line. ``skip_lines``: lines before the names or rows.
    ``comment``: lines that begin with it are passed over, empty for none. ``empty``: cells that mean nothing.
    """

    delimiter: str = ""
    columns: tuple[str, ...] = ()
    skip_lines: int = 0
    comment: str = "#"
    empty: frozenset[str] = frozenset({"", "NA", "N/A", "NULL"})


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: the line it begins in (from 1), and its cells by column; those that mean nothing are absent."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Ragged:
    """A row that has not as many cells as there are columns."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Table:
    """Column names and rows."""

    columns: tuple[str, ...]
    rows: tuple[TableRow | Ragged, ...]


def read_table_text(name: str, data: bytes, form: TableForm) -> Table:
    """Read a table; raises ``LoadRefused`` for what is no UTF-8, for broken quotes, for repeated or missing columns."""
    lines = _lines(name, data)
    kept = [
        (number, line)
        for number, line in enumerate(lines, start=1)
        if number > form.skip_lines and not (form.comment and line.startswith(form.comment))
    ]
    delimiter = form.delimiter or _delimiter(kept)
    found = _cells(name, kept, delimiter)
    columns = form.columns
    if not columns:
        _, first = next(found, (0, []))
        columns = tuple(cell.strip() for cell in first)
    _check_columns(name, columns)
    rows = tuple(_row(line, cells, columns, form.empty) for line, cells in found if any(cell.strip() for cell in cells))
    return Table(columns, rows)


def _lines(name: str, data: bytes) -> list[str]:
    if data.startswith(_OTHER_MARKS) or b"\x00" in data[:4096]:
        message = f"{name}: UTF-16 or binary; save the table as UTF-8 text"
        raise LoadRefused(message)
    try:
        text = data.removeprefix(_BYTE_ORDER_MARK).decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"{name}: line {line}: not UTF-8 (perhaps Windows-1252 or Latin-1); save the table as UTF-8"
        raise LoadRefused(message) from error
    return re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z", text)


def _delimiter(lines: Sequence[tuple[int, str]]) -> str:
    """The sign that parts the first line: tab, semicolon or comma, whichever is there most."""
    first = lines[0][1] if lines else ""
    counts = [(first.count(sign), sign) for sign in ("\t", ";", ",")]
    return max(counts, key=lambda pair: pair[0])[1]


def _cells(name: str, lines: Sequence[tuple[int, str]], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader((line for _, line in lines), delimiter=delimiter, strict=True)
    place = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            number = lines[min(place, len(lines) - 1)][0]
            message = f"{name}: line {number}: {error}"
            raise LoadRefused(message) from error
        yield lines[place][0], cells
        place = reader.line_num


def _check_columns(name: str, columns: Sequence[str]) -> None:
    if not columns:
        message = f"{name}: no line with column names"
        raise LoadRefused(message)
    for position, column in enumerate(columns, start=1):
        if not column:
            message = f"{name}: column {position} has no name"
            raise LoadRefused(message)
        if column in columns[: position - 1]:
            message = f"{name}: two columns are named {column!r}"
            raise LoadRefused(message)


def _row(line: int, cells: Sequence[str], columns: Sequence[str], empty: frozenset[str]) -> TableRow | Ragged:
    if len(cells) != len(columns):
        return Ragged(line, f"{len(cells):,} cells where there are {len(columns):,} columns")
    stripped = ((column, cell.strip()) for column, cell in zip(columns, cells, strict=True))
    return TableRow(line, {column: cell for column, cell in stripped if cell not in empty})
