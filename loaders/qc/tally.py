"""Counts of one contig's variants and carriers, batch after batch (pure): the raw material of a quality report.

A tally is a sum over variants. Any split of the variants into batches, in any order, gives the same tally, and its
size does not depend on their number: it can be made where the variants are and sent home.
"""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from beacon.rows import PersonRow
from beacon.variant_batch import VARIANT_TYPES, VariantBatch
from loaders.qc.alleles import (
    BINS,
    COUNT_CLASSES,
    KINDS,
    LENGTHS,
    Counts,
    histogram,
    kinds_of,
    lengths_of,
    spectrum_of,
    types_of,
)
from loaders.qc.genotypes import MISSING_EDGES, ZYGOSITIES, ContigPeople, Genotypes, regions_of_contig


@dataclass(slots=True)
class ContigTally:
    """What was counted on one contig of one batch of people; every array is a sum over variants.

    ``types``: [VariantType]. ``spectrum``: [frequency bin, allele count 0, 1, 2 or more, kind]. ``lengths``: indels by
    change of length, from below ``-LONGEST`` to above ``LONGEST``. ``zygosities``: people by zygosity as the variants
    state them. ``missing_shares``: variants by the share of copies that are not called. ``rows``: [region] variants.
    ``genotypes``: [person, region, zygosity, kind] carried alleles. ``called``, ``missing``: [person, region] copies
    over all variants. ``expected_heterozygous``: [person] SNPs of X outside the pseudo-autosomal regions at which the
    person is called, each weighted with the share of people who are heterozygous by its frequency, in 1/FIXED_POINT.
    """

    contig: str
    types: Counts
    spectrum: Counts
    lengths: Counts
    zygosities: Counts
    missing_shares: Counts
    rows: Counts
    genotypes: Counts
    called: Counts
    missing: Counts
    expected_heterozygous: Counts

    @classmethod
    def empty(cls, contig: str, people: int) -> Self:
        """Nothing counted yet."""
        regions = regions_of_contig(contig)
        shapes: tuple[tuple[int, ...], ...] = (
            (len(VARIANT_TYPES),),
            (BINS, COUNT_CLASSES, KINDS),
            (LENGTHS,),
            (ZYGOSITIES,),
            (len(MISSING_EDGES) + 1,),
            (regions,),
            (people, regions, ZYGOSITIES, KINDS),
            (people, regions),
            (people, regions),
            (people if contig == "X" else 0,),
        )
        return cls(contig, *(np.zeros(shape, dtype=np.int64) for shape in shapes))

    @property
    def people(self) -> int:
        """Number of people."""
        return len(self.genotypes)

    def merged(self, other: Self) -> Self:
        """Both together; raises ``ValueError`` unless they are of one contig and the same people."""
        if (self.contig, self.people) != (other.contig, other.people):
            message = "tallies of different contigs or people do not add up"
            raise ValueError(message)
        names = [item.name for item in fields(self) if item.name != "contig"]
        return type(self)(self.contig, *(getattr(self, name) + getattr(other, name) for name in names))

    def add(self, batch: VariantBatch, people: ContigPeople) -> None:
        """Count the variants of a batch, with their carriers and calls."""
        kinds = kinds_of(batch)
        self.types += types_of(batch)
        self.spectrum += spectrum_of(batch, kinds)
        self.lengths += lengths_of(batch, kinds)
        for place, column in enumerate((batch.heterozygous, batch.homozygous, batch.hemizygous)):
            self.zygosities[place] += int(np.maximum(column, 0).sum(dtype=np.int64))
        regions = people.regions_of(batch)
        self.rows += histogram(regions, len(self.rows))
        if len(people):
            self._add_people(Genotypes(batch, people, kinds, regions))

    def _add_people(self, found: Genotypes) -> None:
        self.missing_shares += found.missing_shares()
        carried = found.carried()
        self.genotypes += carried
        called, missing = found.called_and_missing(carried)
        self.called += called
        self.missing += missing
        if len(self.expected_heterozygous):
            self.expected_heterozygous += found.expected_heterozygous()


@dataclass(frozen=True, slots=True)
class BatchTally:
    """All contigs of one batch of people, who are in the order of the tallies' people.

    ``calls_expected``: people are called at every site unless it is said otherwise.
    """

    batch: str
    people: tuple[PersonRow, ...]
    calls_expected: bool
    contigs: tuple[ContigTally, ...]
