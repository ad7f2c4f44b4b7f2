from contextlib import suppress

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from core.strict_json import JsonValue
from passports.jwk import KeyRefused, decode_base64url, encode_base64url, public_key, public_keys
from passports.refusal import Reason, Refused
from tests.passports.forge import MISSING, Signer, ec_jwk, ec_key, encode, es256, number, rs256, rsa_jwk, rsa_key

MESSAGE = b"header.payload"


@given(st.binary(min_size=1))
def test_base64url_comes_back(data: bytes) -> None:
    assert encode_base64url(data) == encode(data)
    assert decode_base64url(encode(data)) == data


@given(st.text(alphabet="ABab01-_=+/ \n\té.", max_size=12))
def test_base64url_has_one_spelling(text: str) -> None:
    with suppress(Refused):
        assert encode(decode_base64url(text)) == text


@pytest.mark.parametrize("text", ["", "A", "QQ==", "QR", "Q Q", "QQ\n", "+A", "/A", "QQé"])
def test_base64url_refuses(text: str) -> None:
    with pytest.raises(Refused):
        decode_base64url(text)


def test_reads_what_another_library_writes() -> None:
    document = jwt.algorithms.ECAlgorithm.to_jwk(ec_key().public_key(), as_dict=True)
    assert public_key({**document, "kid": "k"}).public_key == ec_key().public_key()
    document = jwt.algorithms.RSAAlgorithm.to_jwk(rsa_key().public_key(), as_dict=True)
    assert public_key({**document, "kid": "k"}).public_key == rsa_key().public_key()


@pytest.mark.parametrize(
    ("jwk", "algorithm"),
    [
        (ec_jwk(), "ES256"),
        (ec_jwk(alg="ES256", use="sig"), "ES256"),
        (rsa_jwk(), "RS256"),
        (rsa_jwk(alg="RS256", key_ops=["verify"], x5t="ignored"), "RS256"),
    ],
)
def test_binds_a_key_to_one_algorithm(jwk: dict[str, JsonValue], algorithm: str) -> None:
    key = public_key(jwk)
    assert key.name == (jwk["kid"], algorithm)


def p384() -> dict[str, JsonValue]:
    numbers = ec.generate_private_key(ec.SECP384R1()).public_key().public_numbers()
    return ec_jwk(crv="P-384", x=number(numbers.x, 48), y=number(numbers.y, 48))


@pytest.mark.parametrize(
    "jwk",
    [
        None,
        [],
        "key",
        {},
        ec_jwk(kid=MISSING),
        ec_jwk(kid=""),
        ec_jwk(kid=7),
        ec_jwk(kty="OKP"),
        ec_jwk(kty=["EC"]),
        {"kty": "oct", "kid": "k", "k": "AAAA"},
        ec_jwk(d="AAAA"),
        ec_jwk(alg="RS256"),
        ec_jwk(alg="ES384"),
        ec_jwk(alg=None),
        ec_jwk(use="enc"),
        ec_jwk(use=None),
        ec_jwk(key_ops=["sign"]),
        ec_jwk(key_ops="verify"),
        ec_jwk(y=MISSING),
        ec_jwk(y=number(1, 32)),
        ec_jwk(x="=="),
        ec_jwk(x=number(2**300)),
        p384(),
        rsa_jwk(alg="PS256"),
        rsa_jwk(alg="HS256"),
        rsa_jwk(e=number(1)),
        rsa_jwk(e=number(3)),
        rsa_jwk(e=number(65538)),
        rsa_jwk(rsa_key(bits=1024)),
        rsa_jwk(n=number(2**8192 + 1)),
        rsa_jwk(n=5),
    ],
)
def test_refuses_a_key_that_is_not_fit(jwk: JsonValue) -> None:
    with pytest.raises(KeyRefused):
        public_key(jwk)


def test_a_bad_key_does_not_harm_the_good_ones() -> None:
    same = "one-kid-for-all"
    document: JsonValue = {
        "keys": [p384() | {"kid": same}, 7, ec_jwk(kid=same), rsa_jwk(kid=same), ec_jwk(ec_key("b"), kid=same)]
    }
    keys = public_keys(document)
    assert set(keys) == {(same, "ES256"), (same, "RS256")}
    assert keys[same, "ES256"].public_key == ec_key().public_key()


@pytest.mark.parametrize("document", [None, [], {}, {"keys": None}, {"keys": {}}, {"keys": []}])
def test_a_set_without_keys_is_empty(document: JsonValue) -> None:
    assert public_keys(document) == {}


def test_verifies_signatures() -> None:
    public_key(ec_jwk()).verify(es256()(MESSAGE), MESSAGE)
    public_key(rsa_jwk()).verify(rs256()(MESSAGE), MESSAGE)


@pytest.mark.parametrize("jwk", [ec_jwk(), rsa_jwk()])
@given(signature=st.one_of(st.binary(max_size=80), st.binary(min_size=64, max_size=64), st.just(b"\0" * 64)))
def test_refuses_any_other_signature(jwk: dict[str, JsonValue], signature: bytes) -> None:
    with pytest.raises(Refused) as refused:
        public_key(jwk).verify(signature, MESSAGE)
    assert refused.value.reason is Reason.SIGNATURE_INVALID


@pytest.mark.parametrize(("jwk", "sign"), [(ec_jwk(), es256()), (rsa_jwk(), rs256())])
def test_refuses_every_single_flipped_bit(jwk: dict[str, JsonValue], sign: Signer) -> None:
    signature, key = sign(MESSAGE), public_key(jwk)
    for bit in range(8 * len(signature)):
        spoiled = bytearray(signature)
        spoiled[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Refused):
            key.verify(bytes(spoiled), MESSAGE)
