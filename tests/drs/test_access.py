"""Access methods: what is offered for which file, with which credentials."""

import pytest

from core.access import Tier
from drs.access import HTSGET_DATA_TYPES, HTTPS_ACCESS_ID, Issuers, access_methods, authorizations
from drs.models import AccessMethod
from drs.rows import FileFormat

ISSUERS = Issuers(("https://visas.example.dk",), ("https://login.example.dk",))


def methods(file_format: FileFormat, bytes_from: Tier, alias: str = "sample") -> tuple[AccessMethod, ...]:
    url = "https://node.example.dk"
    return access_methods("id", alias, file_format, bytes_from, public_url=url, issuers=ISSUERS)


def test_open_bytes_need_no_credentials() -> None:
    assert authorizations("id", Tier.ANONYMOUS, ISSUERS).document() == {
        "drs_object_id": "id",
        "supported_types": ["None"],
    }


@pytest.mark.parametrize("tier", [Tier.REGISTERED, Tier.CONTROLLED])
def test_other_bytes_name_the_issuers_that_help(tier: Tier) -> None:
    assert authorizations("id", tier, ISSUERS).document() == {
        "drs_object_id": "id",
        "supported_types": ["BearerAuth", "PassportAuth"],
        "passport_auth_issuers": ["https://visas.example.dk"],
        "bearer_auth_issuers": ["https://login.example.dk"],
    }


@pytest.mark.parametrize("file_format", list(FileFormat))
def test_every_object_has_signed_bytes(file_format: FileFormat) -> None:
    last = methods(file_format, Tier.CONTROLLED)[-1]
    assert (last.type, last.access_id, last.access_url) == ("https", HTTPS_ACCESS_ID, None)
    assert last.authorizations == authorizations("id", Tier.CONTROLLED, ISSUERS)


@pytest.mark.parametrize(("file_format", "data_type"), list(HTSGET_DATA_TYPES.items()))
def test_htsget_is_offered_by_its_ticket_url(file_format: FileFormat, data_type: str) -> None:
    first = methods(file_format, Tier.CONTROLLED)[0].document()
    assert first["access_url"] == {"url": f"https://node.example.dk/htsget/{data_type}/sample"}
    assert first["authorizations"] == {
        "drs_object_id": "id",
        "supported_types": ["BearerAuth"],
        "bearer_auth_issuers": ["https://login.example.dk"],
    }


def test_htsget_over_open_bytes_needs_no_credentials() -> None:
    first = methods(FileFormat.BAM, Tier.ANONYMOUS)[0]
    assert first.authorizations == authorizations("id", Tier.ANONYMOUS, ISSUERS)


def test_without_htsget_id_or_with_another_format_there_is_no_htsget() -> None:
    assert [method.type for method in methods(FileFormat.BAM, Tier.ANONYMOUS, alias="")] == ["https"]
    assert [method.type for method in methods(FileFormat.BAI, Tier.ANONYMOUS)] == ["https"]
