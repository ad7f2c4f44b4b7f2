"""Personal data where only pseudonyms belong: refused with the place named, never with the value (pure)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from core.errors import LoadRefused
from core.strict_json import JsonValue
from loaders.personal_names import is_birth_name, is_personal_name, says_birth
from loaders.personal_shapes import (
    BIRTH_DATE,
    CPR,
    holds_full_date,
    personal_data_in,
    personal_data_in_free_text,
    personal_data_in_id,
    personal_number,
)

__all__ = [
    "personal_data_in",
    "refuse_personal_columns",
    "refuse_personal_document",
    "refuse_personal_file_name",
    "refuse_personal_header_lines",
    "refuse_personal_id",
    "refuse_personal_names",
    "refuse_personal_record",
    "refuse_personal_text",
]

_ABOUT_PERSONS = frozenset({"subject", "biosamples", "pedigree", "proband", "relatives", "members"})
_MADE_BY = frozenset({"metaData", "files"})
_NOT_TEXT = frozenset({"SN", "LN", "M5"})
"""Tags of @SQ that hold no free text: digits of a length or a digest are nobody's number."""
_IDS = frozenset(
    {
        "individualId", "biosampleId", "subjectOrBiosampleId", "memberId", "runId", "analysisId", "paternalId",
        "maternalId", "familyId", "derivedFromId", "sampleId", "subjectId", "phenopacketId", "alternateIds",
        "biosampleIds", "individualIds", "individualToFileIdentifiers", "id",
    }
)  # fmt: skip
"""Members that name a person, a sample or a record (``id`` also a term, whose prefix tells that)."""
_QUANTITY = re.compile(
    r"(?:^(?:low|high|start|end|pos|position|positions|length|size|bytes|depth)$)|(?:Count|Number|Size|Length|Position|Depth|Num)$"
    r"|^(?:count|number|num)"
)
"""Members whose numbers count or measure something."""
_SAM_RECORD = re.compile(r"@[A-Za-z]{2}(?:\t|$)")
_KEYED = "individualToFileIdentifiers"
_VALUELESS: tuple[JsonValue, ...] = (None, "", [], {})


@dataclass(frozen=True, slots=True)
class _Rules:
    """How strictly a part of a document is read.

    ``names``: fields that are named as personal are refused. ``only_cpr``: addresses and telephone numbers pass.
    ``an_id``: the value names somebody. ``amount``: it is a number of something.
    """

    names: bool
    only_cpr: bool = False
    an_id: bool = False
    amount: bool = False


def refuse_personal_names(file: str, what: str, names: Iterable[str]) -> None:
    """Raise ``LoadRefused`` if a sample name (``what`` says which kind) looks like personal data.

    The message names the place, never the value.
    """
    for position, name in enumerate(names, start=1):
        found = personal_data_in_id(name)
        if found:
            message = f"{file}: {what} {position} looks like {found}; give people pseudonyms before loading"
            raise LoadRefused(message)


def refuse_personal_id(what: str, identifier: str) -> None:
    """Raise ``LoadRefused`` if an id that stands in public URLs (``what`` says which) looks like personal data."""
    found = personal_data_in_id(identifier)
    if found:
        message = f"{what} looks like {found}, and ids stand in public addresses; choose another"
        raise LoadRefused(message)


def refuse_personal_text(file: str, what: str, texts: Iterable[str]) -> None:
    """Raise ``LoadRefused`` naming the position (from 1) of the first free text that looks like personal data."""
    for position, text in enumerate(texts, start=1):
        found = personal_data_in_free_text(text)
        if found:
            message = f"{file}: {what} {position} looks like it holds {found}; remove it before loading"
            raise LoadRefused(message)


def refuse_personal_file_name(path: Path | str) -> None:
    """Raise ``LoadRefused`` if the name of a file (not its folder) looks like personal data; the name is not told."""
    found = personal_data_in(Path(path).name)
    if found:
        message = f"the name of an input file looks like {found}; rename the file"
        raise LoadRefused(message)


def refuse_personal_header_lines(file: str, lines: Iterable[str]) -> None:
    """Raise ``LoadRefused`` for personal data in header lines of VCF (``##``) or SAM (``@RG``, ``@CO``, ``@PG``...).

    Names the line (from 1) and, of SAM, the tag. Lines of other kinds are passed over: sample names are judged by
    ``refuse_personal_names``.
    """
    for number, line in enumerate(lines, start=1):
        if line.startswith("##") and is_personal_name(line[2:].partition("=")[0]):
            message = f"{file}: line {number} of the header is named after personal data; remove it before loading"
            raise LoadRefused(message)
        for tag, text, written in _header_values(line.rstrip("\r\n")):
            found = personal_data_in_free_text(text) if written else personal_data_in(text)
            if found:
                place = f"line {number} of the header" + (f" ({tag})" if tag else "")
                message = f"{file}: {place} looks like it holds {found}; remove it before loading"
                raise LoadRefused(message)


def _header_values(line: str) -> Iterator[tuple[str, str, bool]]:
    """(tag, value, whether people wrote it) of a header line."""
    if line.startswith("##contig="):
        yield from (
            ("", pair, False) for pair in line[9:].strip("<>").split(",") if not pair.startswith(("length=", "md5="))
        )
    elif line.startswith("##"):
        key = line[2:].partition("=")[0]
        yield "", line[2:], key in ("INFO", "FORMAT", "FILTER", "META", "SAMPLE", "PEDIGREE", "comment")
    elif line.startswith("@CO"):
        yield "CO", line[3:].strip(), True
    elif _SAM_RECORD.match(line):
        for cell in line.split("\t")[1:]:
            tag, own = (cell[:2], cell[3:]) if cell[2:3] == ":" else ("", cell)
            if not (line.startswith("@SQ") and tag in _NOT_TEXT):
                # Tags with a lower-case letter are for local use (SAM 1.6 section 1.3): people wrote them.
                yield f"{line[:3]} {tag}".rstrip(), own, line.startswith("@RG") or tag != tag.upper()


def refuse_personal_columns(file: str, columns: Iterable[str]) -> None:
    """Raise ``LoadRefused`` if a column of a table is named as personal, or looks like personal data itself."""
    for position, column in enumerate(columns, start=1):
        found = personal_data_in_free_text(column)
        if found or is_personal_name(column) or is_birth_name(column):
            what = f"looks like {found}" if found else f"is named {column[:40]!r}, which is personal data"
            message = f"{file}: column {position} {what}; remove the column before loading"
            raise LoadRefused(message)


def refuse_personal_document(place: str, document: JsonValue) -> None:
    """Raise ``LoadRefused`` if a phenopacket (lowerCamelCase names) holds personal data, naming the path.

    Fields of persons and samples that are named as personal are refused whatever they hold. CPR numbers are refused
    everywhere, addresses and telephone numbers everywhere but in the metadata, which tell who made the phenopacket.
    """
    if not isinstance(document, dict):
        return
    for name, value in document.items():
        _refuse(place, _personal_member("", name, value, _Rules(names=name in _ABOUT_PERSONS)))


def refuse_personal_record(place: str, record: JsonValue, *, about_people: bool = True) -> None:
    """Raise ``LoadRefused`` if a record of a Beacon model holds personal data, naming the path.

    ``about_people`` off: for datasets and cohorts, which have names, contacts and descriptions of their own; CPR
    numbers are refused in them as well.
    """
    _refuse(place, _personal_value("", record, _Rules(names=about_people, only_cpr=not about_people)))


def _refuse(place: str, found: str | None) -> None:
    if found:
        message = f"{place}: {found}; only pseudonymous data may be loaded"
        raise LoadRefused(message)


def _personal_value(path: str, value: JsonValue, rules: _Rules) -> str | None:
    if isinstance(value, dict):
        measured = "unit" in value
        children = (
            _personal_member(path, name, item, replace(rules, amount=measured and name == "value"))
            for name, item in value.items()
        )
        return next((found for found in children if found), None)
    if isinstance(value, list):
        elements = (_personal_value(f"{path}[{number}]", item, rules) for number, item in enumerate(value))
        return next((found for found in elements if found), None)
    kind = _personal_leaf(value, rules)
    return f"{path} looks like {kind}" if kind and (kind == CPR or not rules.only_cpr) else None


def _personal_leaf(value: JsonValue, rules: _Rules) -> str | None:
    if isinstance(value, str):
        return (rules.an_id and personal_data_in_id(value)) or personal_data_in_free_text(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or rules.amount:
        return None
    return CPR if personal_number(value) else None


def _personal_member(path: str, name: str, item: JsonValue, rules: _Rules) -> str | None:
    if personal_data_in_id(name):
        return f"the name of a field of {path or 'the document'} looks like {personal_data_in_id(name)}"
    child = f"{path}.{name}" if path else name
    amount = rules.amount or _QUANTITY.search(name) is not None
    rules = replace(rules, an_id=name in _IDS or path.endswith(_KEYED), amount=amount)
    if name in _MADE_BY:
        rules = replace(rules, names=False, only_cpr=True)
    elif name == "interpretations":
        rules = replace(rules, names=False)
    if rules.names and is_personal_name(name) and item not in _VALUELESS:
        return f"{child} is personal data"
    if not rules.only_cpr and says_birth(name) and isinstance(item, str) and holds_full_date(item):
        return f"{child} looks like {BIRTH_DATE}"
    return _personal_value(child, item, rules)
