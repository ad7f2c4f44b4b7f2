"""Allele counts sum over parts, with what absent sites and opted-out people mean."""

from collections.abc import Mapping

import pytest

from beacon.counts import AlleleCounts, absent_allele_number, copies_of, with_absent_parts
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


@pytest.mark.parametrize(
    ("held", "start", "sexes", "copies"),
    [
        (part("1", 10, 20), 5, {"FEMALE": 1, "MALE": 2}, 6),
        (part("1", 0, 0), 5, {"MALE": 1}, 2),
        (part("X", 10, 15, 20), 5_000_000, {"FEMALE": 1, "MALE": 1, "UNKNOWN_SEX": 1}, 5),
        (part("X", 10, 15, 20), 20_000, {"MALE": 3}, 6),
        (part("X", 10, 20), 5_000_000, {"MALE": 3}, 6),
        (part("Y", 10, 5), 5_000_000, {"FEMALE": 2, "MALE": 2}, 2),
        (part("MT", 10, 0), 5, {"FEMALE": 1}, 1),
        (part("MT", 10, 20), 5, {"FEMALE": 1}, 2),
        (part("1", 10, 20), 5, {}, 0),
    ],
)
def test_copies_by_contig_and_sex(held: Part, start: int, sexes: Mapping[str, int], copies: int) -> None:
    assert copies_of(held, GRCH38, start, sexes) == copies


def test_sums() -> None:
    counts = AlleleCounts(3, 10, 1, 1, 0)
    assert with_absent_parts(counts, [20, 0]) == AlleleCounts(3, 30, 1, 1, 0)
    assert with_absent_parts(counts, [20], [4]) == AlleleCounts(3, 26, 1, 1, 0)
    assert with_absent_parts(counts, [], [9]) == AlleleCounts(3, 3, 1, 1, 0)
    assert with_absent_parts(AlleleCounts(3, 0, None, None, None), []).frequency is None
    unknown = AlleleCounts(3, None, 1, 1, 0)
    assert with_absent_parts(unknown, [20]) == unknown
    assert counts.frequency == 0.3
    assert unknown.frequency is None
