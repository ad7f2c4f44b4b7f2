import pytest

from core.errors import LoadRefused
from core.strict_json import JsonValue
from loaders.personal_data import personal_data_in, refuse_personal_document, refuse_personal_names


@pytest.mark.parametrize(
    "text", ["010190-1234", "0101901234", "sample_311299-0000_x", "290200 1234", "a.b@example.org"]
)
def test_personal_data_are_recognised(text: str) -> None:
    assert personal_data_in(text)


@pytest.mark.parametrize(
    "text", ["NA12878", "320190-1234", "011390-1234", "300290-1234", "12345678901", "P-1234567890", "a@b"]
)
def test_pseudonyms_pass(text: str) -> None:
    assert personal_data_in(text) is None


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
