"""The folder of one dataset: what lies where, and how each file is read and written.

::

    <home>/datasets/<id>/lock                      held by whoever writes
                         dataset.toml              description and policy; older ones in policies/<n>.toml
                         current.json              which version is published, and what was before
                         parts/<sha256>.duckdb     immutable parts, shared by versions
                         versions/<v>/draft.json   the version under construction
                         versions/<v>/manifest.json   a version that will never change
                         staging/                  files of a running load; swept by the next one
                         prepared/                 what a killed load had finished; swept by a publication
"""

import json
import shutil
from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from core.dataset_status import Current, Event
from core.description import DatasetDescription, description_to_toml, parse_description
from core.durable import make_folder, sync_folder, write_atomically
from core.errors import DataDamaged, OperatorError
from core.manifest import Manifest, Part, from_json
from core.parts import file_sha256


class DatasetFolder:
    """One dataset's folder. Whoever writes holds its lock; readers need none, since every file changes atomically."""

    def __init__(self, path: Path) -> None:
        """``path``: the folder, named after the dataset; it need not exist yet."""
        self.path = path
        self.dataset_id = path.name
        self.lock = path / "lock"
        self.parts = path / "parts"
        self.staging = path / "staging"
        self.prepared = path / "prepared"

    @property
    def exists(self) -> bool:
        """Whether there is a dataset: it has a description."""
        return self._description.is_file()

    @property
    def description(self) -> DatasetDescription:
        """The description in force; raises ``OperatorError`` if there is none, ``DataDamaged`` if it is not text."""
        if not self.exists:
            message = f"there is no dataset {self.dataset_id!r}; `genvej dataset list` shows all"
            raise OperatorError(message)
        try:
            text = self._description.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            message = f"dataset.toml of dataset {self.dataset_id} is not UTF-8 text"
            raise DataDamaged(message) from error
        return parse_description(text)

    @property
    def current(self) -> Current:
        """Which version is published; raises ``DataDamaged`` if the file that says so cannot be read."""
        path = self.path / "current.json"
        if not path.is_file():
            return Current()
        try:
            document = json.loads(path.read_bytes())
            current = Current(document["version"], tuple(Event(**event) for event in document["history"]))
            for event in current.history:
                datetime.fromisoformat(event.at)
        except (ValueError, KeyError, TypeError) as error:
            message = f"current.json of dataset {self.dataset_id} cannot be read"
            raise DataDamaged(message) from error
        return current

    def manifest(self, version: str) -> Manifest:
        """The manifest of a finished version."""
        path = self._version(version) / "manifest.json"
        if not path.is_file():
            message = f"dataset {self.dataset_id} has no version {version!r}"
            raise OperatorError(message)
        return from_json(path.read_bytes())

    def draft_file(self, version: str) -> Path:
        """Where the manifest of a version under construction lies."""
        return self._version(version) / "draft.json"

    @property
    def finished_versions(self) -> tuple[str, ...]:
        """Versions that will never change, oldest first."""
        return self._having("manifest.json")

    @property
    def draft_version(self) -> str | None:
        """The version under construction."""
        return next(iter(self._having("draft.json")), None)

    @property
    def draft(self) -> Manifest | None:
        """The manifest under construction."""
        version = self.draft_version
        return from_json(self.draft_file(version).read_bytes()) if version else None

    def write_description(self, described: DatasetDescription) -> None:
        """Put a description in force and keep it in the series of all that were."""
        policies = self.path / "policies"
        make_folder(policies)
        data = description_to_toml(described).encode()
        numbers = [int(path.stem) for path in policies.glob("*.toml") if path.stem.isdecimal()]
        write_atomically(policies / f"{max(numbers, default=0) + 1:04d}.toml", data)
        write_atomically(self._description, data)

    def switch(self, version: str | None, event: Event) -> None:
        """Let another version answer: the moment of a publication."""
        history = (*self.current.history, event)
        document = {"version": version, "history": [asdict(item) for item in history]}
        write_atomically(self.path / "current.json", json.dumps(document, indent=1).encode())

    def finish_draft(self, version: str) -> None:
        """Turn a draft into a version that will never change."""
        draft_file = self.draft_file(version)
        draft_file.replace(draft_file.with_name("manifest.json"))
        sync_folder(draft_file.parent)

    def reopen_interrupted(self) -> None:
        """Make a draft again of a version whose publication was killed between its last rename and the switch."""
        newest = self.finished_versions[-1:]
        if self.draft_version is None and newest and newest[0] not in self.current.published:
            draft_file = self.draft_file(newest[0])
            draft_file.with_name("manifest.json").replace(draft_file)
            sync_folder(draft_file.parent)

    def verify(self, manifest: Manifest, *, known: Collection[Part]) -> None:
        """Raise ``DataDamaged`` unless every part is there whole; those that are ``known`` are judged by their size."""
        sound = set(known)
        for part in manifest.parts:
            path = self.parts / part.file
            there = path.is_file() and path.stat().st_size == part.size_bytes
            if not there or (part not in sound and file_sha256(path) != part.sha256):
                message = f"part {part.file} of dataset {self.dataset_id} is damaged or missing; load it again"
                raise DataDamaged(message)

    def sweep(self) -> None:
        """Remove what a killed command left: staged files, half-written ones, and parts that no version names."""
        shutil.rmtree(self.staging, ignore_errors=True)
        manifests = [*self.path.glob("versions/*/draft.json"), *self.path.glob("versions/*/manifest.json")]
        named = {part.file for path in manifests for part in from_json(path.read_bytes()).parts}
        for path in self.parts.glob("*"):
            if path.name not in named:
                path.unlink(missing_ok=True)
        for pattern in (".*.new", "policies/.*.new", "versions/*/.*.new"):
            for path in self.path.glob(pattern):
                path.unlink(missing_ok=True)

    @property
    def _description(self) -> Path:
        return self.path / "dataset.toml"

    def _version(self, version: str) -> Path:
        return self.path / "versions" / version

    def _having(self, name: str) -> tuple[str, ...]:
        found = (path.parent.name for path in self.path.glob(f"versions/*/{name}"))
        return tuple(sorted((version for version in found if version.isdecimal()), key=int))
