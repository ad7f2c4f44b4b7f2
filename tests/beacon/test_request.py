"""Any spelling of a question is one canonical value; what cannot be meant is refused by name."""

from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beacon.entry_types import BY_ID, DATASET, VARIANT
from beacon.query import (
    EVERY_VARIANT,
    BeaconQuery,
    BracketQuestion,
    Granularity,
    Include,
    OntologyFilter,
    Page,
    RangeQuestion,
    SequenceQuestion,
    VariantQuestion,
)
from beacon.request import Target, canonical_query, overlaid, read_body, read_page, read_query_string
from beacon.variants import Genome
from core.errors import InvalidRequest
from core.strict_json import JsonValue

GENOME = Genome(frozenset({"GRCh38"}), frozenset({"1", "17", "X", "MT", "chrUn_1"}))
INDIVIDUAL = BY_ID["individual"]


def posted(query: JsonValue, target: Target | None = None, **beside: JsonValue) -> BeaconQuery:
    body: dict[str, JsonValue] = {"meta": {"apiVersion": "2.0"}, "query": query, **beside}
    return canonical_query(target or Target(VARIANT), read_body(body), GENOME)


def got(text: str, target: Target | None = None) -> BeaconQuery:
    return canonical_query(target or Target(VARIANT), read_query_string(text), GENOME)


_PLACES: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.fixed_dictionaries({"start": st.integers(0, 1000), "alternateBases": st.sampled_from(("A", "TT", "N"))}),
    st.integers(0, 1000).map(lambda start: {"start": start, "end": start + 7}),
    st.integers(0, 1000).map(lambda start: {"start": [start, start + 5], "end": [start + 3, start + 9]}),
    st.just({}),
)
_QUESTIONS = st.tuples(
    _PLACES,
    st.fixed_dictionaries(
        {"referenceName": st.sampled_from(("17", "chr17", "NC_000017.11", "refseq:NC_000017.11", "X", "chrM"))},
        optional={
            "assemblyId": st.sampled_from(("GRCh38", "hg38", "GCF_000001405.40")),
            "variantType": st.sampled_from(("SNP", "del", "EFO:0030067")),
            "variantMinLength": st.integers(0, 9),
        },
    ),
).map(lambda both: {**both[0], **both[1]})
_CONTROLS = st.fixed_dictionaries(
    {},
    optional={
        "skip": st.integers(0, 9), "limit": st.integers(0, 5000),
        "requestedGranularity": st.sampled_from(("boolean", "count", "record")),
        "includeResultsetResponses": st.sampled_from(("HIT", "MISS", "ALL", "NONE")), "testMode": st.booleans(),
    },
)  # fmt: skip


@given(_QUESTIONS, _CONTROLS, st.booleans(), st.booleans(), st.booleans())
def test_get_and_post_nested_and_flat_are_one_value(
    question: dict[str, Any], controls: dict[str, Any], nested: bool, texts: bool, beside: bool
) -> None:
    flat = {name: ",".join(map(str, value)) if isinstance(value, list) else value for name, value in question.items()}
    text = urlencode(
        {**flat, **{name: str(value).lower() if isinstance(value, bool) else value for name, value in controls.items()}}
    )
    values: dict[str, Any] = {
        name: str(value) if texts and isinstance(value, int) else value for name, value in question.items()
    }
    page = {name: controls[name] for name in ("skip", "limit") if name in controls}
    others = {name: value for name, value in controls.items() if name not in page}
    query: dict[str, Any] = {"requestParameters": {"g_variant": values} if nested else values, "filters": None}
    placed: dict[str, Any] = {**others, "pagination": page}
    query_in, body_beside = (query, placed) if beside else ({**query, **placed}, {})
    first, second = got(text), posted(query_in, **body_beside)
    assert first == second
    assert hash(first) == hash(second)
    assert got(text + "&limit=3&limit=4").page.limit == 4


def test_the_empty_question_asks_for_everything() -> None:
    everything = BeaconQuery("genomicVariant", variant=EVERY_VARIANT)
    empty: list[JsonValue] = [
        {}, None, {"requestParameters": None, "filters": None, "pagination": None}, {"requestParameters": []},
        {"requestParameters": [{}]}, {"requestParameters": {"g_variant": None}}, {"requestedGranularity": "record"},
    ]  # fmt: skip
    for query in empty:
        assert posted(query) == everything
    assert got("") == got("referenceName=&limit=&requestedSchema=x") == everything
    assert canonical_query(Target(VARIANT), read_body({}), GENOME) == everything


@pytest.mark.parametrize(
    ("parameters", "question"),
    [
        ({"referenceName": "17", "start": 100, "referenceBases": "G", "alternateBases": "A"},
         VariantQuestion("GRCh38", "17", SequenceQuestion(100, 101, "G", "A"))),
        ({"referenceName": "17", "start": 100, "alternateBases": "a"},
         VariantQuestion("GRCh38", "17", SequenceQuestion(100, None, None, "A"))),
        ({"referenceName": "17", "start": 5, "end": 9, "referenceBases": "AC", "alternateBases": "A"},
         VariantQuestion("GRCh38", "17", RangeQuestion(5, 9), reference="C", alternate="")),
        ({"referenceName": "17", "start": "1,2", "end": "3,4"},
         VariantQuestion("GRCh38", "17", BracketQuestion(1, 2, 3, 4))),
        ({"referenceName": "NC_012920.1"}, VariantQuestion(None, "MT")),
        ({"referenceName": "NC_012920.1", "assemblyId": "hg19"}, VariantQuestion("GRCh37", "MT")),
        ({"referenceName": "x", "assemblyId": "GRCh37"}, VariantQuestion("GRCh37", "X")),
        ({"referenceName": "chrUn_1"}, VariantQuestion("GRCh38", "chrUn_1")),
        ({"assemblyId": "hg38", "variantType": "DUP"}, VariantQuestion("GRCh38", variant_types=("DUP",))),
        ({"variantMinLength": "5", "variantMaxLength": 5}, VariantQuestion(minimum_length=5, maximum_length=5)),
    ],
)  # fmt: skip
def test_kinds_of_question(parameters: dict[str, JsonValue], question: VariantQuestion) -> None:
    assert posted({"requestParameters": parameters}).variant == question


_AT = {"referenceName": "17", "assemblyId": "GRCh38"}
BAD: list[tuple[dict[str, Any], str]] = [
    ({"requestParameters": {**_AT, "start": "abc", "alternateBases": "A"}}, "start"),
    ({"requestParameters": {**_AT, "start": True, "alternateBases": "A"}}, "start"),
    ({"requestParameters": {**_AT, "start": 1.5, "alternateBases": "A"}}, "start"),
    ({"requestParameters": {**_AT, "start": "9" * 5000, "alternateBases": "A"}}, "start"),
    ({"requestParameters": {**_AT, "start": -1, "alternateBases": "A"}}, "start"),
    ({"requestParameters": {**_AT, "start": 1 << 31, "alternateBases": "A"}}, "start"),
    ({"requestParameters": {**_AT, "start": (1 << 31) - 1, "alternateBases": "A"}}, "start"),
    ({"requestParameters": {**_AT, "start": [900, 1000], "end": [6000]}}, "end"),
    ({"requestParameters": {**_AT, "start": [1, 2, 3]}}, "start"),
    ({"requestParameters": {**_AT, "start": []}}, "start"),
    ({"requestParameters": {**_AT, "start": [200], "end": [100]}}, "start"),
    ({"requestParameters": {**_AT, "start": [5, 4], "end": [6, 7]}}, "start"),
    ({"requestParameters": {**_AT, "start": [4, 5], "end": [8, 7]}}, "end"),
    ({"requestParameters": {**_AT, "end": [0]}}, "end"),
    ({"requestParameters": {**_AT, "end": [9]}}, "start"),
    ({"requestParameters": {**_AT, "start": [100]}}, "alternateBases"),
    ({"requestParameters": {**_AT, "start": [100], "alternateBases": "X"}}, "alternateBases"),
    ({"requestParameters": {**_AT, "start": [100], "referenceBases": "A", "alternateBases": "A"}}, "alternateBases"),
    ({"requestParameters": {**_AT, "start": [100], "referenceBases": 1.5, "alternateBases": "A"}}, "referenceBases"),
    ({"requestParameters": {**_AT, "referenceName": "NC_000017.10"}}, "referenceName"),
    ({"requestParameters": {**_AT, "referenceName": "refseq:NC_0000017.11"}}, "referenceName"),
    ({"requestParameters": {**_AT, "referenceName": "chr99"}}, "referenceName"),
    ({"requestParameters": {**_AT, "referenceName": {}}}, "referenceName"),
    ({"requestParameters": {**_AT, "assemblyId": "GRCh39"}}, "assemblyId"),
    ({"requestParameters": {"start": 5, "end": 6}}, "referenceName"),
    ({"requestParameters": {"alternateBases": ""}}, "referenceName"),
    ({"requestParameters": {**_AT, "variantType": "FOO"}}, "variantType"),
    ({"requestParameters": {**_AT, "variantMinLength": 5, "variantMaxLength": 4}}, "variantMinLength"),
    ({"requestParameters": {**_AT, "variantMinLength": "long"}}, "variantMinLength"),
    ({"requestParameters": {"refrenceName": "17"}}, "refrenceName"),
    ({"requestParameters": {"g_variant": {"foo": 1}}}, "foo"),
    ({"requestParameters": {"g_variant": [1]}}, "g_variant"),
    ({"requestParameters": [1, 2]}, "requestParameters"),
    ({"requestParameters": "x"}, "requestParameters"),
    ({"requestParameters": {"geneId": "BRCA1"}}, "geneId"),
    ({"requestParameters": {"aminoacidChange": "V600E"}}, "aminoacidChange"),
    ({"requestParameters": {"mateName": "1"}}, "mateName"),
    ({"requestParameters": {"datasets": {"datasetIds": 5}}}, "datasetIds"),
    ({"datasetIds": [{}]}, "datasetIds"),
    ({"requestedGranularity": "aggregated"}, "requestedGranularity"),
    ({"requestedGranularity": "RECORD"}, "requestedGranularity"),
    ({"includeResultsetResponses": "hit"}, "includeResultsetResponses"),
    ({"pagination": {"limit": -1}}, "limit"), ({"pagination": {"skip": -1}}, "skip"),
    ({"pagination": {"limit": "ten"}}, "limit"), ({"pagination": {"skip": 1 << 30}}, "skip"),
    ({"pagination": {"page": 1}}, "pagination.page"), ({"pagination": {"nextPage": "x"}}, "pagination.nextPage"),
    ({"pagination": 5}, "pagination"), ({"testMode": "maybe"}, "testMode"), ({"testMode": 1}, "testMode"),
    ({"filters": ["HP:0001250"]}, "filters"), ({"aggregators": []}, "query.aggregators"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "field"), BAD)
def test_what_cannot_be_meant_is_refused_by_name(query: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest, match=field.rpartition(".")[2]) as refused:
        posted(query)
    assert refused.value.field == field


def test_bodies_and_query_strings_that_are_none() -> None:
    bodies: list[dict[str, JsonValue]] = [{"meta": 5}, {"query": []}, {"foo": 1}]
    for body in bodies:
        with pytest.raises(InvalidRequest):
            read_body(body)
    for text in ("%ff=1", "foo=1", "start", "&".join(f"limit={n}" for n in range(200)), "start=%ff"):
        with pytest.raises(InvalidRequest):
            got(text)


def test_ambiguous_without_an_assembly() -> None:
    raw = read_query_string("referenceName=17")
    for genome in (Genome(), Genome(frozenset({"GRCh37", "GRCh38"}))):
        with pytest.raises(InvalidRequest, match="ambiguous"):
            canonical_query(Target(VARIANT), raw, genome)
    own = Genome(frozenset({"ReindeerV1"}), frozenset({"7"}))
    for text in ("referenceName=7", "referenceName=7&assemblyId=reindeerv1"):
        query = canonical_query(Target(VARIANT), read_query_string(text), own)
        assert query.variant == VariantQuestion("ReindeerV1", "7")
    with pytest.raises(InvalidRequest, match="ReindeerV1"):
        canonical_query(Target(VARIANT), read_query_string("referenceName=NC_000017.11&assemblyId=ReindeerV1"), own)


def test_controls() -> None:
    query = got(
        "skip=2&limit=5000&requestedGranularity=count&includeResultsetResponses=MISS&testMode=TRUE&datasetIds=b,a"
    )
    assert query == BeaconQuery(
        "genomicVariant", variant=EVERY_VARIANT, dataset_ids=("a", "b"), granularity=Granularity.COUNT,
        include=Include.MISS, page=Page(2, 1000), test_mode=True,
    )  # fmt: skip
    assert got("limit=0").page.limit == 1000
    assert got("datasetIds=").dataset_ids == ()
    assert query.page.offset == 2000


def test_paths_narrow_the_question() -> None:
    target = Target(INDIVIDUAL, dataset_id="D")
    assert got("", target) == BeaconQuery("individual", dataset_ids=("D",))
    assert got("datasetIds=D,E", target).dataset_ids == ("D",)
    assert got("datasetIds=E", target).dataset_ids == ()
    named = VariantQuestion("GRCh38", "17", SequenceQuestion(1, 2, "A", "C"))
    assert got("", Target(INDIVIDUAL, variant=named)).variant == named
    with pytest.raises(InvalidRequest, match="path"):
        got("referenceName=17", Target(INDIVIDUAL, variant=named))


def test_filters_and_variants_are_offered_where_they_are_answered() -> None:
    query = got("filters=HP:0001250,HP:0001250&referenceName=17", Target(INDIVIDUAL))
    assert query.filters == (OntologyFilter("HP:0001250"),)
    assert query.variant == VariantQuestion("GRCh38", "17")
    for text in ("filters=HP:0001250", "referenceName=17"):
        with pytest.raises(InvalidRequest):
            got(text, Target(DATASET))


def test_a_body_overrules_the_query_string() -> None:
    raw = overlaid(read_query_string("limit=5&skip=1"), read_body({"query": {"pagination": {"limit": 7}}}))
    assert canonical_query(Target(VARIANT), raw, GENOME).page == Page(1, 7)


def test_pages_of_informational_lists() -> None:
    assert read_page("") == Page()
    assert read_page("limit=0") is None
    assert read_page("limit=3&skip=2") == Page(2, 3)
    with pytest.raises(InvalidRequest):
        read_page("testMode=true")
