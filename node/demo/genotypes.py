"""Genotypes of the people of one dataset at the sites of the population (pure).

Alleles are drawn copy by copy (Hardy-Weinberg within a region) from frequencies that differ a little between the
regions (Balding-Nichols with a small F_ST). A table of genotypes is an array of sites x people x 2 copies.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from node.demo.cohort import REGIONS, Person, Sex
from node.demo.genes import ASSEMBLY, file_contig
from node.demo.variants import Site

MISSING = -1
"""A copy that exists and was not read."""

ABSENT = -2
"""A copy that the person does not have: the second X of a male, any Y of a female."""

BETWEEN_REGIONS_FST = 0.001
_MAXIMUM_ALTERNATES = 3
_RARE_CARRIERS = range(1, 4)

Copies = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class CallSet:
    """The genotypes of one dataset: ``copies[site, person, copy]`` is an allele number, ``MISSING`` or ``ABSENT``.

    The two copies of a person are sorted, so that a person with one copy has it in second place.
    """

    sites: tuple[Site, ...]
    people: tuple[Person, ...]
    copies: Copies

    def allele_counts(self, site_index: int) -> tuple[int, ...]:
        """How often each alternate allele was seen (VCF, AC)."""
        alternates = range(1, len(self.sites[site_index].alternates) + 1)
        return tuple(int((self.copies[site_index] == allele).sum()) for allele in alternates)

    def allele_number(self, site_index: int) -> int:
        """How many copies were read (VCF, AN)."""
        return int((self.copies[site_index] >= 0).sum())

    def carriers(self, site_index: int, allele: int = 1) -> tuple[Person, ...]:
        """Who has at least one copy of an allele, in the order of columns."""
        carrying = (self.copies[site_index] == allele).any(axis=1)
        return tuple(person for person, carries in zip(self.people, carrying, strict=True) if carries)


@dataclass(frozen=True, slots=True)
class KnownVariant:
    """A variant whose answer is known, for examples and tests; ``carriers`` are individual ids in file order."""

    assembly: str
    contig: str
    contig_in_file: str
    start_0based: int
    reference_bases: str
    alternate_bases: str
    gene: str
    name: str
    allele_count: int
    allele_number: int
    carriers: tuple[str, ...]


def draw_call_set(sites: Sequence[Site], people: Sequence[Person], seed: int, dataset_index: int) -> CallSet:
    """The genotypes of a dataset, restricted to sites where somebody has an alternate allele.

    The frequencies of the regions depend on ``seed`` alone: all datasets are samples of one population.
    """
    thresholds = _thresholds(sites, np.random.default_rng((seed, 3)))
    random = np.random.default_rng((seed, 4, dataset_index))
    regions = np.array([person.region_index for person in people])
    drawn = random.random((len(sites), len(people), 2))
    cumulative = thresholds[:, regions, :]
    copies = np.zeros(drawn.shape, dtype=np.int8)
    for allele in range(_MAXIMUM_ALTERNATES, 0, -1):
        copies[drawn < cumulative[:, :, allele - 1, np.newaxis]] = allele
    _mark_missing(copies, random)
    _mark_absent(copies, _ploidy(sites, people))
    copies.sort(axis=2)
    seen = np.flatnonzero((copies > 0).any(axis=(1, 2)))
    return CallSet(tuple(sites[index] for index in seen.tolist()), tuple(people), copies[seen])


def _thresholds(sites: Sequence[Site], random: np.random.Generator) -> NDArray[np.float64]:
    """Cumulative frequencies of the alternates of each site in each region: sites x regions x alternates."""
    frequencies = np.zeros((len(sites), _MAXIMUM_ALTERNATES))
    for index, site in enumerate(sites):
        frequencies[index, : len(site.frequencies)] = site.frequencies
    spread = (1 - BETWEEN_REGIONS_FST) / BETWEEN_REGIONS_FST
    shape = (len(sites), len(REGIONS), _MAXIMUM_ALTERNATES)
    expected = np.broadcast_to(frequencies[:, np.newaxis, :], shape)
    absent = expected == 0
    safe = np.where(absent, 0.5, expected)
    regional = np.where(absent, 0.0, random.beta(safe * spread, (1 - safe) * spread))
    cumulative: NDArray[np.float64] = np.minimum(np.cumsum(regional, axis=2), 1.0)
    return cumulative


def _ploidy(sites: Sequence[Site], people: Sequence[Person]) -> NDArray[np.int8]:
    male = np.array([person.sex is Sex.MALE for person in people])
    haploid = {"X": np.where(male, 1, 2), "Y": np.where(male, 1, 0), "MT": np.ones(len(people), dtype=int)}
    diploid = np.full(len(people), 2)
    rows = [diploid if _two_copies(site) else haploid.get(site.contig, diploid) for site in sites]
    return np.array(rows, dtype=np.int8).reshape(len(sites), len(people))


def _two_copies(site: Site) -> bool:
    """Pseudo-autosomal sites of X; their copies on Y are never called separately."""
    return any(
        contig == site.contig and start <= site.start_0based < end for contig, start, end in ASSEMBLY.pseudo_autosomal
    )


def _mark_missing(copies: Copies, random: np.random.Generator) -> None:
    """Most sites are read in everybody, some miss about one person in a hundred, a few one in fifteen."""
    rates = random.choice([0.0, 0.008, 0.07], size=len(copies), p=[0.7, 0.25, 0.05])
    copies[random.random(copies.shape[:2]) < rates[:, np.newaxis]] = MISSING


def _mark_absent(copies: Copies, ploidy: NDArray[np.int8]) -> None:
    copies[ploidy < 2, 0] = ABSENT
    copies[ploidy < 1, 1] = ABSENT


def find_named(call_set: CallSet, name: str) -> KnownVariant:
    """A named variant of the call set; raises ``LookupError`` where nobody has it."""
    for index, site in enumerate(call_set.sites):
        if site.name == name:
            return _known(call_set, index)
    message = f"nobody carries {name}"
    raise LookupError(message)


def find_rare(call_set: CallSet, gene: str) -> KnownVariant:
    """The first SNV of a gene with one to three heterozygous carriers; raises ``LookupError`` if there is none."""
    for index, site in enumerate(call_set.sites):
        if site.gene == gene and site.single_nucleotide and not site.name:
            known = _known(call_set, index)
            if len(known.carriers) in _RARE_CARRIERS and known.allele_count == len(known.carriers):
                return known
    message = f"{gene} has no rare variant"
    raise LookupError(message)


def _known(call_set: CallSet, index: int) -> KnownVariant:
    site = call_set.sites[index]
    return KnownVariant(
        assembly=ASSEMBLY.name,
        contig=site.contig,
        contig_in_file=file_contig(site.contig),
        start_0based=site.start_0based,
        reference_bases=site.reference,
        alternate_bases=site.alternates[0],
        gene=site.gene,
        name=site.name,
        allele_count=call_set.allele_counts(index)[0],
        allele_number=call_set.allele_number(index),
        carriers=tuple(person.individual_id for person in call_set.carriers(index)),
    )
