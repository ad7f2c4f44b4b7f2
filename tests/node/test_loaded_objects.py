"""What ``genvej load reads`` takes is answered by DRS and htsget: encrypted, unindexed and stored elsewhere alike."""

import hashlib
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from core.datasets import DatasetCatalogue
from loaders.object_inspections import Checks
from loaders.object_links import Stated
from loaders.reads import ReadsOptions, load_reads
from node.app import create_node
from node.settings import Settings, StorageSettings
from tests.loaders.crypt4gh_files import encrypt, write_keys
from tests.loaders.object_store import REGION, ObjectStore, object_store
from tests.loaders.read_files import write_bam, write_cram
from tests.support.homes import make_home


@pytest.fixture(scope="module")
def store() -> Iterator[ObjectStore]:
    with object_store() as store:
        yield store


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Bytes of each file by its name."""
    folder = tmp_path_factory.mktemp("files")
    secret, public = write_keys(folder)
    bam = write_bam(folder / "s.bam")
    encrypt(bam, folder / "s.bam.c4gh", public, secret)
    encrypt(bam, folder / "secret.bam.c4gh", public, secret)
    (folder / "secret.bam.bai").write_bytes((folder / "s.bam.bai").read_bytes())
    write_cram(folder / "s.cram", bam)
    write_bam(folder / "plain.bam", seed=2, index="")
    write_bam(folder / "far.bam", seed=3)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def client(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes], store: ObjectStore
) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("loaded")
    home = make_home(folder / "home")
    for name, data in files.items():
        (folder / name).write_bytes(data)
    far = [store.put(name, files[name]) for name in ("far.bam", "far.bam.bai")]
    local = [folder / name for name in ("s.bam", "s.bam.c4gh", "secret.bam.c4gh", "s.cram", "plain.bam")]
    options = ReadsOptions(stated=Stated(of_nobody=True), checks=Checks(without_index=True))
    load_reads(DatasetCatalogue(home), "d", [*local, far[0]], options, preset="open", storage=store.storage)
    DatasetCatalogue(home).publish("d")
    settings = Settings(storage=StorageSettings(s3_endpoint_url=store.url, s3_region=REGION))
    with TestClient(create_node(settings, home).app, raise_server_exceptions=False) as connected:
        yield connected


@pytest.mark.parametrize("name", ["s.bam", "s.bam.c4gh", "secret.bam.c4gh", "s.cram", "plain.bam", "far.bam"])
def test_every_object_can_be_downloaded(client: TestClient, files: dict[str, bytes], name: str) -> None:
    object_id = hashlib.sha256(files[name]).hexdigest()
    document = client.get(f"/ga4gh/drs/v1/objects/{object_id}").json()
    assert (document["size"], document["name"]) == (len(files[name]), name)
    assert {"type": "md5", "checksum": hashlib.md5(files[name], usedforsecurity=False).hexdigest()} in document[
        "checksums"
    ]
    access = next(method for method in document["access_methods"] if method["type"] == "https")
    url = client.get(f"/ga4gh/drs/v1/objects/{object_id}/access/{access['access_id']}").json()["url"]
    assert client.get(url.partition("8080")[2]).content == files[name]


def test_htsget_gives_what_is_plain_and_indexed(client: TestClient) -> None:
    for path in ("/htsget/reads/s", "/htsget/reads/s?format=CRAM", "/htsget/reads/far?referenceName=chr20"):
        answer = client.get(path)
        assert answer.status_code == 200, answer.text
        assert answer.json()["htsget"]["urls"]


@pytest.mark.parametrize(
    "path",
    [
        "/htsget/reads/secret",
        "/htsget/reads/secret?class=header",
        "/htsget/reads/secret?referenceName=chr20&start=1&end=5",
        "/htsget/variants/secret",
        "/htsget/reads/plain",
    ],
)
def test_htsget_knows_no_encrypted_or_unindexed_file(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["htsget"]["error"]) == (404, "NotFound")


def test_encrypted_formats_are_no_formats_to_ask_for(client: TestClient) -> None:
    answer = client.get("/htsget/reads/secret?format=CRYPT4GH")
    assert (answer.status_code, answer.json()["htsget"]["error"]) == (400, "UnsupportedFormat")
