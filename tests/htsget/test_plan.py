import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import PermissionDenied
from htsget.plan import ContigRegions, FileBytes, HeaderOnly, Plan, Regions, Span, Unplaced, Whole, decode, encode


def spans_of(gaps: list[tuple[int, int]], *, endless: bool) -> tuple[Span, ...]:
    spans: list[Span] = []
    reached = 0
    for gap, length in gaps:
        spans.append((reached + gap, reached + gap + length))
        reached += gap + length
    return (*spans, (reached + 1, None)) if endless or not spans else tuple(spans)


contigs = st.builds(
    ContigRegions,
    st.text(min_size=1, max_size=20).filter(lambda text: text.isprintable()),
    st.builds(spans_of, st.lists(st.tuples(st.integers(0, 10**9), st.integers(1, 10**9))), endless=st.booleans()),
    st.integers(0, 10**9),
)
plans = st.one_of(
    st.sampled_from([Whole(), HeaderOnly(), Unplaced()]),
    st.builds(FileBytes, st.integers(0), st.integers(0)),
    st.builds(Regions, st.lists(contigs, min_size=1, max_size=4).map(tuple)),
)


@given(plans)
def test_a_plan_survives_being_text(plan: Plan) -> None:
    assert decode(encode(plan)) == plan


def test_the_text_of_regions_is_short() -> None:
    regions = Regions((ContigRegions("HLA*01;x", ((100, 200), (250, None)), 7),))
    assert encode(regions) == "r;HLA%2A01%3Bx;7;100+100,50+"
    odd = Regions((ContigRegions("\udcff", ((0, 1),)),))
    assert decode(encode(odd)) == odd


@pytest.mark.parametrize("text", ["x", "h;1", "b", "b;1", "b;a-b", "r;1", "r;1;0", "r;1;0;5", "r;1;x;1+2", "whole"])
def test_other_texts_are_no_plans(text: str) -> None:
    with pytest.raises(PermissionDenied):
        decode(text)
