"""Allele counts, and what a part says of a site that it does not hold."""

from beacon.counts import AlleleCounts, absent_allele_number
from core.genome import GRCH38
from core.manifest import AbsentSite, Part, PartKind


def part(
    contig: str, people: int, number: int, shared: int | None = None, absent: AbsentSite = AbsentSite.REFERENCE
) -> Part:
    return Part(
        PartKind.VARIANTS, "f", "s", "d", 1, 1, contig=contig, people_count=people, absent_site=absent,
        absent_allele_number=number, absent_allele_number_par=number if shared is None else shared,
    )  # fmt: skip


def test_an_absent_site_is_reference_or_unknown() -> None:
    assert absent_allele_number(part("1", 10, 20), GRCH38, 5) == 20
    assert absent_allele_number(part("1", 10, 20, absent=AbsentSite.UNKNOWN), GRCH38, 5) == 0
    assert absent_allele_number(part("X", 10, 15, 20), GRCH38, 10_000) == 20
    assert absent_allele_number(part("X", 10, 15, 20), GRCH38, 9_999) == 15
    assert absent_allele_number(part("X", 10, 15, 20), None, 10_000) == 15


def test_what_counts_say() -> None:
    counts = AlleleCounts(3, 10, 1, 1, 0)
    assert counts.frequency == 0.3
    assert counts.least_carriers == 2
    assert AlleleCounts(3, 0, None, None, None).frequency is None
    assert AlleleCounts(3, 10, None, None, None).least_carriers == 2
    assert AlleleCounts(3, 10, None, 1, None).least_carriers == 2
