"""One token: strict compact JWS, signature and times (RFC 7515, RFC 8725, AAI 1.2), before anyone believes it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from core.access import Subject
from core.errors import InvalidRequest
from core.strict_json import JsonValue, parse_json_object
from passports.jwk import ALGORITHMS, KeyName, PinnedKey, decode_base64url
from passports.refusal import Reason, Refused

CLOCK_SKEW_S = 60
"""How far another clock may run ahead: for ``iat`` and ``nbf``. ``exp`` has no leeway, since nothing may outlive it."""

MAXIMUM_DEPTH = 16
MAXIMUM_SUBJECT_LENGTH = 255
MAXIMUM_VISAS = 200
PARTS_OF_A_COMPACT_JWS = 3
REQUIRED_SCOPES = frozenset({"openid", "ga4gh_passport_v1"})
PASSPORT_CLAIM = "ga4gh_passport_v1"
VISA_CLAIM = "ga4gh_visa_v1"
PASSPORT_TYPE = "vnd.ga4gh.passport+jwt"
VISA_TYPE = "vnd.ga4gh.visa+jwt"

_REFUSED_HEADERS = frozenset({"crit", "b64", "zip", "jwk", "x5c", "x5u"})


class TokenKind(StrEnum):
    """The kinds of token of AAI 1.2; none is accepted in another's place."""

    ACCESS_TOKEN = "access_token"  # noqa: S105 (a kind, not a secret)
    PASSPORT = "passport"
    VISA = "visa"

    @property
    def words(self) -> str:
        """The kind as messages name it."""
        return self.value.replace("_", " ")


@dataclass(frozen=True, slots=True)
class KindRule:
    """What the header says of a kind of token, and how large one may be; a ``None`` type means that it is absent."""

    types: frozenset[str | None]
    maximum_bytes: int


KIND_RULES: Mapping[TokenKind, KindRule] = {
    TokenKind.ACCESS_TOKEN: KindRule(frozenset({"at+jwt", "JWT"}), 16 * 1024),
    TokenKind.PASSPORT: KindRule(frozenset({PASSPORT_TYPE}), 1024 * 1024),
    TokenKind.VISA: KindRule(frozenset({VISA_TYPE, "JWT", None}), 16 * 1024),
}
"""One row for each kind of token (AAI 1.2, "Conformance for JWTs"; the sizes are ours)."""


@dataclass(frozen=True, slots=True)
class UnverifiedToken:
    """A token that is well formed, and nothing more: only good for finding the key that must have signed it."""

    kind: TokenKind
    algorithm: str
    key_id: str
    key_set_url: str | None
    issuer: str
    claims: Mapping[str, JsonValue] = field(repr=False)
    signed: bytes = field(repr=False)
    signature: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Token:
    """A token whose signature, times and audience were checked; ``expires_at`` is already capped to policy."""

    kind: TokenKind
    identity: Subject
    expires_at: int
    claims: Mapping[str, JsonValue] = field(repr=False)

    @property
    def token_id(self) -> str | None:
        """The ``jti``, where the token has one."""
        token_id = self.claims.get("jti")
        return token_id if isinstance(token_id, str) else None


@dataclass(frozen=True, slots=True)
class TokenChecks:
    """What a token is checked against: the time, our names as audience, the greatest age in seconds since ``iat``."""

    now: int
    audiences: Collection[str]
    maximum_age_s: int


def parse_token(text: str, kind: TokenKind) -> UnverifiedToken:
    """Read a compact JWS (RFC 7515 §7.1) without believing it; raises ``Refused``, never another error."""
    if len(text) > KIND_RULES[kind].maximum_bytes:
        raise Refused(Reason.TOO_LARGE, kind.words)
    parts = text.split(".", PARTS_OF_A_COMPACT_JWS)
    if len(parts) != PARTS_OF_A_COMPACT_JWS:
        raise Refused(Reason.NOT_COMPACT_JWS, kind.words)
    header_bytes, claims_bytes, signature = (decode_base64url(part) for part in parts)
    header, claims = _json_object(header_bytes), _json_object(claims_bytes)
    return UnverifiedToken(
        kind=kind,
        algorithm=_check_header(header, kind),
        key_id=_key_id(header, kind),
        key_set_url=_key_set_url(header, kind),
        issuer=_text_claim(claims, "iss", kind),
        claims=claims,
        signed=text[: text.rindex(".")].encode("ascii"),
        signature=signature,
    )


def verify_token(token: UnverifiedToken, keys: Mapping[KeyName, PinnedKey], checks: TokenChecks) -> Token:
    """Check the signature with the issuer's pinned keys, then times and audience; raises ``Refused``.

    ``exp`` beyond ``iat`` plus the greatest age is capped to that, so that no far-future value ever overflows.
    """
    key = keys.get((token.key_id, token.algorithm))
    if key is None:
        raise Refused(Reason.KEY_UNKNOWN, token.kind.words)
    key.verify(token.signature, token.signed)
    subject = _text_claim(token.claims, "sub", token.kind)
    if len(subject) > MAXIMUM_SUBJECT_LENGTH or not (subject.isascii() and subject.isprintable()):
        raise Refused(Reason.CLAIM_MALFORMED, token.kind.words)
    _check_audience(token, checks.audiences)
    return Token(token.kind, Subject(token.issuer, subject), _expiry(token, checks), token.claims)


def check_access_token(token: Token) -> None:
    """A Passport-Scoped Access Token has both scopes and no GA4GH claim (AAI 1.2); raises ``Refused``."""
    scope = token.claims.get("scope")
    if not isinstance(scope, str) or not set(scope.split(" ")) >= REQUIRED_SCOPES:
        raise Refused(Reason.SCOPE_INSUFFICIENT, token.kind.words)
    if any(claim.startswith("ga4gh_") for claim in token.claims):
        raise Refused(Reason.CLAIMS_OF_ANOTHER_KIND, token.kind.words)


def passport_visas(token: Token) -> tuple[str, ...]:
    """The visas inside a passport, unread (AAI 1.2, "Passport JWT"); raises ``Refused``."""
    visas = token.claims.get(PASSPORT_CLAIM)
    if not isinstance(visas, list):
        raise Refused(Reason.CLAIM_MALFORMED, token.kind.words)
    texts = tuple(visa for visa in visas if isinstance(visa, str))
    if len(texts) != len(visas):
        raise Refused(Reason.CLAIM_MALFORMED, token.kind.words)
    if len(texts) > MAXIMUM_VISAS:
        raise Refused(Reason.TOO_MANY_VISAS, token.kind.words)
    return texts


def epoch_seconds(value: JsonValue) -> int | None:
    """A time as AAI tokens write it: a whole number of seconds, never text, fraction, boolean or negative."""
    return value if type(value) is int and value >= 0 else None


def _json_object(data: bytes) -> dict[str, JsonValue]:
    try:
        return parse_json_object(data, maximum_depth=MAXIMUM_DEPTH)
    except InvalidRequest as error:
        raise Refused(Reason.NOT_STRICT_JSON) from error


def _check_header(header: Mapping[str, JsonValue], kind: TokenKind) -> str:
    if _REFUSED_HEADERS & header.keys():
        raise Refused(Reason.HEADER_REFUSED, kind.words)
    algorithm, token_type = header.get("alg"), header.get("typ")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise Refused(Reason.ALGORITHM_REFUSED, kind.words)
    named = isinstance(token_type, str) or "typ" not in header
    if not named or token_type not in KIND_RULES[kind].types:
        raise Refused(Reason.WRONG_TYPE, kind.words)
    return algorithm


def _key_id(header: Mapping[str, JsonValue], kind: TokenKind) -> str:
    key_id = header.get("kid")
    if not isinstance(key_id, str) or not key_id:
        raise Refused(Reason.KEY_ID_MALFORMED, kind.words)
    return key_id


def _key_set_url(header: Mapping[str, JsonValue], kind: TokenKind) -> str | None:
    url = header.get("jku")
    if "jku" in header and not isinstance(url, str):
        raise Refused(Reason.HEADER_REFUSED, kind.words)
    return url if isinstance(url, str) else None


def _text_claim(claims: Mapping[str, JsonValue], name: str, kind: TokenKind) -> str:
    value = claims.get(name)
    if value is None:
        raise Refused(Reason.CLAIM_MISSING, kind.words)
    if not isinstance(value, str) or not value:
        raise Refused(Reason.CLAIM_MALFORMED, kind.words)
    return value


def _time_claim(claims: Mapping[str, JsonValue], name: str, kind: TokenKind) -> int:
    if name not in claims:
        raise Refused(Reason.CLAIM_MISSING, kind.words)
    seconds = epoch_seconds(claims[name])
    if seconds is None:
        raise Refused(Reason.CLAIM_MALFORMED, kind.words)
    return seconds


def _expiry(token: UnverifiedToken, checks: TokenChecks) -> int:
    issued_at = _time_claim(token.claims, "iat", token.kind)
    expires_at = min(_time_claim(token.claims, "exp", token.kind), issued_at + checks.maximum_age_s)
    not_before = _time_claim(token.claims, "nbf", token.kind) if "nbf" in token.claims else issued_at
    if max(issued_at, not_before) > checks.now + CLOCK_SKEW_S:
        raise Refused(Reason.NOT_YET_VALID, token.kind.words)
    if expires_at <= checks.now:
        raise Refused(Reason.EXPIRED, token.kind.words)
    return expires_at


def _check_audience(token: UnverifiedToken, audiences: Collection[str]) -> None:
    """A token made for somebody else is refused (RFC 7519 §4.1.3); one without audience is for everybody."""
    if "aud" not in token.claims:
        return
    named = token.claims["aud"]
    members = named if isinstance(named, list) else [named]
    if not all(isinstance(member, str) for member in members):
        raise Refused(Reason.CLAIM_MALFORMED, token.kind.words)
    if not any(audience in members for audience in audiences):
        raise Refused(Reason.AUDIENCE_OTHER, token.kind.words)
