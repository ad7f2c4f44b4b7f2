"""The verdict: a verified credential and its visas against the policies of the datasets, as one ``Decision``."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from core.access import DatasetAccess, Decision, Subject, Tier
from core.policy import DatasetPolicy
from passports.refusal import Reason, Refused
from passports.tokens import TokenChecks, TokenKind, parse_token, verify_token
from passports.trust import TrustStore, trusted_dataset
from passports.visas import REGISTERED_ACCESS, VisaType, read_visa

REGISTERED_ACCESS_VISAS = (VisaType.RESEARCHER_STATUS, VisaType.ACCEPTED_TERMS)
"""Both are needed (Registered Access 1.0)."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who presents what: one identity, the earliest expiry of its tokens, and the visas that came, still unread."""

    identity: Subject
    expires_at: int
    visas: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class AcceptedVisa:
    """A visa that is believed: its type and value, the dataset that it names, and until when it counts."""

    type: VisaType
    value: str
    dataset_id: str | None
    expires_at: int


@dataclass(frozen=True, slots=True)
class VisaVerdict:
    """What became of one visa: accepted, or ignored with a reason; ``str`` of it goes to the audit."""

    position: int
    accepted: AcceptedVisa | None
    refused: Reason | None = None

    def __str__(self) -> str:
        """One line for machines: never a text out of a visa that is not believed."""
        if self.accepted is None:
            return f"visa {self.position}: ignored: {self.refused}"
        return f"visa {self.position}: accepted: {self.accepted.type} {self.accepted.dataset_id or ''}".rstrip()


@dataclass(frozen=True, slots=True)
class VisaChecks:
    """What visas are checked against: who is believed, about which datasets, at which time, as which audience."""

    trust: TrustStore
    datasets: Container[str]
    now: int
    audiences: frozenset[str]


def decide_anonymous(policies: Mapping[str, DatasetPolicy]) -> Decision:
    """What a caller without credential may see."""
    return Decision(datasets=_accesses(policies, dict.fromkeys(policies, Tier.ANONYMOUS)))


def decide(caller: Caller, verdicts: Sequence[VisaVerdict], policies: Mapping[str, DatasetPolicy]) -> Decision:
    """What a caller may see; the decision ends with the first of the tokens and visas that it rests on.

    Where several visas say the same, the one that lasts longest is used.
    """
    accepted = [verdict.accepted for verdict in verdicts if verdict.accepted is not None]
    grants = _longest(accepted)
    registered_until = _registered_until(accepted)
    basis = Tier.ANONYMOUS if registered_until is None else Tier.REGISTERED
    tiers = {dataset_id: Tier.CONTROLLED if dataset_id in grants else basis for dataset_id in policies}
    tier = max((basis, *tiers.values()))
    ends = [caller.expires_at, *grants.values()]
    if registered_until is not None and (basis in tiers.values() or not grants):
        ends.append(registered_until)
    return Decision(
        datasets=_accesses(policies, tiers),
        subject=caller.identity,
        tier=tier,
        expires_at=min(ends),
        reasons=tuple(str(verdict) for verdict in verdicts),
    )


def judge_visas(caller: Caller, checks: VisaChecks) -> tuple[VisaVerdict, ...]:
    """Judge every visa on its own: a bad one is ignored with its reason and never harms its neighbours."""
    return tuple(_judge(position, text, caller, checks) for position, text in enumerate(caller.visas))


def _judge(position: int, text: str, caller: Caller, checks: VisaChecks) -> VisaVerdict:
    try:
        return VisaVerdict(position, _accept(text, caller, checks))
    except Refused as refused:
        return VisaVerdict(position, None, refused.reason)


def _accept(text: str, caller: Caller, checks: VisaChecks) -> AcceptedVisa:
    """Check one visa against its issuer's row of the trust matrix; raises ``Refused``.

    The ``jku`` is compared before anything else is believed (AAI 1.2: it must be trusted for that ``iss``).
    """
    unverified = parse_token(text, TokenKind.VISA)
    issuer = checks.trust.visa_issuer(unverified.issuer)
    if unverified.key_set_url != issuer.key_set_url:
        raise Refused(Reason.VISA_KEY_SET_REFUSED, "visa")
    token = verify_token(unverified, issuer.keys, TokenChecks(checks.now, checks.audiences, issuer.maximum_grant_s))
    if token.identity != caller.identity:
        raise Refused(Reason.VISA_OTHER_IDENTITY, "visa")
    visa = read_visa(token)
    expires_at = min(token.expires_at, visa.asserted_at + issuer.maximum_grant_s)
    if visa.asserted_at > checks.now:
        raise Refused(Reason.VISA_ASSERTED_IN_FUTURE, "visa")
    if expires_at <= checks.now:
        raise Refused(Reason.EXPIRED, "visa")
    return AcceptedVisa(visa.type, visa.value, trusted_dataset(visa, issuer.rules, checks.datasets), expires_at)


def _longest(accepted: Iterable[AcceptedVisa]) -> dict[str, int]:
    """Until when each dataset is granted."""
    grants: dict[str, int] = {}
    for visa in accepted:
        if visa.type is VisaType.CONTROLLED_ACCESS_GRANTS and visa.dataset_id is not None:
            grants[visa.dataset_id] = max(visa.expires_at, grants.get(visa.dataset_id, 0))
    return grants


def _registered_until(accepted: Sequence[AcceptedVisa]) -> int | None:
    """Until when registered access holds: both visas with exactly the right value, ``None`` where one is missing."""
    ends = [
        max(
            (visa.expires_at for visa in accepted if visa.type is needed and visa.value == REGISTERED_ACCESS), default=0
        )
        for needed in REGISTERED_ACCESS_VISAS
    ]
    return min(ends) or None


def _accesses(policies: Mapping[str, DatasetPolicy], tiers: Mapping[str, Tier]) -> Mapping[str, DatasetAccess]:
    return MappingProxyType({name: policy.access(name, tiers[name]) for name, policy in policies.items()})
