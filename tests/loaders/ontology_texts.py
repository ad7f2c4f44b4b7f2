"""One ontology in all formats that are read, and terms drawn at random."""

import json
from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape

from hypothesis import strategies as st

from core.errors import LoadRefused
from core.reference_rows import Link, OntologyTerm, Relation, Synonym, SynonymScope
from loaders.ontology_document import tidy

OBO = "http://purl.obolibrary.org/obo/"
OIO = "http://www.geneontology.org/formats/oboInOwl#"
XML_HEAD = f"""<?xml version="1.0"?>
<rdf:RDF xmlns="{OBO}x.owl#" xml:base="{OBO}x.owl" xmlns:obo="{OBO}" xmlns:oboInOwl="{OIO}"
 xmlns:owl="http://www.w3.org/2002/07/owl#" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#">
<owl:Ontology rdf:about="{OBO}x.owl"><owl:versionIRI rdf:resource="{OBO}x/releases/2026-01-01/x.owl"/></owl:Ontology>
"""

IDS = [f"X:{number:03d}" for number in range(12)]
LETTERS = st.characters(codec="utf-8", categories=("L", "N", "P", "S")) | st.just(" ")
TEXTS = st.text(LETTERS, min_size=1, max_size=8).map(str.strip).filter(bool)
SYNONYMS = st.builds(Synonym, TEXTS, st.sampled_from(SynonymScope))


@st.composite
def ontologies(draw: st.DrawFn) -> list[OntologyTerm]:
    """Terms whose parents stand before them: no cycle."""
    count = draw(st.integers(1, len(IDS)))
    order = draw(st.permutations(IDS[:count]))
    terms = []
    for number, term_id in enumerate(order):
        above = st.lists(st.builds(Link, st.sampled_from(order[:number]), st.sampled_from(Relation)), max_size=4)
        links = draw(above) if number else []
        terms.append(
            OntologyTerm(
                term_id,
                draw(TEXTS),
                draw(TEXTS | st.just("")),
                draw(st.booleans()),
                tuple(draw(st.lists(SYNONYMS, max_size=2))),
                tuple(links),
                tuple(draw(st.lists(st.sampled_from(["X:900", "X:901"]), max_size=2))),
                tuple(draw(st.lists(st.sampled_from(IDS), max_size=1))),
            )
        )
    return [tidy(term) for term in terms]


def obo_text(terms: Sequence[OntologyTerm]) -> str:
    lines = ["format-version: 1.2", "data-version: x/releases/2026-01-01", "ontology: x"]
    for term in terms:
        lines += ["", "[Term]", f"id: {term.id}", f"name: {_escaped(term.label)}"]
        lines += [f'def: "{_quoted(term.definition)}" [X:cur]'] if term.definition else []
        lines += ["is_obsolete: true"] if term.obsolete else []
        lines += [f'synonym: "{_quoted(s.text)}" {s.scope} [] ! said' for s in term.synonyms]
        lines += [f"is_a: {link.parent_id} ! above" for link in term.links if link.relation is Relation.IS_A]
        lines += [
            f"relationship: part_of {link.parent_id} {{a=b}}"
            for link in term.links
            if link.relation is Relation.PART_OF
        ]
        lines += [f"alt_id: {other}" for other in term.alternative_ids]
        lines += [f"replaced_by: {other}" for other in term.replaced_by]
    return "\n".join([*lines, "", "[Typedef]", "id: part_of", "name: part of", ""])


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _escaped(text: str) -> str:
    return "".join(f"\\{c}" if c in "\\!{}" else c for c in text)


def _iri(curie: str) -> str:
    return OBO + curie.replace(":", "_")


def json_text(terms: Sequence[OntologyTerm]) -> str:
    nodes = [
        {
            "id": _iri(term.id),
            "type": "CLASS",
            "lbl": term.label,
            "meta": {
                **({"definition": {"val": term.definition}} if term.definition else {}),
                "deprecated": term.obsolete,
                "synonyms": [{"pred": f"has{s.scope.value.title()}Synonym", "val": s.text} for s in term.synonyms],
                "basicPropertyValues": [
                    *({"pred": f"{OIO}hasAlternativeId", "val": other} for other in term.alternative_ids),
                    *({"pred": f"{OBO}IAO_0100001", "val": _iri(other)} for other in term.replaced_by),
                ],
            },
        }
        for term in terms
    ]
    spelled = {Relation.IS_A: "is_a", Relation.PART_OF: f"{OBO}BFO_0000050"}
    edges = [
        {"sub": _iri(term.id), "pred": spelled[link.relation], "obj": _iri(link.parent_id)}
        for term in terms
        for link in term.links
    ]
    other = {"id": f"{OBO}RO_1", "type": "PROPERTY", "lbl": "not a class"}
    graph = {
        "id": f"{OBO}x.json",
        "meta": {"version": f"{OBO}x/releases/2026-01-01/x.json"},
        "nodes": [*nodes, other],
        "edges": [*edges, {"sub": "a", "pred": "subPropertyOf", "obj": "b"}],
    }
    return json.dumps({"graphs": [graph]})


def owl_text(terms: Sequence[OntologyTerm]) -> str:
    return XML_HEAD + "".join(_owl_class(term) for term in terms) + "</rdf:RDF>\n"


def _owl_class(term: OntologyTerm) -> str:
    parts = [f"<rdfs:label>{escape(term.label)}</rdfs:label>"]
    parts += [f"<obo:IAO_0000115>{escape(term.definition)}</obo:IAO_0000115>"] if term.definition else []
    parts += ["<owl:deprecated>true</owl:deprecated>"] if term.obsolete else []
    parts += [
        f"<oboInOwl:has{s.scope.value.title()}Synonym>{escape(s.text)}</oboInOwl:has{s.scope.value.title()}Synonym>"
        for s in term.synonyms
    ]
    for link in term.links:
        if link.relation is Relation.IS_A:
            parts.append(f'<rdfs:subClassOf rdf:resource="{_iri(link.parent_id)}"/>')
        else:
            parts.append(
                f'<rdfs:subClassOf><owl:Restriction><owl:onProperty rdf:resource="{OBO}BFO_0000050"/>'
                f'<owl:someValuesFrom rdf:resource="{_iri(link.parent_id)}"/></owl:Restriction></rdfs:subClassOf>'
            )
    parts += [f"<oboInOwl:hasAlternativeId>{other}</oboInOwl:hasAlternativeId>" for other in term.alternative_ids]
    parts += [f'<obo:IAO_0100001 rdf:resource="{_iri(other)}"/>' for other in term.replaced_by]
    return f'<owl:Class rdf:about="{_iri(term.id)}">{"".join(parts)}</owl:Class>\n'


def refusal_of(function: Callable[..., object], *arguments: object) -> str | None:
    """The message of a refusal; ``None`` where the function takes its arguments."""
    try:
        function(*arguments)
    except LoadRefused as error:
        return error.message
    return None
