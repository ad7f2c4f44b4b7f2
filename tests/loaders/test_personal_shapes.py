from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.personal_shapes import (
    BIRTH_DATE,
    CPR,
    EMAIL,
    TELEPHONE,
    holds_full_date,
    personal_data_in,
    personal_data_in_free_text,
    personal_data_in_id,
    personal_number,
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("010190-1234", CPR), ("0101901234", CPR), ("sample_311299-0000_x", CPR), ("290200 1234", CPR),
        ("01-01-90-1234", CPR), ("cpr 01.01.90-1234.", CPR), ("010190\N{EN DASH}1234", CPR),
        ("a.b@example.org", EMAIL), ("mail <x+y@dtu.dk>", EMAIL),
        ("+45 22 33 44 55", TELEPHONE), ("+4522334455", TELEPHONE), ("0045 2233 4455", TELEPHONE),
        ("(+45) 22334455", TELEPHONE), ("call +44 20 7946 0958 now", TELEPHONE), ("+1 (202) 555-0143", TELEPHONE),
        ("tlf. 22334455", TELEPHONE), ("Telefon: 22 33 44 55", TELEPHONE), ("mobil 22334455", TELEPHONE),
        ("born 1985-03-12", BIRTH_DATE), ("født den 12. marts 1985", BIRTH_DATE), ("DOB: 12-03-1985", BIRTH_DATE),
        ("f. 01.01.1970", BIRTH_DATE), ("dreng f. 1/1 1970", BIRTH_DATE), ("b. 1970-01-01", BIRTH_DATE),
        ("geb. 1.1.1970", BIRTH_DATE), ("dateOfBirth=1970-01-01", BIRTH_DATE), ("patient_birth_date: 1970-01-01", BIRTH_DATE),
        ("født 01011970", BIRTH_DATE), ("born 1/1-70", BIRTH_DATE), ("kontakt 22334455", TELEPHONE),
        ("ring til mor, 22334455", TELEPHONE), ("kontakt (22) 33 44 55", TELEPHONE), ("mobiltlf 22334455", TELEPHONE),
        ("tlf. nr 2233-4455", TELEPHONE), ("hans\N{FULLWIDTH COMMERCIAL AT}example.dk", EMAIL), ("hans(at)example.dk", EMAIL),
        ("hans [at] example.dk", EMAIL), ("date of birth is 12/3/1985", BIRTH_DATE), ("fødselsdato=12.03.85", BIRTH_DATE), ("born on March 12, 1985", BIRTH_DATE),
    ],
)  # fmt: skip
def test_personal_data_are_recognised(text: str, kind: str) -> None:
    assert personal_data_in(text) == kind
    assert personal_data_in_free_text(text) == kind


@pytest.mark.parametrize("text", ["22 33 44 55", "ring 22 33 44 55 i morgen", "2233 4455", "22.33.44.55", "22 334 455"])
def test_danish_groups_are_telephone_numbers_in_what_people_write(text: str) -> None:
    assert personal_data_in_free_text(text) == TELEPHONE


@pytest.mark.parametrize(
    "text",
    [
        "NA12878", "HG00096", "1405_index", "320190-1234", "011390-1234", "300290-1234", "12345678901", "P-1234567890",
        "a@b", "GDI-DS-20251201001", "EGAR00003021166", "SAMEA10450712", "SRR00000001", "PMID:12345678", "22334455",
        "ORCID:0000-0002-5648-2155", "0000-0002-0736-9199", "2021-12-29T20:33:40Z", "2020-03-28T00:00:00+02:00",
        "chr22_16050075_A_G", "NC_000022.11:g.16050075A>G", "AF=0.0101901234", "birth weight 3400 g on 2020-01-01",
        "onset 2019-04-23", "collected 12-03-2019", "##assembly=ftp://user@host:8080/path/to/file.fastq",
        "bcftools view -t 10 20 30 40", "ftp://me@ftp.example.org/x", "born in 1985", "1, 22, 33, 44, 55",
        "6f8ab0101901234cdef8ab0101901234", "3f0101901234ab3f0101901234ab3f0101901234ab3f0101901234ab3f010190",
        "ab010190-1234-4abc-8abc-0101901234ab", "c.123+45678901del", "+100000000", "ring chromosome 22 18000000",
        "Fig. 2020-01-01", "contact dermatitis since 2019",
    ],
)  # fmt: skip
def test_pseudonyms_accessions_digests_and_other_numbers_pass(text: str) -> None:
    assert personal_data_in(text) is None
    assert personal_data_in_free_text(text) is None


@given(st.dates(), st.integers(0, 9999), st.sampled_from(["", "-", " "]), st.sampled_from(["", "P", " ", "(", "\t"]))
def test_every_cpr_number_is_recognised(day: date, serial: int, dash: str, before: str) -> None:
    text = f"{before}{day:%d%m}{day.year % 100:02d}{dash}{serial:04d}"
    assert personal_data_in(text) == CPR


@given(st.text(max_size=300))
def test_any_text_can_be_judged(text: str) -> None:
    assert personal_data_in(text) in (None, CPR, EMAIL, TELEPHONE, BIRTH_DATE)


@pytest.mark.parametrize(
    "text", ["101701234", "1512701234.0", "1.512701234E9", "0101701234", "'0101701234", "  0101701234"]
)
def test_an_id_that_is_a_number_may_be_a_cpr_number_that_a_spreadsheet_spelled(text: str) -> None:
    assert personal_data_in_id(text) == CPR


@pytest.mark.parametrize("text", ["HG001", "123", "999999999", "1.5", "GSM101701234", "1.512701234"])
def test_other_ids_pass(text: str) -> None:
    assert personal_data_in_id(text) is None


def test_numbers_may_be_cpr_numbers() -> None:
    assert all(map(personal_number, (3112991234, 101901234, 1512701234.0, 6101701234)))
    assert not any(map(personal_number, (9999999999, 99, 1512701234.5, float("nan"), float("inf"), 299999999)))


def test_dates_of_birth_by_field_and_value() -> None:
    assert all(holds_full_date(text) for text in ("1985-03-12", "12-03-1985", "12.3.85", "12 marts 1985", "19850312"))
    assert not any(holds_full_date(text) for text in ("1985", "1985-03", "P30Y", "03-1985"))
