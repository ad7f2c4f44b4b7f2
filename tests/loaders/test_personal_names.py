import gzip
import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.strict_json import JsonValue
from loaders.personal_names import is_birth_name, is_personal_name, says_birth
from loaders.table_mapping import read_table_mapping
from tests.support.shared import needs_shared, shared


@pytest.mark.parametrize(
    "name",
    [
        "dateOfBirth", "patient_name", "First Name", "Adresse", "CPR-nr", "fødselsdato", "contact", "e-mail", "DOB",
        "tlf", "fdato", "foedselsdag", "fodselsdag", "fname", "lname", "gade", "vej", "mobil", "mobiltlf", "telefon",
        "cpr", "cprno", "cpr_no", "pnr", "navn", "kontakt", "journalnr", "phone", "email",
        "address", "city", "kommune", "initialer", "mother's name", "mothername", "tlf_privat", "Tlf2", "patientName",
        "PatientName", "patientAddress", "homePhone", "CPRnummer", "patient_cpr", "contactPerson", "contact_info",
        "NAME", "name_1", "birthDate", "date-of-birth", "place_of_birth", "homeAddress", "MOBIL_NR", "patient_journalnr",
    ],
)  # fmt: skip
def test_personal_names_are_recognised(name: str) -> None:
    assert is_personal_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "id", "sample_name", "pipelineName", "birthYear", "birth_year", "label", "yearOfBirth", "year_of_birth",
        "gene_name", "contact_lens", "contact_dermatitis", "dataset_name", "filename", "birth_weight", "birthOrder",
        "birth_defects", "mobile_element_insertion", "patient_id", "subjectId", "mother_id", "father_phenotype",
        "capacity", "city_of_sequencing", "zip_file", "ip_address", "number", "code", "sex", "chromosome", "fatherId",
        "Name_of_gene", "variety", "telomere_length", "timeAtLastEncounter", "kontakt_allergi", "emailed_by_robot_x",
        "", "1", "source", "INDEX", "family_id", "phenotype", "individual_count",
    ],
)  # fmt: skip
def test_other_names_pass(name: str) -> None:
    assert not is_personal_name(name)


@given(st.text(max_size=60))
def test_any_name_can_be_judged(name: str) -> None:
    assert is_personal_name(name) in (True, False)
    assert says_birth(name) in (True, False)


def test_names_about_birth() -> None:
    assert all(map(is_birth_name, ("birth", "birth_info", "fødsel", "date of birth")))
    assert not any(map(is_birth_name, ("birth_weight", "birth_year", "info")))
    assert says_birth("birthInfo")
    assert says_birth("time_of_birth")
    assert not says_birth("onset")


def test_the_columns_of_the_shipped_mappings_pass() -> None:
    folder = Path(__file__).parents[2] / "loaders" / "mappings"
    for path in sorted(folder.glob("*.toml")):
        mapping = read_table_mapping(str(path))
        assert not [name for name in mapping.named_columns() | mapping.ignore if is_personal_name(name)]


@needs_shared
def test_the_columns_of_real_tables_pass() -> None:
    tables = sorted(shared("data").rglob("*.tsv"))
    assert len(tables) > 3
    for path in tables:
        columns = path.read_text().split("\n", 1)[0].split("\t")
        assert not [name for name in columns if is_personal_name(name)], path.name


@needs_shared
def test_the_keys_of_real_vcf_headers_pass() -> None:
    keys: set[str] = set()
    for path in sorted(shared("data").rglob("*.vcf*")):
        if path.suffix in (".vcf", ".gz"):
            data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            lines = data.decode(errors="replace").splitlines()
            keys.update(line[2:].partition("=")[0] for line in itertools.takewhile(lambda text: text[:1] == "#", lines))
    assert len(keys) > 50
    assert not [key for key in keys if is_personal_name(key)]


def names_of(document: JsonValue) -> Iterator[str]:
    if isinstance(document, dict):
        yield from document
    for child in document.values() if isinstance(document, dict) else document if isinstance(document, list) else ():
        yield from names_of(child)


@needs_shared
def test_the_fields_of_real_beacon_records_pass() -> None:
    for kind in ("individuals", "biosamples", "runs", "analyses"):
        for path in shared("data", "beacon-bff").rglob(f"{kind}.json"):
            assert not [name for name in names_of(json.loads(path.read_text())) if is_personal_name(name)], path
