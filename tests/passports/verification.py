"""Verification of one token with the forge's keys, as the tests of tokens call it."""

import pytest

from passports.jwk import public_key
from passports.refusal import Reason, Refused
from passports.tokens import Token, TokenChecks, TokenKind, parse_token, verify_token
from tests.passports.forge import NOW, PUBLIC_URL, ec_jwk, rsa_jwk

KEYS = {key.name: key for key in (public_key(ec_jwk()), public_key(rsa_jwk()))}
CHECKS = TokenChecks(NOW, {PUBLIC_URL}, 86_400)
ACCESS = TokenKind.ACCESS_TOKEN


def verify(text: str, kind: TokenKind = ACCESS) -> Token:
    return verify_token(parse_token(text, kind), KEYS, CHECKS)


def refusal(text: str, kind: TokenKind = ACCESS) -> Reason:
    with pytest.raises(Refused) as refused:
        verify(text, kind)
    assert not text or text[:20] not in refused.value.message
    return refused.value.reason
