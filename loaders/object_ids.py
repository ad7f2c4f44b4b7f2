"""Which htsget ids are taken: in the dataset by format, in the node by dataset."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from core.datasets import DatasetCatalogue
from core.errors import LoadRefused, OperatorError
from core.manifest import Manifest, PartKind
from drs.rows import INDEX_FORMATS, FileRow
from loaders.personal_data import refuse_personal_id

_ALIAS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~:+@-]{0,199}")
_ATTEMPTS = 3

Place = tuple[str, str, str]
"""Alias, format, inner format: for each there is one file in a dataset."""


@dataclass(slots=True)
class Registered:
    """File objects that parts name: the place of each, the digests of their content, and the M5 of their contigs."""

    places: set[Place] = field(default_factory=set)
    digests: set[str] = field(default_factory=set)
    md5s: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def aliases(self) -> frozenset[str]:
        """All ids."""
        return frozenset(alias for alias, _, _ in self.places)


def check_alias(alias: str) -> str:
    """The alias itself; raises ``LoadRefused`` unless it can stand in a URL as it is, and is nobody's number."""
    refuse_personal_id("the htsget id", alias)
    if not _ALIAS.fullmatch(alias):
        message = f"{alias!r} cannot be an htsget id (letters, digits and ._~:+@- only); state another with --id"
        raise LoadRefused(message)
    return alias


def place_of(row: FileRow) -> Place:
    """Where an object stands among those of its dataset."""
    return row.alias, row.format.value, row.inner_format


def read_registered(paths: Iterable[Path]) -> Registered:
    """What file parts name; raises ``duckdb.Error`` where one cannot be read."""
    found = Registered()
    for path in paths:
        with duckdb.connect(str(path), read_only=True) as connection:
            rows = connection.execute("SELECT alias, format, inner_format, sha256 FROM file_objects").fetchall()
            contigs = connection.execute("SELECT contig, md5 FROM reference_sequences").fetchall()
        data = [row for row in rows if row[1] not in INDEX_FORMATS]
        found.places.update((row[0], row[1], row[2]) for row in data if row[0])
        found.digests.update(row[3] for row in data)
        found.md5s.update((contig, (md5, "a file loaded before")) for contig, md5 in contigs)
    return found


def refuse_taken_place(row: FileRow, registered: Registered) -> None:
    """Raise ``LoadRefused`` if the dataset has a file of this format under the object's id."""
    if row.alias and place_of(row) in registered.places:
        message = (
            f"{row.name}: the dataset has a {row.format} file under the htsget id {row.alias!r} already; "
            "state another with --id"
        )
        raise LoadRefused(message)


def foreign_aliases(catalogue: DatasetCatalogue, dataset_id: str) -> dict[str, str]:
    """The ids of all other datasets of the node: id -> dataset.

    Of every version and draft: one that does not answer now may be rolled back to. Raises ``OperatorError`` where a
    part cannot be read, for then nobody can say which ids are free.
    """
    found: dict[str, str] = {}
    for other in catalogue.list_ids():
        if other != dataset_id:
            found.update(dict.fromkeys(_aliases_of(catalogue, other), other))
    return found


def refuse_foreign_aliases(rows: Sequence[FileRow], foreign: dict[str, str]) -> None:
    """Raise ``LoadRefused`` if an id leads to another dataset already."""
    for row in rows:
        if row.alias in foreign:
            message = f"the htsget id {row.alias!r} belongs to dataset {foreign[row.alias]}; state another with --id"
            raise LoadRefused(message)


def _aliases_of(catalogue: DatasetCatalogue, dataset_id: str) -> frozenset[str]:
    """Read again where a part went while it was read: loads of that dataset sweep parts that nothing names."""
    for attempt in range(_ATTEMPTS):
        status = catalogue.status(dataset_id)
        manifests: list[Manifest] = [status.draft] if status.draft else []
        manifests += [catalogue.manifest(dataset_id, version) for version in status.versions]
        names = {part.file for manifest in manifests for part in manifest.of_kind(PartKind.FILES)}
        try:
            return read_registered(catalogue.part_file(dataset_id, name) for name in sorted(names)).aliases
        except duckdb.Error as error:
            if attempt + 1 == _ATTEMPTS:
                message = f"a part of dataset {dataset_id} cannot be read, so that its htsget ids are unknown; "
                raise OperatorError(message + "load or withdraw that dataset first") from error
    return frozenset()
