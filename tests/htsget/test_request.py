from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import errors
from core.errors import GenvejError, InvalidRange, InvalidRequest, UnsupportedFormat
from core.strict_json import JsonValue
from drs.rows import FileFormat
from htsget.request import FIELDS, AskedRegion, DataType, TicketRequest, error_name, from_body, from_query

READS, VARIANTS = DataType.READS, DataType.VARIANTS
LARGEST = (1 << 32) - 1


def get(text: str, data_type: DataType = READS) -> TicketRequest:
    pairs = [(name, value) for name, _, value in (item.partition("=") for item in text.split("&") if item)]
    return from_query(data_type, pairs)


def post(document: Mapping[str, JsonValue], data_type: DataType = READS) -> TicketRequest:
    return from_body(data_type, [], document)


def region(name: str, start: JsonValue = None, end: JsonValue = None) -> dict[str, JsonValue]:
    stated = {"start": start, "end": end}
    return {"referenceName": name, **{key: value for key, value in stated.items() if value is not None}}


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("", TicketRequest(READS, FileFormat.BAM)),
        ("format=cram&utm=1&utm=2", TicketRequest(READS, FileFormat.CRAM)),
        ("class=header&format=Bam", TicketRequest(READS, FileFormat.BAM, header_only=True)),
        ("referenceName=11&start=5&end=5", TicketRequest(READS, FileFormat.BAM, regions=(AskedRegion("11", 5, 5),))),
        ("referenceName=*", TicketRequest(READS, FileFormat.BAM, regions=(AskedRegion("*"),))),
        ("referenceName=1&start=0007", TicketRequest(READS, FileFormat.BAM, regions=(AskedRegion("1", 7),))),
        (
            f"referenceName=1&end={LARGEST}",
            TicketRequest(READS, FileFormat.BAM, regions=(AskedRegion("1", 0, LARGEST),)),
        ),
        ("referenceName=1&start=" + "0" * 5000, TicketRequest(READS, FileFormat.BAM, regions=(AskedRegion("1"),))),
        ("fields=QNAME,SEQ&tags=NM,MD&notags=XX", TicketRequest(READS, FileFormat.BAM)),
        ("tags=", TicketRequest(READS, FileFormat.BAM)),
        ("regions=x", TicketRequest(READS, FileFormat.BAM)),
    ],
)
def test_what_a_query_means(text: str, asked: TicketRequest) -> None:
    assert get(text) == asked


def test_variants_have_their_own_formats_and_no_fields() -> None:
    assert get("", VARIANTS).file_format == FileFormat.VCF
    assert get("format=bcf&fields=nonsense&tags=x", VARIANTS).file_format == FileFormat.BCF
    assert get("referenceName=*&start=1", VARIANTS).regions == (AskedRegion("*", 1),)


@pytest.mark.parametrize(
    "text",
    [
        "class=body",
        "class=",
        "class=header&referenceName=11",
        "class=header&tags=NM",
        "class=header&start=1",
        "start=1",
        "end=1",
        "referenceName=*&start=1",
        "referenceName=*&end=1",
        "referenceName=1&start=-1",
        "referenceName=1&start=1.5",
        "referenceName=1&start=abc",
        "referenceName=1&start=4294967296",
        "referenceName=1&start=",
        "referenceName=1&start=1_000",
        "referenceName=1&start=+5",
        "referenceName=1&start= 5",
        "referenceName=1&start=1.0",
        "referenceName=1&start=٣",
        "referenceName=1&start=²",
        "referenceName=1&start=1&start=2",
        "referenceName=1&referenceName=1",
        "fields=FOO",
        "fields=",
        "fields=QNAME,",
        "tags=NM&notags=NM",
        "tags=NMX",
        "notags=N",
    ],
)
def test_queries_that_mean_nothing(text: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        get(text)
    assert error_name(caught.value, 400) == "InvalidInput"


@pytest.mark.parametrize("text", ["referenceName=11&start=50&end=10", "referenceName=11&start=1&end=0"])
def test_a_query_whose_start_lies_behind_its_end(text: str) -> None:
    with pytest.raises(InvalidRange):
        get(text)


@pytest.mark.parametrize("text", ["format=VCF", "format=", "format=bam,cram", "format=SAM"])
def test_formats_that_there_are_not(text: str) -> None:
    with pytest.raises(UnsupportedFormat):
        get(text)


@pytest.mark.parametrize(
    ("document", "asked"),
    [
        ({}, TicketRequest(READS, FileFormat.BAM)),
        ({"format": "bam", "other": [1]}, TicketRequest(READS, FileFormat.BAM)),
        ({"class": "header"}, TicketRequest(READS, FileFormat.BAM, header_only=True)),
        ({"fields": ["SEQ"], "tags": [], "notags": ["NM"]}, TicketRequest(READS, FileFormat.BAM)),
        (
            {"regions": [region("1", 5, 6), region("*"), region("2", 7), region("3")]},
            TicketRequest(
                READS,
                FileFormat.BAM,
                regions=(AskedRegion("1", 5, 6), AskedRegion("*"), AskedRegion("2", 7), AskedRegion("3")),
            ),
        ),
    ],
)
def test_what_a_body_means(document: dict[str, JsonValue], asked: TicketRequest) -> None:
    assert post(document) == asked


@pytest.mark.parametrize(
    "document",
    [
        {"regions": []},
        {"regions": {}},
        {"regions": None},
        {"regions": ["1"]},
        {"regions": [{}]},
        {"regions": [{"referenceName": 1}]},
        {"regions": [region("1", "5")]},
        {"regions": [region("1", True)]},
        {"regions": [region("1", 5.0)]},
        {"regions": [{"referenceName": "1", "start": None}]},
        {"regions": [region("1", -1)]},
        {"regions": [region("1", 0, LARGEST + 1)]},
        {"regions": [region("*", 1)]},
        {"regions": [region("1")], "class": "header"},
        {"class": "body"},
        {"class": None},
        {"referenceName": "1"},
        {"start": 1},
        {"tags": "NM"},
        {"tags": [1]},
        {"fields": []},
        {"tags": ["NM"], "notags": ["NM"]},
    ],
)
def test_bodies_that_mean_nothing(document: dict[str, JsonValue]) -> None:
    with pytest.raises(InvalidRequest) as caught:
        post(document)
    assert error_name(caught.value, 400) == "InvalidInput"


@pytest.mark.parametrize(("start", "end"), [(5, 5), (6, 5), (0, 0)])
def test_a_region_of_a_body_must_have_positions(start: int, end: int) -> None:
    with pytest.raises(InvalidRange):
        post({"regions": [region("1", start, end)]})


@pytest.mark.parametrize("value", ["SAM", 5, ["BAM"]])
def test_formats_of_a_body_that_there_are_not(value: JsonValue) -> None:
    with pytest.raises(UnsupportedFormat):
        post({"format": value})


def test_parameters_of_a_post_belong_in_its_body() -> None:
    with pytest.raises(InvalidRequest, match="referenceName belongs in the body"):
        from_body(READS, ["utm", "referenceName"], {})
    assert from_body(READS, ["utm"], {}) == TicketRequest(READS, FileFormat.BAM)


@given(st.integers(0, LARGEST), st.integers(0, LARGEST), st.sampled_from(["BAM", "CRAM", None]), st.text())
def test_get_and_post_of_one_region_are_one_request(start: int, end: int, file_format: str | None, name: str) -> None:
    pairs = [("referenceName", name), ("start", str(start)), ("end", str(end))]
    document: dict[str, JsonValue] = {"regions": [region(name, start, end)]}
    if file_format is not None:
        pairs.append(("format", file_format))
        document["format"] = file_format
    try:
        posted = post(document)
    except InvalidRequest:
        assert start >= end or name == "*"
        return
    assert from_query(READS, pairs) == posted


def test_every_error_has_a_name_of_the_standard() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, GenvejError)]
    names = {
        kind.__name__: error_name(kind("x", size_bytes=1) if kind is errors.RangeNotSatisfiable else kind("x"), 500)
        for kind in kinds
    }
    assert names["UnsupportedRequest"] == names["UnsupportedMediaType"] == "InvalidInput"
    assert names["InvalidRange"] == names["RangeNotSatisfiable"] == "InvalidRange"
    assert names["CredentialRequired"] == names["InvalidCredential"] == "InvalidAuthentication"
    assert names["DataDamaged"] == names["ServiceUnavailable"] == "InternalServerError"
    assert [error_name(None, status) for status in (404, 405, 400, 500)] == [
        "NotFound",
        "InvalidInput",
        "InvalidInput",
        "InternalServerError",
    ]
    assert len(FIELDS) == 11
