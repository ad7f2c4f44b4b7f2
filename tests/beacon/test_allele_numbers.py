"""Allele numbers from what was read: parts that hold an allele, its neighbour, or nothing."""

import pytest

from beacon.allele_numbers import AlleleAt, KnownPart, Numbers, StoredNumber, by_place, keys_lacking, places_to_count
from beacon.number_sql import PlacesOfPart
from beacon.sql import VariantPart
from core.genome import GRCH38, position_key
from core.manifest import AbsentSite, Part, PartKind

BEFORE, INSIDE = position_key("X", 9_999), position_key("X", 10_000)


def known(alias: str, absent: AbsentSite = AbsentSite.REFERENCE) -> KnownPart:
    part = Part(
        PartKind.VARIANTS, alias, "s", "d", 1, 1, contig="X", people_count=10, absent_site=absent,
        absent_allele_number=15, absent_allele_number_par=20,
    )  # fmt: skip
    return KnownPart(part, VariantPart(alias, has_long=False))


A, B, U = known("a"), known("b"), known("u", AbsentSite.UNKNOWN)


@pytest.mark.parametrize(
    ("allele", "limited", "number"),
    [
        (AlleleAt(BEFORE, (("a", 1), ("b", 2)), 27), "", 27),
        (AlleleAt(BEFORE, (("a", 1),), 13), "", 13 + 11),
        (AlleleAt(INSIDE, (("a", 3),), 18), "", 18 + 20),
        (AlleleAt(BEFORE, (("a", 1), ("b", 2)), 14), "a", 14 + 9 - 2),
        (AlleleAt(INSIDE, (("a", 3), ("b", 9)), 20), "a", 20 + 12),
        (AlleleAt(BEFORE, (("a", 1),), 13), "b", 13 + 8 - 1),
        (AlleleAt(INSIDE, (("a", 3),), 18), "b", 18 + 11),
        (AlleleAt(BEFORE, (("a", 1),), 0), "ab", 9 - 2 + 8 - 1),
    ],
)
def test_every_part_says_what_it_knows_of_the_place(allele: AlleleAt, limited: str, number: int) -> None:
    neighbours = [StoredNumber(("b", 7), BEFORE, 11), StoredNumber(("b", 8), BEFORE, 10)]
    numbers = Numbers(
        (A, B),
        GRCH38,
        frozenset(limited),
        by_place(neighbours),
        {"a": (9, 12), "b": (8, 11)},
        {("a", 1): -2, ("b", 7): -3, ("b", 8): -1},
    )
    assert numbers.of(allele) == number


def test_an_absent_site_that_means_nothing_adds_nothing() -> None:
    for limited in ("", "u"):
        numbers = Numbers((A, U), GRCH38, frozenset(limited), {}, {"u": (0, 0)}, {})
        assert numbers.of(AlleleAt(BEFORE, (("a", 1),), 13)) == 13


def test_what_must_be_read() -> None:
    alleles = [AlleleAt(BEFORE, (("a", 1),), 13), AlleleAt(INSIDE, (("a", 3), ("b", 2)), 30)]
    assert keys_lacking(alleles, (A, B)) == [BEFORE]
    assert keys_lacking(alleles, (A,)) == []
    neighbours = [StoredNumber(("b", 7), BEFORE, 11)]
    asked = places_to_count(alleles, neighbours, frozenset("ab"), GRCH38, "X")
    assert asked == {"a": PlacesOfPart([1], [3]), "b": PlacesOfPart([7], [2])}
    assert places_to_count(alleles, neighbours, frozenset("a"), GRCH38, "X") == {"a": PlacesOfPart([1], [3])}
    assert places_to_count(alleles, neighbours, frozenset(), GRCH38, "X") == {}
