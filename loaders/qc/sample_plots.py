"""Plots of people: how many alleles each carries, what was not called, what the sex chromosomes show."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from loaders.qc.plots import short_number, shortened, thousands
from loaders.qc.quality_report import SampleQuality, VariantQuality
from loaders.qc.samples import FEMALE_X, MALE_X, sex_mismatch
from loaders.qc.svg import Palette, Plot

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_FEWEST = 3
_DOTS = 1500
_GRID = 50
_NAMED = 6
_APART_X, _APART_Y = 0.12, 0.06
_LABEL = 24
_SEXES = (("FEMALE", "declared female", "o"), ("MALE", "declared male", "^"), ("", "not declared", "s"))


def carriers_plot(samples: Sequence[SampleQuality]) -> Plot | None:
    """Heterozygous against homozygous alleles; ``None`` for fewer than three samples."""
    if len(samples) < _FEWEST or not any(row.heterozygous or row.homozygous for row in samples):
        return None
    far = sum(row.outlier for row in samples)
    return Plot(
        "carriers",
        "Heterozygous and homozygous alleles a sample",
        f"Each of {len(samples):,} samples by its homozygous (across) and heterozygous alleles (up); "
        f"{far:,} stand out and are marked.",
        partial(_draw_carriers, samples=samples),
        height=3.6,
    )


def distributions_plot(samples: Sequence[SampleQuality]) -> Plot | None:
    """Histograms over samples: het/hom, Ts/Tv, alleles carried."""
    if len(samples) < _FEWEST:
        return None
    return Plot(
        "distributions",
        "Samples compared",
        "Three histograms over samples: heterozygous a homozygous allele, transitions a transversion, alleles carried.",
        partial(_draw_distributions, samples=samples),
        height=2.4,
    )


def missing_plot(variants: VariantQuality) -> Plot | None:
    """Missing calls by variant and by sample; ``None`` without people."""
    if not variants.missing_shares or not any(count for _, count in variants.missing_shares):
        return None
    return Plot(
        "missing",
        "Missing calls",
        "Left: variants by the share of copies that are not called. Right: samples by the same share.",
        partial(_draw_missing, variants=variants),
        height=2.7,
    )


def sex_plot(samples: Sequence[SampleQuality]) -> Plot | None:
    """Heterozygosity of X against calls on Y; ``None`` where nobody carries anything on X."""
    shown = [row for row in samples if row.sex_check.x_share is not None]
    if not shown:
        return None
    return Plot(
        "sex",
        "Sex check",
        "Each sample by the share of its alleles on X that are heterozygous (across) and, upwards, the share of "
        "variants on Y that are called or, without Y, the alleles carried on X. People with one X are at the left, "
        "with two at the right; those whose declared sex does not fit are ringed.",
        partial(_draw_sex, samples=shown),
        height=3.4,
    )


def gathered(across: Sequence[float], up: Sequence[float]) -> tuple[tuple[float, float, int], ...]:
    """Dots as (across, up, people); beyond 1,500 of them one for all that lie close together: plots stay small."""
    if len(across) <= _DOTS:
        return tuple((x, y, 1) for x, y in zip(across, up, strict=True))
    counts, x_edges, y_edges = np.histogram2d(across, up, bins=_GRID)
    columns, rows = np.nonzero(counts)
    x_middles, y_middles = (x_edges[1:] + x_edges[:-1]) / 2, (y_edges[1:] + y_edges[:-1]) / 2
    people = counts[columns, rows].astype(int)
    return tuple(zip(x_middles[columns].tolist(), y_middles[rows].tolist(), people.tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class _Look:
    """How the dots of one group look."""

    marker: str
    colour: str
    label: str
    size: float = 4.0


def _dots(axis: "Axes", look: _Look, across: Sequence[float], up: Sequence[float]) -> None:
    """Draw dots, larger ones for more people, in few sizes."""
    by_size: dict[int, list[tuple[float, float]]] = {}
    for x, y, people in gathered(across, up):
        by_size.setdefault(len(str(people)), []).append((x, y))
    for step, (digits, places) in enumerate(sorted(by_size.items())):
        axis.plot(
            [x for x, _ in places],
            [y for _, y in places],
            look.marker,
            markersize=look.size + 1.5 * (digits - 1),
            color=look.colour,
            markeredgewidth=0,
            alpha=0.75,
            label="_" if step else look.label,
        )


def _named(axis: "Axes", palette: Palette, rows: Sequence[tuple[str, float, float]]) -> None:
    """Write the names of the first few beside their dots, of dots that lie close together one."""
    (left, right), (low, high) = axis.get_xlim(), axis.get_ylim()
    written: list[tuple[float, float]] = []
    for name, x, y in rows:
        place = ((x - left) / (right - left), (y - low) / (high - low))
        free = all(abs(place[0] - other[0]) > _APART_X or abs(place[1] - other[1]) > _APART_Y for other in written)
        if free and len(written) < _NAMED:
            written.append(place)
            text = shortened(name, _LABEL)
            axis.annotate(text, (x, y), xytext=(7, 4), textcoords="offset points", fontsize=8, color=palette.ink)


def _draw_carriers(figure: "Figure", palette: Palette, samples: Sequence[SampleQuality]) -> None:
    axis = figure.subplots()
    usual = [row for row in samples if not row.outlier]
    middle = (median(row.homozygous for row in samples), median(row.heterozygous for row in samples))
    far = sorted(
        (row for row in samples if row.outlier),
        key=lambda row: -abs(row.homozygous - middle[0]) - abs(row.heterozygous - middle[1]),
    )
    for rows, look in (
        (usual, _Look("o", palette.first, "samples")),
        (far, _Look("D", palette.second, "stand out", 5.0)),
    ):
        if rows:
            _dots(axis, look, [row.homozygous for row in rows], [row.heterozygous for row in rows])
    _named(axis, palette, [(row.sample, row.homozygous, row.heterozygous) for row in far])
    if far:
        axis.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, borderaxespad=0.2)
    axis.grid(visible=True, axis="both")
    axis.set_xlabel("homozygous alleles")
    axis.set_ylabel("heterozygous alleles")
    _short_numbers_across(axis)
    thousands(axis)


def _draw_distributions(figure: "Figure", palette: Palette, samples: Sequence[SampleQuality]) -> None:
    parts: tuple[tuple[str, list[float | None]], ...] = (
        ("het/hom", [row.het_hom for row in samples]),
        ("Ts/Tv", [row.alleles.ts_tv for row in samples]),
        ("alleles carried", [float(row.alleles.total) for row in samples]),
    )
    first, second, third = figure.subplots(1, 3, sharey=True)
    for axis, (name, values) in zip((first, second, third), parts, strict=True):
        _histogram(axis, palette, [value for value in values if value is not None])
        axis.set_xlabel(name)
    _short_numbers_across(third)
    first.set_ylabel("samples")


def _draw_missing(figure: "Figure", palette: Palette, variants: VariantQuality) -> None:
    left, right = figure.subplots(1, 2, width_ratios=(5, 4))
    labels = [label.replace(" %", "%") for label, _ in variants.missing_shares]
    left.barh(range(len(labels)), [count for _, count in variants.missing_shares], height=0.74, color=palette.first)
    left.set_yticks(range(len(labels)), labels)
    left.invert_yaxis()
    left.grid(visible=False, axis="y")
    left.grid(visible=True, axis="x")
    left.set_xlabel("variants")
    left.set_ylabel("copies not called")
    _short_numbers_across(left)
    shares = [100 * row.missing_share for row in variants.samples if row.missing_share is not None]
    _histogram(right, palette, shares)
    right.set_xlim(left=0)
    right.set_xlabel("% of a sample's copies not called")
    right.set_ylabel("samples")


def _draw_sex(figure: "Figure", palette: Palette, samples: Sequence[SampleQuality]) -> None:
    axis = figure.subplots()
    with_y = any(row.sex_check.y_variants for row in samples)
    for (sex, label, marker), colour in zip(_SEXES, (palette.first, palette.second, palette.third), strict=True):
        rows = [row for row in samples if (row.sex if row.sex in ("MALE", "FEMALE") else "") == sex]
        if rows:
            look = _Look(marker, colour, label, 5.0)
            _dots(axis, look, [_x(row) for row in rows], [_y(row, with_y=with_y) for row in rows])
    wrong = [(row.sample, _x(row), _y(row, with_y=with_y)) for row in samples if sex_mismatch(row)]
    rings = gathered([x for _, x, _ in wrong], [y for _, _, y in wrong])
    axis.plot([x for x, _, _ in rings], [y for _, y, _ in rings], "o", ms=11, fillstyle="none", color=palette.ink)
    _named(axis, palette, wrong)
    axis.axvspan(MALE_X, FEMALE_X, color=palette.band, linewidth=0)
    axis.text((MALE_X + FEMALE_X) / 2, 0.5, "unclear", transform=axis.get_xaxis_transform(), rotation=90,
              color=palette.muted, fontsize=8, ha="center", va="center")  # fmt: skip
    axis.set_xlim(-0.03, 1.03)
    axis.set_xlabel("share of alleles on X that are heterozygous")
    axis.set_ylabel("share of Y called" if with_y else "alleles carried on X")
    if not with_y:
        thousands(axis)
    axis.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=3, borderaxespad=0.2)


def _x(row: SampleQuality) -> float:
    return row.sex_check.x_share or 0.0


def _y(row: SampleQuality, *, with_y: bool) -> float:
    return (row.sex_check.y_share or 0.0) if with_y else float(row.sex_check.x_carried)


def _histogram(axis: "Axes", palette: Palette, values: Sequence[float]) -> None:
    if values:
        axis.hist(values, bins=min(40, max(8, len(values) // 4)), color=palette.first, rwidth=0.9)


def _short_numbers_across(axis: "Axes") -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator  # noqa: PLC0415

    axis.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short_number(value)))
