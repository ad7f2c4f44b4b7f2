"""The canonical question: one frozen, hashable value, the same for GET, POST, nested, flat and any spelling (pure).

Whatever depends on a question (release, budgets, caches, the audit log) is keyed by ``BeaconQuery``.
"""

from dataclasses import dataclass
from enum import StrEnum

from core.access import Release

DEFAULT_LIMIT = 10
MAXIMUM_LIMIT = 1000
"""Records per result set in one page; a larger ``limit`` and 0 ("all") are answered with this one."""


class Granularity(StrEnum):
    """How detailed an answer is (Beacon v2.2, Granularity)."""

    BOOLEAN = "boolean"
    COUNT = "count"
    RECORD = "record"


RELEASE_OF = {
    Granularity.BOOLEAN: Release.BOOLEAN,
    Granularity.COUNT: Release.COUNT,
    Granularity.RECORD: Release.RECORD,
}
"""The most that a question of each granularity can be answered with."""


class Include(StrEnum):
    """Which result sets an answer lists (Beacon v2.2, IncludeResultsetResponses)."""

    ALL = "ALL"
    HIT = "HIT"
    MISS = "MISS"
    NONE = "NONE"


@dataclass(frozen=True, slots=True)
class Page:
    """A page of records: ``skip`` counts pages, not records (Beacon v2.2, Pagination)."""

    skip: int = 0
    limit: int = DEFAULT_LIMIT

    @property
    def offset(self) -> int:
        """Number of records before the page."""
        return self.skip * self.limit


@dataclass(frozen=True, slots=True)
class SequenceQuestion:
    """One allele. ``reference`` is ``None`` where the question does not say; ``end_0based`` then is unknown too."""

    start_0based: int
    end_0based: int | None
    reference: str | None
    alternate: str


@dataclass(frozen=True, slots=True)
class RangeQuestion:
    """Every variant that overlaps ``[start_0based, end_0based)`` with at least one base.

    The footprint of an insertion is the base before it, so that it lies in exactly one of two adjacent ranges.
    """

    start_0based: int
    end_0based: int


@dataclass(frozen=True, slots=True)
class BracketQuestion:
    """Every variant that starts in one half-open interval and ends in another."""

    first_start: int
    start_limit: int
    first_end: int
    end_limit: int


Place = SequenceQuestion | RangeQuestion | BracketQuestion


def span_of(place: Place) -> int:
    """How many bases a place covers: where the variants that it means can start."""
    if isinstance(place, RangeQuestion):
        return place.end_0based - place.start_0based
    if isinstance(place, BracketQuestion):
        return place.start_limit - place.first_start
    return 1


@dataclass(frozen=True, slots=True)
class VariantQuestion:
    """A question about variants; the empty one means all of them.

    ``assembly``: ``None`` where several assemblies share the sequence, or no place is asked. ``contig``: canonical
    name. ``variant_types``: stored kinds, sorted, ``None`` for all. ``reference`` and ``alternate``: trimmed bases that
    narrow a range. Lengths are inclusive.
    """

    assembly: str | None = None
    contig: str | None = None
    place: Place | None = None
    variant_types: tuple[str, ...] | None = None
    minimum_length: int | None = None
    maximum_length: int | None = None
    reference: str | None = None
    alternate: str | None = None


EVERY_VARIANT = VariantQuestion()


@dataclass(frozen=True, slots=True, order=True)
class OntologyFilter:
    """A term that records must carry (Beacon v2.2, OntologyFilter); ``scope``: id of an entry type, empty for any."""

    term_id: str
    include_descendants: bool = True
    scope: str = ""


@dataclass(frozen=True, slots=True)
class BeaconQuery:
    """One question to Beacon.

    ``entry_type``: id of the records asked for. ``entry_id``: one record of it. ``individual_id`` and ``biosample_id``:
    records of this person or sample only. ``variant``: for variants the question itself, for other entry types the
    variants that their people must carry (``None``: no such condition). ``filters``: sorted, all must hold.
    ``dataset_ids``: sorted; ``None`` means all of them, the empty tuple none.
    """

    entry_type: str
    entry_id: str | None = None
    individual_id: str | None = None
    biosample_id: str | None = None
    variant: VariantQuestion | None = None
    filters: tuple[OntologyFilter, ...] = ()
    dataset_ids: tuple[str, ...] | None = None
    granularity: Granularity = Granularity.RECORD
    include: Include = Include.HIT
    page: Page = Page()
    test_mode: bool = False
