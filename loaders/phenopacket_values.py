"""Building blocks of Phenopackets v2 in the spelling of Beacon v2.2: terms, times, quantities (pure).

Every function takes the value and the path that leads to it, and raises ``RecordRejected`` naming that path.
"""

import re
from typing import NoReturn

from core.strict_json import JsonValue
from loaders.report import RecordRejected

Members = dict[str, JsonValue]

_CURIE = re.compile(r"\w[^:]+:.+")
_DURATION = re.compile(r"P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?")
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_SNAKE = re.compile(r"_([a-z0-9])")


def reject(reason: str, path: str) -> NoReturn:
    """Raise ``RecordRejected`` for the value at ``path``."""
    raise RecordRejected(reason, path)


def camel_case(value: JsonValue) -> JsonValue:
    """The same document with lowerCamelCase member names, as protobuf's JSON mapping prints them."""
    if isinstance(value, dict):
        return {_SNAKE.sub(lambda found: found.group(1).upper(), key): camel_case(item) for key, item in value.items()}
    if isinstance(value, list):
        return [camel_case(item) for item in value]
    return value


def members(value: JsonValue, path: str) -> Members:
    """An object; absent and null are an empty one."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        reject("an object is expected", path)
    return value


def items(value: JsonValue, path: str) -> list[tuple[Members, str]]:
    """The objects of a list, each with its path; absent and null are an empty list."""
    if value is None:
        return []
    if not isinstance(value, list):
        reject("a list is expected", path)
    return [(members(item, f"{path}[{number}]"), f"{path}[{number}]") for number, item in enumerate(value)]


def text(value: JsonValue, path: str) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        reject("a text is expected", path)
    return value


def number(value: JsonValue, path: str) -> int | float:
    """A number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        reject("a number is expected", path)
    return value


def term(value: JsonValue, path: str) -> Members:
    """An ontology term: CURIE and label (Phenopackets OntologyClass, Beacon ontologyTerm)."""
    found = members(value, path)
    identifier = found.get("id")
    if not isinstance(identifier, str) or not _CURIE.fullmatch(identifier):
        reject("an ontology term with an id such as HP:0001250 is expected", f"{path}.id")
    label = found.get("label")
    if label is not None and not isinstance(label, str):
        reject("a text is expected", f"{path}.label")
    return {"id": identifier, "label": label} if label else {"id": identifier}


def terms(value: JsonValue, path: str) -> list[JsonValue]:
    """A list of ontology terms."""
    return [term(item, item_path) for item, item_path in items(value, path)]


def duration(value: JsonValue, path: str) -> Members:
    """An age: ``{"iso8601duration": "P30Y"}``."""
    found = members(value, path).get("iso8601duration")
    if not isinstance(found, str) or not _DURATION.fullmatch(found):
        reject("an ISO 8601 duration such as P30Y is expected", f"{path}.iso8601duration")
    return {"iso8601duration": found}


def timestamp(value: JsonValue, path: str) -> str:
    """An RFC 3339 time."""
    if not isinstance(value, str) or not _TIMESTAMP.fullmatch(value):
        reject("an RFC 3339 time is expected", path)
    return value


def time_element(value: JsonValue, path: str) -> JsonValue:
    """Phenopackets TimeElement as Beacon's timeElement, which lacks the outer member name."""
    found = members(value, path)
    if len(found) != 1:
        reject("one kind of time is expected", path)
    kind, inner = next(iter(found.items()))
    inner_path = f"{path}.{kind}"
    if kind == "age":
        return duration(inner, inner_path)
    if kind == "ontologyClass":
        return term(inner, inner_path)
    if kind == "timestamp":
        return timestamp(inner, inner_path)
    span = members(inner, inner_path)
    if kind == "ageRange":
        return {end: duration(span.get(end), f"{inner_path}.{end}") for end in ("start", "end")}
    if kind == "interval":
        return {end: timestamp(span.get(end), f"{inner_path}.{end}") for end in ("start", "end")}
    if kind == "gestationalAge":
        return {unit: int(number(span[unit], f"{inner_path}.{unit}")) for unit in ("weeks", "days") if unit in span}
    reject("an unknown kind of time", inner_path)


def quantity(value: JsonValue, path: str) -> Members:
    """An amount with its unit and reference range."""
    found = members(value, path)
    made: Members = {
        "unit": term(found.get("unit"), f"{path}.unit"),
        "value": number(found.get("value"), f"{path}.value"),
    }
    if "referenceRange" in found:
        bounds = members(found["referenceRange"], f"{path}.referenceRange")
        made["referenceRange"] = {
            "unit": term(bounds.get("unit"), f"{path}.referenceRange.unit"),
            "low": number(bounds.get("low", 0), f"{path}.referenceRange.low"),
            "high": number(bounds.get("high"), f"{path}.referenceRange.high"),
        }
    return made


def measured_value(found: Members, path: str) -> JsonValue:
    """Phenopackets Measurement.value or .complexValue as Beacon's measurementValue."""
    if "complexValue" in found:
        typed = items(members(found["complexValue"], path).get("typedQuantities"), f"{path}.typedQuantities")
        return {
            "typedQuantities": [
                {
                    "quantityType": term(item.get("type"), f"{item_path}.type"),
                    "quantity": quantity(item.get("quantity"), f"{item_path}.quantity"),
                }
                for item, item_path in typed
            ]
        }
    value = members(found.get("value"), f"{path}.value")
    if "ontologyClass" in value:
        return term(value["ontologyClass"], f"{path}.value.ontologyClass")
    return quantity(value.get("quantity"), f"{path}.value.quantity")
