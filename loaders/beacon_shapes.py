"""Values of Beacon v2 records cleaned into what Beacon v2.2 means by them: terms, ages, dates, amounts, objects (pure).

A shape takes a value, the path that leads to it and a ``Cleaning``; it returns the clean value, or raises ``Unfit``.
What is optional and does not fit is set aside under ``info`` and remarked on; nothing is guessed.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from core.strict_json import JsonValue

Members = dict[str, JsonValue]
_NUMBERED = re.compile(r"\[[0-9]+\]")
_CURIE = re.compile(r"\w[^:]+:.+")
_REPEATED_PREFIX = re.compile(r"(\w+):\1[_:](\w+)")
_OBO = re.compile(r"(?:https?://purl\.obolibrary\.org/obo/)?([A-Za-z]+)_(\w+)")
_DURATION = re.compile(
    r"P(?=.)(\d+(\.\d+)?Y)?(\d+(\.\d+)?M)?(\d+(\.\d+)?W)?(\d+(\.\d+)?D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?"
)
_SPOKEN = re.compile(r"(\d{1,4})\s*(year|month|week|day)s?", re.IGNORECASE)
_ISO_DATE = re.compile(r"(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(?:[T ].*)?")
_EUROPEAN_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{2}|\d{4})")
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_NUMBER = re.compile(r"-?\d{1,15}(\.\d+)?")


class Unfit(Exception):
    """A value that cannot be what it should be; ``path`` is where the reason lies."""

    def __init__(self, path: str, reason: str) -> None:
        """Both are said to the operator."""
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


@dataclass(slots=True)
class Cleaning:
    """What was done to one record. ``remarks``: texts with how often; ``aside``: what did not fit, by path."""

    remarks: Counter[str] = field(default_factory=Counter)
    aside: Members = field(default_factory=dict)

    def remark(self, path: str, what: str) -> None:
        """Remember a change; paths lose their numbers, so that equal remarks are one."""
        self.remarks[f"{_NUMBERED.sub('[]', path)}: {what}"] += 1

    def set_aside(self, path: str, value: JsonValue, error: Unfit) -> None:
        """Keep a value that does not fit."""
        self.aside[path] = value
        self.remark(error.path, f"{error.reason}; kept under info.asGiven")


Shape = Callable[[JsonValue, str, Cleaning], JsonValue]


def text(value: JsonValue, path: str, _cleaning: Cleaning) -> JsonValue:
    """A text that is not empty; numbers are spelled."""
    if isinstance(value, str) and value.strip():
        return value.strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(int(value) if float(value).is_integer() else value)
    raise Unfit(path, "a text is expected")


def truth(value: JsonValue, path: str, _cleaning: Cleaning) -> JsonValue:
    """True or false, also as a word."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    raise Unfit(path, "true or false is expected")


def number(value: JsonValue, path: str, _cleaning: Cleaning) -> JsonValue:
    """A number, also spelled as a text; whole ones as integers."""
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unfit(path, "a number is expected")
    return int(value) if float(value).is_integer() else value


def whole(value: JsonValue, path: str, cleaning: Cleaning) -> JsonValue:
    """A whole number; ``5.0`` and ``"5"`` are five."""
    found = number(value, path, cleaning)
    if not isinstance(found, int):
        raise Unfit(path, "a whole number is expected")
    return found


def word_of(words: tuple[str, ...]) -> Shape:
    """One of a few words, whatever their case."""
    known = {word.lower(): word for word in words}

    def one(value: JsonValue, path: str, _cleaning: Cleaning) -> JsonValue:
        found = known.get(value.strip().lower()) if isinstance(value, str) else None
        if found is None:
            raise Unfit(path, f"one of {', '.join(words)} is expected")
        return found

    return one


def date(value: JsonValue, path: str, cleaning: Cleaning) -> JsonValue:
    """A date as ``2024-09-25``. ``25/9/24`` is read where no other order of day and month is possible."""
    given = value.strip() if isinstance(value, str) else ""
    iso = _ISO_DATE.fullmatch(given)
    if iso:
        return iso.group(1)
    found = _EUROPEAN_DATE.fullmatch(given)
    if found and 12 < int(found[1]) <= 31 and 1 <= int(found[2]) <= 12:
        cleaning.remark(path, "dates such as 25/9/24 written as 2024-09-25")
        return f"{found[3] if len(found[3]) == 4 else '20' + found[3]}-{int(found[2]):02d}-{int(found[1]):02d}"
    raise Unfit(path, "a date such as 2024-09-25 is expected")


def duration(value: JsonValue, path: str, cleaning: Cleaning) -> JsonValue:
    """An ISO 8601 duration as a text; ``14 months`` is ``P14M``."""
    given = value.strip() if isinstance(value, str) else ""
    if _DURATION.fullmatch(given):
        return given
    spoken = _SPOKEN.fullmatch(given)
    if spoken:
        cleaning.remark(path, "durations in words written as ISO 8601")
        return f"P{int(spoken[1])}{spoken[2][0].upper()}"
    raise Unfit(path, "an ISO 8601 duration such as P30Y is expected")


def timestamp(value: JsonValue, path: str, _cleaning: Cleaning) -> JsonValue:
    """An RFC 3339 time."""
    if isinstance(value, str) and _TIMESTAMP.fullmatch(value):
        return value
    raise Unfit(path, "an RFC 3339 time is expected")


def term(value: JsonValue, path: str, cleaning: Cleaning) -> JsonValue:
    """An ontology term; ids such as ``GENO:GENO_0000458`` and OBO addresses become CURIEs."""
    if isinstance(value, str):
        value = {"id": value}
    identifier = value.get("id") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(identifier, str):
        raise Unfit(path, "an ontology term with an id such as HP:0001250 is expected")
    curie = clean_curie(identifier)
    if not _CURIE.fullmatch(curie) or "," in curie:
        place = f"{path}.id"
        raise Unfit(place, "an id such as HP:0001250 is expected")
    if curie != identifier:
        cleaning.remark(f"{path}.id", "ids written as CURIEs")
    label = value.get("label")
    return {"id": curie, "label": label.strip()} if isinstance(label, str) and label.strip() else {"id": curie}


def clean_curie(identifier: str) -> str:
    """A CURIE from its usual misspellings."""
    stripped = identifier.strip()
    repeated = _REPEATED_PREFIX.fullmatch(stripped)
    address = _OBO.fullmatch(stripped)
    found = repeated or address
    return f"{found[1]}:{found[2]}" if found else stripped


def terms(value: JsonValue, path: str, cleaning: Cleaning) -> JsonValue:
    """A list of terms; one that joins several by commas is split."""
    values = value if isinstance(value, list) else [value]
    found: list[JsonValue] = []
    for place, item in enumerate(values):
        pieces = split_term(item)
        if len(pieces) > 1:
            cleaning.remark(path, "terms joined by commas split")
        found += [term(piece, f"{path}[{place}]", cleaning) for piece in pieces]
    return found


def split_term(value: JsonValue) -> list[JsonValue]:
    """The terms that one term with comma-joined ids stands for; labels are kept where there are as many."""
    identifier = value.get("id") if isinstance(value, dict) else value
    if not isinstance(identifier, str) or "," not in identifier:
        return [value]
    ids = [piece.strip() for piece in identifier.split(",") if piece.strip()]
    given: Members = value if isinstance(value, dict) else {}
    several = {
        name: [piece.strip() for piece in joined.split(",")] for name, joined in given.items()
        if name != "id" and isinstance(joined, str)
    }  # fmt: skip
    kept = {name: pieces for name, pieces in several.items() if len(pieces) == len(ids)}
    return [{"id": one, **{name: pieces[place] for name, pieces in kept.items()}} for place, one in enumerate(ids)]


def listed(shape: Shape) -> Shape:
    """A list; a lone element is a list of one. Elements that do not fit are set aside, one by one."""

    def many(value: JsonValue, path: str, cleaning: Cleaning) -> JsonValue:
        found: list[JsonValue] = []
        unfit: list[tuple[str, JsonValue, Unfit]] = []
        for place, item in enumerate(value if isinstance(value, list) else [value]):
            try:
                found.append(shape(item, f"{path}[{place}]", cleaning))
            except Unfit as error:
                unfit.append((f"{path}[{place}]", item, error))
        if unfit and not found:
            raise unfit[0][2]
        for child, item, reason in unfit:
            cleaning.set_aside(child, item, reason)
        return found

    return many


def record(required: Mapping[str, Shape], optional: Mapping[str, Shape] | None = None) -> Shape:
    """An object with known members. Those that do not fit are set aside if optional, else the object does not fit."""
    others = optional or {}

    def whole_record(value: JsonValue, path: str, cleaning: Cleaning) -> JsonValue:
        if not isinstance(value, dict):
            raise Unfit(path, "an object is expected")
        found: Members = {}
        for name, shape in required.items():
            child = f"{path}.{name}"
            if value.get(name) is None:
                raise Unfit(child, "missing")
            found[name] = shape(value[name], child, cleaning)
        found.update(fitting_members(value, others, path, cleaning))
        for name in value.keys() - required.keys() - others.keys() - {"_id"}:
            cleaning.remark(f"{path}.{name}", "not of Beacon v2.2, left out")
        return found

    return whole_record


def fitting_members(value: Members, shapes: Mapping[str, Shape], path: str, cleaning: Cleaning) -> Members:
    """The optional members that are there and fit; others are set aside."""
    found: Members = {}
    for name, shape in shapes.items():
        given = value.get(name)
        child = f"{path}.{name}" if path else name
        if given is None or given in ("", [], {}):
            continue
        try:
            found[name] = shape(given, child, cleaning)
        except Unfit as error:
            cleaning.set_aside(child, given, error)
    return found


def either(*shapes: Shape) -> Shape:
    """The first shape that fits; remarks of those that do not are dropped."""

    def first(value: JsonValue, path: str, cleaning: Cleaning) -> JsonValue:
        last = Unfit(path, "of no known form")
        for shape in shapes:
            attempt = Cleaning()
            try:
                found = shape(value, path, attempt)
            except Unfit as error:
                last = error
                continue
            cleaning.remarks.update(attempt.remarks)
            cleaning.aside.update(attempt.aside)
            return found
        raise last

    return first
