"""The routes of htsget 1.3 as they are mounted: tickets, what clients put together from them, errors."""

from pathlib import Path
from urllib.parse import quote

import pytest

from htsget.index.bgzf import EOF_MARKER, inflate_all
from htsget.ticket import MEDIA_TYPE
from tests.htsget.genomes import lines_of, reads_of
from tests.htsget.node import PUBLIC_URL, HtsgetNode
from tests.htsget.openapi import validate
from tests.support.shared import needs_shared

VARIANTS = f"/variants/{quote('cohort/variants æ', safe='')}"
REGION = "/reads/reads?referenceName=1&start=400000&end=500100"


def saved(folder: Path, data: bytes, name: str = "answer.bam") -> Path:
    assert data.endswith(EOF_MARKER)
    assert data.count(EOF_MARKER) == 1
    path = folder / name
    path.write_bytes(data)
    return path


def test_a_ticket_is_what_clients_expect(node: HtsgetNode) -> None:
    answer = node.client.get(REGION, headers={"accept-encoding": "gzip", "range": "bytes=0-10"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert "content-encoding" not in answer.headers
    assert answer.content.startswith(b'{"htsget":')
    header, body, end = node.urls(REGION)
    assert header["url"].startswith("data:;base64,")
    assert body["url"].startswith(f"{PUBLIC_URL}/htsget/data/")
    assert body["headers"] == {}
    assert [entry["class"] for entry in (header, body, end)] == ["header", "body", "body"]


def test_a_region_has_the_records_that_samtools_finds(node: HtsgetNode, tmp_path: Path) -> None:
    found = reads_of(saved(tmp_path, node.body(REGION)))
    assert found == reads_of(node.bam, ("1", 400_000, 500_100))
    assert len(found) > 20


def test_variants_of_a_region(node: HtsgetNode, tmp_path: Path) -> None:
    data = node.body(f"{VARIANTS}?referenceName=chr1&start=200000&end=300000")
    found = lines_of(saved(tmp_path, data, "answer.vcf.gz"))
    assert found == lines_of(node.vcf, ("1", 200_000, 300_000))
    assert len(found) > 5


def test_the_whole_file_is_the_file(node: HtsgetNode) -> None:
    assert node.body("/reads/reads") == node.bam.read_bytes()
    assert node.body(VARIANTS) == node.vcf.read_bytes()
    assert node.post("/reads/reads", {}) == node.bam.read_bytes()
    assert node.client.post("/reads/reads").status_code == 200


def test_the_header_alone_is_the_header_of_every_answer(node: HtsgetNode, tmp_path: Path) -> None:
    header = node.body("/reads/reads?class=header")
    assert reads_of(saved(tmp_path, header)) == []
    assert node.body(REGION).startswith(header.removesuffix(EOF_MARKER))
    assert node.post("/reads/reads", {"class": "header"}) == header
    assert b"##fileformat" in inflate_all(node.body(f"{VARIANTS}?class=header"), 1 << 20)


def test_reads_without_a_place(node: HtsgetNode, tmp_path: Path) -> None:
    found = reads_of(saved(tmp_path, node.body("/reads/reads?referenceName=*")))
    assert found == [read for read in reads_of(node.bam) if read.startswith("u")]
    assert len(found) == 20
    assert node.error(f"{VARIANTS}?referenceName=*") == (404, "NotFound")
    assert len(node.urls("/reads/reads?referenceName=empty")) == 2


@pytest.mark.parametrize("query", ["start=5&end=5", "start=999999999", "start=4294967294&end=4294967295"])
def test_a_region_without_records_is_a_file_without_records(node: HtsgetNode, tmp_path: Path, query: str) -> None:
    assert reads_of(saved(tmp_path, node.body(f"/reads/reads?referenceName=1&{query}"))) == []


def test_the_regions_of_a_post_are_one_file_with_every_record_once(node: HtsgetNode, tmp_path: Path) -> None:
    regions: list[dict[str, object]] = [
        {"referenceName": "chr2", "start": 0, "end": 200_000},
        {"referenceName": "*"},
        {"referenceName": "1", "start": 500_100, "end": 700_000},
        {"referenceName": "chr1", "start": 490_000, "end": 500_150},
        {"referenceName": "1", "start": 10, "end": 20},
        {"referenceName": "HLA-A*01:01:01:01"},
    ]
    data = node.post("/reads/reads", {"format": "bam", "regions": regions})
    asked = [("chr2", 0, 200_000), ("1", 490_000, 700_000), ("1", 10, 20), ("HLA-A*01:01:01:01", 0, None)]
    wanted = {read for region in asked for read in reads_of(node.bam, region)}
    whole = reads_of(node.bam)
    assert reads_of(saved(tmp_path, data)) == [read for read in whole if read in wanted or read.startswith("u")]
    assert node.post("/reads/reads", {"regions": regions[::-1]}) == data


def test_one_region_is_the_same_by_post(node: HtsgetNode) -> None:
    regions = [{"referenceName": "1", "start": 400_000, "end": 500_100}]
    assert node.post("/reads/reads", {"regions": regions}) == node.body(REGION)


def test_very_many_regions_are_answered(node: HtsgetNode, tmp_path: Path) -> None:
    regions = [{"referenceName": "1", "start": start, "end": start + 60} for start in range(0, 1_000_000, 100)]
    answer = node.client.post("/reads/reads", json={"regions": regions})
    assert answer.status_code == 200
    entries = answer.json()["htsget"]["urls"]
    assert max(len(entry["url"]) for entry in entries[1:-1]) < 2500
    found = reads_of(saved(tmp_path, b"".join(node.fetch(entry) for entry in entries)))
    assert len(set(found)) == len(found) > 150


def test_the_data_endpoint_serves_ranges_within_the_slice(node: HtsgetNode) -> None:
    url = node.urls(REGION)[1]["url"].removeprefix(f"{PUBLIC_URL}/htsget")
    whole = node.client.get(url)
    assert whole.headers["accept-ranges"] == "bytes"
    assert node.client.get(url).content == whole.content
    part = node.client.get(url, headers={"range": "bytes=100-", "if-range": whole.headers["etag"]})
    assert (part.status_code, part.content) == (206, whole.content[100:])
    assert part.headers["content-range"] == f"bytes 100-{len(whole.content) - 1}/{len(whole.content)}"
    head = node.client.head(url)
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(len(whole.content)), b"")
    beyond = node.client.get(url, headers={"range": "bytes=99999999-"})
    assert (beyond.status_code, beyond.json()["htsget"]["error"]) == (416, "InvalidRange")


@pytest.mark.parametrize(
    ("path", "status", "error"),
    [
        ("/reads/nothing", 404, "NotFound"),
        ("/reads/reads.bai", 404, "NotFound"),
        ("/reads/..%2f..%2fetc%2fpasswd", 404, "NotFound"),
        ("/reads/a/b/c", 404, "NotFound"),
        ("/reads/%00", 400, "InvalidInput"),
        ("/reads/%ff", 400, "InvalidInput"),
        ("/reads/" + "x" * 4096, 404, "NotFound"),
        (VARIANTS.replace("variants", "reads", 1), 404, "NotFound"),
        ("/variants/reads", 404, "NotFound"),
        ("/elsewhere", 404, "NotFound"),
        ("/reads/reads?referenceName=nope", 404, "NotFound"),
        ("/reads/reads?format=CRAM", 400, "UnsupportedFormat"),
        ("/reads/cramonly", 400, "UnsupportedFormat"),
        ("/reads/cramonly?format=CRAM&class=header", 400, "UnsupportedFormat"),
        ("/reads/cramonly?format=CRAM&referenceName=1", 400, "UnsupportedFormat"),
        (f"{VARIANTS}?format=CRAM", 400, "UnsupportedFormat"),
        ("/reads/noindex?referenceName=1", 400, "InvalidInput"),
        ("/reads/reads?start=5", 400, "InvalidInput"),
        ("/reads/reads?referenceName=1&start=9&end=5", 400, "InvalidRange"),
        ("/reads/closed", 401, "InvalidAuthentication"),
        ("/data/forged", 403, "PermissionDenied"),
        ("/data/k1.e30.e30", 403, "PermissionDenied"),
    ],
)
def test_errors_have_the_shape_and_the_names_of_the_standard(
    node: HtsgetNode, path: str, status: int, error: str
) -> None:
    answer = node.client.get(path, headers={"origin": "https://igv.org"})
    assert (answer.status_code, answer.json()["htsget"]["error"]) == (status, error)
    assert set(answer.json()["htsget"]) == {"error", "message"}
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["access-control-allow-origin"] == "https://igv.org"


def test_callers_with_a_token(node: HtsgetNode) -> None:
    assert node.client.get("/reads/closed").headers["www-authenticate"] == "Bearer"
    assert node.error("/reads/closed", node.headers("nobody")) == (403, "PermissionDenied")
    assert node.error("/reads/reads", {"Authorization": "Bearer x.y.z"}) == (401, "InvalidAuthentication")
    granted = node.headers("granted", "ControlledAccessGrants:controlled")
    assert len(node.urls("/reads/closed?class=header", granted)) == 2
    assert len(node.body("/reads/closed", granted)) > 1000


def test_whole_cram_files(node: HtsgetNode) -> None:
    assert node.body("/reads/cramonly?format=cram") == b"CRAM\x03\x00" + bytes(5000)


def test_other_methods_and_bodies(node: HtsgetNode) -> None:
    put = node.client.put("/reads/reads")
    assert (put.status_code, put.json()["htsget"]["error"]) == (405, "InvalidInput")
    form = node.client.post("/reads/reads", data={"a": "b"})
    assert (form.status_code, form.json()["htsget"]["error"]) == (400, "InvalidInput")
    assert "application/json" in form.json()["htsget"]["message"]
    typed = {"content-type": "application/json; charset=utf-8"}
    assert node.client.post("/reads/reads", content=b"{}", headers=typed).status_code == 200
    for content in (b"[]", b"{", b'{"a":1,"a":2}'):
        assert node.client.post("/reads/reads", content=content).json()["htsget"]["error"] == "InvalidInput"
    large = node.client.post("/reads/reads", content=b" " * (1 << 20) + b"{}")
    assert (large.status_code, large.json()["htsget"]["error"]) == (413, "PayloadTooLarge")
    both = node.client.post("/reads/reads?referenceName=1", json={})
    assert (both.status_code, both.json()["htsget"]["error"]) == (400, "InvalidInput")
    assert node.client.post("/reads/reads?utm=1", json={"utm": 2}).status_code == 200


def test_preflights_need_no_token(node: HtsgetNode) -> None:
    asked = {"origin": "https://igv.org", "access-control-request-method": "POST"}
    answer = node.client.options(
        "/reads/closed", headers={**asked, "access-control-request-headers": "authorization,range"}
    )
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "https://igv.org"
    assert answer.headers["access-control-allow-headers"] == "authorization,range"
    assert answer.headers["access-control-max-age"] == "2592000"


def test_service_info_says_what_is_served(node: HtsgetNode) -> None:
    reads, variants = (node.client.get(f"/{kind}/service-info").json() for kind in ("reads", "variants"))
    assert reads["id"] == "dk.example.genvej.htsget-reads"
    assert reads["type"] == {"group": "org.ga4gh", "artifact": "htsget", "version": "1.3.0"}
    assert reads["htsget"] == {
        "datatype": "reads",
        "formats": ["BAM"],
        "fieldsParameterEffective": False,
        "tagsParametersEffective": False,
    }
    assert (variants["htsget"]["datatype"], variants["htsget"]["formats"]) == ("variants", ["VCF", "BCF"])


@needs_shared
def test_answers_are_those_of_the_official_schemas(node: HtsgetNode) -> None:
    for kind, path in (("Reads", REGION), ("Variants", VARIANTS)):
        validate(f"htsgetResponse{kind}", node.client.get(path).json())
        validate("htsgetServiceInfo", node.client.get(f"/{kind.lower()}/service-info").json())
    validate("NotFoundError", node.client.get("/reads/nothing").json())
    validate("InvalidInputError", node.client.get("/reads/reads?start=1").json())
