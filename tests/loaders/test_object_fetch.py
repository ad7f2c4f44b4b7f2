import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import LoadRefused
from core.storage import LocalStorage, S3Storage, Stamp
from loaders.input_files import S3Url
from loaders.object_fetch import fetch
from loaders.progress import SilentProgress
from tests.loaders.object_store import REGION, ObjectStore, object_store
from tests.loaders.read_files import write_bam


@pytest.fixture(scope="module")
def store() -> Iterator[ObjectStore]:
    with object_store() as store:
        yield store


def test_an_object_comes_with_its_index(store: ObjectStore, tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "a.bam")
    url = store.put("deep/er/a.bam", bam.read_bytes())
    store.put("deep/er/a.bai", (tmp_path / "a.bam.bai").read_bytes())
    folder = tmp_path / "scratch"
    folder.mkdir()
    fetched = fetch(store.storage, S3Url(url), folder, SilentProgress())
    assert fetched.path.read_bytes() == bam.read_bytes()
    assert {path.name: origin.location for path, origin in fetched.origins.items()} == {
        "a.bam": url,
        "a.bai": store.address("deep/er/a.bai"),
    }
    for path, origin in fetched.origins.items():
        assert origin.stamp == store.storage.stamp(origin.location)
        assert int(path.stat().st_mtime) == origin.stamp.modified_at_s > 1_600_000_000


def test_what_is_not_there_is_refused(store: ObjectStore, tmp_path: Path) -> None:
    for url in (store.address("absent.bam"), "s3://nobucket/a.bam"):
        with pytest.raises(LoadRefused, match=r"\.bam: there is no such object"):
            fetch(store.storage, S3Url(url), tmp_path, SilentProgress())


def test_a_store_that_does_not_answer_is_said(store: ObjectStore, tmp_path: Path) -> None:
    del store
    with pytest.raises(LoadRefused, match=r"a\.bam: the object store does not answer"):
        fetch(
            S3Storage(endpoint_url="http://127.0.0.1:9", region=REGION),
            S3Url("s3://b/a.bam"),
            tmp_path,
            SilentProgress(),
        )


def test_an_object_that_does_not_fit_is_refused(
    store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = store.put("a.bam", bytes(1000))
    usage = shutil.disk_usage(tmp_path)._replace(free=999)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(LoadRefused, match=r"a\.bam: 1,000 bytes do not fit .* 999 are free"):
        fetch(store.storage, S3Url(url), tmp_path, SilentProgress())


class Changing(LocalStorage):
    """A storage whose objects have a new mark whenever they are asked for it."""

    asked = 0

    def stamp(self, location: str) -> Stamp:
        self.asked += 1
        return Stamp(super().stamp(location.removeprefix("s3://b/")).size_bytes, str(self.asked))

    def stream(self, location: str, start: int, end: int, chunk_bytes: int = 1) -> Iterator[bytes]:
        return super().stream(location.removeprefix("s3://b/"), start, end, chunk_bytes)


def test_an_object_that_changes_is_refused(tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "a.bam")
    folder = tmp_path / "scratch"
    folder.mkdir()
    with pytest.raises(LoadRefused, match=rf"{bam.name}: changed while it was read"):
        fetch(Changing(tmp_path), S3Url("s3://b/a.bam"), folder, SilentProgress())
