from dataclasses import replace

import pytest

from loaders.qc.plots import chart_plot, contigs_plot, lengths_plot, short_number, spectrum_plot
from loaders.qc.quality_report import Chart, ContigQuality, KindCounts, SpectrumBin
from loaders.qc.svg import plot_svg
from tests.loaders.qc.qualities import HOSTILE, variants


def test_every_plot_of_variants_is_drawn() -> None:
    found = replace(variants(3), contigs=(*variants(3).contigs, ContigQuality("X", KindCounts(5, 3), None)))
    for plot in (spectrum_plot(found), contigs_plot(found), lengths_plot(found)):
        assert plot is not None
        assert plot_svg(plot).endswith("</svg>")


def test_there_is_no_plot_of_nothing() -> None:
    nothing = replace(variants(), spectrum=(SpectrumBin("to 1 %", 0.01, KindCounts()),), contigs=(), indel_lengths=())
    assert (spectrum_plot(nothing), contigs_plot(nothing), lengths_plot(nothing)) == (None, None, None)


def test_many_contigs_are_left_to_the_table() -> None:
    contigs = tuple(ContigQuality(f"HLA-{n}{HOSTILE}", KindCounts(1, 0, 1), None) for n in range(3000))
    plot = contigs_plot(replace(variants(), contigs=contigs))
    assert plot is not None
    assert "2,974 more contigs are in the table." in plot.description
    assert len(plot_svg(plot)) < 200_000


def test_a_spectrum_of_other_alleles_only() -> None:
    bins = (SpectrumBin("to 1 %", 0.01, KindCounts(others=3)), SpectrumBin("over 1 %", 1.0, KindCounts()))
    plot = spectrum_plot(replace(variants(), spectrum=bins))
    assert plot is not None
    assert plot_svg(plot)


@pytest.mark.parametrize("ordered", [True, False])
def test_charts(ordered: bool) -> None:
    chart = Chart("Terms", "The terms.", "uses", ((HOSTILE, 7), ("HP:1 " + "long " * 40, 0)), ordered=ordered)
    plot = chart_plot("terms", chart)
    assert plot.description.endswith(f"The {'highest' if ordered else 'first'} bar is {HOSTILE} with 7 uses.")
    assert "<script" not in plot_svg(plot)


def test_short_numbers() -> None:
    assert [short_number(value) for value in (0, 950, 1200, 3_400_000, 2e9)] == ["0", "950", "1.2 k", "3.4 M", "2 G"]
