"""Reading single values of a request: lenient in shape, strict in meaning (pure).

Strings stand for numbers, one value for a list of one, a comma string for a list. What cannot be meant is refused with
the name of the field.
"""

import re
from collections.abc import Sequence
from typing import NoReturn

from core.errors import InvalidRequest
from core.strict_json import JsonValue

MAXIMUM_INTEGER = (1 << 31) - 1
_INTEGER = re.compile(r"\s*-?[0-9]{1,10}\s*")
_SHOWN = 40


def refuse(field: str, reason: str) -> NoReturn:
    """Raise ``InvalidRequest`` about a field."""
    message = f"{field}: {reason}"
    raise InvalidRequest(message, field=field)


def read_integer(value: JsonValue, field: str, *, minimum: int = 0, maximum: int = MAXIMUM_INTEGER) -> int:
    """A whole number, also given as text or as a list of one; raises ``InvalidRequest``."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        refuse(field, f"a whole number is expected, not {_shown(value)}")
    if not minimum <= value <= maximum:
        refuse(field, f"a number from {minimum} to {maximum} is expected")
    return value


def read_integers(value: JsonValue, field: str, *, minimum: int = 0) -> tuple[int, ...]:
    """One or two whole numbers: a number, text, a list, or text with commas; raises ``InvalidRequest``."""
    items: Sequence[JsonValue]
    if isinstance(value, str):
        items = value.split(",")
    elif isinstance(value, list):
        items = value
    else:
        items = [value]
    if not 1 <= len(items) <= 2:
        refuse(field, "one or two numbers are expected")
    return tuple(read_integer(item, field, minimum=minimum) for item in items)


def read_text(value: JsonValue, field: str) -> str:
    """Text, also given as a number or as a list of one; raises ``InvalidRequest``."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        refuse(field, f"text is expected, not {_shown(value)}")
    return value


def read_boolean(value: JsonValue, field: str) -> bool:
    """``true`` or ``false``, also as text; raises ``InvalidRequest``."""
    if isinstance(value, str):
        value = {"true": True, "false": False}.get(value.strip().lower(), value)
    if not isinstance(value, bool):
        refuse(field, f"true or false is expected, not {_shown(value)}")
    return value


def read_texts(value: JsonValue, field: str) -> tuple[str, ...]:
    """A list of texts, or one text with commas; empty text is an empty list; raises ``InvalidRequest``."""
    if isinstance(value, str):
        return tuple(item.strip() for item in value.split(",") if item.strip())
    if not isinstance(value, list):
        refuse(field, f"a list of texts is expected, not {_shown(value)}")
    return tuple(read_text(item, field) for item in value)


def _shown(value: JsonValue) -> str:
    """The value as it may be shown in a message: short, and only its kind where it is not simple."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    return repr(value)[:_SHOWN]
