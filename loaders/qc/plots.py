"""The plots of a load report: what is drawn for which numbers."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from loaders.qc.alleles import LONGEST
from loaders.qc.markup import printable
from loaders.qc.quality import percent
from loaders.qc.quality_report import Chart, ContigQuality, KindCounts, SpectrumBin, VariantQuality
from loaders.qc.svg import Palette, Plot

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

USUAL_TS_TV = (2.0, 2.1)
"""Transitions a transversion in whole genomes."""

_CONTIGS_SHOWN = 26
_LABEL = 42


def spectrum_plot(variants: VariantQuality) -> Plot | None:
    """Alleles by frequency, and Ts/Tv of each bin; ``None`` where no frequency is known."""
    bins = [item for item in variants.spectrum if item.upper is not None]
    while bins and not bins[0].alleles.total:
        bins = bins[1:]
    if not bins:
        return None
    most = max(bins, key=lambda item: item.alleles.total)
    return Plot(
        "spectrum",
        "Allele-frequency spectrum",
        f"Bars: alleles by frequency, on a logarithmic scale; most have a frequency of {most.label}. "
        f"Dots below: transitions a transversion in each bin.",
        partial(_draw_spectrum, bins=bins),
        height=4.2,
    )


def contigs_plot(variants: VariantQuality) -> Plot | None:
    """Alleles and Ts/Tv by contig, if there are several; contigs beyond the first 26 are left to the table."""
    shown = [item for item in variants.contigs if item.alleles.total][:_CONTIGS_SHOWN]
    if len(shown) < 2:
        return None
    left = len(variants.contigs) - len(shown)
    rest = f" {left:,} more contigs are in the table." if left else ""
    return Plot(
        "contigs",
        "Contigs",
        f"Bars: alleles on each of {len(shown)} contigs. Dots below: transitions a transversion.{rest}",
        partial(_draw_contigs, contigs=shown),
        height=3.8,
    )


def lengths_plot(variants: VariantQuality) -> Plot | None:
    """Indels by how many bases they insert or delete."""
    if not variants.indel_lengths:
        return None
    inserted = sum(count for length, count in variants.indel_lengths if length > 0)
    deleted = sum(count for length, count in variants.indel_lengths if length < 0)
    return Plot(
        "lengths",
        "Indel lengths",
        f"Bars: {deleted:,} deletions to the left, {inserted:,} insertions to the right, by number of bases, on a "
        "logarithmic scale.",
        partial(_draw_lengths, lengths=variants.indel_lengths),
        height=2.8,
    )


def chart_plot(name: str, chart: Chart) -> Plot:
    """Bars with their numbers: lying ones for things, standing ones for steps of a scale."""
    label, count = max(chart.bars, key=lambda bar: bar[1]) if chart.ordered else chart.bars[0]
    place = "The highest bar" if chart.ordered else "The first bar"
    description = f"{chart.sentence} {place} is {label} with {count:,} {chart.unit}."
    if chart.ordered:
        return Plot(name, chart.title, description, partial(_draw_columns, chart=chart), height=2.6)
    height = 0.7 + 0.27 * len(chart.bars)
    return Plot(name, chart.title, description, partial(_draw_bars, chart=chart), height=height)


def thousands(axis: "Axes") -> None:
    """Write the numbers of the upright axis as people read them."""
    from matplotlib.ticker import FuncFormatter  # noqa: PLC0415

    axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short_number(value)))
    axis.yaxis.set_minor_formatter(FuncFormatter(lambda *_: ""))


def short_number(value: float) -> str:
    """1,200,000 is ``1.2 M``."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g} {letter}"
    return f"{value:g}"


def _draw_spectrum(figure: "Figure", palette: Palette, bins: Sequence[SpectrumBin]) -> None:
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(5, 2))
    _grouped_bars(upper, palette, [item.alleles for item in bins])
    upper.set_yscale("log")
    upper.set_ylim(bottom=0.7)
    upper.set_ylabel("alleles")
    thousands(upper)
    _ts_tv_dots(lower, palette, [item.alleles.ts_tv for item in bins])
    edges = [item.upper for item in bins[:-1] if item.upper is not None]
    lower.set_xticks([place + 0.5 for place in range(len(edges))], [percent(edge) for edge in edges])
    lower.set_xlim(-0.6, len(bins) - 0.4)
    lower.set_xlabel("allele frequency")


def _draw_contigs(figure: "Figure", palette: Palette, contigs: Sequence[ContigQuality]) -> None:
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(5, 3))
    _stacked_bars(upper, palette, [item.alleles for item in contigs])
    upper.set_ylabel("alleles")
    thousands(upper)
    _ts_tv_dots(lower, palette, [item.alleles.ts_tv for item in contigs])
    names = [shortened(item.contig, 12) for item in contigs]
    long = max(len(name) for name in names) > 3
    lower.set_xticks(range(len(names)), names, rotation=45 if long else 0, ha="right" if long else "center")


def _kinds_shown(palette: Palette, alleles: Sequence[KindCounts]) -> list[tuple[str, str, list[int]]]:
    """Name, colour and numbers of each kind that occurs."""
    kinds = (
        ("SNP", palette.first, [item.snps for item in alleles]),
        ("indel", palette.second, [item.indels for item in alleles]),
        ("other", palette.third, [item.others for item in alleles]),
    )
    return [kind for kind in kinds if any(kind[2])]


def _grouped_bars(axis: "Axes", palette: Palette, alleles: Sequence[KindCounts]) -> None:
    kinds = _kinds_shown(palette, alleles)
    width = 0.84 / len(kinds)
    for place, (name, colour, numbers) in enumerate(kinds):
        shift = (place - (len(kinds) - 1) / 2) * width
        axis.bar([n + shift for n in range(len(numbers))], numbers, width=width * 0.92, color=colour, label=name)
    _legend(axis)


def _stacked_bars(axis: "Axes", palette: Palette, alleles: Sequence[KindCounts]) -> None:
    bottom = [0] * len(alleles)
    for name, colour, numbers in _kinds_shown(palette, alleles):
        axis.bar(range(len(numbers)), numbers, bottom=bottom, width=0.74, color=colour, label=name)
        bottom = [low + number for low, number in zip(bottom, numbers, strict=True)]
    _legend(axis)


def _legend(axis: "Axes") -> None:
    axis.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=4, borderaxespad=0.2)


def _ts_tv_dots(axis: "Axes", palette: Palette, ratios: Sequence[float | None]) -> None:
    known = [(place, value) for place, value in enumerate(ratios) if value is not None]
    axis.axhspan(*USUAL_TS_TV, color=palette.band, linewidth=0)
    axis.plot([place for place, _ in known], [value for _, value in known], "o", color=palette.ink, markersize=4)
    highest = max((value for _, value in known), default=0.0)
    axis.set_ylim(0, max(3.0, min(highest * 1.15, 12.0)))
    axis.set_ylabel("Ts/Tv")


def _draw_lengths(figure: "Figure", palette: Palette, lengths: Sequence[tuple[int, int]]) -> None:
    axis = figure.subplots()
    for name, colour, sign in (("deletion", palette.second, -1), ("insertion", palette.first, 1)):
        found = [(length, count) for length, count in lengths if length * sign > 0]
        axis.bar([place for place, _ in found], [count for _, count in found], width=0.8, color=colour, label=name)
    axis.set_yscale("log")
    axis.set_ylim(bottom=0.7)
    thousands(axis)
    ends = (-LONGEST - 1, LONGEST + 1)
    places = [ends[0], *range(-40, 50, 10), ends[1]]
    axis.set_xticks(places, [f"over {LONGEST}" if place in ends else f"{abs(place)}" for place in places])
    axis.set_xlabel("bases deleted (left) or inserted (right)")
    axis.set_ylabel("alleles")
    _legend(axis)


def _draw_bars(figure: "Figure", palette: Palette, chart: Chart) -> None:
    axis = figure.subplots()
    names = [shortened(label, _LABEL) for label, _ in reversed(chart.bars)]
    numbers = [count for _, count in reversed(chart.bars)]
    drawn = axis.barh(range(len(names)), numbers, height=0.7, color=palette.first)
    axis.bar_label(drawn, [f"{number:,}" for number in numbers], padding=3, fontsize=8, color=palette.ink)
    axis.set_yticks(range(len(names)), names)
    axis.tick_params(axis="y", length=0, labelcolor=palette.ink)
    axis.set_xticks([])
    axis.grid(visible=False)
    axis.spines["bottom"].set_visible(False)
    axis.margins(x=0.12)


def _draw_columns(figure: "Figure", palette: Palette, chart: Chart) -> None:
    axis = figure.subplots()
    numbers = [count for _, count in chart.bars]
    drawn = axis.bar(range(len(numbers)), numbers, width=0.84, color=palette.first)
    axis.bar_label(drawn, [f"{number:,}" for number in numbers], padding=2, fontsize=8, color=palette.ink)
    axis.set_xticks(range(len(numbers)), [shortened(label, 14) for label, _ in chart.bars])
    axis.set_ylabel(chart.unit)
    axis.margins(y=0.12)
    thousands(axis)


def shortened(text: str, length: int) -> str:
    """A name that fits beside a bar or dot."""
    return printable(text if len(text) <= length else text[: length - 1] + "…")
