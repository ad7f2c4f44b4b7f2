"""The development issuer's signing key: made on demand in the node's home, read by its owner only."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import orjson
from cryptography.hazmat.primitives.asymmetric import ec

from core.durable import sync_folder, write_atomically
from core.errors import InvalidRequest, OperatorError
from core.strict_json import JsonValue, parse_json_object
from passports.jwk import P256_BYTES, KeyRefused, PinnedKey, decode_base64url, encode_base64url, public_key
from passports.refusal import Refused


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An ES256 key pair; ``public_jwk`` is what everybody may see."""

    pinned: PinnedKey
    public_jwk: Mapping[str, JsonValue]
    private_key: ec.EllipticCurvePrivateKey


def load_or_create(path: Path) -> SigningKey:
    """The key in the file, made first where there is none; whoever of several processes is first wins.

    Raises ``OperatorError`` for a file that does not hold such a key.
    """
    if not path.exists():
        _create(path)
    try:
        return _read(parse_json_object(path.read_bytes()))
    except (OSError, InvalidRequest, KeyRefused, Refused, ValueError) as error:
        message = f"{path} does not hold the issuer's key; remove the file to get a new one (tokens signed so far end)"
        raise OperatorError(message) from error


def _create(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    write_atomically(draft, orjson.dumps(_new_jwk()), mode=0o600)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    sync_folder(path.parent)


def _new_jwk() -> dict[str, JsonValue]:
    numbers = ec.generate_private_key(ec.SECP256R1()).private_numbers()
    x, y, d = (
        encode_base64url(number.to_bytes(P256_BYTES, "big"))
        for number in (numbers.public_numbers.x, numbers.public_numbers.y, numbers.private_value)
    )
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y, "d": d, "kid": _thumbprint(x, y), "alg": "ES256", "use": "sig"}


def _thumbprint(x: str, y: str) -> str:
    """A key id that follows from the key (RFC 7638)."""
    members = {"crv": "P-256", "kty": "EC", "x": x, "y": y}
    return encode_base64url(sha256(orjson.dumps(members)).digest())


def _read(jwk: Mapping[str, JsonValue]) -> SigningKey:
    """Raises ``KeyRefused``, ``Refused`` or ``ValueError`` for anything but an EC key pair whose halves agree."""
    public_jwk = {name: value for name, value in jwk.items() if name != "d"}
    pinned, secret = public_key(public_jwk), jwk.get("d")
    if not isinstance(pinned.public_key, ec.EllipticCurvePublicKey) or not isinstance(secret, str):
        message = "not a private EC key"
        raise KeyRefused(message)
    number = int.from_bytes(decode_base64url(secret), "big")
    numbers = ec.EllipticCurvePrivateNumbers(number, pinned.public_key.public_numbers())
    return SigningKey(pinned, public_jwk, numbers.private_key())
