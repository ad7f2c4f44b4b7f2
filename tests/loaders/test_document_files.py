import json

import hypothesis.strategies as st
import pytest
from hypothesis import given

from core.errors import LoadRefused
from core.strict_json import JsonValue
from loaders.document_files import read_documents

VALUES = st.dictionaries(
    st.text(max_size=3),
    st.integers(-(1 << 53), 1 << 53) | st.text(max_size=3) | st.booleans() | st.none(),
    min_size=1,
    max_size=3,
)


@given(st.lists(VALUES, min_size=1, max_size=4))
def test_one_list_and_lines_are_told_apart(documents: list[dict[str, JsonValue]]) -> None:
    expected = list(enumerate(documents, 1))
    assert list(read_documents("a.json", json.dumps(documents).encode())) == expected
    lines = "\n".join(json.dumps(document) for document in documents).encode()
    assert list(read_documents("a.json", lines)) == expected
    assert list(read_documents("a.json", json.dumps(documents[0], indent=2).encode())) == expected[:1]
    assert list(read_documents("a.json", b"\xef\xbb\xbf" + lines))[:1] == expected[:1]


def test_empty_lines_count_as_lines() -> None:
    assert list(read_documents("a.jsonl", b'{"a":1}\n\n{"b":2}\n')) == [(1, {"a": 1}), (3, {"b": 2})]


def test_yaml_documents_keep_dates_as_they_are_spelled() -> None:
    found = list(read_documents("a.yaml", b"a: 2020-01-01\nb: [1, x]\n---\n- c: true\n- d: ~\n"))
    assert found == [(1, {"a": "2020-01-01", "b": [1, "x"]}), (2, {"c": True}), (3, {"d": None})]


def test_yaml_numbers_are_those_of_json() -> None:
    found = list(
        read_documents("a.yaml", b"[{a: 0101701234, b: 010170_1234, c: 1:30, d: 12, e: -1.5e3, f: 0x1F, g: 0}]")
    )
    assert found == [
        (1, {"a": "0101701234", "b": "010170_1234", "c": "1:30", "d": 12, "e": -1500.0, "f": "0x1F", "g": 0})
    ]
    assert isinstance(list(read_documents("a.yaml", b"a: 12"))[0][1]["a"], int)  # type: ignore[call-overload,index] # noqa: RUF015


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.json", b"{", "a.json: not a JSON document"),
        ("a.jsonl", b'{"a":1}\n{"b":}\n', "line 2: not a JSON"),
        ("a.json", b'{"a":1,"a":2}', "repeated member"),
        ("a.yaml", b"a: &x [1]\nb: *x\n", "aliases are not read"),
        ("a.yml", b"a: [1", "not YAML"),
        ("a.yml", b"a: !!python/object:os.x {}", "not YAML"),
    ],
)
def test_what_cannot_be_read_is_refused(name: str, data: bytes, said: str) -> None:
    with pytest.raises(LoadRefused, match=said):
        list(read_documents(name, data))
