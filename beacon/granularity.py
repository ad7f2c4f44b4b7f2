"""What leaves for a dataset: the one release function of Beacon (pure).

Every count, every "exists" and every list of records goes through ``release``. Suppressed is the same as absent: what
is below the threshold leaves as zero, in every mode. Counts of people are held back from both sides, because the
complement of a filter can be asked as well.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from beacon.counts import AlleleCounts
from beacon.entry_types import VARIANT
from beacon.query import RELEASE_OF, BeaconQuery, Granularity, Include
from core.access import DatasetAccess, Release

EXACT, IMPRECISE, ROUNDED = "exact", "imprecise", "rounded"
"""Beacon v2.2, CountPrecision."""


@dataclass(frozen=True, slots=True)
class Matched:
    """What a dataset holds: matching records and, for records of people, how many people out of how many.

    Variants below the threshold are not among them: the query counts those only that may be told.
    """

    records: int
    people: int | None = None
    population: int | None = None


@dataclass(frozen=True, slots=True)
class Released:
    """What may be told: ``count`` is ``None`` at boolean granularity, ``precision`` then too."""

    exists: bool
    level: Release
    count: int | None
    precision: str | None

    @property
    def records(self) -> bool:
        """Whether records may follow."""
        return self.exists and self.level >= Release.FREQUENCY


def ceiling(access: DatasetAccess, query: BeaconQuery) -> Release:
    """The most that an answer about a dataset may hold: what was asked, and what is allowed.

    ``FREQUENCY`` allows records of variants, but not of the variants of one person; of anything else it allows counts.
    """
    level = min(access.release, RELEASE_OF[query.granularity])
    about_person = query.individual_id is not None or query.biosample_id is not None
    if level is Release.FREQUENCY and (query.entry_type != VARIANT.id or about_person):
        return Release.COUNT
    return level


def granularity_of(levels: Iterable[Release]) -> Granularity:
    """The granularity of an answer made of these levels: the highest; boolean where nothing was asked."""
    highest = max(levels, default=Release.BOOLEAN)
    if highest >= Release.FREQUENCY:
        return Granularity.RECORD
    return Granularity.COUNT if highest is Release.COUNT else Granularity.BOOLEAN


def release(access: DatasetAccess, level: Release, matched: Matched) -> Released:
    """Decide what leaves: ``exists`` follows from the released count, not from the true one."""
    count = _released_count(access, matched)
    if level < Release.COUNT:
        return Released(count > 0 and level > Release.NONE, level, None, None)
    return Released(count > 0, level, count, _precision(access, matched, count))


def released_people(access: DatasetAccess, people: int, population: int | None = None) -> int:
    """A number of people as it may be told: zero below the threshold or too near to everybody, else rounded."""
    threshold = max(access.minimum_count, 1)
    if people < threshold:
        return 0
    if population is not None and 0 < population - people < threshold:
        return 0
    return rounded(people, access.rounding)


def rounded(count: int, rounding: int) -> int:
    """The nearest multiple of ``rounding``, halves upwards."""
    return (2 * count + rounding) // (2 * rounding) * rounding


def _released_count(access: DatasetAccess, matched: Matched) -> int:
    if matched.people is None:
        return matched.records
    if not released_people(access, matched.people, matched.population):
        return 0
    return rounded(matched.records, access.rounding)


def _precision(access: DatasetAccess, matched: Matched, count: int) -> str:
    """Depends on the rule and on the released count alone, never on what was held back."""
    if matched.people is not None and access.rounding > 1:
        return ROUNDED
    partial = access.minimum_count > 1 and (count == 0 or matched.people is None)
    return IMPRECISE if partial else EXACT


def released_counts(access: DatasetAccess, counts: AlleleCounts) -> AlleleCounts | None:
    """Allele counts as they may be told: rounded, and the three numbers of carriers together or not at all.

    They are held back where one of them, or the number of people without the allele, is small.

    ``None`` where nothing may be told or no frequency is known.
    """
    if access.release < Release.FREQUENCY or not counts.allele_number:
        return None
    # From both sides: an allele that nearly everybody has tells of the few who lack it.
    if counts.least_carriers < access.minimum_count:
        return None
    if 0 < counts.allele_number - counts.allele_count < access.minimum_count:
        return None
    cells = (counts.heterozygous, counts.homozygous, counts.hemizygous)
    known = [cell for cell in cells if cell is not None]
    without = counts.allele_number // 2 - sum(known)
    telling = len(known) == len(cells) and not any(0 < cell < access.minimum_count for cell in (*known, without))
    heterozygous, homozygous, hemizygous = (
        (rounded(cell, access.rounding) if telling and cell is not None else None) for cell in cells
    )
    allele_number = rounded(counts.allele_number, access.rounding)
    allele_count = min(rounded(counts.allele_count, access.rounding), allele_number)
    if not allele_count:
        return None
    return AlleleCounts(allele_count, allele_number, heterozygous, homozygous, hemizygous)


def listed(include: Include, *, exists: bool) -> bool:
    """Whether a result set appears in the answer (Beacon v2.2, IncludeResultsetResponses)."""
    return {Include.ALL: True, Include.HIT: exists, Include.MISS: not exists, Include.NONE: False}[include]


def total_precision(released: Iterable[Released]) -> str:
    """How exact the sum of released counts is: exact if all are, rounded if some are, else imprecise."""
    precisions = {each.precision or (IMPRECISE if each.exists else EXACT) for each in released}
    if precisions <= {EXACT}:
        return EXACT
    return ROUNDED if precisions <= {EXACT, ROUNDED} else IMPRECISE
