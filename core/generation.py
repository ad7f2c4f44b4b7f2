"""One generation: a locked DuckDB instance with every current part attached read-only."""

import hashlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, cast

import duckdb

from core.dataset_view import AttachedPart, DatasetView
from core.datasets import DatasetCatalogue
from core.description import description_to_toml
from core.errors import DataDamaged, GenvejError, ServiceUnavailable
from core.manifest import Part
from core.optout_masks import NO_MASKS, DatasetMasks, MaskReader, next_switch, register_in_force
from core.optout_names import NamedPeople, names_collected
from core.optouts import DEFAULT_RULES, OptOutRules, Standing, opted_out
from core.parts import file_sha256
from core.people import PeopleMask
from core.policy import DatasetPolicy

__all__ = ["AttachedPart", "DatasetView", "Generation", "OptOuts", "open_generation"]

CURSORS = 8
"""Queries that run at once; more only make all of them late."""

_FAULTS_OF_THE_QUERY = (duckdb.ProgrammingError, duckdb.DataError, duckdb.NotSupportedError)
_CURSOR_WAIT_S = 10.0
_CLOSE_WAIT_S = 5.0
QUERY_DEADLINE_S = 30.0
"""A query that runs for longer is stopped: it would only keep the others waiting."""
_MEMORY_LIMIT = "2GB"

T = TypeVar("T")

logger = logging.getLogger("genvej.generations")


@dataclass(frozen=True, slots=True)
class OptOuts:
    """Who opted out, as one generation sees it.

    ``mask``: under the names of the register, all over the node. ``masks``: in each dataset, under all names.
    ``next_switch_at``: when the masks change because time passes (epoch seconds).
    """

    standing: Standing
    mask: PeopleMask
    masks: Mapping[str, DatasetMasks] = field(default_factory=lambda: MappingProxyType({}))
    next_switch_at: int | None = None

    def of(self, dataset_id: str) -> DatasetMasks:
        """The masks of one dataset."""
        return self.masks.get(dataset_id, NO_MASKS)


class Generation:
    """Everything that is published at one moment; immutable, shared by threads.

    ``problems``: datasets that are published and cannot be served, with the reason: they are left out, the others
    answer. ``suspected`` is set when stored data could not be read: the parts are to be checked.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        datasets: Mapping[str, DatasetView],
        optouts: OptOuts,
        problems: tuple[str, ...] = (),
    ) -> None:
        """Made by ``open_generation``; takes over the connection."""
        self.datasets = MappingProxyType(dict(datasets))
        self.policies: Mapping[str, DatasetPolicy] = MappingProxyType(
            {dataset_id: view.policy for dataset_id, view in datasets.items()}
        )
        self.optouts = optouts
        self.mask = optouts.mask
        self.problems = problems
        self.id = _identity(datasets, optouts)
        self.suspected = threading.Event()
        self._connection = connection
        self._cursors: queue.LifoQueue[duckdb.DuckDBPyConnection] = queue.LifoQueue()
        for _ in range(CURSORS):
            self._cursors.put(connection.cursor())
        self._running: dict[int, tuple[duckdb.DuckDBPyConnection, float]] = {}
        self._derived: dict[Callable[[Generation], Any], Any] = {}
        self._deriving = threading.RLock()

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor for one request.

        Raises ``ServiceUnavailable`` when all stay busy for too long, when a query needs too much memory, and when
        stored data cannot be read; then ``suspected`` is set.
        """
        try:
            cursor = self._cursors.get(timeout=_CURSOR_WAIT_S)
        except queue.Empty as error:
            message = "too many queries at once"
            raise ServiceUnavailable(message, retry_after_s=2) from error
        self._running[id(cursor)] = (cursor, time.monotonic())
        try:
            yield cursor
        except duckdb.InterruptException as error:
            message = "the question takes too long; narrow it"
            raise ServiceUnavailable(message, retry_after_s=5) from error
        except duckdb.OutOfMemoryException as error:
            message = "the query needs more memory than is allowed"
            raise ServiceUnavailable(message, retry_after_s=5) from error
        except duckdb.Error as error:
            if isinstance(error, _FAULTS_OF_THE_QUERY):
                raise
            self.suspected.set()
            logger.error("stored data cannot be read (%s): the parts are checked", type(error).__name__)  # noqa: TRY400
            message = "some stored data cannot be read; they are being checked"
            raise ServiceUnavailable(message, retry_after_s=5) from error
        finally:
            self._running.pop(id(cursor), None)
            self._cursors.put(cursor)

    def interrupt_overdue(self, older_than_s: float = QUERY_DEADLINE_S) -> None:
        """Stop queries that run for longer; they end with ``ServiceUnavailable``."""
        now = time.monotonic()
        for cursor, since in list(self._running.values()):
            if now - since > older_than_s:
                cursor.interrupt()

    def once(self, build: Callable[["Generation"], T]) -> T:
        """A value that depends on the generation alone: ``build(self)``, computed at the first call and kept."""
        with self._deriving:
            if build not in self._derived:
                self._derived[build] = build(self)
            return cast("T", self._derived[build])

    def close(self) -> None:
        """Let go of every file; a query that still runs is stopped, its cursor is of no use from then on."""
        deadline = time.monotonic() + _CLOSE_WAIT_S
        while self._running and time.monotonic() < deadline:
            self.interrupt_overdue(0.0)
            time.sleep(0.01)
        try:
            self._connection.close()
        except duckdb.Error as error:
            logger.error("a generation is closed late: %s", error)  # noqa: TRY400


def open_generation(
    home: Path,
    suspects: frozenset[str] = frozenset(),
    *,
    now: float | None = None,
    rules: OptOutRules = DEFAULT_RULES,
) -> Generation:
    """Attach every current part of every published dataset, then lock the instance.

    After that no file can be attached, read or written through it. A dataset with a missing or damaged part is left out
    and named in ``Generation.problems``. ``suspects``: names of parts whose bytes are compared with their SHA-256.
    ``now``: the time for which opt-outs are read (epoch seconds; default: the clock's). Where the list of
    opt-outs cannot be read or is gone, the generation's standing says so, and nobody is answered.
    """
    catalogue, now = DatasetCatalogue(home), time.time() if now is None else now
    register, standing = register_in_force(home, now)
    # No folder for temporary files: what people's data a query holds must not be spilled onto a disk.
    settings = {"threads": "1", "memory_limit": _MEMORY_LIMIT, "temp_directory": ""}
    connection = duckdb.connect(":memory:", config={**settings})
    reader = MaskReader(connection, catalogue, register, now, rules.deadline_s)
    try:
        opened = _Opened(reader)
        with names_collected(connection):
            for number, dataset_id in enumerate(catalogue.list_ids()):
                opened.attach(dataset_id, f"d{number:05d}", suspects)
            opened.mask()
        _lock(connection)
    except BaseException:
        connection.close()
        raise
    optouts = OptOuts(
        standing,
        PeopleMask(opted_out(register.changes, now)),
        MappingProxyType(opened.masks),
        next_switch(register, opened.masks.values(), now),
    )
    return Generation(connection, opened.datasets, optouts, tuple(opened.problems))


@dataclass(slots=True)
class _Opened:
    """Datasets that are being opened: those that can be served, with their masks, and why others cannot."""

    reader: MaskReader
    datasets: dict[str, DatasetView] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    masks: dict[str, DatasetMasks] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def attach(self, dataset_id: str, alias: str, suspects: frozenset[str]) -> None:
        """Attach the parts of a dataset that is published, and take note of the names in it."""
        with self._left_out(dataset_id):
            view = _attach(self.reader.connection, self.reader.catalogue, dataset_id, alias, suspects)
            if view is not None:
                self.datasets[dataset_id], self.aliases[dataset_id] = view, alias
                self.reader.collect(view)

    def mask(self) -> None:
        """Make the masks of all datasets, of what is known of people in any of them."""
        people: dict[str, NamedPeople] = {}
        for dataset_id in tuple(self.datasets):
            with self._left_out(dataset_id):
                people = people or self.reader.resolve(tuple(self.datasets))
                named = people[dataset_id]
                view = self.datasets[dataset_id]
                self.masks[dataset_id] = self.reader.read(view, named, self.aliases[dataset_id])

    @contextmanager
    def _left_out(self, dataset_id: str) -> Iterator[None]:
        """A dataset that cannot be opened is named among the problems and not served."""
        try:
            yield
        except (GenvejError, duckdb.Error, OSError) as error:
            self.datasets.pop(dataset_id, None)
            self.problems.append(f"{dataset_id}: {error}")
            logger.error("dataset %s is not served: %s", dataset_id, error)  # noqa: TRY400


def _attach(
    connection: duckdb.DuckDBPyConnection,
    catalogue: DatasetCatalogue,
    dataset_id: str,
    prefix: str,
    suspects: frozenset[str],
) -> DatasetView | None:
    current = catalogue.current(dataset_id)
    if current.version is None:
        return None
    description = catalogue.describe_current(dataset_id)
    manifest = catalogue.manifest(dataset_id, current.version)
    attached: list[AttachedPart] = []
    try:
        for number, part in enumerate(manifest.parts):
            alias = f"{prefix}p{number:05d}"
            path = catalogue.part_file(dataset_id, part.file)
            _check_part(path, part, whole=part.file in suspects)
            _attach_part(connection, path, alias)
            attached.append(AttachedPart(part, alias))
    except BaseException:
        for done in attached:
            connection.execute(f"DETACH {done.alias}")
        raise
    return DatasetView(
        dataset_id=dataset_id,
        version=current.version,
        description=description,
        manifest=manifest,
        parts=tuple(attached),
        published_at=current.history[-1].at,
    )


def _check_part(path: Path, part: Part, *, whole: bool) -> None:
    if not path.is_file() or path.stat().st_size != part.size_bytes:
        message = f"part {part.file} is missing or of another size than its manifest says"
        raise DataDamaged(message)
    if whole and file_sha256(path) != part.sha256:
        message = f"part {part.file} is damaged: its bytes are not those of its manifest"
        raise DataDamaged(message)


def _attach_part(connection: duckdb.DuckDBPyConnection, path: Path, alias: str) -> None:
    quoted = str(path).replace("'", "''")
    connection.execute(f"ATTACH '{quoted}' AS {alias} (READ_ONLY)")


def _lock(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _identity(datasets: Mapping[str, DatasetView], optouts: OptOuts) -> str:
    """An id that depends on the content alone, so that every worker process gives a generation the same name."""
    total = hashlib.sha256()
    for dataset_id, view in sorted(datasets.items()):
        for fact in (dataset_id, view.version, view.published_at, description_to_toml(view.description)):
            total.update(f"{fact}\n".encode())
        for attached in view.parts:
            total.update(f"{attached.part.sha256}\n".encode())
        masks = optouts.of(dataset_id)
        for people in (masks.gone.people, masks.uncounted.people):
            total.update("".join((*(f"{name}\n" for name in sorted(people)), "\f")).encode())
    for individual_id in sorted(optouts.mask.people):
        total.update(f"{individual_id}\n".encode())
    return total.hexdigest()[:16]
