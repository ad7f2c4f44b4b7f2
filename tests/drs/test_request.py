"""Bodies of DRS requests: what is taken, what is refused, which limits hold."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidRequest, RequestTooLarge
from core.strict_json import JsonValue
from drs.request import (
    MAXIMUM_BULK,
    AccessPair,
    Body,
    bulk_access_pairs,
    bulk_object_ids,
    check_expand,
    passports_of,
)

LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner), max_leaves=8
)


def test_passports_are_a_list_of_strings_and_may_be_missing() -> None:
    assert passports_of({}) == ()
    assert passports_of({"passports": ["a", "b"]}) == ("a", "b")


@pytest.mark.parametrize("value", ["token", {"a": "b"}, [1], [["a"]], None, [None]])
def test_other_passports_are_refused(value: JsonValue) -> None:
    with pytest.raises(InvalidRequest, match="passports: a list of strings is expected"):
        passports_of({"passports": value})


def test_expand_is_a_boolean() -> None:
    check_expand({})
    check_expand({"expand": True})
    with pytest.raises(InvalidRequest, match="expand"):
        check_expand({"expand": "true"})


def test_bulk_ids_keep_their_order_and_repetitions() -> None:
    assert bulk_object_ids({"bulk_object_ids": ["b", "a", "b"], "more": 1}) == ("b", "a", "b")


@pytest.mark.parametrize("value", [None, [], "a", [["a"]], [1], {"a": 1}])
def test_bulk_ids_of_another_kind_are_refused(value: JsonValue) -> None:
    with pytest.raises(InvalidRequest, match="bulk_object_ids"):
        bulk_object_ids({"bulk_object_ids": value})


def test_the_bulk_maximum_is_a_maximum() -> None:
    ids: list[JsonValue] = ["a"] * MAXIMUM_BULK
    assert len(bulk_object_ids({"bulk_object_ids": ids})) == MAXIMUM_BULK
    with pytest.raises(RequestTooLarge):
        bulk_object_ids({"bulk_object_ids": [*ids, "b"]})


def test_pairs_are_every_access_id_of_every_object() -> None:
    body: Body = {
        "bulk_object_access_ids": [
            {"bulk_object_id": "a", "bulk_access_ids": ["x", "y"]},
            {"bulk_object_id": "a", "bulk_access_ids": ["x"]},
            {"bulk_object_id": "b", "bulk_access_ids": []},
        ]
    }
    assert bulk_access_pairs(body) == (AccessPair("a", "x"), AccessPair("a", "y"), AccessPair("a", "x"))


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "a",
        ["a"],
        [{}],
        [{"bulk_object_id": 1, "bulk_access_ids": ["x"]}],
        [{"bulk_object_id": "a"}],
        [{"bulk_object_id": "a", "bulk_access_ids": "x"}],
        [{"bulk_object_id": "a", "bulk_access_ids": [1]}],
        [{"bulk_object_id": "a", "bulk_access_ids": []}],
    ],
)
def test_pairs_of_another_kind_are_refused(value: JsonValue) -> None:
    with pytest.raises(InvalidRequest):
        bulk_access_pairs({"bulk_object_access_ids": value})


def test_the_maximum_counts_pairs_through_repeated_objects() -> None:
    entry: JsonValue = {"bulk_object_id": "a", "bulk_access_ids": ["x"] * 100}
    full: list[JsonValue] = [entry] * (MAXIMUM_BULK // 100)
    assert len(bulk_access_pairs({"bulk_object_access_ids": full})) == MAXIMUM_BULK
    with pytest.raises(RequestTooLarge):
        bulk_access_pairs({"bulk_object_access_ids": [*full, entry]})


@given(JSON, JSON, JSON)
def test_any_json_is_read_or_refused(first: JsonValue, second: JsonValue, third: JsonValue) -> None:
    body: Body = {
        "passports": first,
        "bulk_object_ids": second,
        "bulk_object_access_ids": [{"bulk_object_id": "a", "bulk_access_ids": third}],
    }
    for read in (passports_of, bulk_object_ids, bulk_access_pairs):
        with suppress(InvalidRequest, RequestTooLarge):
            assert isinstance(read(body), tuple)
