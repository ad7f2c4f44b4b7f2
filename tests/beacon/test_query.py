"""The canonical question is one hashable value."""

from beacon.query import BeaconQuery, BracketQuestion, OntologyFilter, Page, RangeQuestion, SequenceQuestion, span_of


def test_questions_are_keys() -> None:
    first, second = (BeaconQuery("individual", filters=(OntologyFilter("HP:1"),), page=Page(1, 5)) for _ in range(2))
    assert {first: "answer"}[second] == "answer"


def test_spans() -> None:
    assert span_of(SequenceQuestion(5, 6, "A", "C")) == 1
    assert span_of(RangeQuestion(5, 9)) == 4
    assert span_of(BracketQuestion(5, 9, 100, 10_000)) == 4
