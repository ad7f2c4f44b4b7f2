"""Strict JSON: what two parsers could read differently is refused (RFC 8259 §4, RFC 8725 §2.4)."""

import json
import re
from collections.abc import Sequence
from typing import NoReturn, TypeAlias

from core.errors import InvalidRequest

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"?')
"""A text, closed or not: were an open one no match, the search would begin again at each quote inside it."""

MAXIMUM_DEPTH = 64

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_SMALLEST_INTEGER, _LARGEST_INTEGER = -(1 << 63), (1 << 64) - 1


def _unique_members(pairs: Sequence[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    members = dict(pairs)
    if len(members) != len(pairs):
        message = "repeated member name in a JSON object"
        raise InvalidRequest(message)
    return members


def _refuse_constant(name: str) -> NoReturn:
    message = f"{name} is not a JSON number"
    raise InvalidRequest(message)


def _check_depth(text: str, maximum_depth: int) -> None:
    """Bound nesting before the parser recurses; brackets inside strings do not count."""
    depth = 0
    for character in _STRING.sub("", text):
        if character in "[{":
            depth += 1
        elif character in "]}":
            depth -= 1
        if depth > maximum_depth:
            message = f"JSON nested deeper than {maximum_depth}"
            raise InvalidRequest(message)


def parse_json(data: bytes | str, *, maximum_depth: int = MAXIMUM_DEPTH) -> JsonValue:
    """Parse one JSON document.

    Raises ``InvalidRequest`` for anything but UTF-8, for repeated member names, NaN, Infinity, numbers that overflow,
    integers beyond 64 bits, halves of surrogate pairs (RFC 8259 §8.2), and nesting deeper than ``maximum_depth``.
    """
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        if text.count("[") + text.count("{") > maximum_depth:
            _check_depth(text, maximum_depth)
        value: JsonValue = json.loads(
            text,
            object_pairs_hook=_unique_members,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_within_64_bits,
        )
        if _SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (UnicodeError, ValueError, RecursionError) as error:
        message = "not a JSON document"
        raise InvalidRequest(message) from error
    return value


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        message = "number out of range"
        raise InvalidRequest(message)
    return number


def _within_64_bits(text: str) -> int:
    number = int(text)
    if not _SMALLEST_INTEGER <= number <= _LARGEST_INTEGER:
        message = "number out of range"
        raise InvalidRequest(message)
    return number


def parse_json_object(data: bytes | str, *, maximum_depth: int = MAXIMUM_DEPTH) -> dict[str, JsonValue]:
    """Parse one JSON object; raises ``InvalidRequest`` as ``parse_json`` does, and for any other kind of document."""
    value = parse_json(data, maximum_depth=maximum_depth)
    if not isinstance(value, dict):
        message = "a JSON object is expected"
        raise InvalidRequest(message)
    return value
