"""The routes of DRS 1.5 as they are mounted: documents, permissions, bulk, errors."""

from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drs.models import Error
from drs.paths import encode_segment
from drs.request import MAXIMUM_BULK
from passports.tokens import TokenKind
from tests.drs.files import Published, publish
from tests.drs.node import CALLERS, FILES, POLICIES, PUBLIC_URL, DrsNode, content_of, drs_node
from tests.drs.openapi import needs_drs_schemas, validate, validate_response

BYTES_ALLOWED = {
    (None, "open"),
    *product(("nobody", "registered", "granted"), ("open",)),
    *product(("registered", "granted"), ("public",)),
    *product(("granted",), ("registered", "controlled", "unlisted")),
}
PEOPLE = (None, *CALLERS)
WAYS = ("header", "passport")


def id_of(dataset_id: str) -> str:
    return FILES[dataset_id][0].object_id


def expected_access(caller: str | None, dataset_id: str) -> int:
    """The permission matrix in three lines."""
    if (caller, dataset_id) in BYTES_ALLOWED:
        return 200
    return 404 if dataset_id == "unlisted" else 401 if caller is None else 403


def error(status: int, message: str) -> dict[str, Any]:
    return {"msg": message, "status_code": status}


def credentials(node: DrsNode, caller: str | None, way: str) -> dict[str, Any]:
    """Keyword arguments of a POST that presents the caller in one of two ways."""
    if caller is None or way == "header":
        return {"headers": node.headers(caller), "json": {}}
    return {"json": {"passports": [node.passport(caller)]}}


def test_service_info_has_the_limit_at_both_places_and_counts_what_is_listed(node: DrsNode) -> None:
    document = node.client.get("/service-info").json()
    listed = [row for dataset_id in POLICIES if dataset_id != "unlisted" for row in FILES[dataset_id]]
    assert document["id"] == "dk.example.genvej.drs"
    assert document["type"] == {"group": "org.ga4gh", "artifact": "drs", "version": "1.5.0"}
    assert document["maxBulkRequestLength"] == MAXIMUM_BULK
    assert document["drs"] == {
        "maxBulkRequestLength": MAXIMUM_BULK,
        "objectCount": len(listed),
        "totalObjectSize": sum(row.size_bytes for row in listed),
    }


def test_an_object_is_described_from_the_configured_url(node: DrsNode) -> None:
    row = FILES["controlled"][0]
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher"}
    answer = node.client.get(f"/objects/{row.object_id}", headers=headers | node.headers("granted"))
    issuer = node.issuer.issuer
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "id": row.object_id,
        "self_uri": f"drs://node.example.dk/{row.object_id}",
        "size": row.size_bytes,
        "created_time": "2026-01-02T03:04:05Z",
        "updated_time": "2026-01-02T03:04:05Z",
        "checksums": [{"checksum": row.sha256, "type": "sha-256"}, {"checksum": row.md5, "type": "md5"}],
        "name": "sample-controlled.bam",
        "mime_type": "application/octet-stream",
        "description": "BAM file of dataset controlled",
        "aliases": ["sample-controlled"],
        "access_methods": [
            {
                "type": "htsget",
                "access_url": {"url": f"{PUBLIC_URL}/htsget/reads/sample-controlled"},
                "available": True,
                "authorizations": {
                    "drs_object_id": row.object_id,
                    "supported_types": ["BearerAuth"],
                    "bearer_auth_issuers": [issuer],
                },
            },
            {
                "type": "https",
                "access_id": "https",
                "available": True,
                "authorizations": {
                    "drs_object_id": row.object_id,
                    "supported_types": ["BearerAuth", "PassportAuth"],
                    "passport_auth_issuers": [issuer],
                    "bearer_auth_issuers": [issuer],
                },
            },
        ],
    }


@pytest.mark.parametrize(("caller", "dataset_id", "way"), list(product(PEOPLE, POLICIES, WAYS)))
def test_who_gets_an_object_and_its_bytes(node: DrsNode, caller: str | None, dataset_id: str, way: str) -> None:
    path = f"/objects/{id_of(dataset_id)}"
    presented = credentials(node, caller, way)
    assert node.client.post(path, **presented).status_code == expected_access(caller, dataset_id)
    access = node.client.post(f"{path}/access/https", **presented)
    assert access.status_code == expected_access(caller, dataset_id)
    assert ("www-authenticate" in access.headers) == (access.status_code == 401)
    if way == "header":
        headers = node.headers(caller)
        assert node.client.get(path, headers=headers).status_code == expected_access(caller, dataset_id)
        assert node.client.get(f"{path}/access/https", headers=headers).status_code == access.status_code


@pytest.mark.parametrize(("caller", "way"), list(product(PEOPLE, WAYS)))
def test_bulk_answers_as_the_single_routes_do(node: DrsNode, caller: str | None, way: str) -> None:
    ids = {dataset_id: id_of(dataset_id) for dataset_id in POLICIES}
    presented = credentials(node, caller, way)
    presented["json"] |= {"bulk_object_ids": [*ids.values(), "absent"]}
    answer = node.client.post("/objects", **presented).json()
    seen = [ids[name] for name in ids if expected_access(caller, name) == 200]
    assert [document["id"] for document in answer["resolved_drs_object"]] == seen
    check_summary(answer, "resolved_drs_object", 6)

    presented["json"] |= {
        "bulk_object_access_ids": [
            {"bulk_object_id": object_id, "bulk_access_ids": ["https"]} for object_id in [*ids.values(), "absent"]
        ]
    }
    answer = node.client.post("/objects/access", **presented).json()
    check_summary(answer, "resolved_drs_object_access_urls", 6)
    codes = {group["error_code"]: group["object_ids"] for group in answer["unresolved_drs_objects"]}
    for code in (401, 403, 404):
        expected = [ids[name] for name in ids if expected_access(caller, name) == code]
        assert codes.get(code, []) == [*expected, *(["absent"] if code == 404 else [])]
    for resolved in answer["resolved_drs_object_access_urls"]:
        assert resolved["drs_access_id"] == "https"
        got = node.client.get(resolved["url"])
        name = next(name for name, object_id in ids.items() if object_id == resolved["drs_object_id"])
        assert got.content == content_of(name)


def check_summary(answer: Mapping[str, Any], resolved: str, requested: int) -> None:
    unresolved = sum(len(group["object_ids"]) for group in answer["unresolved_drs_objects"])
    summary = {"requested": requested, "resolved": len(answer[resolved]), "unresolved": unresolved}
    assert answer["summary"] == summary
    assert summary["resolved"] + unresolved == requested


def test_nothing_resolved_is_an_answer_too(node: DrsNode) -> None:
    answer = node.client.post("/objects", json={"bulk_object_ids": ["absent"]})
    assert answer.status_code == 200
    assert answer.json()["unresolved_drs_objects"] == [{"error_code": 404, "object_ids": ["absent"]}]


def test_absent_and_hidden_are_one_answer(node: DrsNode) -> None:
    for caller in (None, "nobody", "registered"):
        for suffix in ("", "/access/https", "/access/other"):
            answers = [
                node.client.get(f"/objects/{object_id}{suffix}", headers=node.headers(caller))
                for object_id in ("0" * 64, id_of("unlisted"))
            ]
            absent, hidden = (
                (each.status_code, each.content, {**each.headers, "x-request-id": ""}) for each in answers
            )
            assert absent == hidden
            assert absent[0] == 404


@pytest.mark.parametrize("preflight", [{}, {"Origin": "https://viewer.example"}])
def test_options_says_which_credentials_help(node: DrsNode, preflight: dict[str, str]) -> None:
    answer = node.client.options(f"/objects/{id_of('open')}", headers=preflight)
    assert (answer.status_code, answer.json()["supported_types"]) == (200, ["None"])
    answer = node.client.options(f"/objects/{id_of('controlled')}", headers=preflight)
    assert answer.json()["supported_types"] == ["BearerAuth", "PassportAuth"]
    assert answer.json()["passport_auth_issuers"] == [node.issuer.issuer]
    assert node.client.options(f"/objects/{id_of('unlisted')}", headers=preflight).status_code == 404


def test_options_of_many_hides_what_is_not_listed(node: DrsNode) -> None:
    ids = [id_of("open"), id_of("unlisted"), "absent"]
    answer = node.client.request("OPTIONS", "/objects", json={"bulk_object_ids": ids}).json()
    check_summary(answer, "resolved_drs_object", 3)
    assert [each["drs_object_id"] for each in answer["resolved_drs_object"]] == ids[:1]
    assert answer["unresolved_drs_objects"] == [{"error_code": 404, "object_ids": ids[1:]}]


@pytest.mark.parametrize("path", ["/objects", "/objects/x", "/objects/x/access/https"])
def test_a_cors_preflight_is_answered_as_such(node: DrsNode, path: str) -> None:
    headers = {"Origin": "https://viewer.example", "Access-Control-Request-Method": "OPTIONS"}
    answer = node.client.options(path, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "https://viewer.example"


@pytest.mark.parametrize("value", ["true", "True", "1", "yes", "on", "false"])
def test_expand_in_the_query_is_a_boolean_in_any_spelling(node: DrsNode, value: str) -> None:
    assert node.client.get(f"/objects/{id_of('open')}?expand={value}").status_code == 200
    body = {"bulk_object_ids": [id_of("open")]}
    assert node.client.post(f"/objects?expand={value}", json=body).status_code == 200


def test_a_get_with_a_body_is_not_refused(node: DrsNode) -> None:
    assert node.client.request("GET", f"/objects/{id_of('open')}", json={}).status_code == 200


def test_an_access_id_belongs_to_its_object(node: DrsNode) -> None:
    answer = node.client.get(f"/objects/{id_of('open')}/access/other")
    assert (answer.status_code, answer.json()) == (404, error(404, "no such access id"))


def test_access_answers_are_not_kept_and_not_told(node: DrsNode) -> None:
    body = {"bulk_object_access_ids": [{"bulk_object_id": id_of("open"), "bulk_access_ids": ["https"]}]}
    for answer in (
        node.client.get(f"/objects/{id_of('open')}/access/https"),
        node.client.post(f"/objects/{id_of('open')}/access/https", json={}),
        node.client.post("/objects/access", json=body),
    ):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("authorization", ["Bearer x.y.z", "Bearer ", "Basic dTpw", "bearer", "Bearer a b"])
@pytest.mark.parametrize("path", ["/objects/{}", "/objects/{}/access/https"])
def test_a_bad_token_is_never_anonymous(node: DrsNode, authorization: str, path: str) -> None:
    answer = node.client.get(path.format(id_of("open")), headers={"Authorization": authorization})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["status_code"] == 401


def test_tokens_of_the_wrong_kind_are_refused(node: DrsNode) -> None:
    path = f"/objects/{id_of('open')}"
    passport, access_token = node.passport("granted"), node.token("granted", TokenKind.ACCESS_TOKEN)
    assert node.client.get(path, headers={"Authorization": f"Bearer {passport}"}).status_code == 401
    assert node.client.post(path, json={"passports": [access_token]}).status_code == 401
    assert node.client.post(path, json={"passports": [passport, "x.y.z"]}).status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"passports": "token"}', 400),
        (b'{"passports": {"a": "b"}}', 400),
        (b'{"passports": [1]}', 400),
        (b'{"passports": ["a"], "passports": ["b"]}', 400),
        (b'{"expand": "true"}', 400),
        (b'{"expand": NaN}', 400),
        (b"[]", 400),
        (b"{", 400),
        (b"\xff", 400),
        (b"[" * 10_000, 400),
        (b'{"passports": [' + b'"a",' * 9_999 + b'"a"]}', 413),
        (b" " * (1 << 20) + b"{}", 413),
    ],
)
def test_bodies_that_are_refused(node: DrsNode, body: bytes, status: int) -> None:
    headers = {"Content-Type": "application/json"}
    answer = node.client.post(f"/objects/{id_of('open')}", content=body, headers=headers)
    assert answer.status_code == status
    assert answer.json()["status_code"] == status


@pytest.mark.parametrize("headers", [{"Content-Type": "text/plain"}, {"Content-Encoding": "gzip"}])
def test_bodies_of_other_types_are_refused(node: DrsNode, headers: dict[str, str]) -> None:
    answer = node.client.post(f"/objects/{id_of('open')}", content=b"{}", headers=headers)
    assert (answer.status_code, answer.json()["status_code"]) == (415, 415)


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ([], 400),
        ("a", 400),
        ([["a"]], 400),
        ([1], 400),
        (["a"] * (MAXIMUM_BULK + 1), 413),
        (["a"] * 300_000, 413),
        (["a"] * MAXIMUM_BULK, 200),
    ],
)
@pytest.mark.parametrize("method", ["POST", "OPTIONS"])
def test_bulk_lists(node: DrsNode, method: str, value: object, status: int) -> None:
    answer = node.client.request(method, "/objects", json={"bulk_object_ids": value})
    assert answer.status_code == status
    if status == 200:
        check_summary(answer.json(), "resolved_drs_object", MAXIMUM_BULK)


def test_bulk_access_counts_pairs(node: DrsNode) -> None:
    entry = {"bulk_object_id": id_of("open"), "bulk_access_ids": ["https"] * 100}
    full = {"bulk_object_access_ids": [entry] * (MAXIMUM_BULK // 100)}
    check_summary(node.client.post("/objects/access", json=full).json(), "resolved_drs_object_access_urls", 1000)
    more = {"bulk_object_access_ids": [entry] * (MAXIMUM_BULK // 100 + 1)}
    assert node.client.post("/objects/access", json=more).status_code == 413


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/objects/%00", 400),
        ("GET", "/objects/%ff", 400),
        ("GET", "/objects/a%0Ab", 400),
        ("GET", "/objects/a/access/%00", 400),
        ("GET", "/objects/a?expand=perhaps", 400),
        ("GET", "/objects/access", 404),
        ("GET", "/objects/..%2F..%2Fetc%2Fpasswd", 404),
        ("GET", "/objects/a%2Faccess%2Fhttps", 404),
        ("GET", "/objects/%252F", 404),
        ("GET", "/nothing", 404),
        ("GET", "/objects/a/b", 404),
        ("DELETE", "/objects/a", 405),
        ("PUT", "/service-info", 405),
        ("GET", "/objects", 405),
    ],
)
def test_every_error_has_the_shape_of_the_standard(node: DrsNode, method: str, path: str, status: int) -> None:
    answer = node.client.request(method, path)
    assert answer.status_code == status
    assert set(answer.json()) == set(Error("", 0).document())
    assert answer.json()["status_code"] == status
    assert answer.headers["content-type"] == "application/json"


@settings(deadline=None, max_examples=60)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), st.sampled_from(["", "/access/https"]))
def test_no_encoded_id_becomes_another_route(node: DrsNode, object_id: str, suffix: str) -> None:
    answer = node.client.get(f"/objects/{encode_segment(object_id)}{suffix}")
    assert answer.status_code in (400, 404, 405)
    assert answer.json()["status_code"] == answer.status_code


def test_an_encoded_slash_does_not_reach_another_route(node: DrsNode) -> None:
    answer = node.client.get(f"/objects/{id_of('open')}%2Faccess%2Fhttps")
    assert answer.json() == error(404, "no such object")


@needs_drs_schemas
def test_answers_validate_against_the_official_openapi(node: DrsNode) -> None:
    validate_response("200ServiceInfo", node.client.get("/service-info").json())
    headers = node.headers("granted")
    for dataset_id in POLICIES:
        path = f"/objects/{id_of(dataset_id)}"
        validate_response("200OkDrsObject", node.client.get(path, headers=headers).json())
        validate_response("200OkAccess", node.client.get(f"{path}/access/https", headers=headers).json())
    validate_response("200OkAuthorizations", node.client.options(f"/objects/{id_of('controlled')}").json())
    bulk = {"bulk_object_ids": [id_of("open"), "absent"]}
    validate_response("200OkDrsObjects", node.client.post("/objects", json=bulk).json())
    answer = node.client.request("OPTIONS", "/objects", json=bulk).json()
    validate_response("200OkBulkAuthorizations", answer)
    pairs = [{"bulk_object_id": each, "bulk_access_ids": ["https"]} for each in bulk["bulk_object_ids"]]
    answer = node.client.post("/objects/access", json={"bulk_object_access_ids": pairs}).json()
    validate_response("200OkAccesses", answer)
    validate("schemas/Error.yaml", node.client.get("/objects/absent").json())


def test_unpublished_rows_do_not_change_running_answers(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A publication takes over at the next look at the home, for new requests."""
    with drs_node(tmp_path_factory.mktemp("changing")) as node:
        path = f"/objects/{id_of('open')}"
        assert node.client.get(path).status_code == 200
        publish(node.home, {"open": Published(FILES["open"], POLICIES["unlisted"])})
        assert node.client.get(path).status_code == 200
        node.generations.refresh()
        assert node.client.get(path).status_code == 404
