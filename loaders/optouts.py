"""Loading the list of people who opted out: a file drop from whoever holds the key to the pseudonyms.

The list is complete: it says all that holds from now on. CSV, TSV or one pseudonym a line; columns are pseudonym,
effective date and, where there is one, the date until which. A header may name them. Nothing of a list is taken if a
line of it is wrong.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from math import ceil, floor
from pathlib import Path
from types import MappingProxyType
from typing import NoReturn

from core.durable import exclusive_lock, make_folder
from core.errors import DataDamaged, LoadRefused
from core.optouts import ALWAYS, Period, listed, opted_out, renewed
from core.people import OptOutRegister, read_register, write_register
from core.strict_json import JsonValue
from loaders.input_files import check_input_files
from loaders.personal_data import personal_data_in

MAXIMUM_FILE_BYTES = 64 << 20
MAXIMUM_NAME_LENGTH = 255
LOCK_FILE = "optouts.lock"

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
_POSITIONS = ("pseudonym", "start", "end")
_DATE = re.compile(r"(19|20|21)\d\d-\d\d-\d\d")
_TIME = re.compile(r"(19|20|21)\d\d-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)")


@dataclass(frozen=True, slots=True)
class OptOutList:
    """One list: for each pseudonym the periods in which it is opted out; what looks odd in it."""

    periods: Mapping[str, tuple[Period, ...]]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OptOutReport:
    """What a list changed: pseudonyms on it, how many are out now or later, who is new, who is in again."""

    file: str
    imported_at: int
    pseudonyms: int
    out_now: int
    out_later: int
    ended: int
    added: int
    dropped: int
    unknown: int | None = None
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, JsonValue]:
        """The report as a JSON object, without a pseudonym."""
        return {**asdict(self), "notes": list(self.notes)}

    def to_text(self) -> str:
        """The report for a person."""
        lines = [
            f"{self.file}: {self.pseudonyms:,} pseudonyms: {self.out_now:,} opted out now, {self.out_later:,} later, "
            f"{self.ended:,} no longer",
            f"against the list before: {self.added:,} more, {self.dropped:,} in again",
        ]
        if self.unknown:
            lines.append(f"note: {self.unknown:,} pseudonyms are of nobody in a published dataset")
        lines += [f"note: {note}" for note in self.notes]
        return "\n".join(lines)


def load_optouts(home: Path, file: Path, *, now: int, allow_empty: bool = False, force: bool = False) -> OptOutReport:
    """Take a list as all that holds from ``now`` (epoch seconds) on; servers follow within seconds.

    Raises ``LoadRefused`` for a list with a wrong line, an empty one (unless ``allow_empty``), and one that lets more
    than half of those in again who were on the list before (unless ``force``): a drop that was cut short must not opt
    people in. What was in force then stays in force.
    """
    (path,) = check_input_files([file])
    if path.stat().st_size > MAXIMUM_FILE_BYTES:
        message = f"{path.name}: larger than {MAXIMUM_FILE_BYTES >> 20} MiB: not a list of pseudonyms"
        raise LoadRefused(message)
    found = parse_list(path.name, path.read_bytes())
    make_folder(home)
    with exclusive_lock(home / LOCK_FILE, "another list of opt-outs is being loaded; wait for it to end"):
        former = _former(home, path.name, now, force=force)
        changes = renewed(former.changes, found.periods, now if former.imported_at else ALWAYS)
        before, after = listed(former.changes, now), listed(changes, now)
        _check_plausible(path.name, before, after, allow_empty=allow_empty, force=force)
        write_register(home, OptOutRegister(now, changes))
    out_now = opted_out(changes, now)
    return OptOutReport(
        path.name,
        now,
        pseudonyms=len(found.periods),
        out_now=len(out_now),
        out_later=len(after - out_now),
        ended=len(found.periods.keys() - after),
        added=len(after - before),
        dropped=len(before - after),
        notes=found.notes,
    )


def _former(home: Path, name: str, now: int, *, force: bool) -> OptOutRegister:
    """What holds so far; imported at 0 if that cannot be read: then the new list holds as if it always had."""
    try:
        return read_register(home) or OptOutRegister(now)
    except DataDamaged as error:
        if force:
            return OptOutRegister(ALWAYS)
        message = (
            f"{name}: it cannot be compared with the list before ({error.message}); to take it as it is, say --force"
        )
        raise LoadRefused(message) from error


def _check_plausible(
    name: str, before: frozenset[str], after: frozenset[str], *, allow_empty: bool, force: bool
) -> None:
    if not after and not allow_empty:
        message = f"{name}: nobody is opted out by this list; if that is so, say --allow-empty"
        raise LoadRefused(message)
    dropped = len(before - after)
    if 2 * dropped > len(before) and not force:
        message = (
            f"{name}: {dropped:,} of the {len(before):,} people on the list before are missing: is the file whole? "
            "If they are all in again, say --force"
        )
        raise LoadRefused(message)


def parse_list(name: str, data: bytes) -> OptOutList:
    """Read a list; raises ``LoadRefused`` naming file, line and reason, never a value."""
    text = _decoded(name, data)
    rows = list(_rows(name, text))
    columns: Sequence[str] = _POSITIONS
    if rows and _is_header(rows[0][1]):
        columns = _header(name, *rows.pop(0))
    periods: dict[str, list[Period]] = {}
    for line, cells in rows:
        pseudonym, period = _entry(_Place(name, line), columns, cells)
        periods.setdefault(pseudonym, []).append(period)
    notes = []
    if len(rows) > len(periods):
        notes.append(
            f"{len(rows) - len(periods):,} lines name a pseudonym again: it is out while any of its lines says so"
        )
    if text and not text.endswith("\n"):
        notes.append("the last line has no end: is the file whole?")
    return OptOutList(MappingProxyType({key: tuple(own) for key, own in periods.items()}), tuple(notes))


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


def _rows(name: str, text: str) -> Iterator[tuple[int, list[str]]]:
    """The cells of each line that is neither empty nor a comment, with its number."""
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
        # Lines that are separated differently would otherwise be taken as pseudonyms of nobody.
        if '"' not in line and any(sign in cell for sign in _SEPARATORS for cell in cells):
            place.refuse("another separator than in other lines; a pseudonym with one stands in quotation marks")
        yield number, [cell.strip() for cell in cells]


def _is_header(cells: Sequence[str]) -> bool:
    return cells[0].lower() in _COLUMNS


def _header(name: str, line: int, cells: Sequence[str]) -> list[str]:
    columns = [_COLUMNS.get(cell.lower(), "") for cell in cells]
    place = _Place(name, line)
    if "" in columns:
        place.refuse(f"column {columns.index('') + 1} is not known; known are pseudonym, effective_from, until")
    if len(set(columns)) < len(columns) or "pseudonym" not in columns:
        place.refuse("a header names each of its columns once, pseudonym among them")
    return columns


def _entry(place: _Place, columns: Sequence[str], cells: Sequence[str]) -> tuple[str, Period]:
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
    start, end = values.get("start", ""), values.get("end", "")
    period = Period(
        floor(_time(place, "effective date", start)) if start else ALWAYS,
        ceil(_time(place, "date until which", end)) if end else None,
    )
    if period.end is not None and period.end <= period.start:
        place.refuse("the date until which is not after the effective date")
    return pseudonym, period


def _time(place: _Place, what: str, text: str) -> float:
    """Epoch seconds of a date (its beginning in UTC) or of an RFC 3339 time."""
    if not (_DATE.fullmatch(text) or _TIME.fullmatch(text)):
        place.refuse(f"the {what} is neither a date (2026-01-31) nor a time with its zone (2026-01-31T12:00:00Z)")
    try:
        time = datetime.fromisoformat(text.upper())
    except ValueError:
        place.refuse(f"the {what} is not in the calendar")
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
