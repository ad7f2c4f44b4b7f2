"""Questions with known answers, over HTTP, every answer judged by the official schemas where they are at hand."""

from typing import Any

import pytest

from tests.beacon.node import PUBLIC_URL, SCHEMAS, BeaconNode, Document

ALLELE: dict[str, Any] = {
    "referenceName": "17",
    "start": [100],
    "referenceBases": "G",
    "alternateBases": "A",
    "assemblyId": "GRCh38",
}


def hits(document: Document) -> dict[str, int]:
    return {each["id"]: each["resultsCount"] for each in document["response"]["resultSets"] if each["exists"]}


def ask(node: BeaconNode, *visas: str, status: int = 200, **parameters: object) -> Document:
    return node.post("/g_variants", {"requestParameters": parameters}, *visas, status=status)


def ids(document: Document) -> list[str]:
    return [
        record["variantInternalId"] for each in document["response"]["resultSets"] for record in each.get("results", ())
    ]


def place(**changes: object) -> dict[str, Any]:
    return ALLELE | changes


@pytest.mark.parametrize(
    "changes",
    [
        {}, {"start": 100}, {"start": "100"}, {"start": ["100"]}, {"referenceName": "chr17"}, {"referenceName": 17},
        {"referenceName": "NC_000017.11"}, {"referenceName": "refseq:NC_000017.11", "assemblyId": None},
        {"assemblyId": "hg38"}, {"assemblyId": "GRCh38.p13"}, {"assemblyId": "GCF_000001405.39"},
        {"assemblyId": "grch38"}, {"referenceBases": "g", "alternateBases": "a"}, {"alternateBases": "N"},
        {"start": [99], "referenceBases": "TG", "alternateBases": "TA"}, {"referenceBases": None},
        {"start": [100], "end": [101], "referenceBases": None, "alternateBases": None}, {"variantType": "SNV"},
    ],
)  # fmt: skip
def test_one_allele_in_many_spellings(node: BeaconNode, changes: dict[str, Any]) -> None:
    answer = ask(node, **place(**changes))
    assert hits(answer) == {"DS_PUB": 1}
    assert ids(answer) == ["NC_000017.11:100:G:A"]
    nested = node.post("/g_variants", {"requestParameters": {"g_variant": place(**changes)}})
    assert nested == answer


@pytest.mark.parametrize(
    "parameters",
    [
        place(start=[101]), place(assemblyId="GRCh37", referenceName="17"),
        {"referenceName": "17", "assemblyId": "GRCh38", "start": [101], "end": [105]},
        {"referenceName": "17", "assemblyId": "GRCh38", "start": [95], "end": [100]},
        {"referenceName": "17", "assemblyId": "GRCh38", "start": [6000], "end": [6001], "variantType": "DEL"},
        {"referenceName": "17", "assemblyId": "GRCh38", "start": [5000], "end": [8000], "variantType": "EFO:0030071"},
        {"referenceName": "17", "assemblyId": "GRCh38", "variantMinLength": 5001},
    ],
)  # fmt: skip
def test_misses(node: BeaconNode, parameters: dict[str, Any]) -> None:
    answer = ask(node, **parameters)
    assert answer["responseSummary"]["exists"] is False
    assert answer["response"]["resultSets"] == []


_RANGE: dict[str, Any] = {"referenceName": "17", "assemblyId": "GRCh38"}


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({"referenceName": "MT", "start": 8992, "alternateBases": "G", "assemblyId": "GRCh38"}, ["NC_012920.1:8992:T:G"]),
        ({"referenceName": "chrM", "start": 8992, "alternateBases": "G", "assemblyId": "hg38"}, ["NC_012920.1:8992:T:G"]),
        ({"referenceName": "NC_012920.1", "start": 8992, "referenceBases": "T", "alternateBases": "G"},
         ["NC_012920.1:8992:T:G"]),
        (_RANGE | {"start": 2000, "end": 2001}, ["NC_000017.11:1000:5000:DEL"]),
        (_RANGE | {"start": 300, "end": 301}, ["NC_000017.11:301::AA"]),
        (_RANGE | {"start": 5999, "end": 6000, "variantType": "DEL"}, ["NC_000017.11:1000:5000:DEL"]),
        (_RANGE | {"start": [900, 1001], "end": [5999, 6001], "variantType": "DEL"}, ["NC_000017.11:1000:5000:DEL"]),
        (_RANGE | {"start": [5500, 5501], "end": [7500, 7501]}, ["NC_000017.11:5500:2000:DUP"]),
        (_RANGE | {"start": 200, "referenceBases": "ACGT", "alternateBases": "A"}, ["NC_000017.11:201:CGT:"]),
        (_RANGE | {"start": 201, "referenceBases": "CGT", "alternateBases": ""}, ["NC_000017.11:201:CGT:"]),
        (_RANGE | {"start": 301, "referenceBases": "", "alternateBases": "AA"}, ["NC_000017.11:301::AA"]),
        (_RANGE | {"start": 300, "referenceBases": "T", "alternateBases": "TAA"}, ["NC_000017.11:301::AA"]),
        (_RANGE | {"start": 300, "alternateBases": "TAA"}, ["NC_000017.11:301::AA"]),
        (_RANGE | {"start": 5000, "end": 8000, "variantType": "EFO:0030070"}, ["NC_000017.11:5500:2000:DUP"]),
        (_RANGE | {"start": 0, "end": 10000, "variantType": "DEL"},
         ["NC_000017.11:201:CGT:", "NC_000017.11:1000:5000:DEL"]),
        (_RANGE | {"start": 0, "end": 10000, "variantType": "DEL", "variantMinLength": 50},
         ["NC_000017.11:1000:5000:DEL"]),
        (_RANGE | {"start": 0, "end": 10000, "referenceBases": "ACGT", "alternateBases": "A"},
         ["NC_000017.11:201:CGT:"]),
        (_RANGE | {"variantMinLength": 5000}, ["NC_000017.11:1000:5000:DEL"]),
    ],
)  # fmt: skip
def test_known_answers(node: BeaconNode, parameters: dict[str, Any], found: list[str]) -> None:
    assert ids(ask(node, **parameters)) == found


def test_get_and_post_are_one_question(node: BeaconNode) -> None:
    flat: dict[str, Any] = {
        "referenceName": "17",
        "start": "100",
        "referenceBases": "G",
        "alternateBases": "A",
        "assemblyId": "hg38",
    }
    assert node.get("/g_variants", **flat) == ask(node, **ALLELE)
    counted = node.get("/g_variants", requestedGranularity="count", **flat)
    assert counted["responseSummary"] == {"exists": True, "numTotalResults": 1, "countPrecision": "exact"}
    query = {
        "filters": [{"id": "HP:0001250", "scope": "individuals"}, {"id": "NCIT:C16576"}],
        "pagination": {"limit": 5},
    }
    posted = node.post("/individuals", query)
    assert hits(posted) == {"DS_PUB": 1}
    got = node.get("/individuals", filters="NCIT:C16576,HP:0001250", limit=5)
    assert got["response"] == posted["response"]


@pytest.mark.parametrize(
    ("include", "sets", "misses"),
    [("HIT", 1, 0), ("ALL", 3, 2), ("MISS", 2, 2)],
)
def test_include_modes(node: BeaconNode, include: str, sets: int, misses: int) -> None:
    answer = node.post("/g_variants", {"requestParameters": ALLELE, "includeResultsetResponses": include})
    listed = answer["response"]["resultSets"]
    assert (len(listed), sum(not each["exists"] for each in listed)) == (sets, misses)
    assert answer["responseSummary"]["exists"] is True
    none = node.post("/g_variants", {"requestParameters": ALLELE, "includeResultsetResponses": "NONE"})
    assert "response" not in none
    assert none["responseSummary"]["numTotalResults"] == 1


def test_boolean_answers_hold_no_counts(node: BeaconNode) -> None:
    text = str(node.post("/g_variants", {"requestParameters": ALLELE, "requestedGranularity": "boolean"}))
    assert "resultsCount" not in text
    assert "numTotalResults" not in text
    assert "'results'" not in text


def test_pages(node: BeaconNode) -> None:
    whole = node.get("/g_variants", referenceName="17", assemblyId="GRCh38", start=0, end=600, limit=0)
    assert whole["meta"]["receivedRequestSummary"]["pagination"] == {"skip": 0, "limit": 1000}
    pages = [
        node.get("/g_variants", referenceName="17", assemblyId="GRCh38", start=0, end=600, limit=2, skip=skip)
        for skip in range(4)
    ]
    assert [len(ids(page)) for page in pages] == [2, 2, 1, 0]
    assert [each for page in pages for each in ids(page)] == ids(whole)
    assert {page["responseSummary"]["numTotalResults"] for page in pages} == {5}


TIERS: list[tuple[tuple[str, ...], str, dict[str, str], list[str]]] = [
    ((), "record", {"DS_PUB": "record"}, ["DS_CTL", "DS_REG"]),
    (("registered",), "record", {"DS_PUB": "record", "DS_REG": "count"}, ["DS_CTL"]),
    (("ControlledAccessGrants:DS_REG", "ControlledAccessGrants:DS_CTL"), "record",
     {"DS_PUB": "record", "DS_REG": "record", "DS_CTL": "record"}, []),
    (("ControlledAccessGrants:DS_HID",), "record", {"DS_PUB": "record", "DS_HID": "record"}, ["DS_CTL", "DS_REG"]),
]  # fmt: skip


@pytest.mark.parametrize(("visas", "returned", "levels", "withheld"), TIERS)
def test_tiers(
    node: BeaconNode, visas: tuple[str, ...], returned: str, levels: dict[str, str], withheld: list[str]
) -> None:
    answer = ask(node, *visas, **ALLELE)
    assert answer["meta"]["returnedGranularity"] == returned
    sets = {each["id"]: each for each in answer["response"]["resultSets"]}
    assert {name: "record" if "results" in each else "count" for name, each in sets.items()} == levels
    assert [each["id"] for each in answer.get("info", {}).get("datasetsNotAnswered", [])] == withheld
    if not visas[0:1] or "DS_HID" not in visas[0]:
        assert "DS_HID" not in str(answer)
    for name, level in levels.items():
        cases = [case for record in sets[name].get("results", ()) for case in record.get("caseLevelData", ())]
        assert bool(cases) is (level == "record" and name != "DS_PUB")


def test_suppressed_is_absent(node: BeaconNode) -> None:
    rare = place(start=150, referenceBases="C", alternateBases="T")
    nothing = place(start=151, referenceBases="C", alternateBases="T")
    for include in ("ALL", "HIT", "MISS", "NONE"):
        for granularity in ("boolean", "count", "record"):
            control = {"includeResultsetResponses": include, "requestedGranularity": granularity}
            one, other = (
                node.post("/g_variants", {"requestParameters": parameters, **control}, "registered")
                for parameters in (rare, nothing)
            )
            one["meta"].pop("receivedRequestSummary")
            other["meta"].pop("receivedRequestSummary")
            assert one == other
    assert hits(ask(node, "ControlledAccessGrants:DS_REG", **rare)) == {"DS_REG": 1}


def test_counts_of_people_are_rounded(node: BeaconNode) -> None:
    answer = node.get("/individuals", "registered", filters="HP:0001250", includeResultsetResponses="ALL")
    sets = {each["id"]: each for each in answer["response"]["resultSets"]}
    assert (sets["DS_REG"]["resultsCount"], sets["DS_REG"]["countPrecision"]) == (10, "rounded")
    assert (sets["DS_PUB"]["resultsCount"], sets["DS_PUB"]["countPrecision"]) == (3, "exact")
    assert answer["responseSummary"] == {"exists": True, "numTotalResults": 13, "countPrecision": "rounded"}
    message = node.get("/individuals", "registered", status=400, filters="HP:0002664")["error"]["errorMessage"]
    assert "HP:0002664" in message, "a term of two people is suppressed, hence unknown"
    assert hits(node.get("/individuals", "ControlledAccessGrants:DS_REG", filters="HP:0002664")) == {"DS_REG": 2}


def test_people_who_carry_a_variant(node: BeaconNode) -> None:
    grant = "ControlledAccessGrants:DS_CTL"
    variant_id = "NC_000017.11:150:C:T"
    lists = [
        ids_of(node.get(f"/g_variants/{variant_id}/individuals", "ControlledAccessGrants:DS_REG")),
        ids_of(node.get("/individuals", "ControlledAccessGrants:DS_REG", **{**_RANGE, "start": 150, "end": 151})),
    ]
    assert lists == [["G003"], ["G003"]]
    of_person = node.get("/individuals/L003/g_variants", grant)
    assert ids(of_person) == ["NC_000017.11:100:G:A", variant_id]
    assert "frequencyInPopulations" not in of_person["response"]["resultSets"][0]["results"][0]
    assert ids(node.get("/biosamples/B-L012/g_variants", grant)) == ["NC_000017.11:100:G:A"]
    assert hits(node.get("/individuals/G003/g_variants", "registered")) == {}


def ids_of(document: Document) -> list[str]:
    return [record["id"] for each in document["response"]["resultSets"] for record in each["results"]]


def test_one_record(node: BeaconNode) -> None:
    for variant_id in ids(node.get("/g_variants", limit=0)):
        assert ids(node.get(f"/g_variants/{variant_id}")) == [variant_id]
    assert ids_of(node.get("/individuals/I3")) == ["I3"]
    assert ids_of(node.get("/individuals/I3/biosamples")) == ["I3-b"]
    assert ids_of(node.get("/biosamples", filters="NCIT:C27966")) == ["I1-b"]
    assert ids_of(node.get("/biosamples", filters="NCIT:C27966,NCIT:C16576")) == ["I1-b"]
    assert ids_of(node.get("/individuals", filters="NCIT:C27966")) == ["I1"]
    assert ids_of(node.get("/datasets/DS_PUB/individuals", limit=2)) == ["I0", "I1"]
    assert hits(node.get("/datasets/DS_37/g_variants")) == {"DS_37": 1}


@pytest.mark.parametrize(
    "path",
    [
        "/nothing", "/individuals/NOPE", "/individuals/G000", "/g_variants/NC_000017.11:1:G:A", "/g_variants/x",
        "/g_variants/x/individuals", "/g_variants/NC_000017.11:100:G:T%2FA", "/datasets/DS_HID", "/datasets/NOPE",
        "/datasets/DS_HID/g_variants", "/cohorts/C", "/runs/R", "/analyses/A", "/individuals/I0/nothing",
        "/g_variants/NC_000017.99:100:G:A", "/g_variants/NC_000017.11:99999999999:G:A",
    ],
)  # fmt: skip
def test_not_found(node: BeaconNode, path: str) -> None:
    for document in (node.get(path, status=404), node.post(path, {}, status=404)):
        assert document["error"]["errorCode"] == 404
        assert document["error"]["requestId"]


def test_datasets(node: BeaconNode) -> None:
    answer = node.get("/datasets")
    names = [record["id"] for record in answer["response"]["collections"]]
    assert names == ["DS_37", "DS_CTL", "DS_PUB", "DS_PUB2", "DS_REG"]
    hidden = node.get("/datasets/DS_HID", "ControlledAccessGrants:DS_HID")["response"]["collections"][0]
    assert hidden["dataUseConditions"]["duoDataUse"][0]["modifiers"] == [{"id": "MONDO:0005015"}]
    assert hidden["info"]["access"] == "record"
    counted = node.get("/datasets", requestedGranularity="count")
    assert counted["responseSummary"]["numTotalResults"] == 5
    assert "response" not in counted
    assert len(node.get("/datasets", skip=1, limit=3)["response"]["collections"]) == 2
    assert node.get("/datasets", requestedGranularity="boolean")["responseSummary"] == {"exists": True}
    assert node.get("/cohorts")["response"] == {"collections": []}


def test_dataset_selection(node: BeaconNode) -> None:
    assert hits(node.get("/g_variants", datasetIds="DS_PUB2,NOPE")) == {"DS_PUB2": 1}
    assert hits(node.get("/g_variants", datasetIds="")) == {}
    nested = {"requestParameters": {"datasets": {"datasetIds": ["DS_37"]}}}
    assert hits(node.post("/g_variants", nested)) == {"DS_37": 1}
    assert node.get("/g_variants", datasetIds="DS_CTL")["meta"]["returnedGranularity"] == "boolean"


def test_test_mode_reads_synthetic_data_only(node: BeaconNode) -> None:
    answer = node.get("/g_variants", testMode="true", includeResultsetResponses="ALL")
    assert answer["meta"]["testMode"] is True
    assert answer["response"]["resultSets"] == []


@pytest.mark.parametrize(
    "path", ["/info", "/service-info", "/configuration", "/entry_types", "/map", "/filtering_terms"]
)
def test_informational_documents(node: BeaconNode, path: str) -> None:
    document = node.client.get(path).json()
    if SCHEMAS is not None:
        assert SCHEMAS.errors(path.strip("/"), document) == ()
    assert node.client.post(path).status_code == 405


def test_the_root_is_the_info_document(node: BeaconNode) -> None:
    info = node.client.get("/info").json()
    assert node.client.get("/").json() == node.client.get(f"{PUBLIC_URL}/beacon/").json() == info
    assert info["response"]["id"] == node.client.get("/service-info").json()["id"] == info["meta"]["beaconId"]


def test_every_route_of_the_map_answers(node: BeaconNode) -> None:
    for endpoints in node.client.get("/map").json()["response"]["endpointSets"].values():
        urls = [endpoints["rootUrl"], endpoints["singleEntryUrl"]]
        urls += [each["url"] for each in endpoints.get("endpoints", {}).values()]
        for url in urls:
            assert url.startswith(f"{PUBLIC_URL}/beacon/")
            path = url.removeprefix(f"{PUBLIC_URL}/beacon").replace("{id}", "X")
            for answer in (node.client.get(path), node.client.post(path, json={})):
                below_unknown_dataset = path.startswith(("/datasets/X", "/g_variants/X"))
                missing = path.endswith("/X") or below_unknown_dataset
                assert answer.status_code == (404 if missing else 200), path


def test_filtering_terms_are_those_of_the_caller(node: BeaconNode) -> None:
    def terms(*visas: str) -> dict[str, list[str]]:
        headers = node.headers(*visas) if visas else {}
        found = node.client.get("/filtering_terms", params={"limit": 0}, headers=headers).json()["response"]
        return {term["id"]: term["scopes"] for term in found["filteringTerms"]}

    assert terms() == {
        "HP:0001250": ["individual"], "NCIT:C16576": ["individual"], "NCIT:C20197": ["individual"],
        "NCIT:C27966": ["biosample"], "NCIT:C27970": ["biosample"],
    }  # fmt: skip
    assert "HP:0002664" in terms("ControlledAccessGrants:DS_REG")
    page = node.client.get("/filtering_terms", params={"limit": 2, "skip": 1}).json()["response"]["filteringTerms"]
    assert [term["id"] for term in page] == ["NCIT:C20197", "NCIT:C27966"]
    assert node.client.get("/filtering_terms", params={"start": 1}).status_code == 400


def test_a_bad_token_is_an_error(node: BeaconNode) -> None:
    for token in ("Bearer nonsense", "Basic abc"):
        answer = node.client.get("/g_variants", headers={"Authorization": token})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        if SCHEMAS is not None:
            assert SCHEMAS.errors("error", answer.json()) == ()


def test_bodies_of_the_wrong_kind(node: BeaconNode) -> None:
    assert node.client.post("/g_variants").status_code == 200
    assert node.client.post("/g_variants", content=b"{}").status_code == 200
    assert node.client.post("/g_variants", content=b"{").status_code == 400
    assert node.client.post("/g_variants", content=b"null").status_code == 400
    text = node.client.post("/g_variants", content=b"{}", headers={"content-type": "text/plain"})
    assert text.status_code == 415
    assert node.client.get("/g_variants", headers={"content-type": "application/json"}).status_code == 200
    assert node.client.put("/g_variants").status_code == 405


def test_answers_are_not_stored(node: BeaconNode) -> None:
    answer = node.client.get("/g_variants")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_second_include_parameter_of_a_proxy(node: BeaconNode) -> None:
    answer = node.client.get("/g_variants?includeResultsetResponses=HIT&datasetIds=DS_37&includeResultsetResponses=ALL")
    assert answer.json()["meta"]["receivedRequestSummary"]["includeResultsetResponses"] == "ALL"


def test_openapi_lists_every_route(node: BeaconNode) -> None:
    document = node.client.get("/openapi.json").json()
    assert {"get", "post"} <= document["paths"]["/individuals/{record_id}/g_variants"].keys()
    names = [each["name"] for each in document["paths"]["/g_variants"]["get"]["parameters"]]
    assert {"start", "requestedGranularity", "filters"} <= set(names)
