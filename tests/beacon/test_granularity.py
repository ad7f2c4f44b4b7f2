"""What leaves for a dataset: the matrix of rules, and laws that hold for any numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beacon.counts import AlleleCounts
from beacon.granularity import (
    Matched,
    Released,
    ceiling,
    granularity_of,
    listed,
    release,
    released_counts,
    released_people,
    rounded,
    total_precision,
)
from beacon.query import BeaconQuery, Granularity, Include
from core.access import DatasetAccess, Release, Tier


def access(release_level: Release = Release.RECORD, minimum: int = 1, rounding: int = 1) -> DatasetAccess:
    return DatasetAccess(
        "D", Tier.ANONYMOUS, release_level, minimum, rounding, bytes_allowed=False, listed=True, synthetic=False
    )


def asked(entry: str, granularity: Granularity = Granularity.RECORD, individual: str | None = None) -> BeaconQuery:
    return BeaconQuery(entry, granularity=granularity, individual_id=individual)


@pytest.mark.parametrize(
    ("allowed", "query", "level"),
    [
        (Release.RECORD, asked("individual"), Release.RECORD),
        (Release.RECORD, asked("individual", Granularity.COUNT), Release.COUNT),
        (Release.RECORD, asked("genomicVariant", Granularity.BOOLEAN), Release.BOOLEAN),
        (Release.FREQUENCY, asked("genomicVariant"), Release.FREQUENCY),
        (Release.FREQUENCY, asked("individual"), Release.COUNT),
        (Release.FREQUENCY, asked("genomicVariant", individual="P"), Release.COUNT),
        (Release.COUNT, asked("genomicVariant"), Release.COUNT),
        (Release.BOOLEAN, asked("individual"), Release.BOOLEAN),
        (Release.NONE, asked("individual"), Release.NONE),
    ],
)
def test_ceilings(allowed: Release, query: BeaconQuery, level: Release) -> None:
    assert ceiling(access(allowed), query) is level


@pytest.mark.parametrize(
    ("rule", "level", "matched", "released"),
    [
        (access(), Release.RECORD, Matched(3), Released(True, Release.RECORD, 3, "exact")),
        (access(), Release.COUNT, Matched(0), Released(False, Release.COUNT, 0, "exact")),
        (access(), Release.BOOLEAN, Matched(3), Released(True, Release.BOOLEAN, None, None)),
        (access(), Release.NONE, Matched(3), Released(False, Release.NONE, None, None)),
        (access(minimum=5), Release.COUNT, Matched(3), Released(True, Release.COUNT, 3, "imprecise")),
        (access(minimum=5), Release.COUNT, Matched(4, 4, 100), Released(False, Release.COUNT, 0, "imprecise")),
        (access(minimum=5), Release.COUNT, Matched(5, 5, 100), Released(True, Release.COUNT, 5, "exact")),
        (access(minimum=5), Release.COUNT, Matched(96, 96, 100), Released(False, Release.COUNT, 0, "imprecise")),
        (access(minimum=5), Release.COUNT, Matched(100, 100, 100), Released(True, Release.COUNT, 100, "exact")),
        (access(minimum=5), Release.BOOLEAN, Matched(4, 4, 100), Released(False, Release.BOOLEAN, None, None)),
        (access(minimum=10, rounding=10), Release.COUNT, Matched(14, 14, 99), Released(True, Release.COUNT, 10, "rounded")),
        (access(minimum=10, rounding=10), Release.COUNT, Matched(15, 15, 99), Released(True, Release.COUNT, 20, "rounded")),
        (access(minimum=10, rounding=10), Release.COUNT, Matched(9, 9, 99), Released(False, Release.COUNT, 0, "rounded")),
        (access(minimum=5), Release.COUNT, Matched(9, 3, 99), Released(False, Release.COUNT, 0, "imprecise")),
    ],
)  # fmt: skip
def test_release(rule: DatasetAccess, level: Release, matched: Matched, released: Released) -> None:
    assert release(rule, level, matched) == released
    assert released.records is (released.exists and level >= Release.FREQUENCY)


@given(
    st.integers(0, 60), st.integers(0, 60), st.integers(1, 12), st.integers(1, 12),
    st.sampled_from((Release.BOOLEAN, Release.COUNT, Release.RECORD)),
)  # fmt: skip
def test_nothing_below_the_threshold_leaves(
    matching: int, others: int, minimum: int, rounding: int, level: Release
) -> None:
    rule = access(minimum=minimum, rounding=rounding)
    told = release(rule, level, Matched(matching, matching, matching + others))
    absent = release(rule, level, Matched(0, 0, matching + others))
    if matching < minimum or 0 < others < minimum:
        assert told == absent, "suppressed is the same as absent"
    if told.count is not None:
        assert told.count % rounding == 0
        assert told.exists is (told.count > 0)
        assert told.count == 0 or abs(told.count - matching) <= rounding / 2
    assert bool(released_people(rule, matching, matching + others)) is told.exists


@given(st.integers(0, 10_000), st.integers(1, 50))
def test_rounding_goes_to_the_nearest_multiple(count: int, rounding: int) -> None:
    assert rounded(count, rounding) % rounding == 0
    assert abs(rounded(count, rounding) - count) * 2 <= rounding


@pytest.mark.parametrize(
    ("rule", "counts", "told"),
    [
        (access(), AlleleCounts(3, 100, 1, 1, 0), AlleleCounts(3, 100, 1, 1, 0)),
        (access(), AlleleCounts(3, 100, None, None, None), AlleleCounts(3, 100, None, None, None)),
        (access(), AlleleCounts(3, None, 1, 1, 0), None),
        (access(), AlleleCounts(3, 0, None, None, None), None),
        (access(Release.COUNT), AlleleCounts(3, 100, 1, 1, 0), None),
        (access(Release.FREQUENCY, 5), AlleleCounts(4, 100, 4, 0, 0), None),
        (access(Release.FREQUENCY, 5), AlleleCounts(8, 100, 6, 1, 0), AlleleCounts(8, 100, None, None, None)),
        (access(Release.FREQUENCY, 5), AlleleCounts(8, 100, 8, 0, 0), AlleleCounts(8, 100, 8, 0, 0)),
        (access(Release.FREQUENCY, 5, 10), AlleleCounts(18, 104, 18, 0, 0), AlleleCounts(20, 100, 20, 0, 0)),
        (access(Release.FREQUENCY, 1, 10), AlleleCounts(4, 104, 4, 0, 0), None),
    ],
)  # fmt: skip
def test_frequencies(rule: DatasetAccess, counts: AlleleCounts, told: AlleleCounts | None) -> None:
    assert released_counts(rule, counts) == told


def test_the_answer_has_the_highest_granularity_of_its_sets() -> None:
    assert granularity_of([]) is Granularity.BOOLEAN
    assert granularity_of([Release.BOOLEAN, Release.COUNT]) is Granularity.COUNT
    assert granularity_of([Release.COUNT, Release.FREQUENCY]) is Granularity.RECORD


def test_include_modes() -> None:
    table = {mode: (listed(mode, exists=True), listed(mode, exists=False)) for mode in Include}
    assert table == {
        Include.ALL: (True, True), Include.HIT: (True, False), Include.MISS: (False, True), Include.NONE: (False, False),
    }  # fmt: skip


def test_precision_of_a_sum() -> None:
    exact, rough, vague = (Released(True, Release.COUNT, 10, each) for each in ("exact", "rounded", "imprecise"))
    hit, miss = (Released(exists, Release.BOOLEAN, None, None) for exists in (True, False))
    assert total_precision([]) == total_precision([exact, miss]) == "exact"
    assert total_precision([exact, rough]) == "rounded"
    assert total_precision([exact, rough, vague]) == total_precision([exact, hit]) == "imprecise"
