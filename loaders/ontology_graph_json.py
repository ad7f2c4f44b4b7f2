"""OBO graphs JSON (github.com/geneontology/obographs; pure: a document in, terms out)."""

from dataclasses import replace

from core.errors import LoadRefused
from core.reference_rows import Link, OntologyTerm, Relation, Synonym, SynonymScope
from core.strict_json import JsonValue
from loaders.ontology_document import PART_OF, OntologyDocument, curie_of

_SCOPES = {
    "hasExactSynonym": SynonymScope.EXACT,
    "hasNarrowSynonym": SynonymScope.NARROW,
    "hasBroadSynonym": SynonymScope.BROAD,
    "hasRelatedSynonym": SynonymScope.RELATED,
}
_REPLACED_BY = frozenset({"IAO_0100001", "IAO:0100001", "replacedBy", "term_replaced_by"})
_ALTERNATIVE = "hasAlternativeId"


def parse_obographs(value: JsonValue, file: str) -> OntologyDocument:
    """Read the first graph with classes; raises ``LoadRefused`` naming file, place and reason.

    Classes are taken, individuals and properties are not. Of several graphs in one document only the first is the
    ontology: the others are its imports.
    """
    graphs = _list(value, "graphs")
    if not graphs:
        message = f"{file}: not an OBO graph: a list `graphs` is expected"
        raise LoadRefused(message)
    graph = graphs[0]
    meta = _object(graph, "meta")
    document = OntologyDocument(file, _text(graph, "id"), _version(meta))
    links = _links(graph, file)
    for number, node in enumerate(_list(graph, "nodes"), 1):
        term_id = curie_of(_text(node, "id"))
        kind = _text(node, "type")
        if term_id is None or (kind != "CLASS" and (kind or not (_text(node, "lbl") or term_id in links))):
            continue
        document.add(replace(_term(term_id, node), links=tuple(links.get(term_id, ()))), f"node {number}")
    if len(graphs) > 1:
        document.notes.append(f"{len(graphs) - 1} more graphs in the file were not read")
    return document


def _term(term_id: str, node: JsonValue) -> OntologyTerm:
    meta = _object(node, "meta")
    values = [(_local(_text(item, "pred")), _text(item, "val")) for item in _list(meta, "basicPropertyValues")]
    replaced_by = (curie_of(text) for name, text in values if name in _REPLACED_BY)
    alternatives = (curie_of(text) for name, text in values if name == _ALTERNATIVE)
    synonyms = (
        Synonym(_text(item, "val"), _SCOPES.get(_local(_text(item, "pred")), SynonymScope.RELATED))
        for item in _list(meta, "synonyms")
    )
    return OntologyTerm(
        term_id,
        label=_text(node, "lbl"),
        definition=_text(_object(meta, "definition"), "val"),
        obsolete=isinstance(meta, dict) and meta.get("deprecated") is True,
        synonyms=tuple(synonyms),
        alternative_ids=tuple(curie for curie in alternatives if curie),
        replaced_by=tuple(curie for curie in replaced_by if curie),
    )


def _links(graph: JsonValue, file: str) -> dict[str, list[Link]]:
    links: dict[str, list[Link]] = {}
    for number, edge in enumerate(_list(graph, "edges"), 1):
        predicate = _text(edge, "pred")
        if predicate != "is_a" and predicate not in PART_OF:
            continue
        subject, parent = _text(edge, "sub"), _text(edge, "obj")
        if not subject or not parent:
            message = f"{file}: edge {number}: an edge needs `sub` and `obj`"
            raise LoadRefused(message)
        low, high = curie_of(subject), curie_of(parent)
        if low and high:
            relation = Relation.IS_A if predicate == "is_a" else Relation.PART_OF
            links.setdefault(low, []).append(Link(high, relation))
    return links


def _version(meta: JsonValue) -> str:
    stated = [
        _text(item, "val")
        for item in _list(meta, "basicPropertyValues")
        if _local(_text(item, "pred")) == "versionInfo"
    ]
    return next(iter(stated), "") or _text(meta, "version")


def _local(predicate: str) -> str:
    return predicate.replace("#", "/").rsplit("/", 1)[-1].removeprefix("oboInOwl:")


def _object(value: JsonValue, name: str) -> JsonValue:
    return value.get(name) if isinstance(value, dict) else None


def _list(value: JsonValue, name: str) -> list[JsonValue]:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def _text(value: JsonValue, name: str) -> str:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""
