"""Objects of an S3 store as files for a while: copied once, hashed and checked like any other."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from core.errors import DataDamaged, LoadRefused, NotFound, ServiceUnavailable
from core.storage import Stamp, Storage
from loaders.input_files import S3Url
from loaders.object_formats import file_format, format_by_name, index_names
from loaders.progress import Progress

_PIECE_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the bytes of a file lie for good, and the storage's mark of them."""

    location: str
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Fetched:
    """A copy in a scratch folder with the index beside it; ``origins``: where each of the two came from."""

    path: Path
    origins: dict[Path, Origin]


def fetch(storage: Storage, url: S3Url, folder: Path, progress: Progress) -> Fetched:
    """Copy an object and its index, if there is one, into an empty folder.

    Raises ``LoadRefused`` if the object is not there, does not come, or changes meanwhile, or if it does not fit.
    """
    origins: dict[Path, Origin] = {}
    path = _copy(storage, url, folder, progress, origins)
    kind = format_by_name(url.name) or file_format(path)
    for name in index_names(url.name, kind):
        index = url.beside(name)
        if _is_there(storage, index):
            index_path = _copy(storage, index, folder, progress, origins)
            # The index was made after what it indexes, whenever the two were copied.
            _set_times(index_path, origins[index_path].stamp)
            break
    _set_times(path, origins[path].stamp)
    return Fetched(path, origins)


def _copy(storage: Storage, url: S3Url, folder: Path, progress: Progress, origins: dict[Path, Origin]) -> Path:
    stamp = _stamp(storage, url)
    if not stamp.version:
        message = f"{url.name}: the object store gives it no ETag, so that a change could not be told"
        raise LoadRefused(message)
    free = shutil.disk_usage(folder).free
    if stamp.size_bytes > free:
        message = f"{url.name}: {stamp.size_bytes:,} bytes do not fit on the disk of the home, where {free:,} are free"
        raise LoadRefused(message)
    path = folder / url.name
    done = 0
    step = f"fetching {url.name}"
    try:
        with path.open("xb") as file:
            for piece in storage.stream(url.url, 0, stamp.size_bytes, _PIECE_BYTES):
                file.write(piece)
                done += len(piece)
                progress.update(step, done, stamp.size_bytes)
    except (NotFound, ServiceUnavailable, DataDamaged) as error:
        message = f"{url.name}: it could not be fetched ({error.message})"
        raise LoadRefused(message) from error
    if _stamp(storage, url) != stamp:
        message = f"{url.name}: changed while it was read"
        raise LoadRefused(message)
    progress.finish(step)
    origins[path] = Origin(url.url, stamp)
    return path


def _stamp(storage: Storage, url: S3Url) -> Stamp:
    try:
        return storage.stamp(url.url)
    except NotFound as error:
        message = f"{url.name}: there is no such object in the store"
        raise LoadRefused(message) from error
    except ServiceUnavailable as error:
        message = f"{url.name}: the object store does not answer, or does not let this machine in"
        raise LoadRefused(message) from error


def _is_there(storage: Storage, url: S3Url) -> bool:
    try:
        storage.stamp(url.url)
    except NotFound:
        return False
    except ServiceUnavailable as error:
        message = f"{url.name}: the object store does not answer, or does not let this machine in"
        raise LoadRefused(message) from error
    return True


def _set_times(path: Path, stamp: Stamp) -> None:
    os.utime(path, (stamp.modified_at_s, stamp.modified_at_s))
