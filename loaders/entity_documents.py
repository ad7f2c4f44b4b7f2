"""Documents of entities: their one spelling, and the ontology terms by which they are found (pure)."""

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from beacon.rows import EntityType, TermRow
from core.strict_json import JsonValue

Members = dict[str, JsonValue]

_CODE_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "diseases": "diseaseCode",
        "exposures": "exposureCode",
        "phenotypicFeatures": "featureType",
        "measurements": "assayCode",
        "treatments": "treatmentCode",
        "interventionsOrProcedures": "procedureCode",
    }
)
"""Lists of objects that a filter finds by one member of theirs."""


def spelled(document: Members) -> str:
    """A document as JSON text: the same content, the same text."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def terms_of(entity: EntityType, entity_id: str, individual_id: str, document: Members) -> list[TermRow]:
    """The filter index of one record: every term that stands for the person or sample itself, each once."""
    rows = (
        TermRow(entity, entity_id, individual_id, field, str(term["id"]), str(term.get("label", "")), excluded)
        for field, term, excluded in _terms(document)
    )
    return list(dict.fromkeys(rows))


def _terms(document: Members) -> Iterator[tuple[str, Members, bool]]:
    for field, value in document.items():
        if field == "info":
            continue
        for item in value if isinstance(value, list) else [value]:
            if not isinstance(item, dict):
                continue
            inner = item.get(_CODE_FIELDS[field]) if field in _CODE_FIELDS else item
            if isinstance(inner, dict) and isinstance(inner.get("id"), str) and field != "pedigrees":
                yield field, inner, bool(item.get("excluded"))
