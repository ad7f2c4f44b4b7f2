from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.cpr_numbers import has_cpr_number, is_cpr_id, is_cpr_number, plain_text
from loaders.personal_shapes import CPR, personal_data_in, personal_data_in_free_text

SPELLINGS = (
    "010170_1234", "01-01-1970-1234", "01011970-1234", "010170.1234", "010170/1234", "010170:1234", "010170~1234",
    "010170\N{MINUS SIGN}1234", "010170\N{EM DASH}1234", "010170--1234", "010170  1234", "010170\t1234",
    "010170\N{THIN SPACE}1234", "010170\N{SOFT HYPHEN}1234", "010170\N{ZERO WIDTH SPACE}1234", "010170%2D1234",
    "31.12.1999-1234", "311299/1234", "19991231-1234", "610170-1234", "9112991234", "P0101701234", "cpr:0101701234",
    "cpr0101701234", "01.01.70-1234", "".join(chr(0xFF10 + int(digit)) for digit in "0101701234"),
)  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("around", ["{}", "x {} y", "{}.vcf", "sample.{}.vcf", "({})"])
def test_every_spelling_is_recognised(spelling: str, around: str) -> None:
    assert personal_data_in(around.format(spelling)) == CPR
    assert personal_data_in_free_text(around.format(spelling)) == CPR


@pytest.mark.parametrize(
    "text",
    [
        "SNOMED:1010625009", "UMLS:C0101701234", "rs1209040124", "dbSNP:rs1209040124", "SRR1010625009",
        "SAMN1010625009", "EGAF00001010625", "EGAF1010625009", "10.1038/1010625009", "chr1:1012345678",
        "2021-12-29T20:33:40Z", "20240115_1432.vcf", "0000-0002-5648-2155", "140127_D00360_0031_AH8GFVADXX",
        "chr1:101170500-101171000", "NC_000001.11:g.101170500_101171000del", "view -t 10 11 12 1314",
        "LOD < -101109.5512", "Date=Mon Aug 16 18:05:13 2021", "320170-1234", "920170-1234", "311370-1234", "310270-1234",
    ],
)  # fmt: skip
def test_what_is_no_persons_number_passes(text: str) -> None:
    assert personal_data_in(text) is None
    assert personal_data_in_free_text(text) is None


def test_a_word_of_letters_and_digits_passes_in_free_text_alone() -> None:
    assert has_cpr_number("LIMS0101701234")
    assert not has_cpr_number("LIMS0101701234", free_text=True)


@given(
    st.dates(date(1900, 1, 1), date(2006, 12, 31)), st.integers(0, 9999), st.sampled_from(["", "-", "_", " - ", "."])
)
def test_every_day_in_every_order_is_recognised(day: date, serial: int, dash: str) -> None:
    for form in ("%d%m%y", "%d%m%Y", "%Y%m%d", "%d-%m-%Y", "%d.%m.%Y"):
        assert has_cpr_number(plain_text(f"{day.strftime(form)}{dash}{serial:04d}"))
    assert is_cpr_number(int(f"{day:%d%m%y}{serial:04d}"))


@given(st.text(max_size=80))
def test_any_text_can_be_judged(text: str) -> None:
    assert has_cpr_number(plain_text(text)) in (True, False)
    assert is_cpr_id(text) in (True, False)
