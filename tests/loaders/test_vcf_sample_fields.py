from contextlib import suppress

import hypothesis.strategies as st
import pytest
from hypothesis import given

from loaders.report import RecordRejected
from loaders.vcf_sample_fields import SampleFieldCheck
from tests.loaders.vcf_texts import record_line

HEADER = [
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="x">',
    '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="x">',
    '##FORMAT=<ID=GL,Number=G,Type=Float,Description="x">',
]


@pytest.mark.parametrize(
    "samples",
    ["GT 0/1", "GT:DP:GL 0/1:5:-1.5,2e-3,.", "GT:DP:GL 0/1", "GT:XX 0/1:any", "GT:GL 0/1:nan,-Inf,.5", "DP:GT . :0/0", "."],
)  # fmt: skip
def test_what_is_right(samples: str) -> None:
    SampleFieldCheck(HEADER).check(record_line(f"chr1 5 A G . {samples}"))


@pytest.mark.parametrize(
    ("samples", "field", "said"),
    [
        ("GT 0/1:5", "FORMAT", "sample 1 has more values"),
        ("GT:DP 0/1:5 0/1:x", "FORMAT/DP", "sample 2 has a value"),
        ("GT:DP 0/1:1.5", "FORMAT/DP", "sample 1 has a value"),
        ("GT:GL 0/1:1,,2", "FORMAT/GL", "sample 1 has a value"),
    ],
)
def test_what_is_wrong(samples: str, field: str, said: str) -> None:
    with pytest.raises(RecordRejected, match=said) as error:
        SampleFieldCheck(HEADER).check(record_line(f"chr1 5 A G . {samples}"))
    assert error.value.field_name == field


@given(st.text("\t:,.0123-GTDPL", max_size=40))
def test_any_line_is_taken_or_rejected(text: str) -> None:
    with suppress(RecordRejected):
        SampleFieldCheck(HEADER).check("1\t5\t.\tA\tG\t.\t.\t.\t" + text)
