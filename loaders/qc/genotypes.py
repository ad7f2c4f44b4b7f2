"""Who carries the variants of a batch and what was not called (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from beacon.rows import PersonRow
from beacon.variant_batch import VariantBatch
from core.genome import Assembly
from loaders.qc.alleles import KINDS, TRANSVERSION, Counts, Kinds, Numbers, exceeded, histogram

ZYGOSITIES = 3
MISSING_EDGES = (0.0, 0.001, 0.01, 0.02, 0.05, 0.1, 0.5)
"""Upper ends, included, of the bins of shares of missing copies."""
FIXED_POINT = 1 << 20
"""Expected heterozygous calls are counted in this fraction of one: whole numbers add up the same in any order."""

_BASE_COPIES = np.array([0, 2, 2, 1], dtype=np.int64)
_BASE_COPIES.setflags(write=False)
"""Copies that a carrier has by zygosity (0: no carrier) where the person's copies are not known."""


@dataclass(frozen=True, slots=True)
class ContigPeople:
    """Whose genotypes a batch holds on one contig.

    ``copies``: [person, region] copies of the contig that each person has, outside and inside the pseudo-autosomal
    regions: so many are called unless ``calls`` says otherwise. Where it is 0, a heterozygous or homozygous carrier has
    two, a hemizygous one has one, and nothing is missing. ``pseudo_autosomal``: these regions as (start_0based,
    end_0based).
    """

    contig: str
    copies: Counts
    pseudo_autosomal: tuple[tuple[int, int], ...]

    @classmethod
    def on_contig(cls, contig: str, people: Sequence[PersonRow], *, assembly: Assembly | None) -> Self:
        """People by their copies of a contig outside and inside its pseudo-autosomal regions."""
        regions = tuple(
            (start, end)
            for name, start, end in (assembly.pseudo_autosomal if assembly else ())
            if name == contig and contig in ("X", "Y")
        )
        copies = np.array([(person.copies, person.copies_par) for person in people], dtype=np.int64).reshape(-1, 2)
        return cls(contig, copies[:, : regions_of_contig(contig)], regions)

    def __len__(self) -> int:
        """Number of people."""
        return len(self.copies)

    def regions_of(self, batch: VariantBatch) -> Counts:
        """1 for each variant that starts inside a pseudo-autosomal region, 0 for the others."""
        starts = batch.start_0based
        inside = np.zeros(len(batch), dtype=np.int64)
        for first, last in self.pseudo_autosomal:
            inside |= (starts >= first) & (starts < last)
        return inside


@dataclass(frozen=True, slots=True)
class _Pairs:
    """A side table about people: one element a variant and person."""

    row: Numbers
    person: Numbers
    value: Numbers

    @classmethod
    def of(cls, batch: VariantBatch, table: str, column: str) -> Self:
        side = batch.sides.get(table)
        if side is None:
            nothing = np.zeros(0, dtype=np.int64)
            return cls(nothing, nothing, nothing)
        return cls(np.asarray(side["row"]), np.asarray(side["person_index"]), np.asarray(side[column]))

    def keys(self, people: int) -> Counts:
        """One number a pair."""
        return self.row * np.int64(people) + self.person


class Genotypes:
    """Carriers and calls of one batch."""

    def __init__(self, batch: VariantBatch, people: ContigPeople, kinds: Kinds, regions: Counts) -> None:
        """``kinds``, ``regions``: of the variants."""
        self._batch = batch
        self._copies = people.copies
        self._kinds = kinds
        self._regions = regions
        self._carriers = _Pairs.of(batch, "carriers", "zygosity")
        self._calls = _Pairs.of(batch, "calls", "copies")
        self._called = self._calls.value.astype(np.int64)

    def missing_shares(self) -> Counts:
        """Variants by the share of the people's copies that is not called, where they are known to have any."""
        expected = self._copies.sum(axis=0)[self._regions]
        known = expected > 0
        missing = np.maximum(expected - self._batch.allele_number, 0)[known] / expected[known]
        return histogram(exceeded(missing, MISSING_EDGES), len(MISSING_EDGES) + 1)

    def carried(self) -> Counts:
        """Carried alleles by [person, region, zygosity, kind]."""
        people, regions = self._copies.shape
        size = ZYGOSITIES * KINDS
        of_row = self._regions * size + self._kinds - KINDS
        codes = of_row[self._carriers.row]
        codes += self._carriers.person * np.int64(regions * size)
        codes += self._carriers.value * np.int64(KINDS)
        return histogram(codes, people * regions * size).reshape(people, regions, ZYGOSITIES, KINDS)

    def called_and_missing(self, carried: Counts) -> tuple[Counts, Counts]:
        """Copies that were called, and copies that the people have and that were not, by [person, region]."""
        has = self._copies_of(self._calls)
        usual = histogram(self._regions, self._copies.shape[1]) * self._copies
        of_carriers = np.where(self._copies == 0, carried.sum(axis=3) @ _BASE_COPIES[1:], 0)
        base = np.where(has > 0, has, _BASE_COPIES[self._zygosity_of_calls(has)])
        called = usual + of_carriers + self._by_person(self._calls, self._called - base)
        return called, self._by_person(self._calls, np.maximum(has - self._called, 0))

    def expected_heterozygous(self) -> Counts:
        """Sum over the SNPs outside the pseudo-autosomal regions at which a person is called."""
        weights, people = self._expected_shares(), len(self._copies)
        of_calls, has = weights[self._calls.row], self._copies[self._calls.person, 0]
        of_carriers = weighted(self._carriers.person, weights[self._carriers.row], people)
        usual = np.where(self._copies[:, 0] > 0, np.int64(weights.sum()), of_carriers)
        lost = np.where((has > 0) & (self._called == 0), -of_calls, 0)
        others = (has == 0) & (self._called > 0) & (self._zygosity_of_calls(has) == 0)
        return usual + weighted(self._calls.person, lost + np.where(others, of_calls, 0), people)

    def _expected_shares(self) -> Numbers:
        """Of each such SNP the share of people that its frequency makes heterozygous (unbiased), in fixed point."""
        number = self._batch.allele_number
        usable = (self._kinds <= TRANSVERSION) & (self._regions == 0) & (number > 1)
        number = np.where(usable, number, 2).astype(np.float64)
        share = np.where(usable, self._batch.allele_count / number, 0.0)
        found: Numbers = np.rint(FIXED_POINT * 2 * share * (1 - share) * number / (number - 1))
        return found

    def _zygosity_of_calls(self, has: Counts) -> Counts:
        """For each call of a person without known copies the zygosity at that variant; 0 for all others."""
        found = np.zeros(len(has), dtype=np.int64)
        people = len(self._copies)
        unknown = np.flatnonzero(has == 0)
        there = self._carriers.keys(people)
        if not len(there) or not len(unknown):
            return found
        wanted = self._calls.keys(people)[unknown]
        ascending = bool(np.all(there[1:] >= there[:-1]))
        order = np.arange(len(there)) if ascending else np.argsort(there, kind="stable")
        places = order[np.minimum(np.searchsorted(there, wanted, sorter=order), len(there) - 1)]
        found[unknown] = np.where(there[places] == wanted, self._carriers.value[places], 0)
        return found

    def _copies_of(self, pairs: _Pairs) -> Counts:
        """Copies that each pair's person has at its variant."""
        found: Counts = self._copies[pairs.person, self._regions[pairs.row]]
        return found

    def _by_person(self, pairs: _Pairs, values: Counts) -> Counts:
        people, regions = self._copies.shape
        codes = pairs.person * np.int64(regions) + self._regions[pairs.row]
        return weighted(codes, values, people * regions).reshape(people, regions)


def regions_of_contig(contig: str) -> int:
    """X and Y have two: outside and inside the pseudo-autosomal regions."""
    return 2 if contig in ("X", "Y") else 1


def weighted(codes: Numbers, weights: Numbers, size: int) -> Counts:
    """Sums of whole numbers by code: exact, since they stay far below 2 to the 53."""
    return np.bincount(codes, weights=weights, minlength=size).astype(np.int64)
