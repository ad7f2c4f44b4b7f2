"""Results as table and JSON."""

import json

import pytest

from benchmarks.results import Aim, Measurement, to_json, to_text

LINES = [
    Measurement(
        "exact", 20_000_000, {"p50_ms": 3.2, "requests_per_s": 590.0}, "run queries", 0.25, (Aim("p50_ms", 4),)
    ),
    Measurement("other", 20_000_000, {"p50_ms": 9.0}, "run queries", 0.0),
]


@pytest.mark.parametrize(
    ("aim", "met"),
    [
        (Aim("p50_ms", at_most=3.2), True),
        (Aim("p50_ms", at_most=3), False),
        (Aim("requests_per_s", at_least=590), True),
        (Aim("requests_per_s", at_least=600), False),
    ],
)
def test_an_aim_is_met_or_missed(aim: Aim, *, met: bool) -> None:
    assert aim.met(LINES[0].figures) is met


def test_the_table_says_figures_aims_and_commands() -> None:
    text = to_text(LINES)
    assert "exact        20,000,000  p50_ms 3.2  requests_per_s 590  0.25" in text
    assert "met    exact at 20,000,000: p50_ms <= 4 (measured 3.2)" in text
    assert text.endswith("exact ... other: run queries")


def test_the_document_holds_machine_and_lines() -> None:
    document = json.loads(to_json(LINES))
    assert document["machine"]["processors"] >= 1
    assert [line["command"] for line in document["measurements"]] == ["run queries"] * 2
    assert document["measurements"][0]["aims"] == [{"aim": "p50_ms <= 4", "met": True}]
