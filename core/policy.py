"""Disclosure policy of a dataset: presets are rows of one table, a dataset may override single cells."""

import math
from dataclasses import dataclass, replace

from core.access import DatasetAccess, Release, Tier
from core.genome import Region


@dataclass(frozen=True, slots=True)
class TierRule:
    """What one tier gets: how much, from which count of persons on, rounded to what.

    ``minimum_count``: smaller counts are released as zero (1 releases everything). ``rounding``: 1 is exact.
    """

    release: Release
    minimum_count: int
    rounding: int

    def gives_less_than(self, other: "TierRule") -> bool:
        """Whether somebody under the other rule learns something that this one keeps back."""
        if other.release == Release.NONE:
            return False
        coarser = self.minimum_count > other.minimum_count or self.rounding > other.rounding
        return self.release < other.release or coarser


@dataclass(frozen=True, slots=True)
class DatasetPolicy:
    """One row of policy: a rule per tier, who may stream bytes, whether strangers may know of the dataset."""

    name: str
    anonymous: TierRule
    registered: TierRule
    controlled: TierRule
    bytes_from: Tier
    listed: bool = True
    synthetic: bool = False

    def rule(self, tier: Tier) -> TierRule:
        """The rule of a tier."""
        return (self.anonymous, self.registered, self.controlled)[tier]

    def access(self, dataset_id: str, tier: Tier) -> DatasetAccess:
        """What a caller of this tier may see of the dataset."""
        rule = self.rule(tier)
        return DatasetAccess(
            dataset_id=dataset_id,
            tier=tier,
            release=rule.release,
            minimum_count=rule.minimum_count,
            rounding=rule.rounding,
            bytes_allowed=tier >= self.bytes_from,
            listed=self.listed,
            synthetic=self.synthetic,
            needed=self._needed(tier),
        )

    @property
    def contradictions(self) -> tuple[str, ...]:
        """Tiers whose callers would get less than those who are known less well: a mistake in the row."""
        pairs = ((Tier.REGISTERED, Tier.ANONYMOUS), (Tier.CONTROLLED, Tier.REGISTERED))
        return tuple(
            f"{better.name.lower()} gives less than {lesser.name.lower()}"
            for better, lesser in pairs
            if self.rule(better).gives_less_than(self.rule(lesser))
        )

    def _needed(self, tier: Tier) -> str:
        """The visas that give more answers; where nothing does, those that give the files."""
        more = [better for better in Tier if self.rule(better).release > self.rule(tier).release]
        files = [self.bytes_from] if tier < self.bytes_from else []
        return next((visas_for(better) for better in (*more, *files)), "")


def visas_for(tier: Tier) -> str:
    """What a caller has to show to be of a tier, in words; nothing for anonymous callers."""
    return _NEEDED.get(tier, "")


_NEEDED = {
    Tier.REGISTERED: "visas ResearcherStatus and AcceptedTermsAndPolicies (registered access)",
    Tier.CONTROLLED: "a visa ControlledAccessGrants for this dataset",
}

_EVERYTHING = TierRule(Release.RECORD, 1, 1)
_NOTHING = TierRule(Release.NONE, 1, 1)
_FREQUENCIES_FROM_5 = TierRule(Release.FREQUENCY, 5, 1)

PRESETS: dict[str, DatasetPolicy] = {
    policy.name: policy
    for policy in (
        DatasetPolicy("open", _EVERYTHING, _EVERYTHING, _EVERYTHING, Tier.ANONYMOUS),
        DatasetPolicy("public", _FREQUENCIES_FROM_5, _FREQUENCIES_FROM_5, _EVERYTHING, Tier.REGISTERED),
        DatasetPolicy("registered", _NOTHING, TierRule(Release.COUNT, 10, 10), _EVERYTHING, Tier.CONTROLLED),
        DatasetPolicy("controlled", _NOTHING, _NOTHING, _EVERYTHING, Tier.CONTROLLED),
    )
}
"""The presets, by name (see the table in README.md)."""

DEFAULT_PRESET = "controlled"


def strictest(first: DatasetAccess, second: DatasetAccess) -> DatasetAccess:
    """The access that both rules allow, cell by cell; ``dataset_id`` and ``needed`` are the first one's.

    Rounding is to a multiple of both: rounded to the larger one only, a count would tell more than the other allows.
    """
    people = first.people if second.people is None else second.people
    if first.people is not None and second.people is not None:
        people = first.people & second.people
    regions = first.regions if second.regions is None else second.regions
    if first.regions is not None and second.regions is not None:
        regions = _shared(first.regions, second.regions)
    return replace(
        first,
        tier=min(first.tier, second.tier),
        release=min(first.release, second.release),
        minimum_count=max(first.minimum_count, second.minimum_count),
        rounding=math.lcm(first.rounding, second.rounding),
        bytes_allowed=first.bytes_allowed and second.bytes_allowed,
        listed=first.listed and second.listed,
        synthetic=first.synthetic and second.synthetic,
        regions=regions,
        people=people,
        needed=first.needed or second.needed,
    )


def _shared(first: tuple[Region, ...], second: tuple[Region, ...]) -> tuple[Region, ...]:
    """What lies in a region of both."""
    return tuple(
        Region(one.contig, max(one.start_0based, other.start_0based), min(one.end_0based, other.end_0based))
        for one in first
        for other in second
        if one.overlaps(other)
    )
