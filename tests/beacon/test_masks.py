"""Which opt-outs an answer knows of."""

from dataclasses import replace

import pytest

from beacon.masks import NO_MASKS, MaskTables, about_one_person, not_masked
from beacon.query import BeaconQuery
from core.access import DatasetAccess, Release, Tier

MASKS = MaskTables("gone", "uncounted")
ACCESS = DatasetAccess("D", Tier.REGISTERED, Release.COUNT, 5, 1, bytes_allowed=False, listed=True, synthetic=False)
LISTS = (BeaconQuery("individual"), BeaconQuery("genomicVariant"), BeaconQuery("genomicVariant", entry_id="v1"))
OF_ONE = (
    BeaconQuery("individual", entry_id="P1"), BeaconQuery("genomicVariant", individual_id="P1"),
    BeaconQuery("genomicVariant", biosample_id="B1"), BeaconQuery("biosample", entry_id="B1"),
)  # fmt: skip


@pytest.mark.parametrize("release", list(Release))
def test_who_sees_records_and_who_asks_for_one_person_knows_at_once(release: Release) -> None:
    access = replace(ACCESS, release=release)
    for query in (None, *LISTS):
        assert MASKS.of(access, query) == ("gone" if release is Release.RECORD else "uncounted")
    for query in OF_ONE:
        assert MASKS.of(access, query) == "gone"
    assert NO_MASKS.of(access) == ""


def test_questions_about_one_person() -> None:
    assert all(about_one_person(query) for query in OF_ONE)
    assert not any(about_one_person(query) for query in LISTS)


def test_nobody_is_left_out_without_a_mask() -> None:
    assert not_masked("p.individual_id", "") == ""
    assert not_masked("p.individual_id", "gone") == "p.individual_id NOT IN (SELECT individual_id FROM gone)"
