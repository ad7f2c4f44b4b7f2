import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.beacon_hgvs import GenomicChange, parse_genomic_name


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("NC_000022.11:g.16050075A>G", (16050074, 16050075, "A", "G")),
        ("HGVSid:22:g.16050075A>G", (16050074, 16050075, "A", "G")),
        ("22:g.16050739T>TA", (16050738, 16050739, "T", "TA")),
        ("22:g.16052167AAAAC>A", (16052166, 16052171, "AAAAC", "A")),
        ("1:g.10del", (9, 10, None, "")),
        ("1:g.10_12del", (9, 12, None, "")),
        ("1:g.10_12delACG", (9, 12, "ACG", "")),
        ("1:g.10_11insTT", (10, 10, "", "TT")),
        ("1:g.10_12delinsG", (9, 12, None, "G")),
        ("1:g.10delAinsGG", (9, 10, "A", "GG")),
        ("1:g.10_12dup", (9, 12, "", "<DUP>")),
        ("1:g.10_12dupACG", (12, 12, "", "ACG")),
        ("1:g.10_12inv", (9, 12, "", "<INV>")),
        ("MT:m.3243A>G", (3242, 3243, "A", "G")),
    ],
)
def test_names_mean_places(name: str, change: tuple[int, int, str | None, str]) -> None:
    found = parse_genomic_name(name)
    assert found is not None
    assert (found.start_0based, found.end_0based, found.reference, found.alternate) == change


@pytest.mark.parametrize(
    "name",
    [
        "",
        "NM_1:c.1A>G",
        "1:g.10_12insT",
        "1:g.12_10del",
        "1:g.0A>G",
        "1:g.10_12delAC",
        "1:g.10=",
        "1:g.10_12dupA",
        "x y",
    ],
)
def test_other_names_are_none(name: str) -> None:
    assert parse_genomic_name(name) is None


@given(st.integers(1, 10**9), st.text("ACGT", min_size=1, max_size=9), st.text("ACGT", min_size=1, max_size=9))
def test_substitutions_round_trip(position: int, reference: str, alternate: str) -> None:
    found = parse_genomic_name(f"NC_000001.11:g.{position}{reference}>{alternate}")
    start = position - 1
    assert found == GenomicChange("NC_000001.11", start, start + len(reference), reference, alternate)


@given(st.text(max_size=60))
def test_any_text_is_read_or_not(text: str) -> None:
    found = parse_genomic_name(text)
    assert found is None or 0 <= found.start_0based <= found.end_0based
