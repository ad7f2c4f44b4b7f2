"""Allele counts that sum over the parts of a dataset (pure).

AC, AN and the numbers of carriers of one allele are the sums over all parts of its contig: those that hold the site
give their counts, the others count as reference where they say that an absent site means so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from core.genome import Assembly, in_pseudo_autosomal
from core.manifest import AbsentSite, Part


@dataclass(frozen=True, slots=True)
class AlleleCounts:
    """AC, AN, and how many people carry the allele how; ``None`` where a source does not say."""

    allele_count: int
    allele_number: int | None
    heterozygous: int | None
    homozygous: int | None
    hemizygous: int | None

    @property
    def least_carriers(self) -> int:
        """People who carry the allele: counted, or the least that the counts leave possible."""
        cells = (self.heterozygous, self.homozygous, self.hemizygous)
        if None not in cells:
            return sum(cell for cell in cells if cell is not None)
        return (self.allele_count + 1) // 2 if self.homozygous is None else self.allele_count - self.homozygous

    @property
    def frequency(self) -> float | None:
        """AC / AN, ``None`` without an allele number."""
        return self.allele_count / self.allele_number if self.allele_number else None


def absent_allele_number(part: Part, assembly: Assembly | None, start_0based: int) -> int:
    """What a part adds to AN where it does not hold the site."""
    if part.absent_site is AbsentSite.UNKNOWN:
        return 0
    if in_pseudo_autosomal(assembly, part.contig, start_0based):
        return part.absent_allele_number_par
    return part.absent_allele_number


def copies_of(part: Part, assembly: Assembly | None, start_0based: int, sexes: Mapping[str, int]) -> int:
    """How many alleles some people of a part have at a site, given by sex (Phenopackets v2, Sex).

    Taken off the allele number where they must not count. Who was not genotyped at a site is not stored: all are taken
    as called, so that what is left is the lower bound of the true number, and exact wherever everybody was called.
    """
    shared = in_pseudo_autosomal(assembly, part.contig, start_0based)
    return sum(people * _copies(part, sex, pseudo_autosomal=shared) for sex, people in sexes.items())


def with_absent_parts(found: AlleleCounts, absent: Iterable[int], taken: Iterable[int] = ()) -> AlleleCounts:
    """The counts of the parts that hold the site, the allele numbers of those that do not, less what must not count."""
    if found.allele_number is None:
        return found
    number = found.allele_number + sum(absent)
    less = sum(taken)
    return replace(found, allele_number=max(number - less, found.allele_count) if less else number)


def _copies(part: Part, sex: str, *, pseudo_autosomal: bool) -> int:
    """How many copies of the contig a person has in the genotypes of this part."""
    everybody = part.absent_allele_number_par if pseudo_autosomal else part.absent_allele_number
    for copies in (1, 2):
        if part.people_count and everybody == copies * part.people_count:
            return copies
    if part.contig == "MT":
        return 1
    if part.contig not in ("X", "Y") or pseudo_autosomal:
        return 2
    if part.contig == "Y":
        return 0 if sex == "FEMALE" else 1
    return 1 if sex == "MALE" else 2
