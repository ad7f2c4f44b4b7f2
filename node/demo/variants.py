"""The variant sites of the synthetic population and their frequencies (pure).

Frequencies follow the neutral spectrum: their density is proportional to 1/f. Only named variants have the reference
bases of GRCh38; at all other sites the bases are drawn at random.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from core.genome import contig_order
from node.demo.genes import COPY_NUMBER_CHANGES, GENES, NAMED_VARIANTS, CopyNumberChange, Gene, NamedVariant

LOWEST_FREQUENCY = 1e-4
HIGHEST_FREQUENCY = 0.95
_SPACING = 48
"""Sites start at multiples of it within a gene where there is room: no two of them overlap."""

_TRANSITION = {"A": "G", "G": "A", "C": "T", "T": "C"}
_TRANSVERSIONS = {"A": "CT", "G": "CT", "C": "AG", "T": "AG"}
_TRANSITION_SHARE = 0.68
_MAXIMUM_INDEL_BASES = 18
_OTHER_ALLELE_SHARE = 0.3

Alleles: TypeAlias = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Site:
    """One line of a VCF before anybody's genotype: ``end_0based`` is the end of the bases that REF or END cover.

    ``name``: of a named variant or copy-number change, else empty. ``frequencies``: of each alternate allele.
    """

    contig: str
    start_0based: int
    end_0based: int
    reference: str
    alternates: tuple[str, ...]
    frequencies: tuple[float, ...]
    gene: str
    rs_id: str = "."
    name: str = ""

    @property
    def symbolic(self) -> bool:
        """Whether the alternate is a copy-number change."""
        return self.alternates[0].startswith("<")

    @property
    def single_nucleotide(self) -> bool:
        """Whether it is a biallelic SNV."""
        return len(self.alternates) == 1 and len(self.reference) == len(self.alternates[0]) == 1


def make_sites(seed: int) -> tuple[Site, ...]:
    """Every site of the population in the order of a VCF: the same for the same seed."""
    random = np.random.default_rng((seed, 2))
    named = [_named_site(variant) for variant in NAMED_VARIANTS]
    changes = [_copy_number_site(random, change) for change in COPY_NUMBER_CHANGES]
    drawn = [site for gene in GENES for site in _gene_sites(random, gene, named)]
    return _in_order([*named, *changes, *drawn])


def _in_order(sites: Iterable[Site]) -> tuple[Site, ...]:
    return tuple(sorted(sites, key=lambda site: (contig_order(site.contig), site.start_0based, site.end_0based)))


def _named_site(variant: NamedVariant) -> Site:
    start_0based = variant.position_1based - 1
    return Site(
        contig=variant.contig,
        start_0based=start_0based,
        end_0based=start_0based + len(variant.reference),
        reference=variant.reference,
        alternates=(variant.alternate,),
        frequencies=(variant.frequency,),
        gene=variant.gene,
        rs_id=variant.rs_id,
        name=variant.name,
    )


def _copy_number_site(random: np.random.Generator, change: CopyNumberChange) -> Site:
    """A symbolic allele is anchored at the base before the change (VCF 4.3 §5.3)."""
    return Site(
        contig=change.contig,
        start_0based=change.start_0based - 1,
        end_0based=change.end_0based,
        reference=_bases(random, 1),
        alternates=(change.alternate,),
        frequencies=(change.frequency,),
        gene=change.gene,
        name=change.name,
    )


def _gene_sites(random: np.random.Generator, gene: Gene, named: Iterable[Site]) -> Iterable[Site]:
    spacing = min(_SPACING, (gene.end_0based - gene.start_0based) // (gene.sites + 2))
    slots = (gene.end_0based - gene.start_0based) // spacing
    taken = {(site.start_0based - gene.start_0based) // spacing for site in named if site.gene == gene.symbol}
    neighbours = taken | {slot + 1 for slot in taken} | {slot - 1 for slot in taken}
    free = np.array([slot for slot in range(slots) if slot not in neighbours])
    chosen = np.sort(random.choice(free, size=min(gene.sites, len(free)), replace=False))
    longest = min(_MAXIMUM_INDEL_BASES, spacing - 2)
    for slot in chosen:
        start_0based = gene.start_0based + int(slot) * spacing
        reference, alternates = _alleles(random, longest)
        yield Site(
            contig=gene.contig,
            start_0based=start_0based,
            end_0based=start_0based + len(reference),
            reference=reference,
            alternates=alternates,
            frequencies=_frequencies(random, len(alternates)),
            gene=gene.symbol,
        )


def _frequencies(random: np.random.Generator, number: int) -> tuple[float, ...]:
    """The first by the neutral spectrum, log-uniform between the bounds; further alleles are rarer than that."""
    span = math.log(HIGHEST_FREQUENCY / LOWEST_FREQUENCY)
    first = LOWEST_FREQUENCY * math.exp(span * float(random.random()))
    frequencies = [first]
    for _ in range(number - 1):
        room = min(frequencies[-1], 1 - sum(frequencies))
        frequencies.append(room * _OTHER_ALLELE_SHARE * (0.1 + 0.9 * float(random.random())))
    return tuple(frequencies)


def _alleles(random: np.random.Generator, longest: int) -> Alleles:
    """Kinds of site in about the shares of a genome: SNV, deletion, insertion, several alternates."""
    kind = float(random.random())
    for limit, draw in ((0.86, _snv), (0.91, _deletion), (0.95, _insertion), (0.975, _two_snvs), (0.99, _repeats)):
        if kind < limit:
            return draw(random, longest)
    return _deletion_and_snv(random, longest)


def _bases(random: np.random.Generator, number: int) -> str:
    return "".join("ACGT"[index] for index in random.integers(0, 4, size=number))


def _substitute(random: np.random.Generator, base: str) -> str:
    if random.random() < _TRANSITION_SHARE:
        return _TRANSITION[base]
    return _TRANSVERSIONS[base][int(random.integers(0, 2))]


def _indel_length(random: np.random.Generator, longest: int) -> int:
    return min(int(random.geometric(0.4)), longest)


def _snv(random: np.random.Generator, _longest: int) -> Alleles:
    base = _bases(random, 1)
    return base, (_substitute(random, base),)


def _two_snvs(random: np.random.Generator, _longest: int) -> Alleles:
    base = _bases(random, 1)
    return base, (_TRANSITION[base], _TRANSVERSIONS[base][int(random.integers(0, 2))])


def _deletion(random: np.random.Generator, longest: int) -> Alleles:
    reference = _bases(random, 1 + _indel_length(random, longest))
    return reference, (reference[0],)


def _insertion(random: np.random.Generator, longest: int) -> Alleles:
    anchor = _bases(random, 1)
    return anchor, (anchor + _bases(random, _indel_length(random, longest)),)


def _repeats(random: np.random.Generator, longest: int) -> Alleles:
    """A short repeat that is one or two units longer, or one shorter."""
    anchor, unit = _bases(random, 1), _bases(random, min(2, longest))
    return anchor + unit, (anchor + unit * 2, anchor, anchor + unit * 3)


def _deletion_and_snv(random: np.random.Generator, longest: int) -> Alleles:
    reference, (deleted,) = _deletion(random, longest)
    return reference, (deleted, _substitute(random, reference[0]) + reference[1:])
