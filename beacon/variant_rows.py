"""Rows of the variant statements turned into what was found."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from beacon.alleles import Allele
from beacon.counts import AlleleCounts, absent_allele_number, copies_of, with_absent_parts
from beacon.found import Case, FoundVariant
from beacon.layout import DatasetLayout
from beacon.query import BeaconQuery
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


def found_variant(
    query: BeaconQuery, contig: ContigScope, layout: DatasetLayout, row: Row, cases: Cases, *, left_out: int
) -> FoundVariant:
    """One allele with its counts over all parts and the carriers that were read for it."""
    start = row[1] & 0xFFFFFFFF
    return FoundVariant(
        layout.assembly_name,
        contig.contig,
        Allele(start, row[2], row[3], row[4]),
        row[5],
        VariantType(row[6]),
        _counts(query, contig, layout, row, start),
        tuple(case for place in places_of(row) for case in cases.get(place, ())),
        left_out,
    )


def _counts(query: BeaconQuery, contig: ContigScope, layout: DatasetLayout, row: Row, start: int) -> AlleleCounts:
    """The counts over all parts; AN is unknown for a choice of people, because who was genotyped is not stored."""
    chosen = contig.access.people is not None or query.individual_id is not None or query.biosample_id is not None
    found = AlleleCounts(row[7], None if chosen else row[8], *row[_CARRIERS])
    present = frozenset(row[_PARTS])
    absent: list[int] = []
    taken: list[int] = []
    for known in layout.contigs[contig.contig]:
        number = 0
        if known.sql.alias not in present:
            number = absent_allele_number(known.part, layout.assembly, start)
            absent.append(number)
        if known.masked_sexes and (number or known.sql.alias in present):
            taken.append(copies_of(known.part, layout.assembly, start, known.masked_sexes))
    return with_absent_parts(found, absent, taken)
