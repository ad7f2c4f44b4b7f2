"""The development issuer: access tokens, passports and visas for tests and demonstrations, never for production."""

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import jwt

from core.errors import OperatorError
from core.strict_json import JsonValue
from passports.refusal import Reason, Refused
from passports.signing_key import SigningKey, load_or_create
from passports.tokens import (
    MAXIMUM_SUBJECT_LENGTH,
    MAXIMUM_VISAS,
    PASSPORT_CLAIM,
    PASSPORT_TYPE,
    VISA_CLAIM,
    VISA_TYPE,
    Token,
    TokenKind,
)
from passports.trust import ONE_DAY_S, TrustStore, development_trust
from passports.visa_specs import VisaSpec
from passports.visa_store import VisaStore

MAXIMUM_LIFETIME_S = ONE_DAY_S


class DevelopmentIssuer:
    """Signs for any user with any visas: whoever holds the home folder, where keys and store live, may see everything.

    It is also the ``VisaSource`` of its own access tokens: the server resolves in process what the command line minted.
    """

    def __init__(self, home: Path, public_url: str, *, clock: Callable[[], float] = time.time) -> None:
        """``public_url``: the node's, without a slash at the end. The key is made on first use of the home."""
        self._public_url = public_url
        self._clock = clock
        self._key: SigningKey = load_or_create(home / "keys" / "issuer.json")
        self._store = VisaStore(home / "passports")

    @property
    def issuer(self) -> str:
        """The ``iss`` of everything signed here."""
        return f"{self._public_url}/passports"

    @property
    def key_set_url(self) -> str:
        """Where the public keys are, and the ``jku`` of the visas."""
        return f"{self.issuer}/jwks"

    def key_set(self) -> dict[str, JsonValue]:
        """The public keys as a JWK set (RFC 7517 §5)."""
        return {"keys": [dict(self._key.public_jwk)]}

    def trust(self) -> TrustStore:
        """Trust in this issuer for this node's own datasets, with its key pinned."""
        return development_trust(
            issuer=self.issuer,
            key_set_url=self.key_set_url,
            public_url=self._public_url,
            keys={self._key.pinned.name: self._key.pinned},
        )

    def mint(
        self, user: str, visas: Sequence[VisaSpec], lifetime_s: int, kind: TokenKind = TokenKind.ACCESS_TOKEN
    ) -> str:
        """A signed access token or passport of ``user`` with these visas; raises ``OperatorError``.

        An access token holds no visas (AAI 1.2): they are stored beside it, until it expires.
        """
        self._check(user, visas, lifetime_s)
        now = int(self._clock())
        signed_visas = [self._visa(user, visa, now, lifetime_s) for visa in visas]
        claims = self._claims(user, now, lifetime_s)
        if kind is TokenKind.PASSPORT:
            return self._sign({**claims, PASSPORT_CLAIM: signed_visas}, {"typ": PASSPORT_TYPE})
        if kind is not TokenKind.ACCESS_TOKEN:
            message = "only access tokens and passports are minted on their own"
            raise OperatorError(message)
        self._store.remove_expired(now)
        self._store.put(str(claims["jti"]), now + lifetime_s, signed_visas)
        return self._sign({**claims, "scope": "openid ga4gh_passport_v1"}, {"typ": "at+jwt"})

    def issuers(self) -> tuple[str, ...]:
        """Access tokens of this issuer are resolved here."""
        return (self.issuer,)

    def visas_of(self, token: Token) -> tuple[str, ...]:
        """The visas that were minted with an access token; raises ``Refused`` and ``ServiceUnavailable``.

        A genuine token that the store does not know was taken back, by removing its file.
        """
        visas = None if token.token_id is None else self._store.get(token.token_id, token.expires_at)
        if visas is None:
            raise Refused(Reason.UNKNOWN_TO_ISSUER, token.kind.words)
        return visas

    def _check(self, user: str, visas: Sequence[VisaSpec], lifetime_s: int) -> None:
        if not 0 < len(user) <= MAXIMUM_SUBJECT_LENGTH or not (user.isascii() and user.isprintable()):
            message = f"a user is named by 1 to {MAXIMUM_SUBJECT_LENGTH} printable ASCII characters"
            raise OperatorError(message)
        if not 0 < lifetime_s <= MAXIMUM_LIFETIME_S:
            message = f"a token lives for 1 to {MAXIMUM_LIFETIME_S} seconds"
            raise OperatorError(message)
        if len(visas) > MAXIMUM_VISAS:
            message = f"a passport holds at most {MAXIMUM_VISAS} visas"
            raise OperatorError(message)

    def _visa(self, user: str, visa: VisaSpec, now: int, lifetime_s: int) -> str:
        claim: dict[str, JsonValue] = {
            "type": visa.type.value,
            "asserted": now,
            "value": visa.value,
            "source": self._public_url,
            "by": visa.by,
        }
        claims = self._claims(user, now, lifetime_s)
        return self._sign({**claims, VISA_CLAIM: claim}, {"typ": VISA_TYPE, "jku": self.key_set_url})

    def _claims(self, user: str, now: int, lifetime_s: int) -> dict[str, JsonValue]:
        return {
            "iss": self.issuer,
            "sub": user,
            "iat": now,
            "exp": now + lifetime_s,
            "jti": secrets.token_urlsafe(16),
        }

    def _sign(self, claims: Mapping[str, object], headers: Mapping[str, str]) -> str:
        named = {**headers, "kid": self._key.pinned.key_id}
        return jwt.encode(dict(claims), self._key.private_key, algorithm=self._key.pinned.algorithm, headers=named)
