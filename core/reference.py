"""A node's reference data on disk: installed ontologies and gene tables, and the atomic switch to other ones.

::

    <home>/reference/lock               held by whoever installs
                     current.json       which parts are installed
                     <sha256>.duckdb    immutable parts; replaced ones stay until the next installation
                     staging/           files of a running installation; swept by the next one
"""

import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from core.changes import announce_change
from core.durable import exclusive_lock, make_folder, sync_file, sync_folder, write_atomically
from core.errors import DataDamaged
from core.parts import file_sha256
from core.reference_inventory import (
    ReferenceInventory,
    ReferencePart,
    inventory_from_json,
    inventory_to_json,
)

_CURRENT = "current.json"


class Installation:
    """An installation under way, while the lock is held."""

    def __init__(self, folder: Path, staging: Path, home: Path) -> None:
        """Made by ``ReferenceCatalogue.open_installation``; ``staging`` is a private folder for files being built."""
        self.staging = staging
        self._folder = folder
        self._home = home

    @property
    def inventory(self) -> ReferenceInventory:
        """What is installed now."""
        return _read(self._folder / _CURRENT)

    def install(self, parts: Sequence[tuple[ReferencePart, Path]]) -> tuple[ReferencePart, ...]:
        """Take finished files in and name them: after a crash either all of them are installed or none.

        ``ReferencePart.file`` is set to the name under which the file is kept, its SHA-256. What they replace stays on
        the disk until the next installation, for servers that still read it.
        """
        kept = []
        for part, path in parts:
            name = f"{part.sha256}.duckdb"
            sync_file(path)
            path.replace(self._folder / name)
            kept.append(replace(part, file=name))
        sync_folder(self._folder)
        write_atomically(self._folder / _CURRENT, inventory_to_json(self.inventory.with_parts(kept)))
        announce_change(self._home)
        return tuple(kept)


class ReferenceCatalogue:
    """The reference data of one node home."""

    def __init__(self, home: Path) -> None:
        """``home``: the node's folder; nothing is read or made until a method is called."""
        self.home = home
        self._folder = home / "reference"

    def current(self) -> ReferenceInventory:
        """What is installed; raises ``DataDamaged`` if the file that says so cannot be read."""
        return _read(self._folder / _CURRENT)

    def part_file(self, part: ReferencePart) -> Path:
        """Where a part lies; raises ``DataDamaged`` if it is not there in its full size."""
        path = self._folder / part.file
        if not path.is_file() or path.stat().st_size != part.size_bytes:
            raise DataDamaged(_damage(part))
        return path

    def verify(self) -> None:
        """Raise ``DataDamaged`` unless every installed part is what it was when it was installed, to the last byte."""
        for part in self.current().parts:
            if file_sha256(self.part_file(part)) != part.sha256:
                raise DataDamaged(_damage(part))

    @contextmanager
    def open_installation(self) -> Iterator[Installation]:
        """Hold the lock and hand out an installation; what a killed command left behind is swept first.

        Raises ``OperatorError`` if another command installs reference data.
        """
        make_folder(self._folder)
        busy = "another command is installing reference data; wait for it to end"
        with exclusive_lock(self._folder / "lock", busy):
            self._sweep()
            staging = self._folder / "staging" / secrets.token_hex(8)
            staging.mkdir(parents=True)
            try:
                yield Installation(self._folder, staging, self.home)
            finally:
                shutil.rmtree(staging, ignore_errors=True)

    def _sweep(self) -> None:
        """Remove staged and half-written files, and parts that are installed no more: servers have moved on since."""
        shutil.rmtree(self._folder / "staging", ignore_errors=True)
        named = {part.file for part in self.current().parts}
        for path in (*self._folder.glob("*.duckdb"), *self._folder.glob(".*.new")):
            if path.name not in named:
                path.unlink(missing_ok=True)


def _read(path: Path) -> ReferenceInventory:
    if not path.is_file():
        return ReferenceInventory()
    return inventory_from_json(path.read_bytes())


def _damage(part: ReferencePart) -> str:
    what = f"ontology {part.name}" if not part.assembly else f"genes of {part.assembly}"
    return f"the reference part of {what} is damaged or missing; load it again with `genvej load {part.kind.value}`"
