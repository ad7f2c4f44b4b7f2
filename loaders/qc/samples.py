"""The samples of a load, each over all contigs and batches (pure): counts, sex check, who stands out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

import numpy as np

from loaders.qc.alleles import INDEL, KINDS, OTHER, TRANSITION, TRANSVERSION, Counts
from loaders.qc.genotypes import FIXED_POINT, ZYGOSITIES
from loaders.qc.quality_report import KindCounts, SampleQuality, SexCheck
from loaders.qc.tally import BatchTally, ContigTally

DEVIATIONS = 5
"""Median absolute deviations from the median beyond which a sample stands out."""
MALE_X, FEMALE_X = 0.1, 0.25
"""Shares of carried alleles of X that are heterozygous: at most of people with one X, at least of those with two."""

_FEWEST_SAMPLES = 10
_FEWEST_FOR_COUNTS, _FEWEST_FOR_RATIOS = 100, 1000
_FEWEST_FOR_INBREEDING = 20
_FEWEST_ON_SEX_CONTIG = 50
_FEMALE_Y, _MALE_Y = 0.2, 0.5


@dataclass(frozen=True, slots=True)
class _Metric:
    """A number that all samples have, and the least deviation of it that means anything."""

    name: str
    values: tuple[float | None, ...]
    form: str
    floor: float
    share_of_median: float


class _Sums:
    """Arrays over all samples, filled batch by batch."""

    def __init__(self, size: int) -> None:
        self.genotypes = np.zeros((size, ZYGOSITIES, KINDS), dtype=np.int64)
        self.x = np.zeros((size, ZYGOSITIES), dtype=np.int64)
        self.called, self.missing, self.y_called, self.y_variants, self.expected = (
            np.zeros(size, dtype=np.int64) for _ in range(5)
        )

    def add(self, places: Counts, batch: BatchTally, tally: ContigTally) -> None:
        """Add one contig of a batch whose people have these places; nobody is twice in a batch."""
        self.genotypes[places] += tally.genotypes.sum(axis=1)
        self.called[places] += tally.called.sum(axis=1)
        self.missing[places] += tally.missing.sum(axis=1)
        if tally.contig == "X":
            self.x[places] += tally.genotypes[:, 0, :, : TRANSVERSION + 1].sum(axis=2)
            if len(places) >= _FEWEST_FOR_INBREEDING:
                self.expected[places] += tally.expected_heterozygous
        # Of a lone file everything on Y is called: it lists what was found.
        if tally.contig == "Y" and batch.calls_expected and len(places) > 1:
            self.y_called[places] += tally.called[:, 0]
            self.y_variants[places] += tally.rows[0]


def sample_table(batches: Sequence[BatchTally]) -> tuple[SampleQuality, ...]:
    """One row a sample, in the order in which they come, with what stands out in it."""
    place: dict[str, int] = {}
    people = [place_of for batch in batches for place_of in batch.people]
    for person in people:
        place.setdefault(person.sample, len(place))
    first = {person.sample: person for person in reversed(people)}
    sums = _Sums(len(place))
    for batch in batches:
        places = np.array([place[person.sample] for person in batch.people], dtype=np.int64)
        for tally in batch.contigs:
            sums.add(places, batch, tally)
    rows = tuple(
        _row(sums, index, sample, first[sample].individual_id, first[sample].sex) for sample, index in place.items()
    )
    return _flagged(rows)


def _row(sums: _Sums, index: int, sample: str, individual_id: str, sex: str) -> SampleQuality:
    by_kind = sums.genotypes[index].sum(axis=0).tolist()
    heterozygous, homozygous, hemizygous = sums.genotypes[index].sum(axis=1).tolist()
    snps = sums.genotypes[index][:, : TRANSVERSION + 1].sum(axis=1).tolist()
    return SampleQuality(
        sample,
        individual_id,
        sex,
        heterozygous,
        homozygous,
        hemizygous,
        snp_heterozygous=snps[0],
        snp_homozygous=snps[1],
        alleles=KindCounts(by_kind[TRANSITION], by_kind[TRANSVERSION], by_kind[INDEL], by_kind[OTHER]),
        called_copies=int(sums.called[index]),
        missing_copies=int(sums.missing[index]),
        sex_check=_sex_check(sums, index),
    )


def _sex_check(sums: _Sums, index: int) -> SexCheck:
    heterozygous, carried = int(sums.x[index][0]), int(sums.x[index].sum())
    expected = int(sums.expected[index]) / FIXED_POINT
    y_called, y_variants = int(sums.y_called[index]), int(sums.y_variants[index])
    return SexCheck(
        heterozygous,
        carried,
        1 - heterozygous / expected if expected else None,
        y_called,
        y_variants,
        observed_sex(heterozygous, carried, y_called, y_variants),
    )


def observed_sex(x_heterozygous: int, x_carried: int, y_called: int, y_variants: int) -> str:
    """What X and Y show; 50 alleles of X or variants of Y are the least that is judged.

    One X: less than 10 % of the carried alleles are heterozygous; two: more than 25 %. A Y: more than half of its
    variants are called; none: less than 20 %.
    """
    of_x = _between(x_heterozygous, x_carried, MALE_X, FEMALE_X, ("MALE", "FEMALE"))
    of_y = _between(y_called, y_variants, _FEMALE_Y, _MALE_Y, ("FEMALE", "MALE"))
    known = {sex for sex in (of_x, of_y) if sex != "UNKNOWN_SEX"}
    if len(known) == 1:
        return known.pop()
    return "UNCLEAR" if known else "UNKNOWN_SEX"


def _between(part: int, whole: int, low: float, high: float, names: tuple[str, str]) -> str:
    if whole < _FEWEST_ON_SEX_CONTIG:
        return "UNKNOWN_SEX"
    share = part / whole
    return names[0] if share < low else names[1] if share > high else "UNCLEAR"


def sex_mismatch(sample: SampleQuality) -> bool:
    """Whether the declared sex is one and the chromosomes show the other."""
    return sample.sex in ("MALE", "FEMALE") and sample.sex_check.observed in {"MALE", "FEMALE"} - {sample.sex}


def _flagged(rows: tuple[SampleQuality, ...]) -> tuple[SampleQuality, ...]:
    far: list[list[str]] = [[] for _ in rows]
    for metric in _metrics(rows):
        for index, text in outliers(metric.values, metric.floor, metric.share_of_median, metric.form).items():
            far[index].append(f"{metric.name} {text}")
    return tuple(
        replace(row, outlier=bool(found), flags=(*_sex_flags(row), *found))
        for row, found in zip(rows, far, strict=True)
    )


def _sex_flags(row: SampleQuality) -> tuple[str, ...]:
    if sex_mismatch(row):
        return (f"declared {row.sex}, chromosomes look {row.sex_check.observed}",)
    return ("sex chromosomes are not clear",) if row.sex_check.observed == "UNCLEAR" else ()


def _metrics(rows: Sequence[SampleQuality]) -> Iterable[_Metric]:
    """What the samples are compared by: of few alleles the counts, of many the ratios too."""
    carried = median(row.alleles.total for row in rows) if rows else 0
    if carried >= _FEWEST_FOR_RATIOS:
        yield _Metric("het/hom", tuple(row.het_hom for row in rows), ".2f", 0.02, 0.01)
        yield _Metric("Ts/Tv", tuple(row.alleles.ts_tv for row in rows), ".2f", 0.02, 0.01)
    if carried >= _FEWEST_FOR_COUNTS:
        yield _Metric("missing copies", tuple(row.missing_share for row in rows), ".2%", 0.001, 0.0)
        yield _Metric("alleles carried", tuple(float(row.alleles.total) for row in rows), ",.0f", 1.0, 0.005)


def outliers(values: Sequence[float | None], floor: float, share_of_median: float, form: str) -> dict[int, str]:
    """Places of values beyond ``DEVIATIONS`` median absolute deviations from the median, each with words for it.

    ``floor`` and ``share_of_median``: a deviation smaller than both is taken to be as large as the larger; otherwise
    among equal values any other one would stand out. Fewer than ten values have no outliers.
    """
    known = [value for value in values if value is not None]
    if len(known) < _FEWEST_SAMPLES:
        return {}
    middle = median(known)
    deviation = max(median(abs(value - middle) for value in known), floor, share_of_median * abs(middle))
    return {
        place: f"{value:{form}} is {'low' if value < middle else 'high'}, the median is {middle:{form}}"
        for place, value in enumerate(values)
        if value is not None and abs(value - middle) > DEVIATIONS * deviation
    }
