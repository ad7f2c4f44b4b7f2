import pytest

from loaders.report import RecordRejected
from loaders.vcf_site_counts import AlleleSiteCounts, SiteCounts, read_site_counts


@pytest.mark.parametrize(
    ("info", "alternates", "expected"),
    [
        ({}, 1, SiteCounts(0, (AlleleSiteCounts(),))),
        ({"AC": "3"}, 1, SiteCounts(0, (AlleleSiteCounts(),))),
        ({"AN": "10"}, 1, SiteCounts(0, (AlleleSiteCounts(),))),
        ({"AC": "3", "AN": "10"}, 1, SiteCounts(10, (AlleleSiteCounts(3),))),
        ({"AC": "3,0", "AN": "10"}, 2, SiteCounts(10, (AlleleSiteCounts(3), AlleleSiteCounts(0)))),
        ({"AC": "3,.", "AN": "10"}, 2, SiteCounts(10, (AlleleSiteCounts(3), AlleleSiteCounts(0)))),
        ({"AF": "0.25,.", "AN": "8"}, 2, SiteCounts(8, (AlleleSiteCounts(2), AlleleSiteCounts(0)))),
        ({"AF": "0.25", "AN": "8"}, 1, SiteCounts(8, (AlleleSiteCounts(2),))),
        ({"AC": "4", "AN": "8", "nhomalt": "1"}, 1, SiteCounts(8, (AlleleSiteCounts(4, None, 1, None),))),
        ({"AC": "4", "AN": "8", "nhomalt": "."}, 1, SiteCounts(8, (AlleleSiteCounts(4),))),
        (
            {"AC": "5", "AN": "8", "AC_Hom": "2", "AC_Het": "2", "AC_Hemi": "1"},
            1,
            SiteCounts(8, (AlleleSiteCounts(5, 2, 1, 1),)),
        ),
        (
            {"AC": "5,0", "AN": "8", "AC_Hom": "2,0", "AC_Het": "2,0"},
            2,
            SiteCounts(8, (AlleleSiteCounts(5, 2, 1, None), AlleleSiteCounts(0, 0, 0, None))),
        ),
        (
            {"AC": "5,0", "AN": "8", "nhomalt": "1,0"},
            2,
            SiteCounts(8, (AlleleSiteCounts(5, None, 1, None), AlleleSiteCounts(0, None, 0, None))),
        ),
        ({"AC": "4", "AN": "8", "AC_Hom": "1,2"}, 1, SiteCounts(8, (AlleleSiteCounts(4),))),
    ],
)
def test_counts_are_taken_where_they_are_stated(info: dict[str, str], alternates: int, expected: SiteCounts) -> None:
    assert read_site_counts(info, alternates) == expected


@pytest.mark.parametrize(
    ("info", "field"),
    [
        ({"AN": "x"}, "INFO/AN"),
        ({"AN": "5", "AC": "-1"}, "INFO/AC"),
        ({"AN": "5", "AC": "6"}, "INFO/AC"),
        ({"AN": "5", "AC": "1,2"}, "INFO/AC"),
        ({"AN": "99999999999", "AC": "1"}, "INFO/AN"),
        ({"AN": "5", "AF": "1.5"}, "INFO/AF"),
        ({"AN": "5", "AF": "x"}, "INFO/AF"),
    ],
)
def test_what_is_no_count_is_rejected(info: dict[str, str], field: str) -> None:
    with pytest.raises(RecordRejected) as error:
        read_site_counts(info, 1)
    assert error.value.field_name == field
