import pytest

from core.errors import LoadRefused
from core.reference_rows import Link, OntologyTerm, Relation, Synonym, SynonymScope
from loaders.ontology_document import (
    OntologyDocument,
    curie_of,
    is_curie,
    ontology_name,
    plain_version,
    prefix_of,
    tidy,
)


@pytest.mark.parametrize(
    ("identifier", "curie"),
    [
        ("HP:0001250", "HP:0001250"),
        ("http://purl.obolibrary.org/obo/HP_0001250", "HP:0001250"),
        ("http://purl.obolibrary.org/obo/NCIT_C16576", "NCIT:C16576"),
        ("http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl#C16576", "NCIT:C16576"),
        ("http://www.ebi.ac.uk/efo/EFO_0000001", "EFO:0000001"),
        ("http://www.orpha.net/ORDO/Orphanet_558", "Orphanet:558"),
        ("ICD10:C18.2", "ICD10:C18.2"),
        ("http://www.w3.org/2002/07/owl#Thing", None),
        ("part_of", None),
        ("HP: 1", None),
        ("", None),
    ],
)
def test_ids_and_iris_become_curies(identifier: str, curie: str | None) -> None:
    assert curie_of(identifier) == curie


def test_curies_have_a_prefix() -> None:
    assert is_curie("HP:1")
    assert not is_curie("http://example.org/HP_1")
    assert prefix_of("HP:1") == "HP"


def test_an_ontology_is_named_as_asked_as_it_says_or_after_most_of_its_terms() -> None:
    document = OntologyDocument("x.obo", "http://purl.obolibrary.org/obo/hp.obo")
    for term_id in ("HP:1", "MP:1", "MP:2"):
        document.add(OntologyTerm(term_id), "line 1")
    assert ontology_name(document, None) == "HP"
    assert ontology_name(document, "MP") == "MP"
    document.stated_id = "something else"
    assert ontology_name(document, None) == "MP"
    with pytest.raises(LoadRefused, match=r"no id in it begins with SO: \(there are MP, HP\)"):
        ontology_name(document, "SO")
    with pytest.raises(LoadRefused, match="no term"):
        ontology_name(OntologyDocument("x"), None)


@pytest.mark.parametrize(
    ("stated", "version"),
    [
        ("hp/releases/2025-01-16", "2025-01-16"),
        ("http://purl.obolibrary.org/obo/duo/releases/2021-02-23/duo.owl", "2021-02-23"),
        (" 2024-11-18 ", "2024-11-18"),
        ("", ""),
    ],
)
def test_versions_are_what_people_write(stated: str, version: str) -> None:
    assert plain_version(stated) == version


def test_an_id_is_given_once(monkeypatch: pytest.MonkeyPatch) -> None:
    document = OntologyDocument("x.obo")
    document.add(OntologyTerm("X:1"), "line 1")
    with pytest.raises(LoadRefused, match=r"x\.obo: line 9: the id X:1 is given twice"):
        document.add(OntologyTerm("X:1"), "line 9")
    monkeypatch.setattr("loaders.ontology_document.MAXIMUM_TERMS", 1)
    with pytest.raises(LoadRefused, match="more than 1 terms"):
        document.add(OntologyTerm("X:2"), "line 9")


def test_a_tidy_term_says_everything_once_in_order() -> None:
    synonyms = (Synonym("b", SynonymScope.EXACT), Synonym("a", SynonymScope.BROAD), Synonym("b", SynonymScope.EXACT))
    links = (Link("X:2", Relation.PART_OF), Link("X:3", Relation.IS_A), Link("X:3", Relation.IS_A))
    found = tidy(OntologyTerm("X:1", "l", "d", False, synonyms, links, ("X:9", "X:1", "X:8", "X:9"), ("X:5", "X:5")))
    assert found.synonyms == (synonyms[1], synonyms[0])
    assert found.links == (links[1], links[0])
    assert (found.alternative_ids, found.replaced_by) == (("X:8", "X:9"), ("X:5",))
