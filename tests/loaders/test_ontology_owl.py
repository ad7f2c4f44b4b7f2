import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import LoadRefused
from core.reference_rows import Link, OntologyTerm, Relation, Synonym, SynonymScope
from loaders.ontology_document import OntologyDocument, tidy
from loaders.ontology_owl import parse_owl
from tests.loaders.ontology_texts import OBO, XML_HEAD, ontologies, owl_text, refusal_of

THREE = [
    OntologyTerm("X:001", "one"),
    OntologyTerm("X:002", "two", links=(Link("X:001", Relation.IS_A),)),
    OntologyTerm("X:003", "three", "drei", synonyms=(Synonym("tre", SynonymScope.EXACT),)),
]


def parse(text: str) -> OntologyDocument:
    return parse_owl([text.encode()], "x.owl")


@given(ontologies())
def test_what_was_written_is_read(terms: list[OntologyTerm]) -> None:
    document = parse(owl_text(terms))
    assert [tidy(term) for term in document.terms.values()] == terms
    assert document.stated_id == f"{OBO}x.owl"
    assert document.version == f"{OBO}x/releases/2026-01-01/x.owl"


@settings(max_examples=500, deadline=None)
@given(st.integers(0), st.integers(0, 255), st.integers(1, 7))
def test_changed_files_are_read_or_refused(place: int, byte: int, size: int) -> None:
    data = bytearray(owl_text(THREE).encode())
    data[place % len(data)] = byte
    chunks = [bytes(data[start : start + 64 * size]) for start in range(0, len(data), 64 * size)]
    assert (refusal_of(parse_owl, chunks, "x.owl") or "x.owl: ").startswith("x.owl: ")


def test_ids_of_their_own_descriptions_languages_and_nested_classes() -> None:
    document = parse(
        XML_HEAD
        + f"""
<owl:Class rdf:about="{OBO}X_0001"><oboInOwl:id>X:1</oboInOwl:id>
 <rdfs:label xml:lang="da">en</rdfs:label><rdfs:label xml:lang="en">one</rdfs:label></owl:Class>
<owl:Class rdf:about="{OBO}X_0002"><rdfs:subClassOf rdf:resource="{OBO}X_0001"/>
 <rdfs:subClassOf><owl:Class rdf:about="{OBO}Y_3"/></rdfs:subClassOf>
 <rdfs:subClassOf rdf:resource="http://www.w3.org/2002/07/owl#Thing"/>
 <rdfs:subClassOf><owl:Restriction><owl:onProperty rdf:resource="{OBO}RO_1"/>
  <owl:someValuesFrom rdf:resource="{OBO}X_0009"/></owl:Restriction></rdfs:subClassOf>
 <owl:equivalentClass><owl:Class rdf:about="{OBO}X_0004"><rdfs:label>no definition of it</rdfs:label></owl:Class>
 </owl:equivalentClass></owl:Class>
<rdf:Description rdf:about="{OBO}X_0002"><rdf:type rdf:resource="http://www.w3.org/2002/07/owl#Class"/>
 <rdfs:label>two</rdfs:label></rdf:Description>
<rdf:Description rdf:about="{OBO}X_0005"><rdfs:label>nothing says what it is</rdfs:label></rdf:Description>
<owl:Class rdf:ID="X_0006"><rdfs:label xml:lang="da">seks</rdfs:label>
 <rdfs:subClassOf rdf:resource="http://www.geneontology.org/formats/oboInOwl#ObsoleteClass"/></owl:Class>
<owl:Class rdf:about="#X_0007"><rdfs:subClassOf rdf:resource="#X_0006"/></owl:Class>
<owl:Class><owl:unionOf/></owl:Class>
<owl:Class rdf:about="http://www.w3.org/2002/07/owl#Thing"/>
</rdf:RDF>"""
    )
    assert {term.id: (term.label, term.obsolete, term.links) for term in document.terms.values()} == {
        "X:1": ("one", False, ()),
        "X:0002": ("two", False, (Link("X:1", Relation.IS_A), Link("Y:3", Relation.IS_A))),
        "X:0006": ("seks", True, ()),
        "X:0007": ("", False, (Link("X:0006", Relation.IS_A),)),
    }


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<a><b/></a>", "not OWL as RDF/XML"),
        ("<a/>", "there is no ontology in it"),
        (f"{XML_HEAD}", "not well-formed XML: no element found"),
        (
            XML_HEAD + f'<owl:Class rdf:about="{OBO}X_1"/>'
            f'<owl:Class rdf:about="{OBO}X_2"><oboInOwl:id>X:1</oboInOwl:id></owl:Class></rdf:RDF>',
            "the id X:1 is given twice",
        ),
    ],
)
def test_what_is_wrong_is_refused(text: str, reason: str) -> None:
    with pytest.raises(LoadRefused, match=reason):
        parse(text)
