"""Public keys of issuers: JSON Web Keys read strictly, each bound to one algorithm (RFC 7517, RFC 8725 §3.1)."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from core.strict_json import JsonValue
from passports.refusal import Reason, Refused

ALGORITHMS = frozenset({"RS256", "ES256"})
"""The only algorithms of AAI 1.2 (AAI OpenID Connect Profile, "Signing Algorithms")."""

MINIMUM_RSA_BITS = 2048
MAXIMUM_RSA_BITS = 8192
MINIMUM_RSA_EXPONENT = 65537
P256_BYTES = 32

_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")
_SECRET_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})

KeyName = tuple[str, str]
"""What a key is found by: its ``kid`` and its one algorithm."""


class KeyRefused(ValueError):
    """A key that is not used here, said in words for the operator."""


@dataclass(frozen=True, slots=True)
class PinnedKey:
    """One public key with the one algorithm that it serves."""

    key_id: str
    algorithm: str
    public_key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey

    @property
    def name(self) -> KeyName:
        """What the key is found by."""
        return self.key_id, self.algorithm

    def verify(self, signature: bytes, signed: bytes) -> None:
        """Check a JWS signature (RFC 7518 §3.3 and §3.4); raises ``Refused``."""
        try:
            if isinstance(self.public_key, rsa.RSAPublicKey):
                self.public_key.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
            else:
                self.public_key.verify(_distinguished(signature), signed, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature as error:
            raise Refused(Reason.SIGNATURE_INVALID) from error


def _distinguished(signature: bytes) -> bytes:
    """The two numbers of an ES256 signature (RFC 7518 §3.4) in the form that the library reads."""
    if len(signature) != 2 * P256_BYTES:
        raise InvalidSignature
    first, second = signature[:P256_BYTES], signature[P256_BYTES:]
    return encode_dss_signature(int.from_bytes(first, "big"), int.from_bytes(second, "big"))


def decode_base64url(text: str) -> bytes:
    """Decode canonical base64url without padding (RFC 7515 §2): one byte string has exactly one spelling.

    Raises ``Refused``.
    """
    if not _BASE64URL.fullmatch(text) or len(text) % 4 == 1:
        raise Refused(Reason.NOT_BASE64URL)
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encode_base64url(data) != text:
        raise Refused(Reason.NOT_BASE64URL)
    return data


def encode_base64url(data: bytes) -> str:
    """Base64url without padding (RFC 7515 §2)."""
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def public_key(jwk: JsonValue) -> PinnedKey:
    """Read one public JWK that is fit for RS256 or ES256; raises ``KeyRefused``."""
    if not isinstance(jwk, dict):
        message = "a key must be a JSON object"
        raise KeyRefused(message)
    key_id = _text(jwk, "kid")
    _check_purpose(jwk)
    kind = _text(jwk, "kty")
    if kind == "RSA":
        return PinnedKey(key_id, _algorithm(jwk, "RS256"), _rsa(jwk))
    if kind == "EC":
        return PinnedKey(key_id, _algorithm(jwk, "ES256"), _p256(jwk))
    message = "only keys of kty RSA and EC are used"
    raise KeyRefused(message)


def public_keys(document: JsonValue) -> dict[KeyName, PinnedKey]:
    """The usable keys of a JWK set (RFC 7517 §5): keys that are not fit are left out and harm no other."""
    members = document.get("keys") if isinstance(document, dict) else None
    keys: dict[KeyName, PinnedKey] = {}
    for member in members if isinstance(members, list) else []:
        try:
            key = public_key(member)
        except KeyRefused:
            continue
        keys.setdefault(key.name, key)
    return keys


def _check_purpose(jwk: Mapping[str, JsonValue]) -> None:
    """A key that signs for others to verify holds no secret and is declared for nothing else."""
    if _SECRET_MEMBERS & jwk.keys():
        message = "a public key must not hold private members"
        raise KeyRefused(message)
    if jwk.get("use", "sig") != "sig":
        message = "use must be sig"
        raise KeyRefused(message)
    operations = jwk.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        message = "key_ops must hold verify"
        raise KeyRefused(message)


def _algorithm(jwk: Mapping[str, JsonValue], only: str) -> str:
    if jwk.get("alg", only) != only:
        message = f"a key of this kty is used with {only} only"
        raise KeyRefused(message)
    return only


def _rsa(jwk: Mapping[str, JsonValue]) -> rsa.RSAPublicKey:
    modulus, exponent = _number(jwk, "n"), _number(jwk, "e")
    if not MINIMUM_RSA_BITS <= modulus.bit_length() <= MAXIMUM_RSA_BITS:
        message = f"an RSA key must have {MINIMUM_RSA_BITS} to {MAXIMUM_RSA_BITS} bits"
        raise KeyRefused(message)
    if exponent < MINIMUM_RSA_EXPONENT:
        message = f"the exponent of an RSA key must be at least {MINIMUM_RSA_EXPONENT}"
        raise KeyRefused(message)
    try:
        return rsa.RSAPublicNumbers(exponent, modulus).public_key()
    except ValueError as error:
        message = "not an RSA key"
        raise KeyRefused(message) from error


def _p256(jwk: Mapping[str, JsonValue]) -> ec.EllipticCurvePublicKey:
    if jwk.get("crv") != "P-256":
        message = "an EC key must be on P-256"
        raise KeyRefused(message)
    try:
        return ec.EllipticCurvePublicNumbers(_number(jwk, "x"), _number(jwk, "y"), ec.SECP256R1()).public_key()
    except ValueError as error:
        message = "not a point of P-256"
        raise KeyRefused(message) from error


def _number(jwk: Mapping[str, JsonValue], member: str) -> int:
    try:
        return int.from_bytes(decode_base64url(_text(jwk, member)), "big")
    except Refused as error:
        message = f"{member} must be base64url"
        raise KeyRefused(message) from error


def _text(jwk: Mapping[str, JsonValue], member: str) -> str:
    value = jwk.get(member)
    if not isinstance(value, str) or not value:
        message = f"{member} must be a text"
        raise KeyRefused(message)
    return value
