"""How many alleles a site has that is not in the file: copies per person by declared sex and observed calls (pure)."""

from collections.abc import Sequence

from loaders.vcf_record import VcfRecord


class PloidyTally:
    """Watches the records of one contig.

    Outside the pseudo-autosomal regions men have one X and one Y, women two X and no Y. People of undeclared sex have
    what their calls show: two X unless called haploid, one Y if called haploid, none otherwise. On other contigs
    everybody has two copies unless called otherwise; of MT one, unless the file calls it diploid.
    """

    def __init__(self, contig: str, sexes: Sequence[str]) -> None:
        """``sexes``: of the people, in column order."""
        self._contig = contig
        self._sexes = sexes
        self._observed: dict[int, int] = {}
        self._observed_par: dict[int, int] = {}
        self._largest = 0

    def note(self, record: VcfRecord) -> None:
        """Take notice of unusual calls."""
        if record.genotypes is None:
            return
        self._largest = max(self._largest, record.genotypes.allele_number)
        if record.genotypes.unusual:
            sexual = self._contig in ("X", "Y")
            seen = self._observed_par if sexual and record.in_pseudo_autosomal else self._observed
            for column, copies in record.genotypes.unusual:
                seen[column] = max(copies, seen.get(column, 0))

    def allele_number(self) -> int:
        """Alleles of an absent site outside the pseudo-autosomal regions."""
        return sum(self._copies(column, sex) for column, sex in enumerate(self._sexes))

    def allele_number_par(self) -> int:
        """Alleles of an absent site inside them; 0 for contigs that have none."""
        if self._contig not in ("X", "Y"):
            return 0
        return sum(self._observed_par.get(column, 2) for column in range(len(self._sexes)))

    def _copies(self, column: int, sex: str) -> int:
        if self._contig in ("X", "Y") and sex in ("MALE", "FEMALE"):
            return 1 if sex == "MALE" else 2 * (self._contig == "X")
        if self._contig == "Y":
            return min(1, self._observed.get(column, 0))
        default = 1 if self._contig == "MT" and self._largest <= len(self._sexes) else 2
        return self._observed.get(column, default)
