"""Presets, overrides, and the strictest of two accesses."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.access import DatasetAccess, Release, Tier
from core.genome import Region
from core.policy import DEFAULT_PRESET, PRESETS, DatasetPolicy, TierRule, strictest, visas_for

REGIONS = st.none() | st.lists(
    st.builds(
        lambda contig, start, size: Region(contig, start, start + size),
        st.sampled_from(["1", "X"]),
        st.integers(0, 20),
        st.integers(0, 10),
    ),
    max_size=3,
).map(tuple)
ACCESSES = st.builds(
    DatasetAccess,
    dataset_id=st.sampled_from(["a", "b"]),
    tier=st.sampled_from(Tier),
    release=st.sampled_from(Release),
    minimum_count=st.integers(1, 20),
    rounding=st.integers(1, 12),
    bytes_allowed=st.booleans(),
    listed=st.booleans(),
    synthetic=st.booleans(),
    regions=REGIONS,
    people=st.none() | st.frozensets(st.sampled_from("PQR")),
    needed=st.sampled_from(["", "a visa"]),
)


def bases(access: DatasetAccess) -> set[tuple[str, int]]:
    regions = (Region("1", 0, 40), Region("X", 0, 40)) if access.regions is None else access.regions
    return {(region.contig, base) for region in regions for base in range(region.start_0based, region.end_0based)}


@given(ACCESSES, ACCESSES)
def test_the_strictest_never_gives_more_than_either(first: DatasetAccess, second: DatasetAccess) -> None:
    both = strictest(first, second)

    assert bases(both) == bases(first) & bases(second)
    assert both.dataset_id == first.dataset_id
    for access in (first, second):
        assert both.tier <= access.tier
        assert both.release <= access.release
        assert both.minimum_count >= access.minimum_count
        assert both.rounding % access.rounding == 0
        assert both.bytes_allowed <= access.bytes_allowed
        assert both.listed <= access.listed
        assert both.synthetic <= access.synthetic
        assert both.whole <= access.whole
        assert access.people is None or (both.people is not None and both.people <= access.people)


@given(ACCESSES, ACCESSES)
def test_the_order_does_not_matter(first: DatasetAccess, second: DatasetAccess) -> None:
    one, other = strictest(first, second), strictest(second, first)

    assert bases(one) == bases(other)
    assert replace(one, dataset_id="", needed="", regions=None) == replace(
        other, dataset_id="", needed="", regions=None
    )


@given(ACCESSES)
def test_with_itself_nothing_is_lost(access: DatasetAccess) -> None:
    both = strictest(access, access)

    assert bases(both) == bases(access)
    assert replace(both, regions=None) == replace(access, regions=None)


RECORDS = (Release.RECORD, 1, 1, True)
NOTHING = (Release.NONE, 1, 1, False)


@pytest.mark.parametrize(
    ("preset", "anonymous", "registered"),
    [
        ("open", RECORDS, RECORDS),
        ("public", (Release.FREQUENCY, 5, 1, False), (Release.FREQUENCY, 5, 1, True)),
        ("registered", NOTHING, (Release.COUNT, 10, 10, False)),
        ("controlled", NOTHING, NOTHING),
    ],
)
def test_presets(preset: str, anonymous: tuple[object, ...], registered: tuple[object, ...]) -> None:
    for tier, expected in zip(Tier, (anonymous, registered, RECORDS), strict=True):
        access = PRESETS[preset].access("d", tier)

        assert (access.release, access.minimum_count, access.rounding, access.bytes_allowed) == expected
        assert (access.dataset_id, access.tier, access.listed, access.whole) == ("d", tier, True, True)


def test_no_preset_contradicts_itself_and_the_default_is_the_strictest() -> None:
    assert not any(policy.contradictions for policy in PRESETS.values())
    assert all(policy.name == name for name, policy in PRESETS.items())
    assert DEFAULT_PRESET == "controlled"


@pytest.mark.parametrize(
    ("preset", "tier", "word"),
    [
        ("open", Tier.ANONYMOUS, ""),
        ("public", Tier.ANONYMOUS, "ControlledAccessGrants"),
        ("public", Tier.REGISTERED, "ControlledAccessGrants"),
        ("public", Tier.CONTROLLED, ""),
        ("registered", Tier.ANONYMOUS, "ResearcherStatus"),
        ("controlled", Tier.ANONYMOUS, "ControlledAccessGrants"),
        ("controlled", Tier.REGISTERED, "ControlledAccessGrants"),
    ],
)
def test_what_would_give_more(preset: str, tier: Tier, word: str) -> None:
    needed = PRESETS[preset].access("d", tier).needed

    assert (word in needed) if word else (needed == "")


def test_where_no_tier_gets_more_answers_the_files_count() -> None:
    policy = replace(PRESETS["open"], bytes_from=Tier.REGISTERED)

    assert policy.access("d", Tier.ANONYMOUS).needed == visas_for(Tier.REGISTERED) != ""
    assert policy.access("d", Tier.REGISTERED).needed == visas_for(Tier.ANONYMOUS) == ""


RULES = st.builds(TierRule, st.sampled_from(Release), st.integers(1, 9), st.integers(1, 9))


@given(RULES, RULES)
def test_a_rule_gives_less_if_any_cell_does(one: TierRule, other: TierRule) -> None:
    if not one.gives_less_than(other):
        assert one.release >= other.release
        assert other.release == Release.NONE or one.minimum_count <= other.minimum_count
        assert other.release == Release.NONE or one.rounding <= other.rounding
    assert not one.gives_less_than(one)


def test_a_stranger_who_would_get_more_is_a_contradiction() -> None:
    count = TierRule(Release.COUNT, 1, 1)
    policy = replace(PRESETS["controlled"], anonymous=count)

    assert policy.contradictions == ("registered gives less than anonymous",)
    assert not replace(policy, registered=count).contradictions


def test_unlisted_datasets_are_visible_to_those_who_get_something() -> None:
    policy: DatasetPolicy = replace(PRESETS["controlled"], listed=False)

    assert not policy.access("d", Tier.REGISTERED).visible
    assert policy.access("d", Tier.CONTROLLED).visible
