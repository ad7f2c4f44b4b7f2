"""What a store finds: variants with their counts and carriers, records of entities, terms (pure)."""

from dataclasses import dataclass

from beacon.alleles import Allele
from beacon.counts import AlleleCounts
from beacon.rows import VariantType, Zygosity


@dataclass(frozen=True, slots=True)
class Case:
    """One carrier of a variant."""

    individual_id: str
    biosample_id: str
    zygosity: Zygosity


@dataclass(frozen=True, slots=True)
class FoundVariant:
    """One allele of a dataset, its counts over all parts, its carriers where they may be told.

    ``anchor``: the base before a trimmed insertion or deletion, empty where unknown. ``cases_left_out``: carriers that
    did not fit into the answer.
    """

    assembly: str
    contig: str
    allele: Allele
    anchor: str
    variant_type: VariantType
    counts: AlleleCounts
    cases: tuple[Case, ...] = ()
    cases_left_out: int = 0


@dataclass(frozen=True, slots=True)
class VariantMatches:
    """The variants of one dataset that match and may be told: how many in all, and one page of them."""

    total: int
    variants: tuple[FoundVariant, ...] = ()


NO_VARIANTS = VariantMatches(0)


@dataclass(frozen=True, slots=True)
class EntityMatches:
    """The records of one dataset that match: how many, of how many people, out of how many; and one page of them.

    ``documents``: JSON texts as they were loaded.
    """

    total: int
    people: int
    population: int
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TermCount:
    """A term that records of a dataset carry: on which entity table, by how many people out of how many."""

    term_id: str
    label: str
    entity: str
    people: int
    population: int
