"""Strict JSON, against the parser of the standard library."""

import json
import math
import sys

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidRequest
from core.strict_json import MAXIMUM_DEPTH, JsonValue, parse_json, parse_json_object

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = st.integers(-(1 << 63), (1 << 64) - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUES: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
)


@given(VALUES, st.booleans())
def test_reads_what_json_reads(value: JsonValue, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)

    assert parse_json(text) == parse_json(text.encode()) == json.loads(text)


@given(VALUES)
def test_what_is_read_can_be_written_again(value: JsonValue) -> None:
    assert orjson.loads(orjson.dumps(parse_json(json.dumps(value)))) == value


@given(st.text(st.sampled_from('[]{}":,\\0123456789.eE+-truefalsnNaIity \n\tud8c')))
def test_never_reads_what_json_refuses(text: str) -> None:
    try:
        found = parse_json(text)
    except InvalidRequest:
        return
    assert found == json.loads(text)


@given(st.binary())
def test_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        found = parse_json(data)
    except InvalidRequest:
        return
    assert found == json.loads(data.decode("utf-8"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "{",
        '{"a": 1, "a": 1}',
        '{"a": 1, "\\u0061": 2}',
        '[{"b": {"a": 1, "a": 2}}]',
        "NaN",
        "[Infinity]",
        '{"a": -Infinity}',
        "1e999",
        "-1e999",
        str(1 << 64),
        str(-(1 << 63) - 1),
        "9" * 5000,
        "01",
        "'a'",
        "[1,]",
        "\ufeff{}",
        '"\\ud800"',
        '"\\uDC00x"',
        '{"\\uD83d": 1}',
        '"a\nb"',
        "{} {}",
        "/* */ {}",
    ],
)
def test_refuses(text: str) -> None:
    with pytest.raises(InvalidRequest):
        parse_json(text)


@pytest.mark.parametrize("data", [b"\xff", b'"\xed\xa0\x80"', b'"\xc0\xaf"', '"a"'.encode("utf-16"), b"\xef\xbb\xbf{}"])
def test_refuses_bytes_that_are_not_plain_utf_8(data: bytes) -> None:
    with pytest.raises(InvalidRequest):
        parse_json(data)


def test_a_whole_surrogate_pair_is_one_character() -> None:
    assert parse_json('"\\ud83d\\ude00"') == "\U0001f600"


def test_the_edges_of_numbers() -> None:
    assert parse_json(f"[{(1 << 64) - 1}, {-(1 << 63)}]") == [(1 << 64) - 1, -(1 << 63)]
    assert parse_json("1.7976931348623157e308") == sys.float_info.max
    assert math.copysign(1, float(str(parse_json("-0.0")))) == -1


@given(st.integers(1, 40), st.sampled_from(["[", '{"a":']), st.integers(0, 3))
def test_depth_is_bounded_exactly(limit: int, opening: str, beyond: int) -> None:
    depth = limit + beyond
    text = opening * depth + "1" + {"[": "]", '{"a":': "}"}[opening] * depth
    if beyond:
        with pytest.raises(InvalidRequest, match="deeper"):
            parse_json(text, maximum_depth=limit)
    else:
        parse_json(text, maximum_depth=limit)


@pytest.mark.parametrize(
    "text", ["[" * 1_000_000, '{"a":' * 200_000, "[" * 1000 + "]" * 1000, '"\\\n"' + "[" * 100_000]
)
def test_deep_nesting_is_refused_before_the_parser_recurses(text: str) -> None:
    with pytest.raises(InvalidRequest):
        parse_json(text)


def test_brackets_in_texts_and_beside_each_other_are_not_depth() -> None:
    text = '["' + "[{" * 100 + '\\"[[' + '", "' + "\\\\" + '"' + ",[]" * (MAXIMUM_DEPTH + 1) + "]"

    assert parse_json(text) == json.loads(text)


def test_a_long_open_text_costs_no_more_than_its_length() -> None:
    with pytest.raises(InvalidRequest):
        parse_json('"' + '\\"[{' * 250_000)


@pytest.mark.parametrize("text", ["[]", "1", '"a"', "null"])
def test_an_object_is_asked_for(text: str) -> None:
    with pytest.raises(InvalidRequest, match="object"):
        parse_json_object(text)
    assert parse_json_object(f'{{"a": {text}}}') == {"a": json.loads(text)}
