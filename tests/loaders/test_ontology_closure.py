import pytest
from hypothesis import given

from core.errors import LoadRefused
from core.reference_rows import Link, OntologyTerm, Relation
from loaders.ontology_closure import closure_of, complete
from loaders.ontology_document import OntologyDocument
from tests.loaders.ontology_texts import ontologies


def is_a(term_id: str, *parents: str) -> OntologyTerm:
    return OntologyTerm(term_id, links=tuple(Link(parent, Relation.IS_A) for parent in parents))


def walked(terms: dict[str, OntologyTerm], start: str) -> dict[str, int]:
    """All ways up, one by one: the shortest number of steps to every term above."""
    found: dict[str, int] = {}
    paths = [(start, 0)]
    while paths:
        term_id, steps = paths.pop()
        found[term_id] = min(steps, found.get(term_id, steps))
        paths += [(link.parent_id, steps + 1) for link in terms[term_id].links if link.relation is Relation.IS_A]
    return found


@given(ontologies())
def test_the_closure_holds_all_ways_up_with_the_shortest_distance(drawn: list[OntologyTerm]) -> None:
    terms = {term.id: term for term in drawn}
    closure = closure_of(terms, "x")
    rows = zip(closure.descendants, closure.ancestors, closure.distances, strict=True)
    found = [(closure.ids[low], closure.ids[high], int(steps)) for low, high, steps in rows]
    assert sorted(found) == sorted((low, high, steps) for low in terms for high, steps in walked(terms, low).items())
    assert list(closure.ids) == sorted(terms)


def test_cycles_are_refused_and_named() -> None:
    terms = {term.id: term for term in (is_a("X:1", "X:3"), is_a("X:2", "X:1"), is_a("X:3", "X:2"), is_a("X:4", "X:1"))}
    with pytest.raises(LoadRefused, match=r"x\.obo: terms that are their own ancestors by is_a: X:. - X:. - X:. - X:."):
        closure_of(terms, "x.obo")
    with pytest.raises(LoadRefused, match="X:1 - X:1"):
        closure_of({"X:1": is_a("X:1", "X:1")}, "x.obo")
    whole = OntologyTerm("X:1", links=(Link("X:1", Relation.PART_OF),))
    assert len(closure_of({"X:1": whole}, "x").ids) == 1


def test_a_closure_that_explodes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loaders.ontology_closure.MAXIMUM_PAIRS", 5)
    chain = {f"X:{n}": is_a(f"X:{n}", *([f"X:{n - 1}"] if n else [])) for n in range(4)}
    with pytest.raises(LoadRefused, match="more than 5 pairs"):
        closure_of(chain, "x")


def test_parents_of_other_ontologies_are_added_and_missing_ones_of_its_own_are_refused() -> None:
    document = OntologyDocument("x.obo")
    document.add(is_a("X:1", "Y:7", "Y:8"), "")
    complete(document, "X")
    assert document.terms["Y:7"] == OntologyTerm("Y:7")
    assert document.notes == ["2 parents are terms of other ontologies: taken without label or parents"]
    for number in range(10, 17):
        document.add(is_a(f"X:{number}", f"X:9{number}"), "")
    with pytest.raises(LoadRefused, match=r"not defined in it: X:910 \(parent of X:10\), .* and 2 more"):
        complete(document, "X")
