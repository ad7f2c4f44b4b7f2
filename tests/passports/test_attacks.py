"""Forged and misused tokens, end to end: each is an error with its reason, and never an anonymous caller."""

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from passports.refusal import Reason, Refused
from tests.passports.forge import (
    ISSUER,
    MISSING,
    NOW,
    RSA_KID,
    access_token,
    ec_jwk,
    ec_key,
    es256,
    header,
    hs256,
    jws,
    passport,
    rsa_key,
    times,
    visa,
)
from tests.passports.house import House

GRANT = visa()
PEM = rsa_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
DER = rsa_key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

BEARERS: list[tuple[str, Callable[[], str], Reason]] = [
    ("algorithm none", lambda: jws(header("at+jwt", alg="none"), times(), lambda _: b"\0"), Reason.ALGORITHM_REFUSED),
    ("HMAC by PEM", lambda: access_token({"alg": "HS256", "kid": RSA_KID}, hs256(PEM)), Reason.ALGORITHM_REFUSED),
    ("HMAC by DER", lambda: access_token({"alg": "HS256", "kid": RSA_KID}, hs256(DER)), Reason.ALGORITHM_REFUSED),
    ("HMAC as RS256", lambda: access_token({"alg": "RS256", "kid": RSA_KID}, hs256(PEM)), Reason.SIGNATURE_INVALID),
    ("attacker's key", lambda: access_token({}, es256(ec_key("attacker"))), Reason.SIGNATURE_INVALID),
    ("embedded key", lambda: access_token({"jwk": ec_jwk(ec_key("m"))}, es256(ec_key("m"))), Reason.HEADER_REFUSED),
    ("unknown kid", lambda: access_token({"kid": "x"}), Reason.KEY_UNKNOWN),
    ("kid of another algorithm", lambda: access_token({"kid": RSA_KID}), Reason.KEY_UNKNOWN),
    ("no kid", lambda: access_token({"kid": MISSING}), Reason.KEY_ID_MALFORMED),
    ("expired", lambda: access_token(exp=NOW - 1), Reason.EXPIRED),
    ("other issuer", lambda: access_token(iss="https://attacker.example"), Reason.ISSUER_UNTRUSTED),
    ("issuer with a slash", lambda: access_token(iss=ISSUER + "/"), Reason.ISSUER_UNTRUSTED),
    ("other audience", lambda: access_token(aud="https://other.example"), Reason.AUDIENCE_OTHER),
    ("a passport", lambda: passport([GRANT]), Reason.WRONG_TYPE),
    ("a visa", lambda: GRANT, Reason.WRONG_TYPE),
    ("a visa of type JWT", lambda: visa(None, {"typ": "JWT"}), Reason.SCOPE_INSUFFICIENT),
    (
        "a visa with scope",
        lambda: visa(None, {"typ": "JWT"}, scope="openid ga4gh_passport_v1"),
        Reason.CLAIMS_OF_ANOTHER_KIND,
    ),
    ("an id token", lambda: access_token({"typ": "JWT"}, scope=MISSING, nonce="n"), Reason.SCOPE_INSUFFICIENT),
    ("embedded visas", lambda: access_token(ga4gh_passport_v1=[GRANT]), Reason.CLAIMS_OF_ANOTHER_KIND),
    ("not known to its issuer", lambda: access_token(jti="token-2"), Reason.UNKNOWN_TO_ISSUER),
    ("without id", lambda: access_token(jti=MISSING), Reason.UNKNOWN_TO_ISSUER),
    ("empty", lambda: "", Reason.NOT_COMPACT_JWS),
]


@pytest.mark.parametrize(("forged", "reason"), [case[1:] for case in BEARERS], ids=[case[0] for case in BEARERS])
def test_a_bad_access_token_is_an_error_and_never_anonymous(forged: Callable[[], str], reason: Reason) -> None:
    house = House(GRANT)
    for _ in range(2):
        with pytest.raises(Refused) as refused:
            house.decide(forged())
        assert refused.value.reason is reason


PASSPORTS: list[tuple[str, Callable[[], str], Reason]] = [
    ("an access token", access_token, Reason.WRONG_TYPE),
    ("a visa", lambda: GRANT, Reason.WRONG_TYPE),
    ("type JWT", lambda: passport([GRANT], {"typ": "JWT"}), Reason.WRONG_TYPE),
    ("no list", lambda: passport(ga4gh_passport_v1={"a": 1}), Reason.CLAIM_MALFORMED),
    ("expired", lambda: passport(exp=NOW), Reason.EXPIRED),
    ("a day old", lambda: passport(iat=NOW - 86_400), Reason.EXPIRED),
    ("attacker's key", lambda: passport([], {}, es256(ec_key("attacker"))), Reason.SIGNATURE_INVALID),
    ("other issuer", lambda: passport(iss="https://attacker.example"), Reason.ISSUER_UNTRUSTED),
]


@pytest.mark.parametrize(("forged", "reason"), [case[1:] for case in PASSPORTS], ids=[case[0] for case in PASSPORTS])
def test_a_bad_passport_is_an_error(forged: Callable[[], str], reason: Reason) -> None:
    with pytest.raises(Refused) as refused:
        House().decide(None, forged())
    assert refused.value.reason is reason
