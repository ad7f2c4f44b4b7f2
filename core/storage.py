"""Storage: where the bytes of file objects lie, behind three methods."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

from core.errors import DataDamaged, NotFound, ServiceUnavailable

if TYPE_CHECKING:
    from obstore.store import S3Config

CHUNK_BYTES = 1 << 20
_S3 = "s3://"
_S3_ERRORS = (BaseError, OSError, ValueError)
"""What obstore raises: its own errors, and Python's for a missing object, a refusal and an impossible key."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells whether stored bytes are still the same: their size, and the storage's own mark of their version.

    ``modified_at_s``: seconds since 1970 of their last change, which decides nothing.
    """

    size_bytes: int
    version: str
    modified_at_s: int = field(default=0, compare=False)


class Storage(Protocol):
    """What the rooms need of a storage; ``location`` is what a file's row says and never leaves the node."""

    def stamp(self, location: str) -> Stamp:
        """Size and version (local: time of the last change; S3: ETag); raises ``NotFound`` if there is nothing."""
        ...

    def read(self, location: str, start: int, end: int) -> bytes:
        """Bytes ``[start, end)``; raises ``NotFound``, or ``DataDamaged`` if there are fewer."""
        ...

    def stream(self, location: str, start: int, end: int, chunk_bytes: int = CHUNK_BYTES) -> Iterator[bytes]:
        """Bytes ``[start, end)`` in pieces of at most ``chunk_bytes``; raises as ``read`` does."""
        ...


def _short() -> DataDamaged:
    return DataDamaged("a stored file is shorter than its manifest says")


def _missing() -> NotFound:
    return NotFound("the stored bytes are not there")


class LocalStorage:
    """Files of this machine; a relative location lies inside the node's home."""

    def __init__(self, home: Path) -> None:
        """``home``: the node's folder."""
        self._home = home

    def stamp(self, location: str) -> Stamp:
        """See ``Storage.stamp``."""
        try:
            status = self._path(location).stat()
        except OSError as error:
            raise _missing() from error
        return Stamp(status.st_size, str(status.st_mtime_ns), int(status.st_mtime))

    def read(self, location: str, start: int, end: int) -> bytes:
        """See ``Storage.read``."""
        return b"".join(self.stream(location, start, end, max(end - start, 1)))

    def stream(self, location: str, start: int, end: int, chunk_bytes: int = CHUNK_BYTES) -> Iterator[bytes]:
        """See ``Storage.stream``."""
        try:
            file = self._path(location).open("rb", buffering=0)
        except OSError as error:
            raise _missing() from error
        with file:
            file.seek(start)
            left = end - start
            while left > 0:
                piece = file.read(min(left, chunk_bytes))
                if not piece:
                    raise _short()
                left -= len(piece)
                yield piece

    def _path(self, location: str) -> Path:
        return self._home / location


class S3Storage:
    """Objects behind an S3 endpoint, named ``s3://bucket/key``; credentials from the environment, as AWS tools do."""

    def __init__(self, *, endpoint_url: str | None = None, region: str = "eu-north-1") -> None:
        """``endpoint_url``: for stores that are not Amazon's; plain http is taken only where it is stated there."""
        self._endpoint_url = endpoint_url
        self._region = region
        self._stores: dict[str, S3Store] = {}

    def stamp(self, location: str) -> Stamp:
        """See ``Storage.stamp``."""
        store, key = self._open(location)
        try:
            found = obstore.head(store, key)
        except _S3_ERRORS as error:
            raise _s3_problem(error) from error
        return Stamp(int(found["size"]), found["e_tag"] or "", int(found["last_modified"].timestamp()))

    def read(self, location: str, start: int, end: int) -> bytes:
        """See ``Storage.read``."""
        if end <= start:
            return b""
        store, key = self._open(location)
        try:
            data = bytes(obstore.get_range(store, key, start=start, end=end))
        except _S3_ERRORS as error:
            if self.stamp(location).size_bytes < end:
                raise _short() from error
            raise _s3_problem(error) from error
        if len(data) != end - start:
            raise _short()
        return data

    def stream(self, location: str, start: int, end: int, chunk_bytes: int = CHUNK_BYTES) -> Iterator[bytes]:
        """See ``Storage.stream``: one request a piece, so that a stalled client holds no connection."""
        for first in range(start, end, chunk_bytes):
            yield self.read(location, first, min(first + chunk_bytes, end))

    def _open(self, location: str) -> tuple[S3Store, str]:
        bucket, _, key = location.removeprefix(_S3).partition("/")
        if not bucket or not key:
            raise _missing()
        if bucket not in self._stores:
            place: S3Config = {"region": self._region}
            if self._endpoint_url:
                place["endpoint"] = self._endpoint_url
            plain = (self._endpoint_url or "").startswith("http://")
            self._stores[bucket] = S3Store(
                bucket,
                config=place,
                client_options={"allow_http": plain, "connect_timeout": "5s", "timeout": "30s"},
                retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=20)},
            )
        return self._stores[bucket], key


def _s3_problem(error: Exception) -> NotFound | ServiceUnavailable:
    """A missing object, or a key that no object can have: not there. Everything else: not there for the moment."""
    if isinstance(error, NotFoundError | FileNotFoundError | ValueError):
        return _missing()
    return ServiceUnavailable("the object store does not answer", retry_after_s=5)


class StorageByScheme:
    """Sends ``s3://`` locations to the object store and all others to the local files."""

    def __init__(self, local: Storage, s3: Storage) -> None:
        """Both halves; each is a ``Storage`` itself."""
        self._local = local
        self._s3 = s3

    def stamp(self, location: str) -> Stamp:
        """See ``Storage.stamp``."""
        return self._of(location).stamp(location)

    def read(self, location: str, start: int, end: int) -> bytes:
        """See ``Storage.read``."""
        return self._of(location).read(location, start, end)

    def stream(self, location: str, start: int, end: int, chunk_bytes: int = CHUNK_BYTES) -> Iterator[bytes]:
        """See ``Storage.stream``."""
        return self._of(location).stream(location, start, end, chunk_bytes)

    def _of(self, location: str) -> Storage:
        return self._s3 if location.startswith(_S3) else self._local
