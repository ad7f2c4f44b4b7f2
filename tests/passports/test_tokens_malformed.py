"""Tokens that are spelled or built wrongly, by hand and at random: always an invalid credential, never another error."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidCredential
from core.strict_json import JsonValue
from passports.refusal import Reason
from passports.tokens import CLOCK_SKEW_S, TokenKind
from tests.passports.forge import NOW, access_token, header, jws, times
from tests.passports.verification import refusal, verify

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


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
