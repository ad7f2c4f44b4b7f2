import json
from itertools import pairwise

import jwt
import pytest

from core.access import Subject
from core.errors import InvalidCredential
from core.strict_json import JsonValue
from passports.refusal import Reason, Refused
from passports.tokens import (
    CLOCK_SKEW_S,
    KIND_RULES,
    MAXIMUM_VISAS,
    TokenKind,
    check_access_token,
    epoch_seconds,
    parse_token,
    passport_visas,
)
from tests.passports.forge import (
    ISSUER,
    JKU,
    MISSING,
    NOW,
    PUBLIC_URL,
    RSA_KID,
    SCOPE,
    USER,
    Members,
    Signer,
    access_token,
    ec_jwk,
    ec_key,
    es256,
    header,
    hs256,
    jws,
    passport,
    rs256,
    rsa_key,
    times,
    visa,
)
from tests.passports.verification import ACCESS, refusal, verify


def test_accepts_every_kind_signed_with_either_algorithm() -> None:
    token = verify(access_token())
    assert (token.identity, token.expires_at, token.token_id) == (Subject(ISSUER, USER), NOW + 600, "token-1")
    assert verify(access_token({"typ": "JWT"})).kind is ACCESS
    assert verify(access_token({"alg": "RS256", "kid": RSA_KID}, rs256())).identity.subject == USER
    assert verify(passport(), TokenKind.PASSPORT).claims["ga4gh_passport_v1"] == []
    for typ in ("vnd.ga4gh.visa+jwt", "JWT", MISSING):
        assert verify(visa(None, {"typ": typ}), TokenKind.VISA).kind is TokenKind.VISA
    assert parse_token(visa(), TokenKind.VISA).key_set_url == JKU
    assert verify(access_token(jti=MISSING)).token_id is None


def test_accepts_what_another_library_signs() -> None:
    text = jwt.encode({**times()}, ec_key(), algorithm="ES256", headers={"typ": "at+jwt", "kid": "ec-1"})
    assert verify(text).identity == Subject(ISSUER, USER)
    text = jwt.encode({**times()}, rsa_key(), algorithm="RS256", headers={"typ": "at+jwt", "kid": RSA_KID})
    assert verify(text).identity == Subject(ISSUER, USER)


HEADERS: list[tuple[Members, Reason]] = [
    ({"alg": "none"}, Reason.ALGORITHM_REFUSED),
    ({"alg": "None"}, Reason.ALGORITHM_REFUSED),
    ({"alg": "nOnE"}, Reason.ALGORITHM_REFUSED),
    ({"alg": "HS256"}, Reason.ALGORITHM_REFUSED),
    ({"alg": "RS384"}, Reason.ALGORITHM_REFUSED),
    ({"alg": "PS256"}, Reason.ALGORITHM_REFUSED),
    ({"alg": "ES384"}, Reason.ALGORITHM_REFUSED),
    ({"alg": "EdDSA"}, Reason.ALGORITHM_REFUSED),
    ({"alg": "es256"}, Reason.ALGORITHM_REFUSED),
    ({"alg": ["ES256"]}, Reason.ALGORITHM_REFUSED),
    ({"alg": MISSING}, Reason.ALGORITHM_REFUSED),
    ({"alg": "RS256"}, Reason.KEY_UNKNOWN),
    ({"jwk": {"kty": "EC"}}, Reason.HEADER_REFUSED),
    ({"x5c": []}, Reason.HEADER_REFUSED),
    ({"x5u": "https://attacker.example"}, Reason.HEADER_REFUSED),
    ({"crit": ["b64"]}, Reason.HEADER_REFUSED),
    ({"crit": []}, Reason.HEADER_REFUSED),
    ({"b64": False}, Reason.HEADER_REFUSED),
    ({"zip": "DEF"}, Reason.HEADER_REFUSED),
    ({"jku": 7}, Reason.HEADER_REFUSED),
    ({"typ": MISSING}, Reason.WRONG_TYPE),
    ({"typ": None}, Reason.WRONG_TYPE),
    ({"typ": ["at+jwt"]}, Reason.WRONG_TYPE),
    ({"typ": "AT+JWT"}, Reason.WRONG_TYPE),
    ({"typ": "vnd.ga4gh.passport+jwt"}, Reason.WRONG_TYPE),
    ({"typ": "vnd.ga4gh.visa+jwt"}, Reason.WRONG_TYPE),
    ({"kid": MISSING}, Reason.KEY_ID_MALFORMED),
    ({"kid": ""}, Reason.KEY_ID_MALFORMED),
    ({"kid": 1}, Reason.KEY_ID_MALFORMED),
    ({"kid": ["ec-1"]}, Reason.KEY_ID_MALFORMED),
    ({"kid": "../../etc/passwd"}, Reason.KEY_UNKNOWN),
    ({"kid": "' OR 1=1--"}, Reason.KEY_UNKNOWN),
    ({"kid": "ec-1\0"}, Reason.KEY_UNKNOWN),
    ({"kid": "k" * 1_000_000}, Reason.TOO_LARGE),
]


@pytest.mark.parametrize(("head", "reason"), HEADERS)
def test_refuses_a_header(head: Members, reason: Reason) -> None:
    assert refusal(access_token(head)) is reason


CLAIMS: list[tuple[Members, Reason]] = [
    ({"exp": MISSING}, Reason.CLAIM_MISSING),
    ({"exp": "9999999999"}, Reason.CLAIM_MALFORMED),
    ({"exp": 1e20}, Reason.CLAIM_MALFORMED),
    ({"exp": True}, Reason.CLAIM_MALFORMED),
    ({"exp": NOW + 0.5}, Reason.CLAIM_MALFORMED),
    ({"exp": None}, Reason.CLAIM_MALFORMED),
    ({"exp": -1}, Reason.CLAIM_MALFORMED),
    ({"exp": NOW - 1}, Reason.EXPIRED),
    ({"exp": NOW}, Reason.EXPIRED),
    ({"iat": MISSING}, Reason.CLAIM_MISSING),
    ({"iat": str(NOW)}, Reason.CLAIM_MALFORMED),
    ({"iat": False}, Reason.CLAIM_MALFORMED),
    ({"iat": NOW + CLOCK_SKEW_S + 1}, Reason.NOT_YET_VALID),
    ({"iat": NOW - 86_400}, Reason.EXPIRED),
    ({"nbf": NOW + CLOCK_SKEW_S + 1}, Reason.NOT_YET_VALID),
    ({"nbf": 10**18}, Reason.NOT_YET_VALID),
    ({"nbf": None}, Reason.CLAIM_MALFORMED),
    ({"iss": MISSING}, Reason.CLAIM_MISSING),
    ({"iss": 7}, Reason.CLAIM_MALFORMED),
    ({"iss": ""}, Reason.CLAIM_MALFORMED),
    ({"sub": MISSING}, Reason.CLAIM_MISSING),
    ({"sub": ["alice"]}, Reason.CLAIM_MALFORMED),
    ({"sub": "a" * 256}, Reason.CLAIM_MALFORMED),
    ({"sub": "ålice"}, Reason.CLAIM_MALFORMED),
    ({"sub": "alice\n"}, Reason.CLAIM_MALFORMED),
    ({"sub": "\ud800"}, Reason.NOT_STRICT_JSON),
    ({"aud": "https://other.example"}, Reason.AUDIENCE_OTHER),
    ({"aud": PUBLIC_URL + "/"}, Reason.AUDIENCE_OTHER),
    ({"aud": []}, Reason.AUDIENCE_OTHER),
    ({"aud": ["https://other.example"]}, Reason.AUDIENCE_OTHER),
    ({"aud": [PUBLIC_URL, 7]}, Reason.CLAIM_MALFORMED),
    ({"aud": None}, Reason.CLAIM_MALFORMED),
    ({"aud": {PUBLIC_URL: 1}}, Reason.CLAIM_MALFORMED),
]


@pytest.mark.parametrize(("claims", "reason"), CLAIMS)
def test_refuses_a_claim(claims: Members, reason: Reason) -> None:
    assert refusal(access_token(**claims)) is reason


@pytest.mark.parametrize(
    ("claims", "expires_at"),
    [
        ({"exp": NOW + 1}, NOW + 1),
        ({"exp": (NOW + 600) * 1000}, NOW - 10 + 86_400),
        ({"exp": 2**62}, NOW - 10 + 86_400),
        ({"iat": NOW + CLOCK_SKEW_S, "nbf": NOW + CLOCK_SKEW_S}, NOW + 600),
        ({"aud": PUBLIC_URL}, NOW + 600),
        ({"aud": ["https://other.example", PUBLIC_URL]}, NOW + 600),
        ({"sub": "a" * 255}, NOW + 600),
    ],
)
def test_accepts_at_the_boundary_and_caps(claims: Members, expires_at: int) -> None:
    assert verify(access_token(**claims)).expires_at == expires_at


@pytest.mark.parametrize(
    "sign",
    [
        es256(ec_key("attacker")),
        rs256(),
        lambda _: b"\0" * 64,
        lambda _: b"s",
        hs256(json.dumps(ec_jwk()).encode()),
    ],
)
def test_refuses_a_signature(sign: Signer) -> None:
    assert refusal(access_token({}, sign)) is Reason.SIGNATURE_INVALID


def test_refuses_another_payload_under_a_good_signature() -> None:
    head, _, signature = access_token().split(".")
    payload = access_token(sub="mallory").split(".")[1]
    assert refusal(f"{head}.{payload}.{signature}") is Reason.SIGNATURE_INVALID


@pytest.mark.parametrize("kind", TokenKind)
@pytest.mark.parametrize("typ", ["at+jwt", "JWT", "vnd.ga4gh.passport+jwt", "vnd.ga4gh.visa+jwt"])
def test_no_kind_passes_for_another(kind: TokenKind, typ: str) -> None:
    text = jws(header(typ), times())
    if typ in KIND_RULES[kind].types:
        assert verify(text, kind).kind is kind
    else:
        assert refusal(text, kind) is Reason.WRONG_TYPE


SCOPES: list[tuple[Members, Reason]] = [
    ({"scope": MISSING}, Reason.SCOPE_INSUFFICIENT),
    ({"scope": "openid"}, Reason.SCOPE_INSUFFICIENT),
    ({"scope": "ga4gh_passport_v1"}, Reason.SCOPE_INSUFFICIENT),
    ({"scope": "openid,ga4gh_passport_v1"}, Reason.SCOPE_INSUFFICIENT),
    ({"scope": "OPENID ga4gh_passport_v1"}, Reason.SCOPE_INSUFFICIENT),
    ({"scope": ["openid", "ga4gh_passport_v1"]}, Reason.SCOPE_INSUFFICIENT),
    ({"ga4gh_passport_v1": []}, Reason.CLAIMS_OF_ANOTHER_KIND),
    ({"ga4gh_visa_v1": {}}, Reason.CLAIMS_OF_ANOTHER_KIND),
]


@pytest.mark.parametrize(("claims", "reason"), SCOPES)
def test_an_access_token_needs_both_scopes_and_no_ga4gh_claim(claims: Members, reason: Reason) -> None:
    with pytest.raises(Refused) as refused:
        check_access_token(verify(access_token(**claims)))
    assert refused.value.reason is reason
    check_access_token(verify(access_token(scope=f"email {SCOPE} profile")))


@pytest.mark.parametrize("visas", [None, {}, "text", ["a", 7], [["a"]], [None], MISSING])
def test_a_passport_is_a_list_of_texts(visas: JsonValue) -> None:
    with pytest.raises(Refused) as refused:
        passport_visas(verify(passport(ga4gh_passport_v1=visas), TokenKind.PASSPORT))
    assert refused.value.reason is Reason.CLAIM_MALFORMED


def test_a_passport_holds_a_bounded_number_of_visas() -> None:
    assert len(passport_visas(verify(passport(["v"] * MAXIMUM_VISAS), TokenKind.PASSPORT))) == MAXIMUM_VISAS
    with pytest.raises(Refused) as refused:
        passport_visas(verify(passport(["v"] * (MAXIMUM_VISAS + 1)), TokenKind.PASSPORT))
    assert refused.value.reason is Reason.TOO_MANY_VISAS


def test_tokens_do_not_show_in_a_repr() -> None:
    text = access_token()
    shown = repr(parse_token(text, ACCESS)) + repr(verify(text))
    assert not any(part in shown for part in text.split("."))
    assert "token-1" not in shown


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (0, 0),
        (NOW, NOW),
        (-1, None),
        (True, None),
        (1.0, None),
        ("1", None),
        (None, None),
        ([], None),
        (10**40, 10**40),
    ],
)
def test_times_are_whole_seconds(value: JsonValue, seconds: int | None) -> None:
    assert epoch_seconds(value) == seconds


def test_messages_name_the_kind_and_the_reason() -> None:
    with pytest.raises(InvalidCredential, match=r"^the access token is not valid: expired$"):
        verify(access_token(exp=NOW - 1))


def test_reasons_are_unique() -> None:
    assert all(first != second for first, second in pairwise(sorted(Reason)))
