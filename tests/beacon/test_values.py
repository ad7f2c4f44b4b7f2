"""Single values: lenient in shape, strict in meaning."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beacon.values import MAXIMUM_INTEGER, read_boolean, read_integer, read_integers, read_text, read_texts
from core.errors import InvalidRequest
from core.strict_json import JsonValue


@given(st.integers(0, MAXIMUM_INTEGER))
def test_a_number_in_every_shape(number: int) -> None:
    shapes: list[JsonValue] = [number, str(number), [number], [str(number)]]
    for shape in shapes:
        assert read_integer(shape, "n") == number
        assert read_integers(shape, "n") == (number,)
    assert read_integers(f"{number},{number}", "n") == (number, number)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=2),
    )
)
def test_any_value_is_read_or_refused(value: JsonValue) -> None:
    readers: list[Callable[[JsonValue, str], object]] = [
        read_integer, read_integers, read_text, read_boolean, read_texts,
    ]  # fmt: skip
    refusals: list[InvalidRequest] = []
    for reader in readers:
        try:
            reader(value, "field")
        except InvalidRequest as refused:
            refusals.append(refused)
    assert {refused.field for refused in refusals} <= {"field"}
    assert all(len(refused.message) < 200 for refused in refusals)


def test_texts() -> None:
    assert read_text(17, "t") == read_text(["17"], "t") == "17"
    assert read_texts("a, b,,c", "t") == ("a", "b", "c")
    assert read_texts(["a", 5], "t") == ("a", "5")
    wrong: list[JsonValue] = [True, {}, None, ["a", "b"]]
    for value in wrong:
        with pytest.raises(InvalidRequest):
            read_text(value, "t")


def test_booleans() -> None:
    assert read_boolean(True, "b")
    assert read_boolean(" TRUE ", "b")
    assert not read_boolean("false", "b")
