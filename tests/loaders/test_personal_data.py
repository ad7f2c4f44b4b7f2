import copy
import gzip
import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import LoadRefused
from core.strict_json import JsonValue
from loaders.personal_data import (
    refuse_personal_columns,
    refuse_personal_document,
    refuse_personal_file_name,
    refuse_personal_header_lines,
    refuse_personal_id,
    refuse_personal_names,
    refuse_personal_record,
    refuse_personal_text,
)
from loaders.phenopacket_values import camel_case
from tests.loaders.phenopacket_documents import full_packet
from tests.support.shared import needs_shared, shared


def test_the_message_names_the_place_and_never_the_value() -> None:
    with pytest.raises(LoadRefused) as error:
        refuse_personal_names("a.vcf", "sample", ["NA1", "010190-1234"])
    assert error.value.message == "a.vcf: sample 2 looks like a CPR number; give people pseudonyms before loading"


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"subject": {"dateOfBirth": "1990-01-01T00:00:00Z"}}, "subject.dateOfBirth is personal data"),
        ({"biosamples": [{"id": "x"}, {"Name": "Y"}]}, "biosamples[1].Name is personal data"),
        ({"phenotypicFeatures": [{"description": "mail a@b.dk"}]}, "phenotypicFeatures[0].description looks like an e-mail"),
    ],
)  # fmt: skip
def test_documents_are_searched(document: JsonValue, path: str) -> None:
    with pytest.raises(LoadRefused) as error:
        refuse_personal_document("p.json: phenopacket 1", document)
    assert path in error.value.message


def test_metadata_and_unnamed_parts_pass() -> None:
    refuse_personal_document("p", {"metaData": {"createdBy": "a@b.dk"}, "subject": {"id": "x", "name": ""}, "x": 1})
    refuse_personal_document("p", {"phenotypicFeatures": [{"name": "fever", "n": 3}]})
    refuse_personal_document("p", [])


def places(document: JsonValue) -> Iterator[tuple[JsonValue, list[str | int]]]:
    """Every text of a document, with the way to it."""
    if isinstance(document, str):
        yield document, []
    children: list[tuple[str | int, JsonValue]] = []
    if isinstance(document, dict):
        children = list(document.items())
    elif isinstance(document, list):
        children = list(enumerate(document))
    for key, child in children:
        for found, way in places(child):
            yield found, [key, *way]


def spoiled(document: JsonValue, way: list[str | int], value: JsonValue) -> JsonValue:
    made = copy.deepcopy(document)
    inner = made
    for key in way[:-1]:
        inner = inner[key]  # type: ignore[index]
    inner[way[-1]] = value  # type: ignore[index]
    return made


@pytest.mark.parametrize("value", ["010190-1234", "x 0101901234 y", 3112991234])
def test_a_cpr_number_in_any_field_of_a_phenopacket_is_refused(value: JsonValue) -> None:
    document: JsonValue = {**full_packet(), "metaData": {"createdBy": "x", "resources": [{"name": "hp"}]}}
    document = camel_case(json.loads(json.dumps(document)))
    ways = [way for _, way in places(document)]
    assert len(ways) > 30
    for way in ways:
        with pytest.raises(LoadRefused, match="looks like a CPR number"):
            refuse_personal_document("p", spoiled(document, way, value))


def test_numbers_that_count_or_measure_pass_and_others_may_be_cpr_numbers() -> None:
    quantity: JsonValue = {"unit": {"id": "UO:1"}, "value": 1210625009, "low": 101701234}
    refuse_personal_document("p", {"measurements": [{"value": {"quantity": quantity}}]})
    refuse_personal_record("r", {"start": [101701234], "alleleCount": 1512701234, "readDepth": 101701234})
    for value in (101701234, 1512701234.0, "1.512701234E9"):
        with pytest.raises(LoadRefused, match=r"subject\.id looks like a CPR number"):
            refuse_personal_document("p", {"subject": {"id": value}})
    with pytest.raises(LoadRefused, match="alternateIds"):
        refuse_personal_document("p", {"subject": {"alternateIds": ["a", "101701234"]}})
    with pytest.raises(LoadRefused, match="individualToFileIdentifiers"):
        refuse_personal_document("p", {"files": [{"individualToFileIdentifiers": {"a": "101701234"}}]})


@needs_shared
def test_a_cpr_number_in_any_field_of_a_beacon_record_is_refused() -> None:
    for kind in ("individuals", "biosamples", "runs", "genomicVariations", "cohorts", "datasets"):
        (document, *_) = json.loads(shared("data", "beacon-bff", "all-fields", f"{kind}.json").read_text())
        about_people = kind not in ("cohorts", "datasets")
        refuse_personal_record("r", document, about_people=about_people)
        for _, way in places(document):
            with pytest.raises(LoadRefused, match="CPR number") as error:
                refuse_personal_record("r", spoiled(document, way, "010190-1234"), about_people=about_people)
            assert "010190" not in error.value.message


def test_names_of_fields_are_judged_too() -> None:
    with pytest.raises(LoadRefused, match="name of a field of subject looks like a CPR number"):
        refuse_personal_document("p", {"subject": {"010190-1234": 1}})
    with pytest.raises(LoadRefused, match=r"info\.birth looks like an exact date of birth"):
        refuse_personal_record("r", {"info": {"birth": "12-03-1985"}})
    refuse_personal_record("r", {"info": {"birth": "1985"}, "collectionDate": "2020-09-11"})


def test_who_made_a_phenopacket_may_be_reached() -> None:
    made: JsonValue = {"createdBy": "ORCID:0000-0002-5648-2155, a@b.dk, +45 22 33 44 55"}
    refuse_personal_document("p", {"metaData": made})
    with pytest.raises(LoadRefused, match="CPR"):
        refuse_personal_document("p", {"metaData": {"createdBy": "0101901234"}})
    refuse_personal_record("d", {"name": "x", "description": "write to a@b.dk"}, about_people=False)


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ('##SAMPLE=<ID=a,Description="Jens, tlf. 22 33 44 55">', "line 2 of the header looks"),
        ("##source=010190-1234", "line 2 of the header looks"),
        ("@CO\twrite to a@b.dk", "line 2 of the header (CO)"),
        ("@RG\tID:1\tSM:0101901234", "line 2 of the header (@RG SM)"),
        ("@PG\tID:bwa\tCL:bwa mem 010190-1234.fq", "line 2 of the header (@PG CL)"),
        ("@PG\tID:bwa\txn:ring 22 33 44 55", "line 2 of the header (@PG xn)"),
        ("@pt\tnm:010190-1234", "line 2 of the header (@pt nm)"),
        ("@pt\t010190-1234", "line 2 of the header (@pt)"),
        ("##PatientName=Hans Jensen", "line 2 of the header is named after personal data"),
        ("##patientAddress=Vestergade 1", "line 2 of the header is named after personal data"),
    ],
)
def test_header_lines_are_searched(line: str, place: str) -> None:
    with pytest.raises(LoadRefused) as error:
        refuse_personal_header_lines("a.vcf", ["##fileformat=VCFv4.3", line])
    assert place in error.value.message


def test_lengths_digests_and_command_lines_pass() -> None:
    lines = [
        "##contig=<ID=1,length=1203851234,md5=1203851234>", "@SQ\tSN:1\tLN:1203851234\tM5:1203851234",
        "@PG\tID:x\tCL:x -k 21 33 55 77", "0101901234",
    ]  # fmt: skip
    refuse_personal_header_lines("a.vcf", lines)


def test_texts_columns_and_file_names() -> None:
    with pytest.raises(LoadRefused, match="comment 2 looks like it holds a telephone number"):
        refuse_personal_text("a", "comment", ["x", "ring 22 33 44 55"])
    refuse_personal_text("a", "comment", ["x"])
    with pytest.raises(LoadRefused, match="column 2 is named 'Navn', which is personal data"):
        refuse_personal_columns("a.csv", ["id", "Navn"])
    for name in ("birth_info", "mobiltlf", "fdato", "cpr_no"):
        with pytest.raises(LoadRefused, match=f"column 1 is named '{name}'"):
            refuse_personal_columns("a.csv", [name])
    with pytest.raises(LoadRefused, match="column 1 looks like a CPR number"):
        refuse_personal_columns("a.csv", ["010190-1234"])
    with pytest.raises(LoadRefused, match="name of an input file looks like a CPR number"):
        refuse_personal_file_name(Path("/home/a/010190-1234.vcf"))
    refuse_personal_file_name("/home/010190-1234/a.vcf")


@needs_shared
def test_no_header_of_the_real_files_is_refused() -> None:
    for path in sorted(shared("data").rglob("*.vcf*")):
        refuse_personal_file_name(path)
        if path.suffix not in (".vcf", ".gz"):
            continue
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        lines = data.decode(errors="replace").splitlines()
        header = list(itertools.takewhile(lambda line: line.startswith("#"), lines))
        refuse_personal_header_lines(path.name, header)
        refuse_personal_names(path.name, "sample", header[-1].split("\t")[9:] if header else [])


def test_ids_that_stand_in_addresses_are_nobodys_number() -> None:
    refuse_personal_id("the htsget id", "HG001")
    for value in ("0101701234", "101701234", "d0101701234"):
        with pytest.raises(LoadRefused, match="the htsget id looks like a CPR number") as error:
            refuse_personal_id("the htsget id", value)
        assert value not in error.value.message
