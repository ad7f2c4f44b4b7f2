"""Decisions: a dataset that is not named is denied."""

from dataclasses import replace

import pytest

from core.access import DatasetAccess, Decision, Release, Subject, Tier, denied
from core.genome import Region


def test_an_unnamed_dataset_is_denied_and_not_to_be_told_from_absent() -> None:
    access = Decision().of("d")

    assert access == denied("d")
    assert (access.release, access.bytes_allowed, access.listed, access.visible) == (Release.NONE, False, False, False)


def test_a_named_dataset_has_its_access() -> None:
    access = replace(denied("d"), release=Release.COUNT)

    assert Decision({"d": access}).of("d") is access


@pytest.mark.parametrize(
    ("access", "visible"),
    [
        (denied("d"), False),
        (replace(denied("d"), listed=True), True),
        (replace(denied("d"), release=Release.BOOLEAN), True),
        (replace(denied("d"), bytes_allowed=True), True),
    ],
)
def test_what_makes_a_dataset_visible(access: DatasetAccess, visible: bool) -> None:
    assert access.visible == visible


def test_a_grant_may_cover_parts_only() -> None:
    assert denied("d").whole
    assert not replace(denied("d"), people=frozenset()).whole
    assert not replace(denied("d"), regions=(Region("1", 0, 1),)).whole


def test_who_presents_nothing_is_anonymous() -> None:
    assert Decision().anonymous
    assert Decision().tier is Tier.ANONYMOUS
    assert not Decision(subject=Subject("i", "s")).anonymous


def test_releases_and_tiers_are_ordered() -> None:
    assert sorted(Release) == [Release.NONE, Release.BOOLEAN, Release.COUNT, Release.FREQUENCY, Release.RECORD]
    assert Tier.ANONYMOUS < Tier.REGISTERED < Tier.CONTROLLED
