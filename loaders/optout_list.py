"""The form of a list of people who opted out (pure: bytes in, periods out).

CSV, TSV or one pseudonym a line; columns are pseudonym, effective date and, where there is one, the date until which. A
header may name them. Nothing of a list is taken if a line of it is wrong.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil, floor
from types import MappingProxyType
from typing import NoReturn

from core.errors import LoadRefused
from core.optouts import ALWAYS, Period
from loaders.personal_data import personal_data_in

MAXIMUM_NAME_LENGTH = 255

_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("pseudonym", "id", "individual", "individual_id", "individualid", "person"), "pseudonym"),
        **dict.fromkeys(("effective", "effective_from", "effective_date", "from", "date"), "start"),
        **dict.fromkeys(("until", "effective_until", "to"), "end"),
    }
)
_SEPARATORS = "\t;,"
_QUOTED = re.compile(r'"[^"\n]*"')
_COMMENT = re.compile(r"#+(\s|$)")
_ODD_SIGNS = frozenset("|\"'`\u00b4\u201a\u201e")
_DIGIT = re.compile(r"\d")
_HEADER_WORD = re.compile(
    r"(?i)^(patient|subject|sample|participant|individual|person|proband|biosample|pseudonym|study|record)"
    r"[ _.-]?(s|ids?|nr|no|number|name|code)?$|^(names?|codes?|ids|samples|key|pid|iid|fid)$"
)
_POSITIONS = ("pseudonym", "start", "end")
_DATE = re.compile(r"(19|20|21)\d\d-\d\d-\d\d")
_TIME = re.compile(r"(19|20|21)\d\d-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)")


@dataclass(frozen=True, slots=True)
class OptOutList:
    """One list: for each pseudonym the periods in which it is opted out; what looks odd in it."""

    periods: Mapping[str, tuple[Period, ...]]
    notes: tuple[str, ...] = ()


def parse_list(name: str, data: bytes, *, force: bool = False) -> OptOutList:
    """Read a list; raises ``LoadRefused`` naming file, line and reason, never a value.

    ``force``: also one whose last line has no end.
    """
    text = _decoded(name, data)
    rows = list(_rows(name, text))
    columns: Sequence[str] = _POSITIONS
    if rows and _is_header(rows[0]):
        columns = _header(name, rows.pop(0))
    else:
        _refuse_unknown_header(name, rows)
    periods: dict[str, list[Period]] = {}
    for row in rows:
        pseudonym, period = _entry(_Place(name, row.line), columns, row)
        periods.setdefault(pseudonym, []).append(period)
    notes = []
    if len(rows) > len(periods):
        notes.append(
            f"{len(rows) - len(periods):,} lines name a pseudonym again: it is out while any of its lines says so"
        )
    if text and not text.endswith("\n"):
        if not force:
            _Place(name, text.count("\n") + 1).refuse("the last line has no end: is the file whole? If so, say --force")
        notes.append("the last line has no end: is the file whole?")
    return OptOutList(MappingProxyType({key: tuple(own) for key, own in periods.items()}), tuple(notes))


@dataclass(frozen=True, slots=True)
class _Row:
    """One line: its number, its cells, and which of them stand in quotation marks."""

    line: int
    cells: Sequence[str]
    quoted: Sequence[bool]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in a list."""

    file: str
    line: int

    def refuse(self, reason: str) -> NoReturn:
        """Raise ``LoadRefused`` with the place."""
        message = f"{self.file}: line {self.line}: {reason}"
        raise LoadRefused(message)


def _decoded(name: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _Place(name, data.count(b"\n", 0, error.start) + 1).refuse("not UTF-8 text")


def _rows(name: str, text: str) -> Iterator[_Row]:
    """Each line that is neither empty nor a comment."""
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    outside_quotes = _QUOTED.sub("", text)
    separator = next((sign for sign in _SEPARATORS if sign in outside_quotes), "\t")
    for number, line in enumerate(lines, start=1):
        place = _Place(name, number)
        if not line.strip() or _COMMENT.match(line):
            continue
        if any(unicodedata.category(sign) == "Cc" and sign != "\t" for sign in line):
            place.refuse("a control character")
        try:
            (cells,) = csv.reader([line], delimiter=separator, strict=True)
        except csv.Error:
            place.refuse("quotation marks that do not fit together")
        quoted = _quoted(line, cells)
        plain = [cell for cell, marked in zip(cells, quoted, strict=True) if not marked]
        # Lines that are separated differently would otherwise be taken as pseudonyms of nobody.
        if any(sign in cell for sign in _SEPARATORS for cell in plain):
            place.refuse("another separator than in other lines; a pseudonym with one stands in quotation marks")
        yield _Row(number, [cell.strip() for cell in cells], quoted)


def _quoted(line: str, cells: Sequence[str]) -> list[bool]:
    """Which of the cells of a line stand in quotation marks."""
    found, at = [], 0
    for cell in cells:
        marked = line.startswith('"', at)
        found.append(marked)
        at += len(cell) + 1 + (2 + cell.count('"') if marked else 0)
    return found


def _is_header(row: _Row) -> bool:
    return row.cells[0].lower() in _COLUMNS


def _refuse_unknown_header(name: str, rows: Sequence[_Row]) -> None:
    """A header that is not known would be taken for a pseudonym of nobody, and its column for the wrong one."""
    if not rows:
        return
    first, *others = (row.cells[0] for row in rows)
    numbered = others and not _DIGIT.search(first) and all(_DIGIT.search(other) for other in others)
    if numbered or _HEADER_WORD.search(first):
        _Place(name, rows[0].line).refuse(
            "this looks like a header that is not known; known are pseudonym, effective_from, until "
            "(a line `pseudonym` before it says that it is none)"
        )


def _header(name: str, row: _Row) -> list[str]:
    columns = [_COLUMNS.get(cell.lower(), "") for cell in row.cells]
    place = _Place(name, row.line)
    if "" in columns:
        place.refuse(f"column {columns.index('') + 1} is not known; known are pseudonym, effective_from, until")
    if len(set(columns)) < len(columns) or "pseudonym" not in columns:
        place.refuse("a header names each of its columns once, pseudonym among them")
    return columns


def _entry(place: _Place, columns: Sequence[str], row: _Row) -> tuple[str, Period]:
    cells = row.cells
    if len(cells) > len(columns):
        place.refuse(f"{len(cells)} columns where {len(columns)} are expected")
    for number, cell in enumerate(cells, start=1):
        found = personal_data_in(cell)
        if found:
            place.refuse(f"column {number} looks like {found}; only pseudonyms may be loaded")
    values = dict(zip(columns, cells, strict=False))
    pseudonym = values.get("pseudonym", "")
    if not pseudonym or len(pseudonym) > MAXIMUM_NAME_LENGTH or pseudonym.startswith("#") or "\t" in pseudonym:
        place.refuse(f"a pseudonym of 1 to {MAXIMUM_NAME_LENGTH} signs without # at its beginning is expected")
    if not row.quoted[columns.index("pseudonym")] and any(_is_odd(sign) for sign in pseudonym):
        place.refuse("a pseudonym with white space, |, a quotation mark or an unseen sign stands in quotation marks")
    start, end = values.get("start", ""), values.get("end", "")
    period = Period(
        floor(_time(place, "effective date", start)) if start else ALWAYS,
        ceil(_time(place, "date until which", end)) if end else None,
    )
    if period.end is not None and period.end <= period.start:
        place.refuse("the date until which is not after the effective date")
    return pseudonym, period


def _is_odd(sign: str) -> bool:
    """Whether a sign is more likely a slip in a list than part of a pseudonym."""
    return sign.isspace() or sign in _ODD_SIGNS or unicodedata.category(sign) in ("Cf", "Pi", "Pf")


def _time(place: _Place, what: str, text: str) -> float:
    """Epoch seconds of a date (its beginning in UTC) or of an RFC 3339 time."""
    if not (_DATE.fullmatch(text) or _TIME.fullmatch(text)):
        place.refuse(f"the {what} is neither a date (2026-01-31) nor a time with its zone (2026-01-31T12:00:00Z)")
    try:
        time = datetime.fromisoformat(text.upper())
    except ValueError:
        place.refuse(f"the {what} is not in the calendar")
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
