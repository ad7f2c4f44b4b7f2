import hypothesis.strategies as st
import pytest
from hypothesis import given

from loaders.report import RecordRejected
from loaders.vcf_columns import check_contig_name, check_format, element, info_mapping, read_position


@pytest.mark.parametrize("name", ["1", "chr1", "<ctg1>", "HLA-A*01:01:01", "GL000220.1", "1ABC", "KMT2C_chr15_5960377"])
def test_names_of_contigs(name: str) -> None:
    assert check_contig_name(name) == name


@pytest.mark.parametrize("name", ["", " 1", "chr 1", "<1", "1>", "<a b>", "chr,1", "*1", "=x", "chr1\r"])
def test_what_is_no_contig(name: str) -> None:
    with pytest.raises(RecordRejected) as error:
        check_contig_name(name)
    assert error.value.field_name == "CHROM"


def test_positions() -> None:
    assert [read_position(text) for text in ("0", "1", "2147483646")] == [0, 1, 2147483646]
    for text in ("", "-1", "+1", "1.0", "٣", "2147483647", "99999999999"):
        with pytest.raises(RecordRejected):
            read_position(text)


def test_the_place_of_gt() -> None:
    assert [check_format(text) for text in ("GT", "DP:GT", "DP", ".")] == [0, 1, None, None]
    with pytest.raises(RecordRejected, match="without a name"):
        check_format("GT::DP")


def test_sub_fields_may_be_left_out() -> None:
    assert [element(cell, 1) for cell in ("a:b", "a:b:c", "a", "a:", "")] == ["b", "b", ".", "", "."]


@given(st.dictionaries(st.text("ABC", min_size=1), st.text("0123=.,")))
def test_info(values: dict[str, str]) -> None:
    text = ";".join(f"{key}={value}" for key, value in values.items())
    assert info_mapping(text) == (values or {"": ""})
