"""The clearinghouse: credentials in, one ``Decision`` out, with a bounded cache (AAI 1.2, "Passport Clearinghouse")."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol

from core.access import Decision
from core.errors import InvalidRequest, RequestTooLarge
from passports.decision_cache import DecisionCache, Policies
from passports.policy import Caller, VisaChecks, decide, decide_anonymous, judge_visas
from passports.refusal import Reason, Refused
from passports.tokens import (
    MAXIMUM_VISAS,
    Token,
    TokenChecks,
    TokenKind,
    check_access_token,
    parse_token,
    passport_visas,
    verify_token,
)
from passports.trust import TrustStore

MAXIMUM_PASSPORTS = 8
CACHED_DECISIONS = 1024

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Credentials:
    """What one request presents: an access token from its header, passports from a DRS body, or nothing.

    Tokens never show in a ``repr``, which is what ends up in logs and traces.
    """

    bearer: str | None = field(default=None, repr=False)
    passports: tuple[str, ...] = field(default=(), repr=False)

    def digest(self) -> bytes:
        """SHA-256 over the exact bytes presented, so that no two different presentations share a decision."""
        parts = (() if self.bearer is None else ("bearer", self.bearer), ("passports", *self.passports))
        texts = (text.encode("utf-8", "surrogatepass") for part in parts for text in part)
        return sha256(b"".join(sha256(text).digest() for text in texts)).digest()


class VisaSource(Protocol):
    """Where the visas behind an access token are found: in process, or at an issuer's UserInfo."""

    def issuers(self) -> Iterable[str]:
        """The ``iss`` values whose access tokens this source can resolve."""
        ...

    def visas_of(self, token: Token) -> tuple[str, ...]:
        """The visas of a verified access token, unread.

        Raises ``InvalidCredential`` for a token that its issuer does not know, or no longer, and
        ``ServiceUnavailable``.
        """
        ...


class Clearinghouse:
    """Decides what a caller may see; holds no state but the trust that it was made with and its cache.

    A changed trust store is a new clearinghouse, and a changed policy a new mapping: both start with nothing cached.
    """

    def __init__(
        self,
        trust: TrustStore,
        visa_sources: Sequence[VisaSource] = (),
        *,
        audiences: Iterable[str] = (),
        clock: Clock = time.time,
    ) -> None:
        """``audiences``: the names by which a token may mean us in ``aud``."""
        self._trust = trust
        self._sources = {issuer: source for source in visa_sources for issuer in source.issuers()}
        self._audiences = frozenset(audiences)
        self._clock = clock
        self._cache = DecisionCache(CACHED_DECISIONS)

    def decide(self, credentials: Credentials, policies: Policies) -> Decision:
        """The caller's rights on every dataset of ``policies``, which must not change in place.

        Raises ``InvalidCredential`` for a token that is not valid (never anonymous for it), ``InvalidRequest`` for
        credentials of different identities, ``RequestTooLarge`` for too many of them, and ``ServiceUnavailable``.
        """
        now = int(self._clock())
        digest = credentials.digest()
        cached = self._cache.get(digest, policies, now)
        if cached is not None:
            return cached
        decision = self._decide(credentials, policies, now)
        self._cache.put(digest, policies, decision, now)
        return decision

    def caller(self, bearer: str) -> Caller:
        """Who presents an access token, with the visas behind it, still unread; raises as ``decide`` does."""
        return self._bearer(bearer, int(self._clock()))

    def _decide(self, credentials: Credentials, policies: Policies, now: int) -> Decision:
        caller = self._caller(credentials, now)
        if caller is None:
            return decide_anonymous(policies)
        checks = VisaChecks(self._trust, policies, now, self._audiences)
        return decide(caller, judge_visas(caller, checks), policies)

    def _caller(self, credentials: Credentials, now: int) -> Caller | None:
        """The one person behind everything presented; never the union of two persons' rights."""
        if len(credentials.passports) > MAXIMUM_PASSPORTS:
            message = f"at most {MAXIMUM_PASSPORTS} passports are read in one request"
            raise RequestTooLarge(message, field="passports")
        callers = [self._passport(text, now) for text in credentials.passports]
        if credentials.bearer is not None:
            callers.append(self._bearer(credentials.bearer, now))
        if not callers:
            return None
        if len({caller.identity for caller in callers}) > 1:
            message = "the credentials belong to different identities"
            raise InvalidRequest(message)
        visas = tuple(dict.fromkeys(visa for caller in callers for visa in caller.visas))
        if len(visas) > MAXIMUM_VISAS:
            raise Refused(Reason.TOO_MANY_VISAS)
        return Caller(callers[0].identity, min(caller.expires_at for caller in callers), visas)

    def _bearer(self, text: str, now: int) -> Caller:
        token = self._verified(text, TokenKind.ACCESS_TOKEN, now)
        check_access_token(token)
        source = self._sources.get(token.identity.issuer)
        if source is None:
            raise Refused(Reason.ISSUER_UNTRUSTED, token.kind.words)
        visas = source.visas_of(token)
        if len(visas) > MAXIMUM_VISAS:
            raise Refused(Reason.TOO_MANY_VISAS, token.kind.words)
        return Caller(token.identity, token.expires_at, visas)

    def _passport(self, text: str, now: int) -> Caller:
        token = self._verified(text, TokenKind.PASSPORT, now)
        return Caller(token.identity, token.expires_at, passport_visas(token))

    def _verified(self, text: str, kind: TokenKind, now: int) -> Token:
        unverified = parse_token(text, kind)
        broker = self._trust.broker(unverified.issuer)
        return verify_token(unverified, broker.keys, TokenChecks(now, self._audiences, broker.maximum_age_s))
