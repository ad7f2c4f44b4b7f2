"""Filters of a request: syntax in, typed values out (pure). Beacon v2.2, filteringTerms.

The official schema accepts almost anything, so that every field is checked here. Ontology terms are offered;
alphanumeric filters are understood and refused.
"""

import re
from collections.abc import Mapping

from beacon.entry_types import entry_of_scope
from beacon.query import OntologyFilter
from beacon.values import read_boolean, read_text, refuse
from core.errors import UnsupportedRequest
from core.strict_json import JsonValue

_MAXIMUM_FILTERS = 50
_CURIE = re.compile(r"\w[^:\s,]+:[^\s,]+")
_WITH_OPERATOR = re.compile(r"[^:]+:(?:[<>]=?|[=!])")
_OPERATORS = ("=", "<", ">", "!", ">=", "<=")
_SIMILARITIES = ("exact", "high", "medium", "low")
_KNOWN = frozenset({"id", "includeDescendantTerms", "similarity", "scope", "operator", "value"})


def read_filters(value: JsonValue) -> tuple[OntologyFilter, ...]:
    """The filters, sorted, each once: a list of objects or texts, or one text with commas (GET).

    Raises ``InvalidRequest`` naming what is wrong, ``UnsupportedRequest`` for what is not offered.
    """
    if value is None:
        return ()
    items: list[JsonValue]
    if isinstance(value, str):
        items = [item.strip() for item in value.split(",") if item.strip()]
    elif isinstance(value, list):
        items = value
    elif isinstance(value, dict):
        items = [value]
    else:
        refuse("filters", "a list of filters is expected")
    if len(items) > _MAXIMUM_FILTERS:
        refuse("filters", f"at most {_MAXIMUM_FILTERS} filters are taken")
    return tuple(sorted({_read_filter(item) for item in items}))


def _read_filter(item: JsonValue) -> OntologyFilter:
    if isinstance(item, str):
        if _WITH_OPERATOR.match(item):
            _refuse_alphanumeric(item)
        return OntologyFilter(_term_id(item))
    if isinstance(item, list):
        message = "filters: groups of alternatives (nested lists) are not offered"
        raise UnsupportedRequest(message, field="filters")
    if not isinstance(item, dict):
        refuse("filters", "each filter is an object with an id")
    members = {name: value for name, value in item.items() if value is not None}
    for name in members:
        if name not in _KNOWN:
            refuse(f"filters.{name}", "unknown field of a filter")
    if "id" not in members:
        refuse("filters.id", "every filter needs an id")
    identifier = read_text(members["id"], "filters.id")
    _check_comparison(members, identifier)
    _check_similarity(members)
    descendants = read_boolean(members.get("includeDescendantTerms", True), "filters.includeDescendantTerms")
    return OntologyFilter(_term_id(identifier), descendants, _scope(members))


def _term_id(text: str) -> str:
    if not _CURIE.fullmatch(text):
        message = f"filters: {text[:60]!r} is not a term of this beacon; /filtering_terms lists them"
        raise UnsupportedRequest(message, field="filters")
    return text


def _check_comparison(members: Mapping[str, JsonValue], identifier: str) -> None:
    if "operator" in members and members["operator"] not in _OPERATORS:
        refuse("filters.operator", f"one of {' '.join(_OPERATORS)} is expected")
    if "operator" in members or "value" in members:
        _refuse_alphanumeric(identifier)


def _refuse_alphanumeric(identifier: str) -> None:
    message = f"filters: comparing the value of {identifier[:60]!r} is not offered; filter by ontology terms"
    raise UnsupportedRequest(message, field="filters")


def _check_similarity(members: Mapping[str, JsonValue]) -> None:
    similarity = members.get("similarity", "exact")
    if similarity not in _SIMILARITIES:
        refuse("filters.similarity", f"one of {', '.join(_SIMILARITIES)} is expected")
    if similarity != "exact":
        message = "filters.similarity: only exact is offered"
        raise UnsupportedRequest(message, field="filters.similarity")


def _scope(members: Mapping[str, JsonValue]) -> str:
    if "scope" not in members:
        return ""
    scope = read_text(members["scope"], "filters.scope")
    entry = entry_of_scope(scope)
    if entry is None:
        refuse("filters.scope", f"{scope[:40]!r} is not an entry type")
    if not entry.of_people:
        message = f"filters.scope: terms of {entry.path} are not offered"
        raise UnsupportedRequest(message, field="filters.scope")
    return entry.id
