"""A clearinghouse that trusts the forge's keys, with its clock and its source of visas at hand."""

from collections.abc import Mapping

from core.access import Decision
from core.policy import PRESETS, DatasetPolicy
from passports.clearinghouse import Clearinghouse, Credentials
from passports.jwk import public_key
from passports.refusal import Reason, Refused
from passports.tokens import Token
from passports.trust import TrustStore, development_trust
from tests.passports.forge import ISSUER, JKU, NOW, PUBLIC_URL, ec_jwk, rsa_jwk

KEYS = {key.name: key for key in (public_key(ec_jwk()), public_key(rsa_jwk()))}
TRUST = development_trust(issuer=ISSUER, key_set_url=JKU, public_url=PUBLIC_URL, keys=KEYS)
POLICIES: Mapping[str, DatasetPolicy] = {"dk-1": PRESETS["controlled"], "dk-2": PRESETS["registered"]}


class Clock:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.now = float(NOW)

    def __call__(self) -> float:
        return self.now


class KnownVisas:
    """A real source: the visas of each token id, and how often it was asked."""

    def __init__(self, visas: Mapping[str, tuple[str, ...]], issuer: str = ISSUER) -> None:
        self.visas = dict(visas)
        self.asked = 0
        self._issuer = issuer

    def issuers(self) -> tuple[str, ...]:
        return (self._issuer,)

    def visas_of(self, token: Token) -> tuple[str, ...]:
        self.asked += 1
        if token.token_id not in self.visas:
            raise Refused(Reason.UNKNOWN_TO_ISSUER, token.kind.words)
        return self.visas[token.token_id]


class House:
    """A clearinghouse with its clock and its source of visas at hand."""

    def __init__(self, *visas: str, trust: TrustStore = TRUST) -> None:
        self.clock = Clock()
        self.source = KnownVisas({"token-1": visas})
        self.clearinghouse = Clearinghouse(trust, [self.source], audiences=[PUBLIC_URL], clock=self.clock)

    def decide(
        self, bearer: str | None = None, *passports: str, policies: Mapping[str, DatasetPolicy] = POLICIES
    ) -> Decision:
        return self.clearinghouse.decide(Credentials(bearer, passports), policies)
