import hypothesis.strategies as st
import pytest
from hypothesis import given

from loaders.info_text import amino_acid_change, decoded, simple_change


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a%3Bb%2Cc%3Dd%25", "a;b,c=d%"), ("%3a", ":"), ("100%", "100%"), ("%41", "%41"), ("p.Leu1%3D", "p.Leu1=")],
)
def test_percent_encoding(text: str, expected: str) -> None:
    assert decoded(text) == expected


@given(st.text(max_size=20))
def test_texts_without_percent_stay(text: str) -> None:
    assert decoded(text.replace("%", "")) == text.replace("%", "")


@pytest.mark.parametrize(
    ("hgvs", "expected"),
    [
        ("NP_004324.2:p.Val600Glu", "V600E"),
        ("p.(Gln12Ter)", "Q12*"),
        ("p.Trp7*", "W7*"),
        ("ENSP1:p.Glu746_Ala750del", "E746_A750del"),
        ("p.Arg97ProfsTer23", "R97Pfs*23"),
        ("p.Leu1=", ""),
        ("p.?", ""),
        ("p.0", ""),
        ("", ""),
        ("c.5A>T", ""),
    ],
)
def test_protein_changes(hgvs: str, expected: str) -> None:
    assert amino_acid_change(hgvs) == expected


@pytest.mark.parametrize(
    ("acids", "position", "expected"),
    [("V/E", "600", "V600E"), ("V/E", "600/766", "V600E"), ("V", "600", ""), ("VL/E", "600-601", ""), ("V/E", "", "")],
)
def test_simple_changes(acids: str, position: str, expected: str) -> None:
    assert simple_change(acids, position) == expected
