import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidRequest, LoadRefused
from core.reference_rows import Link, OntologyTerm, Relation
from core.strict_json import JsonValue, parse_json
from loaders.ontology_document import tidy
from loaders.ontology_graph_json import parse_obographs
from tests.loaders.ontology_texts import json_text, ontologies, refusal_of

LEAVES = st.sampled_from(["X:1", "X:2", "CLASS", "is_a", None, 1])
KEYS = st.sampled_from(["graphs", "nodes", "edges", "id", "lbl", "type", "meta", "sub", "pred", "obj", "synonyms"])
DOCUMENTS = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4))


@given(ontologies())
def test_what_was_written_is_read(terms: list[OntologyTerm]) -> None:
    document = parse_obographs(parse_json(json_text(terms)), "x.json")
    assert [tidy(term) for term in document.terms.values()] == terms
    assert document.stated_id.endswith("/x.json")
    assert "2026-01-01" in document.version


@given(st.builds(lambda graph: {"graphs": [graph]}, DOCUMENTS) | DOCUMENTS)
def test_any_document_is_read_or_refused(value: JsonValue) -> None:
    assert (refusal_of(parse_obographs, value, "x.json") or "x.json: ").startswith("x.json: ")


def test_nodes_without_a_type_are_classes_where_they_have_a_label_or_a_parent() -> None:
    graph = {
        "nodes": [{"id": "X:1", "lbl": "one"}, {"id": "X:2"}, {"id": "X:3"}, {"id": "X:4", "type": "INDIVIDUAL"}],
        "edges": [{"sub": "X:2", "pred": "is_a", "obj": "X:1"}],
        "meta": {"basicPropertyValues": [{"pred": "http://www.w3.org/2002/07/owl#versionInfo", "val": "7"}]},
    }
    document = parse_obographs(parse_json(json.dumps({"graphs": [graph, {}]})), "x.json")
    assert list(document.terms) == ["X:1", "X:2"]
    assert document.terms["X:2"].links == (Link("X:1", Relation.IS_A),)
    assert (document.version, document.notes) == ("7", ["1 more graphs in the file were not read"])


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"graphs": []}, "not an OBO graph"),
        ([], "not an OBO graph"),
        ({"graphs": [{"nodes": [{"id": "X:1", "type": "CLASS"}] * 2}]}, "node 2: the id X:1 is given twice"),
        ({"graphs": [{"edges": [{"sub": "X:1", "pred": "is_a"}]}]}, "edge 1: an edge needs"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(value: JsonValue, reason: str) -> None:
    with pytest.raises(LoadRefused, match=reason):
        parse_obographs(value, "x.json")


@settings(max_examples=500, deadline=None)
@given(st.integers(0), st.characters(codec="utf-8") | st.sampled_from('":{}[],0'), st.integers(0, 3))
def test_changed_files_are_read_or_refused(place: int, character: str, removed: int) -> None:
    text = json_text(
        [OntologyTerm("X:001", "one"), OntologyTerm("X:002", "two", "d", links=(Link("X:001", Relation.IS_A),))]
    )
    place %= len(text)
    try:
        value = parse_json(text[:place] + character + text[place + removed :])
    except InvalidRequest:
        return
    assert (refusal_of(parse_obographs, value, "x.json") or "x.json: ").startswith("x.json: ")
