from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from loaders.qc.quality_report import KindCounts, SampleQuality, SexCheck
from loaders.qc.sample_plots import carriers_plot, distributions_plot, gathered, missing_plot, sex_plot
from loaders.qc.svg import plot_svg
from tests.loaders.qc.qualities import HOSTILE, sample, variants

UNSEEN = SexCheck(0, 0, None, 0, 0, "UNKNOWN_SEX")


def test_every_plot_of_people_is_drawn() -> None:
    odd = sample(HOSTILE, 0, sex="MALE", outlier=True)
    found = replace(variants(30), samples=(odd, *variants(30).samples))
    for plot in (
        carriers_plot(found.samples), distributions_plot(found.samples), missing_plot(found), sex_plot(found.samples)
    ):  # fmt: skip
        assert plot is not None
        text = plot_svg(plot)
        assert text.endswith("</svg>")
        assert "<script" not in text


def test_without_y_the_sex_check_shows_x_alone() -> None:
    rows = [replace(row, sex_check=replace(row.sex_check, y_variants=0)) for row in variants(4).samples]
    plot = sex_plot(rows)
    assert plot is not None
    assert "alleles carried on X" in plot_svg(plot)


def test_there_is_no_plot_of_nobody() -> None:
    assert (carriers_plot(()), distributions_plot(()), missing_plot(variants()), sex_plot(())) == (None,) * 4
    assert sex_plot([sample("a", sex_check=UNSEEN)]) is None


def test_people_without_alleles() -> None:
    empty = [SampleQuality(str(n), "", "", 0, 0, 0, 0, 0, KindCounts(), 0, 0, UNSEEN) for n in range(4)]
    assert carriers_plot(empty) is None
    plot = distributions_plot(empty)
    assert plot is not None
    assert plot_svg(plot)


def test_twenty_thousand_people_fit_in_a_page() -> None:
    rows = [sample(f"DK-{n}", n * 7919, outlier=n % 5 == 0, missing_copies=n % 900) for n in range(20_000)]
    found = replace(variants(3), samples=tuple(rows))
    plots = (carriers_plot(rows), distributions_plot(rows), missing_plot(found), sex_plot(rows))
    assert sum(len(plot_svg(plot)) for plot in plots if plot) < 1_000_000


@given(st.integers(1, 3), st.integers(0, 2000))
def test_nobody_is_lost_where_dots_are_gathered(step: int, people: int) -> None:
    found = gathered([n * step % 97 for n in range(people)], [n * n % 89 for n in range(people)])
    assert sum(count for *_, count in found) == people
    assert len(found) <= 2500
