from core.reference_rows import NameKind, OntologyTerm


def test_names_are_tried_from_the_surest_to_the_least_sure() -> None:
    assert list(NameKind) == ["approved", "previous", "alias", "identifier"]


def test_what_is_not_stated_is_empty() -> None:
    term = OntologyTerm("HP:1")
    assert (term.label, term.links, term.replaced_by, term.obsolete) == ("", (), (), False)
