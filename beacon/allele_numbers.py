"""Allele numbers of variants over all parts of a contig, for exactly the people who are counted (pure).

A part that holds the allele gives the number that was called there. One that holds another allele at the same place
gives the number of that row: who was called at a place does not depend on the allele. One that holds nothing at the
place gives what an absent site means in it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from beacon.counts import absent_allele_number
from beacon.number_sql import PlacesOfPart
from beacon.sql import VariantPart
from core.genome import Assembly, in_pseudo_autosomal
from core.manifest import AbsentSite, Part

Place = tuple[str, int]
"""Alias of a part, number of a row in it."""


@dataclass(frozen=True, slots=True)
class KnownPart:
    """A variant part, and how statements see it; ``emptied_by``: tables of masks that leave nobody of it."""

    part: Part
    sql: VariantPart
    emptied_by: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AlleleAt:
    """An allele on a page: its key, where it is stored, and the sum of the allele numbers that are known as stored."""

    key: int
    places: tuple[Place, ...]
    stored_number: int

    @property
    def start_0based(self) -> int:
        """Where it begins."""
        return self.key & 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class StoredNumber:
    """The allele number of one row as it is stored: of everybody in the part."""

    place: Place
    key: int
    allele_number: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """What was read for a page of alleles of one contig.

    ``parts``: those of the contig. ``limited``: aliases of those in which not everybody is counted. ``neighbours``:
    rows at the places of alleles that some parts lack. ``copies``: of the people who are counted in the limited parts,
    outside and inside pseudo-autosomal regions. ``differences``: by place, of the rows of limited parts. ``covered``:
    by part and key, copies of the people who are counted and known to have the reference there, for parts of which
    absent sites mean so inside blocks only.
    """

    parts: Sequence[KnownPart]
    assembly: Assembly | None
    limited: frozenset[str]
    neighbours: Mapping[tuple[str, int], Sequence[StoredNumber]]
    copies: Mapping[str, tuple[int, int]]
    differences: Mapping[Place, int]
    covered: Mapping[tuple[str, int], tuple[int, int]] = field(default_factory=dict)

    def of(self, allele: AlleleAt) -> int:
        """The allele number over all parts."""
        holding = {place[0]: place for place in allele.places}
        number = allele.stored_number
        for known in self.parts:
            alias = known.sql.alias
            if alias not in holding:
                number += self._elsewhere(known, allele)
            elif alias in self.limited:
                number += self._counted(known, allele.start_0based, holding[alias])
        return number

    def _elsewhere(self, known: KnownPart, allele: AlleleAt) -> int:
        alias, start = known.sql.alias, allele.start_0based
        rows = self.neighbours.get((alias, allele.key), ())
        if known.part.absent_site is AbsentSite.BLOCKS and not rows:
            shared = in_pseudo_autosomal(self.assembly, known.part.contig, start)
            return self.covered.get((alias, allele.key), (0, 0))[shared]
        if alias not in self.limited:
            absent = absent_allele_number(known.part, self.assembly, start)
            return max((row.allele_number for row in rows), default=absent)
        absent = 0 if known.part.absent_site is AbsentSite.UNKNOWN else self._copies(known, start)
        return max((self._counted(known, start, row.place) for row in rows), default=absent)

    def _counted(self, known: KnownPart, start_0based: int, place: Place) -> int:
        return self._copies(known, start_0based) + self.differences.get(place, 0)

    def _copies(self, known: KnownPart, start_0based: int) -> int:
        shared = in_pseudo_autosomal(self.assembly, known.part.contig, start_0based)
        return self.copies[known.sql.alias][shared]


def keys_lacking(alleles: Iterable[AlleleAt], parts: Sequence[KnownPart]) -> list[int]:
    """The places of alleles that some part does not hold: what the part says of the place must be read."""
    return sorted({allele.key for allele in alleles if len(allele.places) < len(parts)})


def by_place(rows: Iterable[StoredNumber]) -> dict[tuple[str, int], list[StoredNumber]]:
    """Rows by part and key."""
    found: dict[tuple[str, int], list[StoredNumber]] = {}
    for row in rows:
        found.setdefault((row.place[0], row.key), []).append(row)
    return found


def places_to_count(
    alleles: Iterable[AlleleAt],
    neighbours: Iterable[StoredNumber],
    limited: frozenset[str],
    assembly: Assembly | None,
    contig: str,
) -> dict[str, PlacesOfPart]:
    """The rows of limited parts whose called copies are needed."""
    outside: dict[str, list[int]] = {}
    inside: dict[str, list[int]] = {}
    asked = {(place, allele.key) for allele in alleles for place in allele.places}
    asked |= {(row.place, row.key) for row in neighbours}
    for (alias, index), key in sorted(asked):
        if alias in limited:
            shared = in_pseudo_autosomal(assembly, contig, key & 0xFFFFFFFF)
            (inside if shared else outside).setdefault(alias, []).append(index)
    return {alias: PlacesOfPart(outside.get(alias, []), inside.get(alias, [])) for alias in sorted({*outside, *inside})}
