from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest
from starlette.testclient import TestClient

from core.service_info import NodeIdentity
from passports.app import create_app
from passports.clearinghouse import Clearinghouse
from passports.issuer import DevelopmentIssuer
from passports.tokens import TokenKind
from passports.visa_specs import parse_visa_specs
from tests.passports.forge import ISSUER, JKU, NOW, PUBLIC_URL

IDENTITY = NodeIdentity(
    id="dk.example.genvej",
    name="Genvej",
    organization_id="dk.example",
    organization_name="Example",
    organization_url="https://example.dk",
    public_url=PUBLIC_URL,
    version="0.1.0",
)


@pytest.fixture
def issuer(tmp_path: Path) -> DevelopmentIssuer:
    return DevelopmentIssuer(tmp_path, PUBLIC_URL, clock=lambda: NOW)


@pytest.fixture
def client(issuer: DevelopmentIssuer) -> Iterator[TestClient]:
    clearinghouse = Clearinghouse(issuer.trust(), [issuer], audiences=[PUBLIC_URL], clock=lambda: NOW)
    with TestClient(create_app(issuer, clearinghouse, IDENTITY), raise_server_exceptions=False) as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_discovery_leads_to_the_keys_and_to_userinfo(client: TestClient) -> None:
    document = client.get("/.well-known/openid-configuration").json()
    assert document["issuer"] == ISSUER
    assert document["jwks_uri"] == JKU
    assert document["userinfo_endpoint"] == f"{ISSUER}/userinfo"
    assert "authorization_endpoint" not in document


def test_the_published_keys_verify_what_is_minted(client: TestClient, issuer: DevelopmentIssuer) -> None:
    keys = client.get("/jwks").json()
    assert not {"d"} & keys["keys"][0].keys()
    token = issuer.mint("alice", (), 600)
    (key,) = jwt.PyJWKSet.from_dict(keys).keys
    claims = jwt.decode(token, key, algorithms=["ES256"], options={"verify_exp": False, "verify_iat": False})
    assert claims["iss"] == ISSUER


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_userinfo_gives_the_visas(client: TestClient, issuer: DevelopmentIssuer, method: str) -> None:
    token = issuer.mint("alice", parse_visa_specs(["registered"]), 600)
    answer = client.request(method, "/userinfo", headers=bearer(token))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["sub"] == "alice"
    visas = [jwt.decode(visa, options={"verify_signature": False}) for visa in answer.json()["ga4gh_passport_v1"]]
    assert [visa["ga4gh_visa_v1"]["type"] for visa in visas] == ["ResearcherStatus", "AcceptedTermsAndPolicies"]


def test_userinfo_refuses_in_the_shape_of_oauth(client: TestClient, issuer: DevelopmentIssuer) -> None:
    answer = client.get("/userinfo")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.json() == {"error": "invalid_token", "error_description": "UserInfo needs an access token"}
    passport = issuer.mint("alice", (), 600, TokenKind.PASSPORT)
    for token in (passport, "abc", issuer.mint("alice", (), 600) + "A"):
        answer = client.get("/userinfo", headers=bearer(token))
        assert answer.status_code == 401
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]
        assert set(answer.json()) == {"error", "error_description"}
        assert token not in answer.text
    answer = client.get("/userinfo", headers=[("Authorization", "Bearer a"), ("Authorization", "Bearer b")])
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_userinfo_says_when_its_store_is_out_of_order(
    client: TestClient, issuer: DevelopmentIssuer, tmp_path: Path
) -> None:
    token = issuer.mint("alice", (), 600)
    (path,) = (tmp_path / "passports").iterdir()
    path.write_bytes(b"{")
    answer = client.get("/userinfo", headers=bearer(token))
    assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")
    assert answer.headers["retry-after"]


@pytest.mark.parametrize(
    ("method", "path", "status", "error"),
    [("GET", "/nowhere", 404, "not_found"), ("DELETE", "/userinfo", 405, "method_not_allowed")],
)
def test_the_framework_refuses_in_the_shape_of_oauth(
    client: TestClient, method: str, path: str, status: int, error: str
) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"]


def test_service_info_names_the_operator_as_its_group(client: TestClient) -> None:
    document = client.get("/service-info").json()
    assert document["type"] == {"group": "dk.example", "artifact": "passport-issuer", "version": "1.2"}
    assert document["id"] == "dk.example.genvej.passports"
