"""Service-info documents."""

from core.service_info import NodeIdentity, service_info

IDENTITY = NodeIdentity("dk.example.node", "Node", "org", "Org", "https://o.example", "https://n.example:8443/a", "1.2")


def test_a_document_has_the_required_members_and_no_empty_ones() -> None:
    assert service_info(IDENTITY, suffix="drs", artifact="drs", artifact_version="1.5.0") == {
        "id": "dk.example.node.drs",
        "name": "Node drs",
        "type": {"group": "org.ga4gh", "artifact": "drs", "version": "1.5.0"},
        "organization": {"name": "Org", "url": "https://o.example"},
        "version": "1.2",
        "environment": "dev",
    }


def test_an_api_adds_its_own_members() -> None:
    document = service_info(IDENTITY, suffix="a", artifact="a", artifact_version="1", group="g", extra={"maxBulk": 7})

    assert document["maxBulk"] == 7
    assert document["type"] == {"group": "g", "artifact": "a", "version": "1"}


def test_the_host_of_the_public_url() -> None:
    assert IDENTITY.public_host == "n.example"
    assert NodeIdentity("i", "n", "o", "o", "u", "", "1").public_host == "localhost"
