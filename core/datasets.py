"""Datasets on disk: versions, policy, drafts, and the atomic switch from one published version to the next.

``<home>/changed`` is rewritten at every switch; servers watch it. All else lies in the datasets' folders, see
``core.dataset_folder``.
"""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from core.changes import CHANGED_FILE, announce_change
from core.dataset_folder import DatasetFolder
from core.dataset_status import Current, DatasetStatus, Event, utc_now
from core.description import DatasetDescription, check_dataset_id, new_description, parse_description
from core.draft import Draft
from core.durable import exclusive_lock, make_folder
from core.errors import DataDamaged, OperatorError
from core.full_disk import full_disk_named
from core.manifest import Manifest

__all__ = ["CHANGED_FILE", "Current", "DatasetCatalogue", "DatasetStatus", "Event", "utc_now"]


class DatasetCatalogue:
    """The datasets of one node home."""

    def __init__(self, home: Path) -> None:
        """``home``: the node's folder; nothing is read or made until a method is called."""
        self.home = home

    def list_ids(self) -> tuple[str, ...]:
        """Ids of all datasets that have a description, sorted."""
        return tuple(sorted(path.parent.name for path in (self.home / "datasets").glob("*/dataset.toml")))

    def status(self, dataset_id: str) -> DatasetStatus:
        """Everything known of a dataset; raises ``OperatorError`` if there is none of that id."""
        folder = self._folder(dataset_id)
        return DatasetStatus(dataset_id, folder.description, folder.current, folder.finished_versions, folder.draft)

    def describe_current(self, dataset_id: str) -> DatasetDescription:
        """The description in force; raises ``OperatorError`` if there is no dataset of that id."""
        return self._folder(dataset_id).description

    def current(self, dataset_id: str) -> Current:
        """Which version is published; raises ``DataDamaged`` if the file that says so cannot be read."""
        return self._folder(dataset_id).current

    def manifest(self, dataset_id: str, version: str) -> Manifest:
        """The manifest of a finished version; raises ``OperatorError`` if there is none."""
        return self._folder(dataset_id).manifest(version)

    def part_file(self, dataset_id: str, name: str) -> Path:
        """Where a part of a dataset lies."""
        return self._folder(dataset_id).parts / name

    def folder(self, dataset_id: str) -> Path:
        """The folder of a dataset."""
        return self._folder(dataset_id).path

    @contextmanager
    def open_draft(
        self, dataset_id: str, *, preset: str | None = None, assembly: str | None = None, fresh: bool = False
    ) -> Iterator[Draft]:
        """Hold the dataset's write lock and hand out its draft; a dataset that does not exist yet is made.

        A draft starts with the parts of the published version, or empty where ``fresh``. What a killed command left
        behind is swept or taken up first. A dataset that was made here goes again if nothing is added to it. Raises
        ``OperatorError`` if another command writes to the dataset, if ``preset`` contradicts the dataset's policy, or
        if ``assembly`` contradicts what is loaded.
        """
        with self._writing(dataset_id) as folder:
            made = not folder.exists
            described = _ensure_described(folder, preset)
            folder.reopen_interrupted()
            folder.sweep()
            manifest = _draft_manifest(folder, fresh=fresh)
            _refuse_stale(folder, manifest)
            staging = folder.staging / secrets.token_hex(8)
            staging.mkdir(parents=True)
            draft = Draft(manifest, described, staging, folder.parts, folder.draft_file(manifest.version))
            try:
                if assembly:
                    draft.use_assembly(assembly)
                yield draft
            finally:
                shutil.rmtree(staging, ignore_errors=True)
                if made and folder.draft_version is None:
                    shutil.rmtree(folder.path, ignore_errors=True)

    def publish(self, dataset_id: str) -> str:
        """Make the draft the version that answers, after checking every new part; returns the version.

        Raises ``OperatorError`` if there is nothing to publish or the draft was begun from a version that no longer
        answers, ``DataDamaged`` if a part is not what its manifest says.
        """
        with self._writing(dataset_id, existing=True) as folder:
            folder.reopen_interrupted()
            manifest = folder.draft
            if manifest is None:
                message = f"dataset {dataset_id} has no draft to publish; load something first"
                raise OperatorError(message)
            _refuse_stale(folder, manifest)
            if not manifest.parts:
                message = f"the draft of dataset {dataset_id} is empty; load something first"
                raise OperatorError(message)
            folder.verify(manifest, known=folder.manifest(manifest.parent).parts if manifest.parent else ())
            folder.finish_draft(manifest.version)
            self._switch(folder, manifest.version, Event("publish", manifest.version, utc_now()))
            shutil.rmtree(folder.prepared, ignore_errors=True)
            return manifest.version

    def rollback(self, dataset_id: str, version: str | None = None) -> str:
        """Answer from an older version again (default: the one published before the current); returns it.

        Of a withdrawn dataset the version that was withdrawn. Raises ``OperatorError`` for a version that was never
        published, ``DataDamaged`` if a part of it is missing.
        """
        with self._writing(dataset_id, existing=True) as folder:
            current = folder.current
            target = version or current.before
            if target is None:
                message = f"dataset {dataset_id} has no version to go back to"
                raise OperatorError(message)
            manifest = folder.manifest(target)
            if target == current.version:
                message = f"version {target} of dataset {dataset_id} answers already"
                raise OperatorError(message)
            if target not in current.published:
                message = f"version {target} of dataset {dataset_id} was never published; use `genvej dataset publish`"
                raise OperatorError(message)
            folder.verify(manifest, known=manifest.parts)
            self._switch(folder, target, Event("rollback", target, utc_now()))
            return target

    def withdraw(self, dataset_id: str, reason: str) -> None:
        """Stop answering from the dataset and leave a tombstone that says since when and why."""
        with self._writing(dataset_id, existing=True) as folder:
            version = folder.current.version
            if version is None:
                message = f"dataset {dataset_id} is not published"
                raise OperatorError(message)
            self._switch(folder, None, Event("withdraw", version, utc_now(), reason))

    def describe(self, dataset_id: str, text: str) -> DatasetDescription:
        """Put a new description and policy in force; all earlier ones are kept under ``policies/``."""
        described = parse_description(text)
        with self._writing(dataset_id) as folder:
            if not described.created_at:
                described = replace(described, created_at=_created_at(folder) or utc_now())
            folder.write_description(described)
        announce_change(self.home)
        return described

    def _folder(self, dataset_id: str) -> DatasetFolder:
        return DatasetFolder(self.home / "datasets" / check_dataset_id(dataset_id))

    @contextmanager
    def _writing(self, dataset_id: str, *, existing: bool = False) -> Iterator[DatasetFolder]:
        folder = self._folder(dataset_id)
        if existing and not folder.exists:
            message = f"there is no dataset {dataset_id!r}; `genvej dataset list` shows all"
            raise OperatorError(message)
        busy = f"another command is writing to dataset {dataset_id}; wait for it to end"
        with full_disk_named(folder.path):
            make_folder(folder.path)
            with exclusive_lock(folder.lock, busy):
                yield folder

    def _switch(self, folder: DatasetFolder, version: str | None, event: Event) -> None:
        folder.switch(version, event)
        announce_change(self.home)


def _created_at(folder: DatasetFolder) -> str:
    """What the description so far says, which may be absent, or just what is being repaired."""
    try:
        return folder.description.created_at
    except (OperatorError, DataDamaged):
        return ""


def _ensure_described(folder: DatasetFolder, preset: str | None) -> DatasetDescription:
    if not folder.exists:
        folder.write_description(new_description(folder.dataset_id, preset, utc_now()))
    described = folder.description
    if preset is not None and preset != described.policy.name:
        message = (
            f"dataset {folder.dataset_id} has policy {described.policy.name!r}, not {preset!r}; "
            "change it with `genvej dataset describe --file dataset.toml`"
        )
        raise OperatorError(message)
    return described


def _refuse_stale(folder: DatasetFolder, draft: Manifest) -> None:
    """A draft that was begun from another version than the one that answers would bring that version's parts back."""
    current = folder.current.version
    if draft.parent is not None and draft.parent != current:
        now = f"version {current} answers" if current else "no version answers"
        message = (
            f"the draft of dataset {folder.dataset_id} was begun from version {draft.parent}, and {now} now; "
            "start it over with --fresh, or roll back to that version first"
        )
        raise OperatorError(message)


def _draft_manifest(folder: DatasetFolder, *, fresh: bool) -> Manifest:
    """The draft as it is; without one, or where ``fresh``, what a new draft begins with."""
    version = folder.draft_version
    found = folder.draft if not fresh else None
    if found is not None:
        return found
    number = version or str(max((int(name) for name in folder.finished_versions), default=0) + 1)
    parent = None if fresh else folder.current.version
    empty = Manifest(folder.dataset_id, number, assembly="", created_at=utc_now(), parent=parent)
    if parent is None:
        return empty
    base = folder.manifest(parent)
    return replace(empty, assembly=base.assembly, parts=base.parts)
