from core.strict_json import parse_json
from loaders.ontology_document import is_curie
from loaders.ontology_graph_json import parse_obographs
from loaders.ontology_own_terms import OWN_TERMS
from tests.support.shared import needs_shared, shared


def test_every_term_is_there_once_with_a_label() -> None:
    ids = [term.id for term in OWN_TERMS]
    assert len(set(ids)) == len(ids)
    assert all(is_curie(term.id) and term.label and not term.links for term in OWN_TERMS)


@needs_shared
def test_labels_are_those_of_the_ontology() -> None:
    geno = parse_obographs(parse_json((shared("data", "ontologies") / "geno.json").read_bytes()), "geno.json")
    for term in OWN_TERMS:
        if term.id in geno.terms:
            assert term.label == geno.terms[term.id].label
