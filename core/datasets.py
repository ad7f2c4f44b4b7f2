"""Datasets on disk: versions, policy, drafts, and the atomic switch from one published version to the next.

::

    <home>/changed                                 rewritten at every switch; servers watch it
    <home>/datasets/<id>/lock                      held by whoever writes
                         dataset.toml              description and policy; older ones in policies/<n>.toml
                         current.json              which version is published, and what was before
                         parts/<sha256>.duckdb     immutable parts, shared by versions
                         versions/<v>/draft.json   the version under construction
                         versions/<v>/manifest.json   a version that will never change
                         staging/                  files of a running load; swept by the next one
"""

import json
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from core.description import (
    DatasetDescription,
    check_dataset_id,
    description_to_toml,
    new_description,
    parse_description,
)
from core.draft import Draft
from core.durable import exclusive_lock, write_atomically
from core.errors import DataDamaged, OperatorError
from core.manifest import Manifest, from_json
from core.parts import file_sha256

CHANGED_FILE = "changed"


@dataclass(frozen=True, slots=True)
class Event:
    """One switch: ``action`` is publish, rollback or withdraw; ``at`` is RFC 3339 in UTC."""

    action: str
    version: str
    at: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Current:
    """Which version answers (``None``: none, not yet or withdrawn), and every switch before, oldest first."""

    version: str | None = None
    history: tuple[Event, ...] = field(default=())

    @property
    def withdrawn(self) -> bool:
        """Whether the dataset was withdrawn and not published again since."""
        return bool(self.history) and self.history[-1].action == "withdraw"


@dataclass(frozen=True, slots=True)
class DatasetStatus:
    """What an operator sees of a dataset; ``draft`` is the version under construction, if any."""

    dataset_id: str
    description: DatasetDescription
    current: Current
    versions: tuple[str, ...]
    draft: Manifest | None


def utc_now() -> str:
    """The time as RFC 3339 in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class DatasetCatalogue:
    """The datasets of one node home."""

    def __init__(self, home: Path) -> None:
        """``home``: the node's folder; nothing is read or made until a method is called."""
        self.home = home

    def list_ids(self) -> tuple[str, ...]:
        """Ids of all datasets that have a description, sorted."""
        return tuple(sorted(path.parent.name for path in self._root.glob("*/dataset.toml")))

    def status(self, dataset_id: str) -> DatasetStatus:
        """Everything known of a dataset; raises ``OperatorError`` if there is none of that id."""
        draft = self._draft_version(dataset_id)
        return DatasetStatus(
            dataset_id=dataset_id,
            description=self.describe_current(dataset_id),
            current=self.current(dataset_id),
            versions=self._versions(dataset_id, "manifest.json"),
            draft=from_json(self._draft_file(dataset_id, draft).read_bytes()) if draft else None,
        )

    def describe_current(self, dataset_id: str) -> DatasetDescription:
        """The description in force."""
        path = self.folder(dataset_id) / "dataset.toml"
        if not path.is_file():
            message = f"there is no dataset {dataset_id!r}; `genvej dataset list` shows all"
            raise OperatorError(message)
        return parse_description(path.read_text(encoding="utf-8"))

    def current(self, dataset_id: str) -> Current:
        """Which version is published; raises ``DataDamaged`` if the file that says so cannot be read."""
        path = self.folder(dataset_id) / "current.json"
        if not path.is_file():
            return Current()
        try:
            document = json.loads(path.read_bytes())
            return Current(document["version"], tuple(Event(**event) for event in document["history"]))
        except (ValueError, KeyError, TypeError) as error:
            message = f"current.json of dataset {dataset_id} cannot be read"
            raise DataDamaged(message) from error

    def manifest(self, dataset_id: str, version: str) -> Manifest:
        """The manifest of a finished version."""
        path = self.folder(dataset_id) / "versions" / version / "manifest.json"
        if not path.is_file():
            message = f"dataset {dataset_id} has no version {version!r}"
            raise OperatorError(message)
        return from_json(path.read_bytes())

    def part_file(self, dataset_id: str, name: str) -> Path:
        """Where a part of a dataset lies."""
        return self.folder(dataset_id) / "parts" / name

    def folder(self, dataset_id: str) -> Path:
        """The folder of a dataset."""
        return self._root / check_dataset_id(dataset_id)

    @contextmanager
    def open_draft(
        self, dataset_id: str, *, preset: str | None = None, assembly: str | None = None, fresh: bool = False
    ) -> Iterator[Draft]:
        """Hold the dataset's write lock and hand out its draft; a dataset that does not exist yet is made.

        A draft starts with the parts of the published version, or empty where ``fresh``. What a killed load left behind
        is swept first. Raises ``OperatorError`` if another command writes to the dataset, if ``preset`` contradicts the
        dataset's policy, or if ``assembly`` contradicts what is loaded.
        """
        with self._writing(dataset_id):
            described = self._ensure_described(dataset_id, preset)
            self._sweep(dataset_id)
            manifest = self._draft_manifest(dataset_id, fresh=fresh)
            staging = self.folder(dataset_id) / "staging" / secrets.token_hex(8)
            staging.mkdir(parents=True)
            draft_file = self._draft_file(dataset_id, manifest.version)
            draft = Draft(manifest, described, staging, self.folder(dataset_id) / "parts", draft_file)
            try:
                if assembly:
                    draft.use_assembly(assembly)
                yield draft
            finally:
                shutil.rmtree(staging, ignore_errors=True)

    def publish(self, dataset_id: str) -> str:
        """Make the draft the version that answers, after checking every new part; returns the version.

        Raises ``OperatorError`` if there is nothing to publish, ``DataDamaged`` if a part is not what its manifest
        says.
        """
        with self._writing(dataset_id):
            version = self._draft_version(dataset_id) or self._finished_but_not_switched(dataset_id)
            if version is None:
                message = f"dataset {dataset_id} has no draft to publish; load something first"
                raise OperatorError(message)
            draft_file = self._draft_file(dataset_id, version)
            final = draft_file.with_name("manifest.json")
            if draft_file.is_file():
                manifest = from_json(draft_file.read_bytes())
                if not manifest.parts:
                    message = f"the draft of dataset {dataset_id} is empty; load something first"
                    raise OperatorError(message)
                self._verify(dataset_id, manifest)
                draft_file.replace(final)
            self._switch(dataset_id, version, Event("publish", version, utc_now()))
            return version

    def rollback(self, dataset_id: str, version: str | None = None) -> str:
        """Answer from an older version again (default: the one published before the current); returns it."""
        with self._writing(dataset_id):
            current = self.current(dataset_id)
            target = version or _before(current)
            if target is None:
                message = f"dataset {dataset_id} has no version to go back to"
                raise OperatorError(message)
            self.manifest(dataset_id, target)
            if target not in {event.version for event in current.history}:
                message = f"version {target} of dataset {dataset_id} was never published; use `genvej dataset publish`"
                raise OperatorError(message)
            self._switch(dataset_id, target, Event("rollback", target, utc_now()))
            return target

    def withdraw(self, dataset_id: str, reason: str) -> None:
        """Stop answering from the dataset and leave a tombstone that says since when and why."""
        with self._writing(dataset_id):
            current = self.current(dataset_id)
            if current.version is None:
                message = f"dataset {dataset_id} is not published"
                raise OperatorError(message)
            self._switch(dataset_id, None, Event("withdraw", current.version, utc_now(), reason))

    def describe(self, dataset_id: str, text: str) -> DatasetDescription:
        """Put a new description and policy in force; the one before is kept under ``policies/``."""
        described = parse_description(text)
        with self._writing(dataset_id):
            path = self.folder(dataset_id) / "dataset.toml"
            if not described.created_at:
                created = self.describe_current(dataset_id).created_at if path.is_file() else utc_now()
                described = replace(described, created_at=created)
            self._write_description(dataset_id, described)
        self._announce()
        return described

    @property
    def _root(self) -> Path:
        return self.home / "datasets"

    @contextmanager
    def _writing(self, dataset_id: str) -> Iterator[None]:
        busy = f"another command is writing to dataset {dataset_id}; wait for it to end"
        with exclusive_lock(self.folder(dataset_id) / "lock", busy):
            yield

    def _ensure_described(self, dataset_id: str, preset: str | None) -> DatasetDescription:
        if not (self.folder(dataset_id) / "dataset.toml").is_file():
            self._write_description(dataset_id, new_description(dataset_id, preset, utc_now()))
        described = self.describe_current(dataset_id)
        if preset is not None and preset != described.policy.name:
            message = (
                f"dataset {dataset_id} has policy {described.policy.name!r}, not {preset!r}; "
                "change it with `genvej dataset describe --file dataset.toml`"
            )
            raise OperatorError(message)
        return described

    def _write_description(self, dataset_id: str, described: DatasetDescription) -> None:
        path = self.folder(dataset_id) / "dataset.toml"
        policies = path.parent / "policies"
        policies.mkdir(parents=True, exist_ok=True)
        data = description_to_toml(described).encode()
        write_atomically(policies / f"{len(list(policies.glob('*.toml'))) + 1:04d}.toml", data)
        write_atomically(path, data)

    def _versions(self, dataset_id: str, kind: str) -> tuple[str, ...]:
        found = (path.parent.name for path in (self.folder(dataset_id) / "versions").glob(f"*/{kind}"))
        return tuple(sorted(found, key=int))

    def _draft_version(self, dataset_id: str) -> str | None:
        return next(iter(self._versions(dataset_id, "draft.json")), None)

    def _draft_file(self, dataset_id: str, version: str) -> Path:
        return self.folder(dataset_id) / "versions" / version / "draft.json"

    def _draft_manifest(self, dataset_id: str, *, fresh: bool) -> Manifest:
        version = self._draft_version(dataset_id)
        if version is not None and not fresh:
            return from_json(self._draft_file(dataset_id, version).read_bytes())
        finished = self._versions(dataset_id, "manifest.json")
        number = version or str(max((int(name) for name in finished), default=0) + 1)
        parent = self.current(dataset_id).version
        empty = Manifest(dataset_id, number, assembly="", created_at=utc_now(), parent=None if fresh else parent)
        if fresh or parent is None:
            return empty
        base = self.manifest(dataset_id, parent)
        return replace(empty, assembly=base.assembly, parts=base.parts)

    def _finished_but_not_switched(self, dataset_id: str) -> str | None:
        """A version whose publication was interrupted between the last rename and the switch."""
        published = {event.version for event in self.current(dataset_id).history}
        newest = self._versions(dataset_id, "manifest.json")[-1:]
        return next((version for version in newest if version not in published), None)

    def _verify(self, dataset_id: str, manifest: Manifest) -> None:
        known = set(self.manifest(dataset_id, manifest.parent).parts) if manifest.parent else set()
        for part in manifest.parts:
            path = self.part_file(dataset_id, part.file)
            sound = path.is_file() and path.stat().st_size == part.size_bytes
            if not sound or (part not in known and file_sha256(path) != part.sha256):
                message = f"part {part.file} of dataset {dataset_id} is damaged or missing; load it again"
                raise DataDamaged(message)

    def _switch(self, dataset_id: str, version: str | None, event: Event) -> None:
        history = (*self.current(dataset_id).history, event)
        document = {"version": version, "history": [asdict(item) for item in history]}
        write_atomically(self.folder(dataset_id) / "current.json", json.dumps(document, indent=1).encode())
        self._announce()

    def _announce(self) -> None:
        """Tell running servers that something changed."""
        write_atomically(self.home / CHANGED_FILE, f"{secrets.token_hex(8)}\n".encode())

    def _sweep(self, dataset_id: str) -> None:
        """Remove what a killed load left: staged files, and parts that no version names."""
        folder = self.folder(dataset_id)
        shutil.rmtree(folder / "staging", ignore_errors=True)
        manifests = [*folder.glob("versions/*/draft.json"), *folder.glob("versions/*/manifest.json")]
        named = {part.file for path in manifests for part in from_json(path.read_bytes()).parts}
        for path in (folder / "parts").glob("*"):
            if path.name not in named:
                path.unlink(missing_ok=True)
        for path in (*folder.glob(".*.new"), *folder.glob("versions/*/.*.new")):
            path.unlink(missing_ok=True)


def _before(current: Current) -> str | None:
    """The version that was published before the current one."""
    versions = [event.version for event in current.history if event.action != "withdraw"]
    return next((version for version in reversed(versions) if version != current.version), None)
