"""The trust matrix, as data: which issuer, with which keys, may speak with which visas about which datasets."""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field

from passports.jwk import KeyName, PinnedKey
from passports.refusal import Reason, Refused
from passports.visas import REGISTERED_ACCESS, Visa, VisaType

ONE_DAY_S = 86_400
ONE_YEAR_S = 365 * ONE_DAY_S

Keys = Mapping[KeyName, PinnedKey]


@dataclass(frozen=True, slots=True)
class TrustedBroker:
    """An issuer whose access tokens and passports are believed, with the keys that it signs them with."""

    issuer: str
    keys: Keys
    maximum_age_s: int = ONE_DAY_S


@dataclass(frozen=True, slots=True)
class ValueRule:
    """Which values a visa may carry: one exact text, or a fixed text followed by the id of a dataset of this node."""

    text: str
    names_dataset: bool = False

    def matches(self, value: str, datasets: Container[str]) -> bool:
        """Whether the rule speaks of this value; the comparison is opaque and case-sensitive, nothing is normalised."""
        return self.dataset(value, datasets) is not None if self.names_dataset else value == self.text

    def dataset(self, value: str, datasets: Container[str]) -> str | None:
        """The dataset of this node that the value names in full, if the rule is about datasets."""
        rest = value.removeprefix(self.text)
        named = self.names_dataset and value.startswith(self.text) and rest in datasets
        return rest if named else None


@dataclass(frozen=True, slots=True)
class VisaRule:
    """One row of the matrix: a visa counts only if type, ``by``, ``source`` and value all match the same row."""

    type: VisaType
    by: frozenset[str | None]
    sources: frozenset[str]
    values: tuple[ValueRule, ...]


@dataclass(frozen=True, slots=True)
class TrustedVisaIssuer:
    """An issuer whose visas are believed, as far as its rules go, for at most ``maximum_grant_s`` after ``asserted``.

    ``key_set_url`` must equal a visa's ``jku`` byte by byte; it is compared and never fetched.
    """

    issuer: str
    key_set_url: str
    keys: Keys
    rules: tuple[VisaRule, ...]
    maximum_grant_s: int = ONE_YEAR_S


@dataclass(frozen=True, slots=True)
class TrustStore:
    """Everybody who is believed; brokers and visa issuers are separate lists. Nobody is, unless named here."""

    brokers: Mapping[str, TrustedBroker] = field(default_factory=dict)
    visa_issuers: Mapping[str, TrustedVisaIssuer] = field(default_factory=dict)

    def broker(self, issuer: str) -> TrustedBroker:
        """The broker of exactly this name; raises ``Refused``."""
        broker = self.brokers.get(issuer)
        if broker is None:
            raise Refused(Reason.ISSUER_UNTRUSTED)
        return broker

    def visa_issuer(self, issuer: str) -> TrustedVisaIssuer:
        """The visa issuer of exactly this name; raises ``Refused``."""
        visa_issuer = self.visa_issuers.get(issuer)
        if visa_issuer is None:
            raise Refused(Reason.ISSUER_UNTRUSTED, "visa")
        return visa_issuer


def trusted_dataset(visa: Visa, rules: tuple[VisaRule, ...], datasets: Container[str]) -> str | None:
    """The dataset that a believed visa is about, ``None`` where it is about the person only.

    Raises ``Refused`` with the first column of the matrix in which no row is left.
    """
    columns: tuple[tuple[Reason, Callable[[VisaRule], bool]], ...] = (
        (Reason.VISA_TYPE_UNTRUSTED, lambda rule: rule.type == visa.type),
        (Reason.VISA_BY_UNTRUSTED, lambda rule: visa.by in rule.by),
        (Reason.VISA_SOURCE_UNTRUSTED, lambda rule: visa.source in rule.sources),
        (
            Reason.VISA_VALUE_UNTRUSTED,
            lambda rule: any(value.matches(visa.value, datasets) for value in rule.values),
        ),
    )
    for reason, holds in columns:
        rules = tuple(rule for rule in rules if holds(rule))
        if not rules:
            raise Refused(reason, "visa")
    named = (value.dataset(visa.value, datasets) for rule in rules for value in rule.values)
    return next((dataset for dataset in named if dataset is not None), None)


def development_trust(*, issuer: str, key_set_url: str, public_url: str, keys: Keys) -> TrustStore:
    """Trust in this node's own development issuer: for this node's datasets, and nobody else's."""
    sources = frozenset({public_url})
    registered = (ValueRule(REGISTERED_ACCESS),)
    own_datasets = (ValueRule("", names_dataset=True), ValueRule(f"{public_url}/datasets/", names_dataset=True))
    rules = (
        VisaRule(VisaType.CONTROLLED_ACCESS_GRANTS, frozenset({"dac"}), sources, own_datasets),
        VisaRule(VisaType.RESEARCHER_STATUS, frozenset({"so", "system", "peer"}), sources, registered),
        VisaRule(VisaType.ACCEPTED_TERMS, frozenset({"self", "so", "system"}), sources, registered),
    )
    return TrustStore(
        brokers={issuer: TrustedBroker(issuer, keys)},
        visa_issuers={issuer: TrustedVisaIssuer(issuer, key_set_url, keys, rules)},
    )
