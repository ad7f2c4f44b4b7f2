import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.strict_json import JsonValue
from loaders.pseudonym_words import (
    WholeWords,
    places_in_document,
    rewritten_document,
    rewritten_vcf_header,
    rewritten_vcf_line,
)

NEW = "X-" + "a" * 26
WORDS = WholeWords({"P1": NEW, "P1-B": "Y", "[q]": "Z", "X": "W", "...": "V"}, "X")


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("of P1.", f"of {NEW}."), ("P1_denovo", f"{NEW}_denovo"), ("P12 AP1 p1", "P12 AP1 p1"), ("P1-B", "Y"),
        ("P1-B2", f"{NEW}-B2"), ("P1-B,P1", f"Y,{NEW}"), ("a [q] b", "a Z b"), (NEW, NEW), ("X x", "W x"), ("", ""),
    ],
)  # fmt: skip
def test_whole_words_are_rewritten(text: str, made: str) -> None:
    assert WORDS.rewritten(text) == made
    assert (WORDS.count(text) == 0) == (text == made)


@given(st.text(alphabet="P1-B_ .[]qX", max_size=40))
def test_nothing_old_is_left(text: str) -> None:
    names = WholeWords({"P1": "<new>", "[q]": "<other>"}, "X")
    assert names.count(names.rewritten(text)) == 0


def test_documents_lose_names_and_addresses_and_keep_terms() -> None:
    document: JsonValue = {
        "files": [{"uri": "file:///P1", "individualToFileIdentifiers": {NEW: NEW}}, {"uri": "https://x"}],
        "type": {"id": "P1", "label": "term of P1"}, "externalReferences": [{"id": "P1-ref"}], "n": 1, "b": True,
    }  # fmt: skip
    made = rewritten_document(document, WORDS)
    assert made == {
        "files": [{"individualToFileIdentifiers": {NEW: NEW}}, {"uri": "https://x"}],
        "type": {"id": "P1", "label": f"term of {NEW}"}, "externalReferences": [{"id": f"{NEW}-ref"}], "n": 1, "b": True,
    }  # fmt: skip
    assert places_in_document(made, WORDS) == 0
    assert places_in_document({"P1": [{"P1": "P1"}]}, WORDS) == 3
    assert json.dumps(made)


def test_vcf_lines() -> None:
    lines = ['##FILTER=<ID=P1_only,Description="only in P1">', "##contig=<ID=P1>"]
    assert rewritten_vcf_header(lines, WORDS) == (
        [f'##FILTER=<ID={NEW}_only,Description="only in {NEW}">', lines[1]],
        1,
    )
    line = "1\t1\tP1_denovo\tA\tG\t.\tP1_only\tS=P1,P2\tGT:N\t0/1:x\n"
    made = f"1\t1\t{NEW}_denovo\tA\tG\t.\t{NEW}_only\tS={NEW},P2\tGT:N\t0/1:x\n"
    assert rewritten_vcf_line(line, WORDS) == (made, 0)
    assert rewritten_vcf_line(line.replace(":x", ":P1"), WORDS)[1] == 1
