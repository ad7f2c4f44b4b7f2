"""Personal data where only pseudonyms belong: recognised by shape, refused with the place named (pure)."""

import calendar
import re
from collections.abc import Iterable

from core.errors import LoadRefused
from core.strict_json import JsonValue

_CPR = re.compile(r"(?<!\d)(\d{2})(\d{2})(\d{2})[-  ]?\d{4}(?!\d)")
_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[A-Za-z]{2,}")
_PERSONAL_NAMES = frozenset(
    {
        "dateofbirth", "birthdate", "name", "firstname", "lastname", "surname", "givenname", "familyname", "fullname",
        "address", "street", "postalcode", "zipcode", "contact", "contactinfo", "email", "phone", "telephone", "mobile",
        "cpr", "cprnumber", "ssn", "nationalid",
    }
)  # fmt: skip
_ABOUT_PERSONS = ("subject", "biosamples", "pedigree", "proband", "relatives")
_NOT_ABOUT_PERSONS = frozenset({"metaData", "interpretations", "files"})
_LONGEST_MONTH = {month: calendar.monthrange(2000, month)[1] for month in range(1, 13)}


def personal_data_in(text: str) -> str | None:
    """What personal data a text looks like it holds: ``"a CPR number"``, ``"an e-mail address"``, or ``None``."""
    for day, month, _ in _CPR.findall(text):
        if 1 <= int(day) <= _LONGEST_MONTH.get(int(month), 0):
            return "a CPR number"
    return "an e-mail address" if _EMAIL.search(text) else None


def refuse_personal_names(file: str, what: str, names: Iterable[str]) -> None:
    """Raise ``LoadRefused`` if a sample name (``what`` says which kind) looks like personal data.

    The message names the place, never the value.
    """
    for position, name in enumerate(names, start=1):
        found = personal_data_in(name)
        if found:
            message = f"{file}: {what} {position} looks like {found}; give people pseudonyms before loading"
            raise LoadRefused(message)


def refuse_personal_document(place: str, document: JsonValue) -> None:
    """Raise ``LoadRefused`` if a phenopacket (lowerCamelCase names) holds personal data, naming the path.

    Members of persons and samples that are named as personal are refused whatever they hold; values that look like a
    CPR number or an e-mail address are refused everywhere but in the metadata, which tell who made the phenopacket.
    """
    if not isinstance(document, dict):
        return
    for name, value in document.items():
        if name not in _NOT_ABOUT_PERSONS:
            found = _personal_value(name, value, named=name in _ABOUT_PERSONS)
            if found:
                message = f"{place}: {found}; only pseudonymous data may be loaded"
                raise LoadRefused(message)


def _personal_value(path: str, value: JsonValue, *, named: bool) -> str | None:
    if isinstance(value, str):
        found = personal_data_in(value)
        return f"{path} looks like {found}" if found else None
    children: Iterable[tuple[str, str, JsonValue]] = ()
    if isinstance(value, dict):
        children = ((name, f"{path}.{name}", item) for name, item in value.items())
    elif isinstance(value, list):
        children = (("", f"{path}[{number}]", item) for number, item in enumerate(value))
    for name, child_path, item in children:
        if named and name.replace("_", "").lower() in _PERSONAL_NAMES and item not in (None, "", [], {}):
            return f"{child_path} is personal data"
        found = _personal_value(child_path, item, named=named)
        if found:
            return found
    return None
