"""Rows of the variant statements turned into what was found."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from beacon.allele_numbers import AlleleAt
from beacon.alleles import Allele
from beacon.counts import AlleleCounts
from beacon.found import Case, FoundVariant
from beacon.layout import DatasetLayout
from beacon.rows import VariantType
from beacon.sql import ContigScope

Row = tuple[Any, ...]
"""Columns as ``beacon.sql`` selects them: dataset, the eleven of ``variants``, parts, row numbers in these parts."""

Cases = Mapping[tuple[str, int], Sequence[Case]]

MAXIMUM_CASES = 20_000
"""Carriers in one page of one dataset; further variants say how many were left out."""

_CARRIERS = slice(9, 12)
_PARTS, _INDICES = 12, 13


def by_dataset(rows: Sequence[Row]) -> dict[int, list[Row]]:
    """The rows of each dataset, in their order."""
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row)
    return found


def places_of(row: Row) -> Iterator[tuple[str, int]]:
    """Where an allele lies: alias of the part, number of the row in it."""
    return zip(row[_PARTS], row[_INDICES], strict=True)


def carriers_in(row: Row) -> int:
    """How many people carry the allele, as far as that is known."""
    return sum(count or 0 for count in row[_CARRIERS])


def rows_with_cases(rows: Sequence[Row]) -> frozenset[int]:
    """Positions of the rows whose carriers fit into the answer."""
    chosen, total = [], 0
    for number, row in enumerate(rows):
        carriers = carriers_in(row)
        if total + carriers <= MAXIMUM_CASES:
            chosen.append(number)
            total += carriers
    return frozenset(chosen)


def allele_at(row: Row) -> AlleleAt:
    """Where an allele lies, for its allele number over all parts."""
    return AlleleAt(row[1], tuple(places_of(row)), row[8])


def found_variant(
    contig: ContigScope, layout: DatasetLayout, row: Row, allele_number: int, cases: Cases, *, left_out: int
) -> FoundVariant:
    """One allele with its counts over all parts and the carriers that were read for it.

    These are in an order that does not depend on parts: it would tell of people who are not shown.
    """
    found = (case for place in places_of(row) for case in cases.get(place, ()))
    return FoundVariant(
        layout.assembly_name,
        contig.contig,
        Allele(row[1] & 0xFFFFFFFF, row[2], row[3], row[4]),
        row[5],
        VariantType(row[6]),
        AlleleCounts(row[7], allele_number, *row[_CARRIERS]),
        tuple(sorted(found, key=lambda case: (case.individual_id, case.biosample_id, case.zygosity))),
        left_out,
    )
