"""Allele counts that sum over the parts of a dataset (pure).

AC, AN and the numbers of carriers of one allele are the sums over all parts of its contig: those that hold the site
give their counts, the others count as reference where they say that an absent site means so.
"""

from dataclasses import dataclass

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
    if part.absent_site is not AbsentSite.REFERENCE:
        return 0
    if in_pseudo_autosomal(assembly, part.contig, start_0based):
        return part.absent_allele_number_par
    return part.absent_allele_number
