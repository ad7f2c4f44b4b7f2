"""The draft of a dataset version: what a load adds to, part by part, all or nothing."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from core.description import DatasetDescription
from core.durable import make_folder, sync_file, sync_folder, write_atomically
from core.errors import OperatorError
from core.manifest import Manifest, Part, to_json


class Draft:
    """A version under construction, while its dataset's write lock is held."""

    def __init__(
        self, manifest: Manifest, description: DatasetDescription, staging: Path, parts_folder: Path, draft_file: Path
    ) -> None:
        """Made by ``DatasetCatalogue.open_draft``; ``staging`` is a private folder for files being built."""
        self.manifest = manifest
        self.description = description
        self.staging = staging
        self._parts_folder = parts_folder
        self._draft_file = draft_file

    def part_path(self, part: Part) -> Path:
        """Where a part that is already in lies."""
        return self._parts_folder / part.file

    def use_assembly(self, name: str) -> None:
        """State the assembly of what is being loaded; raises ``OperatorError`` if the dataset has another."""
        if self.manifest.assembly and self.manifest.assembly != name:
            message = (
                f"dataset {self.manifest.dataset_id} is on {self.manifest.assembly}, the file on {name}: "
                "one dataset, one assembly"
            )
            raise OperatorError(message)
        self.manifest = replace(self.manifest, assembly=name)

    def add(self, parts: Sequence[tuple[Part, Path]], *, notes: Sequence[str] = ()) -> None:
        """Take finished files in and name them in the draft: after a crash either all of them are in or none.

        ``Part.file`` is set to the name under which the file is kept, its SHA-256.
        """
        make_folder(self._parts_folder)
        kept = []
        for part, path in parts:
            name = f"{part.sha256}.duckdb"
            sync_file(path)
            path.replace(self._parts_folder / name)
            kept.append(replace(part, file=name))
        sync_folder(self._parts_folder)
        manifest = replace(self.manifest.with_parts(kept), notes=(*self.manifest.notes, *notes))
        make_folder(self._draft_file.parent)
        write_atomically(self._draft_file, to_json(manifest))
        self.manifest = manifest

    def drop(self, parts: Sequence[Part]) -> None:
        """Leave parts out of the draft, for instance entity tables that a newer file replaces."""
        gone = {part.file for part in parts}
        kept = tuple(part for part in self.manifest.parts if part.file not in gone)
        manifest = replace(self.manifest, parts=kept)
        make_folder(self._draft_file.parent)
        write_atomically(self._draft_file, to_json(manifest))
        self.manifest = manifest
