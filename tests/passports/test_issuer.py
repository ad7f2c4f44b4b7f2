from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jwt
import pytest
from jwt.types import Options

from core.access import Subject, Tier
from core.errors import OperatorError
from core.policy import PRESETS
from passports.clearinghouse import Clearinghouse, Credentials
from passports.issuer import MAXIMUM_LIFETIME_S, DevelopmentIssuer
from passports.refusal import Reason, Refused
from passports.tokens import MAXIMUM_VISAS, TokenKind
from passports.visa_specs import VisaSpec, parse_visa_specs
from passports.visas import VisaType
from tests.passports.forge import DOI, ISSUER, JKU, NOW, PUBLIC_URL

VISAS = parse_visa_specs(["ControlledAccessGrants:dk-1", "registered"])
POLICIES = {"dk-1": PRESETS["controlled"], "dk-2": PRESETS["registered"]}
TIMES: Options = {"verify_exp": False, "verify_iat": False}


def issuer(home: Path, now: int = NOW) -> DevelopmentIssuer:
    return DevelopmentIssuer(home, PUBLIC_URL, clock=lambda: now)


def clearinghouse(issuer: DevelopmentIssuer, now: int = NOW) -> Clearinghouse:
    return Clearinghouse(issuer.trust(), [issuer], audiences=[PUBLIC_URL], clock=lambda: now)


def read(text: str, keys: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims as a library that knows nothing of this one reads them."""
    head = jwt.get_unverified_header(text)
    (key,) = [key for key in jwt.PyJWKSet.from_dict(dict(keys)).keys if key.key_id == head["kid"]]
    return head, jwt.decode(text, key, algorithms=["ES256"], options=TIMES)


def test_an_access_token_has_the_claims_of_the_profile(tmp_path: Path) -> None:
    minter = issuer(tmp_path)
    head, claims = read(minter.mint("alice", VISAS, 600), minter.key_set())
    assert head == {"alg": "ES256", "typ": "at+jwt", "kid": head["kid"]}
    token_id = claims.pop("jti")
    assert len(token_id) >= 16
    assert claims == {
        "iss": ISSUER,
        "sub": "alice",
        "iat": NOW,
        "exp": NOW + 600,
        "scope": "openid ga4gh_passport_v1",
    }


def test_a_passport_holds_visas_of_the_profile(tmp_path: Path) -> None:
    minter = issuer(tmp_path)
    head, claims = read(minter.mint("alice", VISAS, 600, TokenKind.PASSPORT), minter.key_set())
    assert head == {"alg": "ES256", "typ": "vnd.ga4gh.passport+jwt", "kid": head["kid"]}
    assert set(claims) == {"iss", "sub", "iat", "exp", "jti", "ga4gh_passport_v1"}
    visas = [read(text, minter.key_set()) for text in claims["ga4gh_passport_v1"]]
    for head, claims in visas:
        assert head == {"alg": "ES256", "typ": "vnd.ga4gh.visa+jwt", "kid": head["kid"], "jku": JKU}
        assert set(claims) == {"iss", "sub", "iat", "exp", "jti", "ga4gh_visa_v1"}
        assert (claims["iss"], claims["sub"], claims["exp"]) == (ISSUER, "alice", NOW + 600)
    common = {"asserted": NOW, "source": PUBLIC_URL}
    assert [claims["ga4gh_visa_v1"] for _, claims in visas] == [
        {"type": "ControlledAccessGrants", "value": "dk-1", "by": "dac", **common},
        {"type": "ResearcherStatus", "value": DOI, "by": "so", **common},
        {"type": "AcceptedTermsAndPolicies", "value": DOI, "by": "self", **common},
    ]
    assert len({claims["jti"] for _, claims in visas}) == 3


@pytest.mark.parametrize("kind", [TokenKind.ACCESS_TOKEN, TokenKind.PASSPORT])
def test_what_the_command_line_mints_the_server_understands(tmp_path: Path, kind: TokenKind) -> None:
    text = issuer(tmp_path).mint("alice", VISAS, 600, kind)
    server = clearinghouse(issuer(tmp_path))
    shown = Credentials(text) if kind is TokenKind.ACCESS_TOKEN else Credentials(passports=(text,))
    decision = server.decide(shown, POLICIES)
    assert (decision.of("dk-1").tier, decision.of("dk-2").tier) == (Tier.CONTROLLED, Tier.REGISTERED)
    assert decision.subject == Subject(ISSUER, "alice")
    assert decision.expires_at == NOW + 600


def test_a_token_ends_and_its_visas_are_forgotten(tmp_path: Path) -> None:
    text = issuer(tmp_path).mint("alice", VISAS, 600)
    with pytest.raises(Refused) as refused:
        clearinghouse(issuer(tmp_path), NOW + 600).decide(Credentials(text), POLICIES)
    assert refused.value.reason is Reason.EXPIRED
    issuer(tmp_path, NOW + 600).mint("bob", (), 600)
    assert len(list((tmp_path / "passports").iterdir())) == 1


def test_a_token_is_taken_back_by_removing_its_file(tmp_path: Path) -> None:
    text = issuer(tmp_path).mint("alice", VISAS, 600)
    (path,) = (tmp_path / "passports").iterdir()
    path.unlink()
    with pytest.raises(Refused) as refused:
        clearinghouse(issuer(tmp_path)).decide(Credentials(text), POLICIES)
    assert refused.value.reason is Reason.UNKNOWN_TO_ISSUER


def test_a_passport_leaves_nothing_in_the_store(tmp_path: Path) -> None:
    issuer(tmp_path).mint("alice", VISAS, 600, TokenKind.PASSPORT)
    assert not (tmp_path / "passports").exists()


def test_another_home_is_another_issuer(tmp_path: Path) -> None:
    text = issuer(tmp_path / "other").mint("alice", VISAS, 600)
    with pytest.raises(Refused) as refused:
        clearinghouse(issuer(tmp_path)).decide(Credentials(text), POLICIES)
    assert refused.value.reason is Reason.KEY_UNKNOWN


def test_a_longest_token_is_not_capped(tmp_path: Path) -> None:
    minter = issuer(tmp_path)
    decision = clearinghouse(minter).decide(Credentials(minter.mint("alice", VISAS, MAXIMUM_LIFETIME_S)), POLICIES)
    assert decision.expires_at == NOW + MAXIMUM_LIFETIME_S


@pytest.mark.parametrize(
    ("mint", "message"),
    [
        (lambda minter: minter.mint("", (), 60), "user"),
        (lambda minter: minter.mint("a" * 256, (), 60), "user"),
        (lambda minter: minter.mint("ålice", (), 60), "ASCII"),
        (lambda minter: minter.mint("alice\n", (), 60), "printable"),
        (lambda minter: minter.mint("alice", (), 0), "seconds"),
        (lambda minter: minter.mint("alice", (), MAXIMUM_LIFETIME_S + 1, TokenKind.PASSPORT), "seconds"),
        (lambda minter: minter.mint("alice", VISAS[:1] * (MAXIMUM_VISAS + 1), 60), "visas"),
        (lambda minter: minter.mint("alice", (), 60, TokenKind.VISA), "on their own"),
    ],
)
def test_says_what_cannot_be_minted(tmp_path: Path, mint: Callable[[DevelopmentIssuer], str], message: str) -> None:
    with pytest.raises(OperatorError, match=message):
        mint(issuer(tmp_path))


def test_an_affiliation_is_minted_and_gives_nothing(tmp_path: Path) -> None:
    minter = issuer(tmp_path)
    text = minter.mint("alice", [VisaSpec(VisaType.AFFILIATION, "faculty@example.org")], 60)
    decision = clearinghouse(minter).decide(Credentials(text), POLICIES)
    assert decision.tier is Tier.ANONYMOUS
    assert decision.reasons == ("visa 0: ignored: visa_type_untrusted",)
