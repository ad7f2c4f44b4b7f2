"""Filters: what is offered becomes typed, everything else is refused by name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beacon.filters import read_filters
from beacon.query import OntologyFilter
from core.errors import InvalidRequest, UnsupportedRequest
from core.strict_json import JsonValue


@pytest.mark.parametrize(
    ("value", "filters"),
    [
        (None, []), ("", []), ([], []), ("HP:0001250,NCIT:C16576", ["HP:0001250", "NCIT:C16576"]),
        (["NCIT:C16576", "HP:0001250"], ["HP:0001250", "NCIT:C16576"]),
        ({"id": "HP:0001250", "value": None, "operator": None}, ["HP:0001250"]),
        ([{"id": "HP:0001250", "similarity": "exact", "includeDescendantTerms": "true"}], ["HP:0001250"]),
    ],
)  # fmt: skip
def test_terms(value: JsonValue, filters: list[str]) -> None:
    assert [each.term_id for each in read_filters(value)] == filters


def test_scopes_have_one_spelling() -> None:
    for scope in ("individual", "individuals"):
        assert read_filters([{"id": "HP:0001250", "scope": scope}]) == (
            OntologyFilter("HP:0001250", scope="individual"),
        )
    assert read_filters([{"id": "HP:1", "includeDescendantTerms": False}])[0].include_descendants is False


@given(st.lists(st.from_regex(r"[A-Z]{2,4}:[0-9]{1,7}", fullmatch=True), max_size=6))
def test_order_and_repetition_do_not_matter(terms: list[str]) -> None:
    assert read_filters([*terms]) == read_filters([*reversed(terms), *terms]) == read_filters(",".join(terms))


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (5, "filters"), ([5], "filters"), ([{}], "filters.id"), ([{"id": "HP:1", "foo": 1}], "filters.foo"),
        ([{"id": "age", "operator": "~", "value": "1"}], "filters.operator"),
        ([{"id": "HP:1", "similarity": "foo"}], "filters.similarity"),
        ([{"id": "HP:1", "scope": "foo"}], "filters.scope"),
        ([{"id": "HP:1", "includeDescendantTerms": "maybe"}], "filters.includeDescendantTerms"),
        (["HP:1"] * 51, "filters"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(value: JsonValue, field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_filters(value)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "value",
    [
        "age:>P70Y", "PATO_0000011:>=P70Y", "demographic", [[{"id": "HP:1"}]], [{"id": "age", "value": "P70Y"}],
        [{"id": "age", "operator": ">", "value": "P70Y"}], [{"id": "HP:1", "similarity": "high"}],
        [{"id": "HP:1", "scope": "g_variants"}], [{"id": "HP:1", "scope": "dataset"}],
    ],
)  # fmt: skip
def test_what_is_not_offered_is_said(value: JsonValue) -> None:
    with pytest.raises(UnsupportedRequest):
        read_filters(value)
