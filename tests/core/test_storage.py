"""Where bytes lie: one contract, kept by local files, an S3 server and both behind one front."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import boto3  # type: ignore[import-untyped] # it has no types
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto.server import ThreadedMotoServer

from core.errors import DataDamaged, NotFound, ServiceUnavailable
from core.storage import LocalStorage, S3Storage, Storage, StorageByScheme

REGION = "eu-north-1"
DATA = bytes(range(256)) * 4
KEYS = [
    "data",
    "folder/a b.bam",
    "a#b.bam",
    "a?b=c.bam",
    "a%20b.bam",
    "a%2Fb.bam",
    "a+b&c.bam",
    "\u00e6\u00f8.bam",
    "a:b.bam",
    'it\'s "x".bam',
]


@dataclass(frozen=True)
class Store:
    """A storage, and the locations of its things."""

    storage: Storage
    prefix: str


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    environment = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_EC2_METADATA_DISABLED": "true"}
    patch = pytest.MonkeyPatch()
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        patch.delenv(name)
    for name, value in environment.items():
        patch.setenv(name, value)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    client = boto3.client("s3", endpoint_url=url, region_name=REGION)
    client.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
    for key in KEYS:
        client.put_object(Bucket="bucket", Key=key, Body=DATA)
    client.put_object(Bucket="bucket", Key="empty", Body=b"")
    yield url
    client.close()
    server.stop()
    patch.undo()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    (home / "folder").mkdir()
    for key in KEYS:
        (home / key).write_bytes(DATA)
    (home / "empty").touch()
    return home


@pytest.fixture(scope="module", params=["local", "absolute", "s3", "scheme-local", "scheme-s3"])
def store(request: pytest.FixtureRequest, home: Path, endpoint: str) -> Store:
    local, s3 = LocalStorage(home), S3Storage(endpoint_url=endpoint, region=REGION)
    stores = {
        "local": Store(local, ""),
        "absolute": Store(LocalStorage(Path("/nowhere")), f"{home}/"),
        "s3": Store(s3, "s3://bucket/"),
        "scheme-local": Store(StorageByScheme(local, s3), ""),
        "scheme-s3": Store(StorageByScheme(local, s3), "s3://bucket/"),
    }
    return stores[str(request.param)]


@pytest.mark.parametrize("key", KEYS)
def test_every_name_leads_to_its_bytes(store: Store, key: str) -> None:
    assert store.storage.stamp(store.prefix + key).size_bytes == len(DATA)
    assert store.storage.read(store.prefix + key, 250, 260) == DATA[250:260]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(DATA)), st.integers(0, len(DATA)), st.integers(200, 2000))
def test_a_stream_is_the_read_in_pieces(store: Store, one: int, other: int, chunk_bytes: int) -> None:
    start, end = sorted((one, other))
    pieces = list(store.storage.stream(f"{store.prefix}data", start, end, chunk_bytes))

    assert b"".join(pieces) == store.storage.read(f"{store.prefix}data", start, end) == DATA[start:end]
    assert all(0 < len(piece) <= chunk_bytes for piece in pieces)


def test_the_time_of_a_change_is_told_and_decides_nothing(store: Store) -> None:
    stamp = store.storage.stamp(f"{store.prefix}data")
    assert abs(stamp.modified_at_s - time.time()) < 86400
    assert replace(stamp, modified_at_s=1) == stamp


def test_an_empty_file_has_a_size(store: Store) -> None:
    assert store.storage.stamp(f"{store.prefix}empty").size_bytes == 0
    assert store.storage.read(f"{store.prefix}empty", 0, 0) == b""


@pytest.mark.parametrize(
    ("start", "end"), [(0, len(DATA) + 1), (len(DATA) - 1, len(DATA) + 9), (len(DATA), len(DATA) + 1), (5000, 5001)]
)
def test_fewer_bytes_than_stated_are_damage(store: Store, start: int, end: int) -> None:
    with pytest.raises(DataDamaged):
        store.storage.read(f"{store.prefix}data", start, end)
    with pytest.raises(DataDamaged):
        list(store.storage.stream(f"{store.prefix}data", start, end, 100))


@pytest.mark.parametrize("key", ["absent", "folder/absent", "data/below", "folder/../../x", "a//b"])
def test_what_is_not_there_is_not_found(store: Store, key: str) -> None:
    with pytest.raises(NotFound):
        store.storage.stamp(store.prefix + key)
    with pytest.raises(NotFound):
        store.storage.read(store.prefix + key, 0, 1)
    with pytest.raises(NotFound):
        list(store.storage.stream(store.prefix + key, 0, 1))


@pytest.mark.parametrize("location", ["s3://", "s3://bucket", "s3://bucket/", "s3:///data", "s3://absent/data"])
def test_what_names_no_object_is_not_found(endpoint: str, location: str) -> None:
    storage = S3Storage(endpoint_url=endpoint, region=REGION)
    with pytest.raises(NotFound):
        storage.stamp(location)
    with pytest.raises(NotFound):
        storage.read(location, 0, 1)


def test_nothing_is_read_backwards(store: Store) -> None:
    assert store.storage.read(f"{store.prefix}data", 9, 5) == b""


def test_a_store_that_does_not_answer_is_for_another_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    storage = S3Storage(endpoint_url="http://127.0.0.1:9", region=REGION)
    started = time.monotonic()

    with pytest.raises(ServiceUnavailable) as caught:
        storage.stamp("s3://bucket/data")

    assert caught.value.retry_after_s
    assert "127.0.0.1" not in caught.value.message
    assert time.monotonic() - started < 5
    with pytest.raises(ServiceUnavailable):
        storage.read("s3://bucket/data", 0, 1)


def test_without_an_endpoint_it_is_amazons_over_https(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    store, key = S3Storage(region=REGION)._open("s3://bucket/some/key")

    assert key == "some/key"
    assert "endpoint" not in store.config
    assert store.client_options is not None
    assert str(store.client_options["allow_http"]).lower() == "false"


def test_an_open_file_is_closed_when_nobody_reads_on(home: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - the descriptor of the listing itself counts alike
    stream = LocalStorage(home).stream("data", 0, len(DATA), 10)
    next(stream)
    del stream
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
