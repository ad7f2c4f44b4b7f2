import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import LoadRefused
from core.reference_rows import Link, OntologyTerm, Relation, Synonym, SynonymScope
from loaders.ontology_document import OntologyDocument, tidy
from loaders.ontology_obo import parse_obo
from tests.loaders.ontology_texts import obo_text, ontologies, refusal_of


def parse(text: str) -> OntologyDocument:
    return parse_obo(enumerate(text.split("\n"), 1), "x.obo")


@given(ontologies())
def test_what_was_written_is_read(terms: list[OntologyTerm]) -> None:
    document = parse(obo_text(terms))
    assert [tidy(term) for term in document.terms.values()] == terms
    assert (document.stated_id, document.version, document.notes) == ("x", "x/releases/2026-01-01", [])


@given(
    st.lists(st.sampled_from(["[Term]", "id: X:1", "name: a", 'def: "a', "is_a:", "is_a: X:2", "", "x", "a: b", "\\"]))
)
def test_any_lines_are_read_or_refused(lines: list[str]) -> None:
    assert (refusal_of(parse, "\n".join(lines)) or "x.obo: line ").startswith("x.obo: line ")


def test_older_spellings_comments_qualifiers_and_long_lines() -> None:
    document = parse(
        'ontology: x\n! a comment\n[Term]\nid: X:1 ! one\nname: one \\! two {a="b"} ! said\n'
        'exact_synonym: "uno" []\nsynonym: "eins" [X:y]\nsynonym: "ein\\"s\\nzwei" BROAD abbr []\ndef: plain\n'
        'is_a: X:2 {source="a"} ! two\nrelationship: BFO:0000050 X:3 ! whole\nrelationship: regulates X:4\n'
        "is_\\\na: X:5\n[Term]\nid: not_a_curie\n[Typedef]\nid: part_of\n[Instance]\nid: X:6\n"
    )
    (term,) = document.terms.values()
    assert term == OntologyTerm(
        "X:1",
        "one ! two",
        "plain",
        synonyms=(
            Synonym("uno", SynonymScope.EXACT),
            Synonym("eins", SynonymScope.RELATED),
            Synonym('ein"s\nzwei', SynonymScope.BROAD),
        ),
        links=(Link("X:2", Relation.IS_A), Link("X:3", Relation.PART_OF), Link("X:5", Relation.IS_A)),
    )
    assert document.notes == ["1 terms whose ids are not CURIEs were passed over"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[Term]\nname: x", "line 1: a term needs one id"),
        ("[Term]\nid: X:1\nid: X:2", "line 1: a term needs one id"),
        ("[Term]\nid: X:1\n[Term]\nid: X:1", "line 3: the id X:1 is given twice"),
        ("[Term]\nid: X:1\nis_a:", "line 3: is_a needs the id of a term"),
        ("[Term]\nid: X:1\nis_a: two", "line 3: is_a needs the id of a term"),
        ("[Term]\nid: X:1\nnonsense", "line 3: not a line of an OBO file"),
        ("PK\x03\x04", "line 1: not a line of an OBO file"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(text: str, reason: str) -> None:
    with pytest.raises(LoadRefused, match=rf"x\.obo: {reason}"):
        parse(text)


@settings(max_examples=500, deadline=None)
@given(st.integers(0), st.characters(codec="utf-8") | st.sampled_from('\n":!{}[]\\ '), st.integers(0, 3))
def test_changed_files_are_read_or_refused(place: int, character: str, removed: int) -> None:
    text = obo_text(
        [
            OntologyTerm("X:001", 'o"ne', "A \\ b", synonyms=(Synonym("u", SynonymScope.EXACT),)),
            OntologyTerm("X:002", "two", links=(Link("X:001", Relation.IS_A), Link("X:001", Relation.PART_OF))),
        ]
    )
    place %= len(text)
    assert (refusal_of(parse, text[:place] + character + text[place + removed :]) or "x.obo: ").startswith("x.obo: ")
