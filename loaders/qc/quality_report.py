"""What is said of the quality of a load (pure): numbers without any variant, people by their pseudonyms only."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """Whether a finding asks for a decision."""

    CHECK = "check"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One observation in words."""

    level: Level
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Things and how many there are of each, in the order in which they are shown.

    ``sentence``: what can be seen in it. ``unit``: what is counted. ``ordered``: the bars are steps of one scale (ages,
    sizes), not things of their own.
    """

    title: str
    sentence: str
    unit: str
    bars: tuple[tuple[str, int], ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class KindCounts:
    """Alleles by kind; ``others``: MNP, symbolic alleles, breakends, ambiguous bases."""

    transitions: int = 0
    transversions: int = 0
    indels: int = 0
    others: int = 0

    @property
    def snps(self) -> int:
        """SNP of plain bases."""
        return self.transitions + self.transversions

    @property
    def total(self) -> int:
        """All of them."""
        return self.snps + self.indels + self.others

    @property
    def ts_tv(self) -> float | None:
        """Transitions a transversion; ``None`` where there is none."""
        return ratio(self.transitions, self.transversions)


@dataclass(frozen=True, slots=True)
class SpectrumBin:
    """Alleles whose frequency lies in one bin; ``upper``: its end, included, ``None`` where the bin is not a range."""

    label: str
    upper: float | None
    alleles: KindCounts


@dataclass(frozen=True, slots=True)
class ContigQuality:
    """One contig over all batches; ``missing_share`` of the people's copies, ``None`` without people."""

    contig: str
    alleles: KindCounts
    missing_share: float | None


@dataclass(frozen=True, slots=True)
class SexCheck:
    """What X (outside the pseudo-autosomal regions, SNPs) and Y show of one person.

    ``x_heterozygous`` of ``x_carried`` alleles. ``x_inbreeding``: the F statistic, 1 - observed / expected
    heterozygous calls; about 1 for one X, about 0 for two; ``None`` for fewer than 20 people. ``y_called`` of
    ``y_variants``; both 0 where an absent site says nothing. ``observed``: FEMALE, MALE, UNCLEAR where X and Y do not
    agree or X is in between, UNKNOWN_SEX where there is too little to say.
    """

    x_heterozygous: int
    x_carried: int
    x_inbreeding: float | None
    y_called: int
    y_variants: int
    observed: str

    @property
    def x_share(self) -> float | None:
        """Share of carried alleles that are heterozygous."""
        return ratio(self.x_heterozygous, self.x_carried)

    @property
    def y_share(self) -> float | None:
        """Share of the variants of Y at which the person is called."""
        return None if not self.y_variants else min(1.0, self.y_called / self.y_variants)


@dataclass(frozen=True, slots=True)
class SampleQuality:
    """One sample column over all contigs and batches.

    ``heterozygous``, ``homozygous``, ``hemizygous``: carried alleles of all kinds; ``alleles``: the same by kind.
    ``snp_heterozygous``, ``snp_homozygous``: of them SNPs. ``outlier``: far from the other samples. ``flags``: why
    somebody should look, as text.
    """

    sample: str
    individual_id: str
    sex: str
    heterozygous: int
    homozygous: int
    hemizygous: int
    snp_heterozygous: int
    snp_homozygous: int
    alleles: KindCounts
    called_copies: int
    missing_copies: int
    sex_check: SexCheck
    outlier: bool = False
    flags: tuple[str, ...] = ()

    @property
    def het_hom(self) -> float | None:
        """Heterozygous a homozygous allele; ``None`` where there is no homozygous one."""
        return ratio(self.heterozygous, self.homozygous)

    @property
    def missing_share(self) -> float | None:
        """Share of the person's copies that was not called."""
        return ratio(self.missing_copies, self.called_copies + self.missing_copies)


@dataclass(frozen=True, slots=True)
class VariantQuality:
    """Everything counted in variants.

    ``types``: by ``beacon.rows.VariantType``. ``allele_counts``: by class of allele count. ``indel_lengths``: (change
    of length, alleles); the ends stand for all beyond them. ``missing_shares``: variants by share of copies that are
    not called, empty without people.
    """

    alleles: KindCounts
    types: tuple[tuple[str, int], ...]
    heterozygous: int
    homozygous: int
    hemizygous: int
    spectrum: tuple[SpectrumBin, ...]
    allele_counts: tuple[tuple[str, int], ...]
    indel_lengths: tuple[tuple[int, int], ...]
    missing_shares: tuple[tuple[str, int], ...]
    contigs: tuple[ContigQuality, ...]
    samples: tuple[SampleQuality, ...]

    @property
    def missing_share(self) -> float | None:
        """Share of all people's copies that was not called."""
        missing = sum(sample.missing_copies for sample in self.samples)
        return ratio(missing, missing + sum(sample.called_copies for sample in self.samples))


@dataclass(frozen=True, slots=True)
class QualityReport:
    """What a loader knows of the quality of what it loaded; each part may be absent."""

    variants: VariantQuality | None = None
    charts: tuple[Chart, ...] = ()
    findings: tuple[Finding, ...] = ()


def ratio(part: int, whole: int) -> float | None:
    """``part / whole``; ``None`` where ``whole`` is 0."""
    return part / whole if whole else None
