import hypothesis.strategies as st
import pytest
from hypothesis import given

from loaders.annotation_alleles import AlleleSpellings


@pytest.mark.parametrize(
    ("reference", "alternates", "spelling", "number", "expected"),
    [
        ("G", ["A"], "A", None, 0),
        ("G", ["A"], "T", None, None),
        ("G", ["a"], "A", None, 0),
        ("CA", ["C"], "-", None, 0),
        ("C", ["CAA"], "AA", None, 0),
        ("C", ["CAA"], "CAA", None, 0),
        ("CA", ["C", "CAA"], "-", None, 0),
        ("CA", ["C", "CAA"], "AA", None, 1),
        ("CA", ["C", "T"], "C", None, 0),
        ("CA", ["C", "T"], "T", None, 1),
        ("CAG", ["CAT"], "T", None, 0),
        ("CAAG", ["CG", "CAAAG"], "G", None, 0),
        ("CAAG", ["CG", "CAAAG"], "AAAG", None, 1),
        ("CAAG", ["CG", "CAAAG"], "A", None, 1),
        ("CA", ["C", "*"], "-", None, 0),
        ("CA", ["C", "*"], "*", None, 1),
        ("N", ["<DEL>"], "deletion", None, 0),
        ("N", ["<DUP:TANDEM>"], "duplication", None, 0),
        ("N", ["<DEL>", "<DUP>"], "<DUP>", None, 1),
        ("N", ["<CN0>"], "copy_number_variation", None, 0),
        ("G", ["A", "T"], "T", 2, 1),
        ("G", ["T"], "T", 2, 0),
        ("G", ["T"], "A", 1, None),
        ("G", ["A", "T"], "", 2, 1),
        ("G", ["A"], "", None, 0),
        ("G", ["A", "T"], "", None, None),
        ("G", ["A"], "", 2, None),
        ("AA", ["A", "AAA"], "-", None, 0),
        ("AT", ["A", "T"], "-", 2, 1),
        ("AT", ["A", "T"], "-", None, None),
    ],
)
def test_spellings(
    reference: str, alternates: list[str], spelling: str, number: int | None, expected: int | None
) -> None:  # fmt: skip
    assert AlleleSpellings(reference, alternates).find(spelling, number) == expected


BASES = st.text("ACGT", min_size=1, max_size=5)


@given(BASES, st.lists(BASES, min_size=1, max_size=3, unique=True))
def test_every_allele_is_found_by_its_own_text_or_by_none(reference: str, alternates: list[str]) -> None:
    found = AlleleSpellings(reference, alternates)
    shared = all(text[0] == reference[0] for text in alternates) and any(
        len(text) != len(reference) for text in alternates
    )
    for place, text in enumerate(alternates):
        vep = (text[1:] or "-") if shared else text
        assert found.find(vep) == place
        assert found.find(text, place + 1) == place
