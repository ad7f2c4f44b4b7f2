"""The files that a command was given: there, readable, each once."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import LoadRefused
from loaders.personal_data import personal_data_in

S3_SCHEME = "s3://"
_LONGEST_NAME_BYTES = 200


@dataclass(frozen=True, slots=True)
class S3Url:
    """An object of an S3 store; ``name`` is the last part of its key."""

    url: str

    @property
    def name(self) -> str:
        """What a file of the same content would be called."""
        return self.url.rpartition("/")[2]

    def beside(self, name: str) -> "S3Url":
        """An object in the same place under another name."""
        return S3Url(f"{self.url.rpartition('/')[0]}/{name}")


def check_input_files(files: Sequence[Path]) -> list[Path]:
    """The files as absolute paths in the order given; raises ``LoadRefused`` naming the first that is not usable."""
    if not files:
        message = "no files were given"
        raise LoadRefused(message)
    paths: list[Path] = []
    for number, file in enumerate(files, start=1):
        path = _checked_path(file, number)
        if path not in paths:
            paths.append(path)
    return paths


def check_object_files(files: Sequence[Path | str]) -> list[Path | S3Url]:
    """As ``check_input_files``, where ``s3://bucket/key`` is taken as well; links are resolved."""
    if not files:
        message = "no files were given"
        raise LoadRefused(message)
    found: dict[Path | S3Url, None] = {}
    for number, file in enumerate(files, start=1):
        if "://" in str(file):
            found[_checked_url(str(file), number)] = None
        else:
            resolved = _checked_path(Path(file), number).resolve()
            found[_checked_path(resolved, number)] = None
    return list(found)


def file_states(paths: Sequence[Path]) -> dict[Path, tuple[int, ...]]:
    """What tells of each file whether it was written to or replaced since; for ``refuse_changed``."""
    return {path: _state(path) for path in paths}


def refuse_changed(states: Mapping[Path, tuple[int, ...]]) -> None:
    """Raise ``LoadRefused`` if a file is not as it was: what was read of it may be of two different files."""
    for path, state in states.items():
        if not path.is_file() or _state(path) != state:
            message = f"{path.name}: it was changed while it was read; load it again once it is whole"
            raise LoadRefused(message)


def _state(path: Path) -> tuple[int, ...]:
    found = path.stat()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _checked_path(file: Path, number: int) -> Path:
    path = file.absolute()
    if not path.is_file():
        there = os.path.lexists(path)
        message = f"{file}: {'not a plain file' if there else 'there is no such file'}"
        raise LoadRefused(message)
    if not os.access(path, os.R_OK):
        message = f"{file}: this user may not read it"
        raise LoadRefused(message)
    _refuse_personal(path.name, number)
    return path


def _checked_url(text: str, number: int) -> S3Url:
    if not text.startswith(S3_SCHEME):
        scheme = text.partition("://")[0]
        message = f"input file {number}: {scheme}:// is not read here; give a path, or s3://bucket/key"
        raise LoadRefused(message)
    bucket, _, key = text.removeprefix(S3_SCHEME).partition("/")
    url = S3Url(text)
    if not bucket or not key or url.name in ("", ".", "..") or len(url.name.encode()) > _LONGEST_NAME_BYTES:
        message = f"input file {number}: s3://bucket/key is expected, with a name of 1 to {_LONGEST_NAME_BYTES} bytes"
        raise LoadRefused(message)
    _refuse_personal(text, number)
    return url


def _refuse_personal(name: str, number: int) -> None:
    if not name.isprintable():
        message = f"the name of input file {number} has signs that cannot be printed; rename the file"
        raise LoadRefused(message)
    found = personal_data_in(name)
    if found:
        message = f"the name of input file {number} looks like {found}; rename the file"
        raise LoadRefused(message)
