"""What a caller may see: the ``Decision`` that every function which reads people's data takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType

from core.genome import Region


class Tier(IntEnum):
    """How well a caller is known (Beacon v2.2, securityLevels; Registered Access 1.0; ControlledAccessGrants)."""

    ANONYMOUS = 0
    REGISTERED = 1
    CONTROLLED = 2


class Release(IntEnum):
    """How much may leave, from nothing to records of persons.

    ``FREQUENCY`` lies between Beacon's ``count`` and ``record``: variant records with allele counts and frequencies,
    and nothing about a person.
    """

    NONE = 0
    BOOLEAN = 1
    COUNT = 2
    FREQUENCY = 3
    RECORD = 4


@dataclass(frozen=True, slots=True)
class Subject:
    """Who asks: issuer and subject of a verified credential (OpenID Connect Core §2); never logged in clear."""

    issuer: str
    subject: str


@dataclass(frozen=True, slots=True)
class DatasetAccess:
    """What one caller may see of one dataset; made by ``core.policy`` and ``passports``, only narrowed afterwards.

    ``minimum_count``: counts of persons below it are released as zero. ``rounding``: released counts are multiples of
    it. ``regions`` and ``people``: ``None`` means all of them. ``needed``: what would give the caller more, for
    messages.
    """

    dataset_id: str
    tier: Tier
    release: Release
    minimum_count: int
    rounding: int
    bytes_allowed: bool
    listed: bool
    synthetic: bool
    regions: tuple[Region, ...] | None = None
    people: frozenset[str] | None = None
    needed: str = ""

    @property
    def visible(self) -> bool:
        """Whether the caller may learn that the dataset exists."""
        return self.listed or self.release > Release.NONE or self.bytes_allowed

    @property
    def whole(self) -> bool:
        """Whether the grant covers all regions and all people."""
        return self.regions is None and self.people is None


@dataclass(frozen=True, slots=True)
class Decision:
    """One request's rights: a dataset that is not named here is denied, and not to be told from absent.

    ``expires_at``: epoch seconds, the earliest expiry among the credentials used; ``None`` for anonymous callers.
    Nothing minted from the decision may outlive it.
    """

    datasets: Mapping[str, DatasetAccess] = field(default_factory=lambda: MappingProxyType({}))
    subject: Subject | None = None
    tier: Tier = Tier.ANONYMOUS
    purpose: str | None = None
    expires_at: int | None = None
    reasons: tuple[str, ...] = ()

    def of(self, dataset_id: str) -> DatasetAccess:
        """The caller's access to a dataset: denied and unlisted unless the decision says otherwise."""
        return self.datasets.get(dataset_id) or denied(dataset_id)

    @property
    def anonymous(self) -> bool:
        """Whether no credential was presented."""
        return self.subject is None


def denied(dataset_id: str) -> DatasetAccess:
    """No access, and no word that the dataset exists."""
    return DatasetAccess(
        dataset_id,
        Tier.ANONYMOUS,
        Release.NONE,
        minimum_count=1,
        rounding=1,
        bytes_allowed=False,
        listed=False,
        synthetic=False,
    )
