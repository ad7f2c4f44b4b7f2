"""Names of the people who opted out: what is made for a project leaves them out."""

import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import duckdb

from core.datasets import DatasetCatalogue
from core.errors import OperatorError
from core.manifest import Manifest, PartKind
from core.optouts import in_force, opted_out
from core.people import read_register, register_lost

NAMES_AND_OWNERS: Mapping[PartKind, str] = MappingProxyType(
    {
        PartKind.VARIANTS: "SELECT unnest([sample, individual_id, biosample_id]), individual_id FROM people",
        PartKind.ENTITIES: "SELECT unnest([id, individual_id]), individual_id FROM entities WHERE entity <> 'cohorts'",
        PartKind.FILES: "SELECT unnest(s || i), unnest(i || i) FROM (SELECT from_json(samples, '[\"VARCHAR\"]') AS s, "
        "from_json(individual_ids, '[\"VARCHAR\"]') AS i FROM file_objects)",
    }
)
"""By kind of part: each name, and the individual whose it is."""


def people_out(home: Path, now: float | None = None) -> frozenset[str]:
    """Who is opted out now; raises ``OperatorError`` where a list was loaded once and is gone."""
    if register_lost(home):
        message = "the list of people who opted out is gone; load it again with `genvej load optouts`"
        raise OperatorError(message)
    register = read_register(home)
    if register is None:
        return frozenset()
    at = time.time() if now is None else now
    return opted_out(in_force(register.changes, register.imported_at, at), at)


def answering_manifest(catalogue: DatasetCatalogue, dataset_id: str) -> Manifest:
    """The draft of a dataset, else the version that answers; raises ``OperatorError`` where there is neither."""
    status = catalogue.status(dataset_id)
    if status.draft is not None:
        return status.draft
    version = status.current.version
    if version is None:
        message = f"dataset {dataset_id} has neither a draft nor a version that answers"
        raise OperatorError(message)
    return catalogue.manifest(dataset_id, version)


def owned_names(home: Path, dataset_id: str) -> frozenset[tuple[str, str]]:
    """(name, individual) for every name of a person, sample or record in a dataset: its draft, else what answers."""
    catalogue = DatasetCatalogue(home)
    found: set[tuple[str, str]] = set()
    for part in answering_manifest(catalogue, dataset_id).parts:
        with duckdb.connect(str(catalogue.part_file(dataset_id, part.file)), read_only=True) as connection:
            rows = connection.execute(NAMES_AND_OWNERS[part.kind]).fetchall()
        found.update((str(name), str(owner or "")) for name, owner in rows if name)
    return frozenset(found)


def names_out(home: Path, out: frozenset[str]) -> frozenset[str]:
    """Every name in the node's datasets of people who opted out, their own included."""
    found = set(out)
    catalogue = DatasetCatalogue(home)
    for dataset_id in catalogue.list_ids() if out else ():
        status = catalogue.status(dataset_id)
        if status.draft is not None or status.current.version is not None:
            found.update(name for name, owner in owned_names(home, dataset_id) if owner in out)
    return frozenset(found)
