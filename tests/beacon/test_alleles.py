"""Spellings of one allele meet in one value and one identifier."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beacon.alleles import Allele, bases_pattern, parse_variant_id, read_bases, trim, variant_id
from core.errors import InvalidRequest

_BASES = st.text("ACGT", max_size=6)


@pytest.mark.parametrize(
    ("given_as", "read"), [("acgu", "ACGT"), ("-", ""), (".", ""), ("", ""), (" N ", "N"), ("RYSWKMBDHV", "RYSWKMBDHV")]
)
def test_bases(given_as: str, read: str) -> None:
    assert read_bases(given_as, "alternateBases") == read


@pytest.mark.parametrize("text", ["X", "A-C", "<DEL>", "A C", "*", "Å"])
def test_what_is_no_base_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidRequest, match="alternateBases") as refused:
        read_bases(text, "alternateBases")
    assert refused.value.field == "alternateBases"


@pytest.mark.parametrize(
    ("spelled", "trimmed"),
    [
        ((200, "ACGT", "A"), (201, "CGT", "")), ((300, "T", "TAA"), (301, "", "AA")), ((99, "TG", "TA"), (100, "G", "A")),
        ((10, "AAA", "A"), (10, "AA", "")), ((5, "N", "N"), (5, "N", "N")), ((5, "A", "A"), (5, "", "")),
    ],
)  # fmt: skip
def test_trimming(spelled: tuple[int, str, str], trimmed: tuple[int, str, str]) -> None:
    assert trim(*spelled) == trimmed


@given(st.integers(0, 1000), _BASES, _BASES, _BASES, _BASES)
def test_padding_on_both_sides_changes_nothing(
    start: int, left: str, right: str, reference: str, alternate: str
) -> None:
    """The sequence that an allele makes is the same, and trimming again is idle."""
    padded = trim(start, left + reference + right, left + alternate + right)
    assert trim(*padded) == padded
    before = left + reference + right
    position, removed, inserted = padded
    offset = position - start
    assert before[offset : offset + len(removed)] == removed
    assert before[:offset] + inserted + before[offset + len(removed) :] == left + alternate + right


def test_wildcards_become_classes_and_nothing_else_does() -> None:
    assert bases_pattern("AN") == "A[ACGTN]"
    assert bases_pattern("ACGT") is None
    assert bases_pattern(".*") is None
    assert bases_pattern("<DEL>") is None


_ALLELES = st.one_of(
    st.tuples(st.integers(0, 1 << 30), _BASES, _BASES).map(lambda each: Allele(each[0], each[0] + len(each[1]), each[1], each[2])),
    st.tuples(st.integers(0, 1 << 20), st.integers(0, 1 << 20), st.sampled_from(("<DEL>", "<DUP:TANDEM>", "<INS:ME:ALU>"))).map(
        lambda each: Allele(each[0], each[0] + each[1], "", each[2])
    ),
    st.integers(0, 1 << 20).map(lambda start: Allele(start, start + 1, "G", "G]17:198982]")),
    st.integers(0, 1 << 20).map(lambda start: Allele(start, start + 1, "", "[chr1:5[N")),
    st.integers(0, 1 << 20).map(lambda start: Allele(start, start + 1, "", "G.")),
)  # fmt: skip


@given(
    st.sampled_from((("GRCh38", "22"), ("GRCh37", "X"), ("GRCh38", "HLA-A*01:01"), ("own build", "chr/odd 1"))),
    _ALLELES,
)
def test_an_identifier_leads_back_to_its_allele(place: tuple[str, str], allele: Allele) -> None:
    text = variant_id(*place, allele)
    assert not set(text) & set("/ ?#%") or "own" in place[0] or "HLA" in place[1]
    assert "/" not in text
    assert " " not in text
    assert parse_variant_id(text) == (*place, allele)


def test_identifiers_as_they_are_written() -> None:
    assert variant_id("GRCh38", "22", Allele(16050074, 16050075, "A", "G")) == "NC_000022.11:16050074:A:G"
    assert variant_id("GRCh38", "17", Allele(1000, 6000, "", "<DEL>")) == "NC_000017.11:1000:5000:DEL"
    assert parse_variant_id("NC_012920.1:8992:T:G") == (None, "MT", Allele(8992, 8993, "T", "G"))


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "NC_000017.11:100:G", "NC_000017.11:100:G:A:T", "NC_000017.11:-1:G:A", "NC_000017.11:01:G:A",
        "NC_000017.99:1:G:A", "NC_000017.11:9999999999:G:A", "NC_000017.11:2147483646:GG:A", "17:1:G:A",
    ],
)  # fmt: skip
def test_what_is_no_identifier(text: str) -> None:
    assert parse_variant_id(text) is None
