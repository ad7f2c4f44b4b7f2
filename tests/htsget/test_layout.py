from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from htsget.index.binning import ReferenceBins
from htsget.layout import ContigSpans, merge_spans, region_plans
from htsget.plan import Regions, Span, encode
from tests.htsget.index.test_binning import bins_of

EMPTY = bins_of([], floors=False)
DENSE = bins_of([(start, start + 1) for start in range(1024)], floors=False)
spans_strategy = st.lists(st.tuples(st.integers(0, 60), st.one_of(st.none(), st.integers(0, 60))), max_size=8)


@given(spans_strategy)
def test_merged_spans_are_the_same_positions_disjoint_and_in_order(spans: list[Span]) -> None:
    merged = merge_spans(spans)
    assert positions(merged) == positions(spans)
    assert all(first[1] is not None and first[1] < second[0] for first, second in pairwise(merged))
    assert merge_spans(reversed(spans)) == merged


def positions(spans: "list[Span] | tuple[Span, ...]") -> set[int]:
    return {place for start, end in spans for place in range(start, 100 if end is None else end)}


def wanted(*spans: Span, bins: ReferenceBins = DENSE, name: str = "1") -> ContigSpans:
    return ContigSpans(name, bins, spans)


def spans_in(plans: list[Regions]) -> list[tuple[str, int, Span]]:
    return [
        (contig.contig, contig.after_0based, span) for plan in plans for contig in plan.contigs for span in contig.spans
    ]


def test_a_region_is_one_url() -> None:
    plans = region_plans([wanted((5, 90))])
    assert spans_in(plans) == [("1", 0, (5, 90))]


def test_contigs_without_records_and_requests_without_positions_have_no_url() -> None:
    assert region_plans([wanted((5, 90), bins=EMPTY), wanted()]) == []


def test_small_contigs_share_a_url() -> None:
    plans = region_plans([wanted((5, 90)), wanted((1, 2), (5, None), name="2")])
    assert len(plans) == 1
    assert [contig.contig for contig in plans[0].contigs] == ["1", "2"]


def test_a_large_region_is_cut_and_each_part_leaves_out_what_the_one_before_has() -> None:
    found = spans_in(region_plans([wanted((0, None))], block_bytes=300))
    assert found == [("1", 0, (0, 304)), ("1", 304, (304, 608)), ("1", 608, (608, 912)), ("1", 912, (912, None))]


def test_large_contigs_do_not_share_a_url() -> None:
    plans = region_plans([wanted((0, 200)), wanted((0, 200), name="2")], block_bytes=300)
    assert [len(plan.contigs) for plan in plans] == [1, 1]


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=40, unique=True), st.integers(40, 200))
def test_plans_are_short_and_have_every_span_once(starts: list[int], characters: int) -> None:
    spans = merge_spans([(start, start + 1) for start in starts])
    plans = region_plans([wanted(*spans, name="HLA*1")], characters=characters)
    assert all(len(encode(plan)) <= max(characters, 60) for plan in plans)
    assert [span for _, _, span in spans_in(plans)] == list(spans)
    reached = 0
    for plan in plans:
        assert [contig.after_0based for contig in plan.contigs] == [reached]
        reached = plan.contigs[-1].spans[-1][1] or 0


def test_a_hundred_thousand_regions_are_laid_out_at_once() -> None:
    spans = merge_spans([(start * 10, start * 10 + 5) for start in range(100_000)])
    plans = region_plans([wanted(*spans)])
    assert sum(len(contig.spans) for plan in plans for contig in plan.contigs) == 103
    assert len(plans) == 1
