import json
from contextlib import suppress
from itertools import pairwise

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.access import Subject
from core.errors import InvalidCredential
from core.strict_json import JsonValue
from passports.jwk import public_key
from passports.refusal import Reason, Refused
from passports.tokens import (
    CLOCK_SKEW_S,
    KIND_RULES,
    MAXIMUM_VISAS,
    Token,
    TokenChecks,
    TokenKind,
    check_access_token,
    epoch_seconds,
    parse_token,
    passport_visas,
    verify_token,
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
    rsa_jwk,
    rsa_key,
    times,
    visa,
)

KEYS = {key.name: key for key in (public_key(ec_jwk()), public_key(rsa_jwk()))}
CHECKS = TokenChecks(NOW, {PUBLIC_URL}, 86_400)
ACCESS = TokenKind.ACCESS_TOKEN
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def verify(text: str, kind: TokenKind = ACCESS) -> Token:
    return verify_token(parse_token(text, kind), KEYS, CHECKS)


def refusal(text: str, kind: TokenKind = ACCESS) -> Reason:
    with pytest.raises(Refused) as refused:
        verify(text, kind)
    assert not text or text[:20] not in refused.value.message
    return refused.value.reason


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
    ({"nbf": 10**30}, Reason.NOT_YET_VALID),
    ({"nbf": None}, Reason.CLAIM_MALFORMED),
    ({"iss": MISSING}, Reason.CLAIM_MISSING),
    ({"iss": 7}, Reason.CLAIM_MALFORMED),
    ({"iss": ""}, Reason.CLAIM_MALFORMED),
    ({"sub": MISSING}, Reason.CLAIM_MISSING),
    ({"sub": ["alice"]}, Reason.CLAIM_MALFORMED),
    ({"sub": "a" * 256}, Reason.CLAIM_MALFORMED),
    ({"sub": "ålice"}, Reason.CLAIM_MALFORMED),
    ({"sub": "alice\n"}, Reason.CLAIM_MALFORMED),
    ({"sub": "\ud800"}, Reason.CLAIM_MALFORMED),
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
        ({"exp": 2**80}, NOW - 10 + 86_400),
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


SPELLINGS: list[tuple[str, Reason]] = [
    ("", Reason.NOT_COMPACT_JWS),
    ("a.b", Reason.NOT_COMPACT_JWS),
    (access_token() + ".x", Reason.NOT_COMPACT_JWS),
    ("e.e.e.e.e", Reason.NOT_COMPACT_JWS),
    ("." * 9_000, Reason.NOT_COMPACT_JWS),
    ("..", Reason.NOT_BASE64URL),
    (access_token() + "=", Reason.NOT_BASE64URL),
    (access_token() + "==", Reason.NOT_BASE64URL),
    (access_token() + "\n", Reason.NOT_BASE64URL),
    (" " + access_token(), Reason.NOT_BASE64URL),
    ("\ufeff" + access_token(), Reason.NOT_BASE64URL),
    ("é" + access_token(), Reason.NOT_BASE64URL),
    ("\ud800" + access_token(), Reason.NOT_BASE64URL),
    (access_token().rsplit(".", 1)[0] + ".", Reason.NOT_BASE64URL),
    (access_token().rsplit(".", 1)[0] + ".++//", Reason.NOT_BASE64URL),
    (access_token(pad="p" * 20_000), Reason.TOO_LARGE),
]


@pytest.mark.parametrize(("text", "reason"), SPELLINGS)
def test_refuses_a_spelling(text: str, reason: Reason) -> None:
    assert refusal(text) is reason


def test_a_signature_has_one_spelling() -> None:
    """64 bytes leave four bits unused in the last character: only one of the sixteen spellings counts."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    text = access_token()
    last = alphabet.index(text[-1])
    for other in range(last - last % 16, last - last % 16 + 16):
        if other != last:
            assert refusal(text[:-1] + alphabet[other]) is Reason.NOT_BASE64URL


CLAIM_BYTES: list[bytes] = [
    b"[]",
    b"null",
    b'"text"',
    b"{",
    b'{"iss":"a","iss":"b"}',
    b'{"aud":{"x":1,"x":1}}',
    b'{"iat":NaN}',
    b'{"iat":-Infinity}',
    b'{"iat":1e400}',
    b'{"iat":' + b"9" * 5000 + b"}",
    b"\xff\xfe",
    b'\xef\xbb\xbf{"iss":"a"}',
    b'{"a":' * 17 + b"1" + b"}" * 17,
    b'{"a":' + b"[" * 8000,
]


@pytest.mark.parametrize("data", CLAIM_BYTES)
def test_refuses_json_that_two_parsers_could_read_differently(data: bytes) -> None:
    assert refusal(jws(header("at+jwt"), data)) is Reason.NOT_STRICT_JSON
    assert refusal(jws(data, times())) is Reason.NOT_STRICT_JSON


def test_refuses_very_deep_json_in_a_large_passport() -> None:
    deep = b'{"a":' + b"[" * 100_000
    assert refusal(jws(header("vnd.ga4gh.passport+jwt"), deep), TokenKind.PASSPORT) is Reason.NOT_STRICT_JSON
    assert refusal("A" * 10_000_000 + ".A.A", TokenKind.PASSPORT) is Reason.TOO_LARGE


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


@given(st.text(alphabet=st.characters(codec="utf-8") | st.just("."), max_size=60), st.sampled_from(TokenKind))
def test_any_text_is_an_invalid_credential(text: str, kind: TokenKind) -> None:
    with pytest.raises(InvalidCredential):
        verify(text, kind)


@given(
    st.dictionaries(st.sampled_from(["alg", "typ", "kid", "jku", "crit", "x"]), JSON),
    st.dictionaries(st.sampled_from(["iss", "sub", "iat", "exp", "nbf", "aud", "jti", "scope"]), JSON),
    st.sampled_from(TokenKind),
)
def test_any_json_signed_by_a_trusted_key_is_a_token_or_an_invalid_credential(
    head: dict[str, JsonValue], claims: dict[str, JsonValue], kind: TokenKind
) -> None:
    with suppress(InvalidCredential):
        token = verify(jws({**header("JWT"), **head}, {**times(), **claims}), kind)
        assert NOW < token.expires_at <= NOW + 86_400 + CLOCK_SKEW_S


@given(st.data())
def test_every_changed_character_voids_a_token(data: st.DataObject) -> None:
    text = access_token()
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda character: character != text[place]))
    with pytest.raises(InvalidCredential):
        verify(text[:place] + other + text[place + 1 :])


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
