"""The parts of a load report that show plots, each with the table of its numbers."""

from collections.abc import Iterable, Sequence

from loaders.qc.markup import Markup, Table, figure, section, table
from loaders.qc.plots import chart_plot, contigs_plot, lengths_plot, spectrum_plot
from loaders.qc.quality_report import Chart, KindCounts, SampleQuality, VariantQuality
from loaders.qc.sample_plots import carriers_plot, distributions_plot, missing_plot, sex_plot
from loaders.qc.svg import Plot, plot_svg

_CONTIGS_SHOWN = 300
_SAMPLES_SHOWN = 500
_KIND_HEAD = ("alleles", "SNP", "Ts/Tv", "indels", "others")


def variant_section(variants: VariantQuality) -> Markup:
    """Spectrum, kinds, contigs, indel lengths."""
    types = tuple(sorted((item for item in variants.types if item[1]), key=lambda item: -item[1]))
    kinds = Chart("Kinds of variant", "Alleles by kind (Beacon variantType).", "alleles", types)
    drawn = (
        (spectrum_plot(variants), _spectrum_tables(variants)),
        (contigs_plot(variants), [_contig_table(variants)]),
        (chart_plot("kinds", kinds) if types else None, [_chart_table(kinds)]),
        (lengths_plot(variants), [_length_table(variants)]),
    )
    return section("variants", "Variants", _figures(drawn))


def sample_section(variants: VariantQuality) -> Markup:
    """What people carry, missing calls, sex check, one row a sample."""
    samples = variants.samples
    drawn: tuple[tuple[Plot | None, Sequence[Table]], ...] = (
        (carriers_plot(samples), []),
        (distributions_plot(samples), []),
        (missing_plot(variants), [_missing_table(variants)]),
        (sex_plot(samples), [_sex_table(samples)]),
    )
    rows = Markup(f'<div class="card">{table(_sample_table(samples)).html}</div>')
    return section("samples", "Samples", [*_figures(drawn), rows])


def chart_figures(charts: Sequence[Chart]) -> Iterable[Markup]:
    """Each chart with its table."""
    return _figures(
        (chart_plot(f"chart-{n}", chart), [_chart_table(chart)]) for n, chart in enumerate(charts) if chart.bars
    )


def _figures(drawn: Iterable[tuple[Plot | None, Sequence[Table]]]) -> list[Markup]:
    return [
        figure(plot.name, plot.title, plot.description, plot_svg(plot), tables)
        for plot, tables in drawn
        if plot is not None
    ]


def _kind_cells(alleles: KindCounts) -> tuple[str, ...]:
    numbers = (f"{number:,}" for number in (alleles.indels, alleles.others))
    return f"{alleles.total:,}", f"{alleles.snps:,}", _ratio(alleles.ts_tv), *numbers


def _spectrum_tables(variants: VariantQuality) -> list[Table]:
    bins = [(item.label, *_kind_cells(item.alleles)) for item in variants.spectrum]
    counts = [(name, f"{count:,}") for name, count in variants.allele_counts]
    return [
        Table("Alleles by frequency", ("frequency", *_KIND_HEAD), bins),
        Table("Alleles by number of copies", ("copies", "alleles"), counts),
    ]


def _contig_table(variants: VariantQuality) -> Table:
    rows = [
        (item.contig, *_kind_cells(item.alleles), _share(item.missing_share))
        for item in variants.contigs[:_CONTIGS_SHOWN]
    ]
    head = ("contig", *_KIND_HEAD, "not called")
    return Table("Alleles by contig", head, rows, total=len(variants.contigs))


def _length_table(variants: VariantQuality) -> Table:
    rows = [(f"{length:+d}", f"{count:,}") for length, count in variants.indel_lengths]
    return Table("Indels by change of length; the outermost stand for all beyond", ("bases", "alleles"), rows)


def _chart_table(chart: Chart) -> Table:
    return Table(chart.sentence, (chart.title, chart.unit), [(label, f"{count:,}") for label, count in chart.bars])


def _missing_table(variants: VariantQuality) -> Table:
    rows = [(label, f"{count:,}") for label, count in variants.missing_shares]
    return Table("Variants by share of copies that are not called", ("share", "variants"), rows)


def _sex_table(samples: Sequence[SampleQuality]) -> Table:
    """How often each declared sex goes with what the chromosomes show."""
    found: dict[tuple[str, str], int] = {}
    for row in samples:
        pair = (row.sex, row.sex_check.observed)
        found[pair] = found.get(pair, 0) + 1
    rows = [(declared, observed, f"{count:,}") for (declared, observed), count in sorted(found.items())]
    return Table("Declared sex and what the chromosomes show", ("declared", "observed", "samples"), rows, words=2)


def _sample_table(samples: Sequence[SampleQuality]) -> Table:
    ordered = sorted(samples, key=lambda row: not row.flags)
    rows = [
        (
            row.sample,
            "; ".join(row.flags),
            row.sex,
            row.sex_check.observed,
            f"{row.heterozygous:,}",
            f"{row.homozygous:,}",
            f"{row.hemizygous:,}",
            _ratio(row.het_hom),
            _ratio(row.alleles.ts_tv),
            f"{row.alleles.indels:,}",
            _share(row.missing_share),
            _ratio(row.sex_check.x_inbreeding),
        )
        for row in ordered[:_SAMPLES_SHOWN]
    ]
    head = ("sample", "remark", "declared sex", "observed sex", "het", "hom", "hemi", "het/hom", "Ts/Tv", "indels",
            "not called", "F on X")  # fmt: skip
    return Table("One row a sample, those with a remark first", head, rows, words=4, total=len(ordered))


def _ratio(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2%}"
