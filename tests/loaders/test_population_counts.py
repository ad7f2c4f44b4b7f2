import hypothesis.strategies as st
import pytest
from hypothesis import given

from beacon.annotation_rows import FrequencyRow
from loaders.frequency_map import PopulationKeys
from loaders.population_counts import NOT_COUNTS, WITHOUT_NUMBER, read_frequencies

KEYS = PopulationKeys("AC", "AN", "AF", "HET", "HOM", "HOMC", "HEMI")


def read(info: dict[str, str], alternates: int = 1) -> tuple[list[list[FrequencyRow]], list[str]]:
    notes: list[str] = []
    found = read_frequencies(info, [("DK", KEYS)], alternates, notes)
    return [list(rows) for rows in found], notes


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        ({"AC": "3", "AN": "10"}, FrequencyRow("DK", 3, 10)),
        ({"AC": "3", "AN": "10", "HET": "1", "HOM": "1", "HEMI": "0"}, FrequencyRow("DK", 3, 10, 1, 1, 0)),
        ({"AC": "5", "AN": "10", "HOMC": "4"}, FrequencyRow("DK", 5, 10, None, 2)),
        ({"AC": "5", "AN": "10", "HOMC": "4", "HOM": "1"}, FrequencyRow("DK", 5, 10, None, 1)),
        ({"AF": "0.25", "AN": "8"}, FrequencyRow("DK", 2, 8)),
        ({"AC": "0", "AN": "0", "AF": "."}, FrequencyRow("DK", 0, 0)),
        ({"AC": ".", "AF": "1e-1", "AN": "10"}, FrequencyRow("DK", 1, 10)),
    ],
)
def test_counts(info: dict[str, str], expected: FrequencyRow) -> None:
    assert read(info) == ([[expected]], [])


def test_each_allele_has_its_own() -> None:
    found, notes = read({"AC": "3,4", "AN": "10,8", "HET": "3,."}, 2)
    assert found == [[FrequencyRow("DK", 3, 10, 3)], [FrequencyRow("DK", 4, 8)]]
    assert notes == []


def test_no_count_is_invented() -> None:
    assert read({"AF": "0.25"}) == ([[]], [WITHOUT_NUMBER])
    assert read({"AF": "0.25", "AN": "."}) == ([[]], [WITHOUT_NUMBER])
    assert read({"AN": "5"}) == ([[]], [])


@pytest.mark.parametrize(
    "info",
    [
        {"AC": "x", "AN": "5"},
        {"AC": "-1", "AN": "5"},
        {"AC": "6", "AN": "5"},
        {"AC": "1,2", "AN": "5"},
        {"AC": ".", "AN": "5"},
        {"AF": "1.5", "AN": "5"},
        {"AF": "x", "AN": "5"},
        {"AC": "1", "AN": "99999999999"},
        {"AC": "1", "AN": "5", "HET": "x"},
    ],
)
def test_what_is_no_count_is_remarked(info: dict[str, str]) -> None:
    assert read(info) == ([[]], [NOT_COUNTS])


@given(
    st.dictionaries(st.sampled_from(["AC", "AN", "AF", "HOM"]), st.text("0123456789.,-e", max_size=8)),
    st.integers(1, 3),
)
def test_any_values_are_counts_or_remarked(info: dict[str, str], alternates: int) -> None:
    found, _ = read(info, alternates)
    assert len(found) == alternates
    assert all(0 <= row.allele_count <= row.allele_number for rows in found for row in rows)
