from hypothesis import given
from hypothesis import strategies as st

from loaders.qc.charts import counted_chart, files_quality, people_quality


def test_people() -> None:
    report = people_quality(
        ["MALE", "FEMALE", "FEMALE"],
        ages_years=[0, 9.9, 10, 89, 90, 117],
        terms=[("HP:1", ""), ("HP:1", "Seizure"), ("HP:2", "Ataxia")],
        terms_per_person={"a": 0, "b": 1, "c": 4, "d": 99},
    )
    bars = {chart.title: {label: count for label, count in chart.bars if count} for chart in report.charts}
    assert bars == {
        "Sex": {"FEMALE": 2, "MALE": 1},
        "Age": {"0 to 9": 2, "10 to 19": 1, "80 to 89": 1, "90+": 2},
        "Terms": {"HP:1 Seizure": 2, "HP:2 Ataxia": 1},
        "Terms a person": {"0": 1, "1": 1, "3 to 5": 1, "over 50": 1},
    }
    assert report.variants is None


def test_what_is_not_given_is_not_shown() -> None:
    assert [chart.title for chart in people_quality(["MALE"]).charts] == ["Sex"]
    assert people_quality([]).charts == ()
    assert files_quality([]).charts == ()


def test_files() -> None:
    formats, sizes = files_quality([("BAM", 1000), ("CRAM", 1001), ("BAM", 10**13)]).charts
    assert formats.bars == (("BAM", 2), ("CRAM", 1))
    assert dict(sizes.bars) == {
        "to 1 kB": 1, "to 10 kB": 1, "to 100 kB": 0, "to 1 MB": 0, "to 10 MB": 0, "to 100 MB": 0, "to 1 GB": 0,
        "to 10 GB": 0, "to 100 GB": 0, "over 100 GB": 1,
    }  # fmt: skip


@given(st.lists(st.text(max_size=3)))
def test_a_chart_counts_everything_once(things: list[str]) -> None:
    chart = counted_chart("Things", "Things.", "things", things)
    assert sum(count for _, count in chart.bars) == len(things)
    assert len(chart.bars) <= 21
