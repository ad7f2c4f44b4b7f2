"""Tokens of every kind, right and wrong, put together by hand: nothing here comes from the code under test."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import MappingProxyType

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from core.strict_json import JsonValue

NOW = 1_800_000_000
PUBLIC_URL = "https://genvej.example.org"
ISSUER = f"{PUBLIC_URL}/passports"
JKU = f"{ISSUER}/jwks"
USER = "alice"
MISSING = "\0left out"
"""Marks a member that is to be left out."""
DOI = "https://doi.org/10.1038/s41431-018-0219-y"
EC_KID = "ec-1"
RSA_KID = "rsa-1"
SCOPE = "openid ga4gh_passport_v1"

Signer = Callable[[bytes], bytes]
Members = Mapping[str, JsonValue]
NOTHING: Members = MappingProxyType({})


@cache
def ec_key(_name: str = "issuer") -> ec.EllipticCurvePrivateKey:
    """A P-256 key pair; one for each name."""
    return ec.generate_private_key(ec.SECP256R1())


@cache
def rsa_key(_name: str = "issuer", bits: int = 2048) -> rsa.RSAPrivateKey:
    """An RSA key pair; one for each name and size."""
    return rsa.generate_private_key(65537, bits)


def number(value: int, size: int | None = None) -> str:
    return encode(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


def ec_jwk(key: ec.EllipticCurvePrivateKey | None = None, **changes: JsonValue) -> dict[str, JsonValue]:
    numbers = (key or ec_key()).public_key().public_numbers()
    jwk: dict[str, JsonValue] = {
        "kty": "EC",
        "crv": "P-256",
        "x": number(numbers.x, 32),
        "y": number(numbers.y, 32),
        "kid": EC_KID,
    }
    return changed(jwk, changes)


def rsa_jwk(key: rsa.RSAPrivateKey | None = None, **changes: JsonValue) -> dict[str, JsonValue]:
    numbers = (key or rsa_key()).public_key().public_numbers()
    return changed({"kty": "RSA", "n": number(numbers.n), "e": number(numbers.e), "kid": RSA_KID}, changes)


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def es256(key: ec.EllipticCurvePrivateKey | None = None) -> Signer:
    def sign(data: bytes) -> bytes:
        r, s = decode_dss_signature((key or ec_key()).sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    return sign


def rs256(key: rsa.RSAPrivateKey | None = None) -> Signer:
    return lambda data: (key or rsa_key()).sign(data, padding.PKCS1v15(), hashes.SHA256())


def hs256(secret: bytes) -> Signer:
    return lambda data: hmac.new(secret, data, hashlib.sha256).digest()


def jws(header: Members | bytes, claims: Members | bytes, sign: Signer | None = None) -> str:
    """A compact JWS with exactly this header and these claims; bytes are taken as they are."""
    parts = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, claims)]
    signed = ".".join(encode(part) for part in parts)
    return f"{signed}.{encode((sign or es256())(signed.encode()))}"


def changed(members: Members, changes: Members) -> dict[str, JsonValue]:
    return {name: value for name, value in {**members, **changes}.items() if value != MISSING}


def times(**changes: JsonValue) -> dict[str, JsonValue]:
    return changed({"iss": ISSUER, "sub": USER, "iat": NOW - 10, "exp": NOW + 600}, changes)


def header(typ: str, /, **changes: JsonValue) -> dict[str, JsonValue]:
    return changed({"alg": "ES256", "typ": typ, "kid": EC_KID}, changes)


def access_token(head: Members = NOTHING, sign: Signer | None = None, /, **claims: JsonValue) -> str:
    return jws(header("at+jwt", **head), times(**{"scope": SCOPE, "jti": "token-1", **claims}), sign)


def passport(
    visas: Sequence[str] = (), head: Members = NOTHING, sign: Signer | None = None, /, **claims: JsonValue
) -> str:
    claim: JsonValue = [*visas]
    return jws(
        header("vnd.ga4gh.passport+jwt", **head),
        times(**changed({"ga4gh_passport_v1": claim, "jti": "passport-1"}, claims)),
        sign,
    )


def visa_object(
    visa_type: JsonValue = "ControlledAccessGrants", value: JsonValue = "dk-1", **changes: JsonValue
) -> dict[str, JsonValue]:
    by = {"ControlledAccessGrants": "dac", "AcceptedTermsAndPolicies": "self"}.get(str(visa_type), "so")
    members: Members = {"type": visa_type, "value": value, "source": PUBLIC_URL, "by": by, "asserted": NOW - 100}
    return changed(members, changes)


def visa(obj: JsonValue = None, head: Members = NOTHING, sign: Signer | None = None, /, **claims: JsonValue) -> str:
    members = times(**changed({"ga4gh_visa_v1": visa_object() if obj is None else obj}, claims))
    return jws(header("vnd.ga4gh.visa+jwt", **{"jku": JKU, **head}), members, sign)


def registered_visas(exp: int = NOW + 600) -> tuple[str, str]:
    return (
        visa(visa_object("ResearcherStatus", DOI), exp=exp),
        visa(visa_object("AcceptedTermsAndPolicies", DOI), exp=exp),
    )
