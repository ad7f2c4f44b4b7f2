"""Signed URLs: what they give, for how long, and what ends them."""

import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.datasets import DatasetCatalogue
from core.errors import Gone
from core.storage import LocalStorage
from core.tickets import TICKET_LIFETIME_S, Ticket, TicketKey, TicketSigner
from drs.grants import check_unchanged
from drs.paths import bytes_url
from tests.drs.files import file_row, publish
from tests.drs.node import DATASETS, FILES, PUBLIC_URL, DrsNode, content_of, drs_node

SIGNER = TicketSigner((TicketKey("k1", bytes(range(32))),))


def url_of(node: DrsNode, dataset_id: str = "controlled") -> str:
    path = f"/objects/{FILES[dataset_id][0].object_id}/access/https"
    return str(node.client.get(path, headers=node.headers("granted")).json()["url"])


def test_the_bytes_match_the_checksums(node: DrsNode) -> None:
    for dataset_id, (row, _) in FILES.items():
        answer = node.client.get(url_of(node, dataset_id))
        assert hashlib.sha256(answer.content).hexdigest() == row.object_id
        assert answer.headers["etag"] == f'"{row.sha256}"'
        assert answer.headers["content-length"] == str(row.size_bytes)
        assert answer.headers["content-disposition"] == f'attachment; filename="{row.name}"'
        assert answer.headers["cache-control"] == "private, no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"


def test_the_index_is_an_object_with_bytes_of_its_own(node: DrsNode) -> None:
    index = FILES["open"][1]
    url = node.client.get(f"/objects/{index.object_id}/access/https").json()["url"]
    assert node.client.get(url).content == b"index of " + content_of("open")


def test_head_is_get_without_the_bytes(node: DrsNode) -> None:
    got, head = node.client.get(url_of(node)), node.client.head(url_of(node))
    assert (head.status_code, head.content) == (200, b"")
    assert {**head.headers, "x-request-id": ""} == {**got.headers, "x-request-id": ""}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(st.integers(0, 400), st.integers(0, 400))
def test_ranges_are_slices(node: DrsNode, first: int, last: int) -> None:
    content = content_of("controlled")
    answer = node.client.get(url_of(node), headers={"Range": f"bytes={first}-{last}"})
    if last < first:
        assert (answer.status_code, answer.content) == (200, content)
    elif first >= len(content):
        assert answer.status_code == 416
        assert answer.headers["content-range"] == f"bytes */{len(content)}"
        assert answer.json()["status_code"] == 416
    else:
        assert (answer.status_code, answer.content) == (206, content[first : last + 1])


def test_an_interrupted_download_goes_on_with_a_new_url(node: DrsNode) -> None:
    content = content_of("controlled")
    first = node.client.get(url_of(node), headers={"Range": "bytes=0-99"})
    node.clock.now += 1
    rest = node.client.get(url_of(node), headers={"Range": "bytes=100-", "If-Range": first.headers["etag"]})
    assert first.content + rest.content == content
    other = node.client.get(url_of(node), headers={"Range": "bytes=100-", "If-Range": '"another"'})
    assert (other.status_code, other.content) == (200, content)


def test_a_url_ends_after_a_quarter_of_an_hour(tmp_path_factory: pytest.TempPathFactory) -> None:
    with drs_node(tmp_path_factory.mktemp("home")) as node:
        url = url_of(node)
        node.clock.now += TICKET_LIFETIME_S - 1
        assert node.client.get(url).status_code == 200
        node.clock.now += 1
        refused = node.client.get(url)
        assert refused.status_code == 403
        assert refused.json() == {"msg": "this link is not valid, or no longer", "status_code": 403}


def test_a_url_does_not_outlive_the_credential(tmp_path_factory: pytest.TempPathFactory) -> None:
    with drs_node(tmp_path_factory.mktemp("home")) as node:
        headers = node.headers("granted")
        path = f"/objects/{FILES['controlled'][0].object_id}/access/https"
        node.clock.now += 3590
        url = node.client.get(path, headers=headers).json()["url"]
        assert node.client.get(url).status_code == 200
        node.clock.now += 10
        assert node.client.get(url).status_code == 403


def test_a_url_ends_with_the_publication(tmp_path_factory: pytest.TempPathFactory) -> None:
    with drs_node(tmp_path_factory.mktemp("home")) as node:
        url, other = url_of(node), url_of(node, "open")
        DatasetCatalogue(node.home).withdraw("controlled", "for a test")
        node.generations.refresh()
        assert node.client.get(url).json() == {"msg": "no such object", "status_code": 404}
        assert node.client.get(other).status_code == 200


def test_a_new_version_does_not_end_a_download(tmp_path_factory: pytest.TempPathFactory) -> None:
    with drs_node(tmp_path_factory.mktemp("home")) as node:
        url, headers = url_of(node), node.headers("granted")
        before = node.client.get(url).content
        publish(node.home, {"controlled": replace(DATASETS["controlled"], rows=[file_row(b"newer bytes")])})
        node.generations.refresh()
        gone = node.client.get(f"/objects/{FILES['controlled'][0].object_id}", headers=headers)
        assert gone.status_code == 404
        assert node.client.get(url).content == before


def test_a_url_ends_with_an_opt_out(tmp_path_factory: pytest.TempPathFactory) -> None:
    with drs_node(tmp_path_factory.mktemp("home")) as node:
        url = url_of(node)
        publish(node.home, DATASETS, opted_out=["P-1"])
        node.generations.refresh()
        assert node.client.get(url).status_code == 404


def test_bytes_that_are_lost_or_short_are_errors(tmp_path_factory: pytest.TempPathFactory) -> None:
    with drs_node(tmp_path_factory.mktemp("home")) as node:
        url = url_of(node)
        path = node.home / FILES["controlled"][0].location
        path.write_bytes(b"")
        assert node.client.get(url).status_code == 410
        path.unlink()
        assert node.client.get(url).status_code == 404


def test_bytes_that_changed_in_place_are_not_given_out(tmp_path: Path) -> None:
    """An id means the same bytes for ever: a file that is as long as before but was written since is not it."""
    path = tmp_path / "file"
    path.write_bytes(b"as registered")
    storage = LocalStorage(tmp_path)
    row = file_row(path.read_bytes(), location="file", stored_version=storage.stamp("file").version)
    check_unchanged(storage, row)
    path.write_bytes(b"something else"[:13])
    os.utime(path, ns=(0, 1 + int(row.stored_version)))
    with pytest.raises(Gone):
        check_unchanged(storage, row)


def signed(action: str = "drs", dataset_id: str = "controlled", expires_at: int = 2_000_000_000) -> str:
    object_id = FILES["controlled"][0].object_id
    return SIGNER.sign(Ticket(action, dataset_id, object_id, "", "", expires_at))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_forged_and_foreign_tickets_are_refused(node: DrsNode, method: str) -> None:
    token = signed()
    other = TicketSigner((TicketKey("k1", bytes(32)),)).sign(SIGNER.verify(token, "drs", 0))
    for bad in (signed("htsget"), other, token[:-1], token + "A", f"k2{token[2:]}", "x", "a.b.c", "%C3%A6"):
        assert node.client.request(method, f"/bytes/{bad}").status_code == 403
    assert node.client.request(method, f"/bytes/{token}").status_code == 200
    assert node.client.request(method, f"/bytes/{signed(dataset_id='open')}").status_code == 404


def test_urls_are_made_from_the_configured_address(node: DrsNode) -> None:
    assert url_of(node).startswith(bytes_url(PUBLIC_URL, ""))
    answer = node.client.get(f"/objects/{FILES['open'][0].object_id}/access/https", headers={"Host": "evil.example"})
    assert answer.json()["url"].startswith(bytes_url(PUBLIC_URL, ""))
