"""Generations: what a server answers from, and the switch to the next one without a gap."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from core.datasets import CHANGED_FILE
from core.errors import GenvejError, Gone
from core.generation import AttachedPart, DatasetView, Generation, open_generation
from core.optouts import DEFAULT_RULES, OptOutRules, refuse_research
from core.people import MARKER_FILE, MASK_FILE

POLL_INTERVAL_S = 0.25
CHECK_INTERVAL_S = 10.0
"""At most so often data that could not be read are looked at again."""

OVERDUE_S = 60.0
"""A home that could not be looked at for so long may hold opt-outs that nobody here knows of."""

LINGER_S = 960.0
"""How long a replaced generation stays for its pages and tickets: the life of a ticket, and a little."""

_MAXIMUM_LINGERING = 8

Signature = tuple[tuple[int, int, int] | None, ...]

__all__ = ["AttachedPart", "DatasetView", "Generation", "Generations", "open_generation"]

logger = logging.getLogger("genvej.generations")


class _Living:
    """A generation, the number of requests that use it, and since when it is no longer the current one."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self.users = 0
        self.replaced_at: float | None = None


class Generations:
    """The current generation of a node home, and the older ones that somebody still needs.

    One per process. ``start`` begins to watch the home; a publication, a withdrawal, a new policy or an opt-out
    builds the next generation beside the running one and then takes its place. A generation that cannot be built
    leaves the running one in place and is tried again.
    """

    def __init__(
        self,
        home: Path,
        *,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
        linger_s: float = LINGER_S,
        rules: OptOutRules = DEFAULT_RULES,
    ) -> None:
        """Build the first generation; raises what ``open_generation`` raises.

        ``wall_clock`` gives the time for which opt-outs are read (epoch seconds); ``rules`` say what is asked of their
        list.
        """
        self._home = home
        self._clock = clock
        self._wall_clock = wall_clock
        self._rules = rules
        self._linger_s = linger_s
        self._lock = threading.Lock()
        self._refreshing = threading.Lock()
        self._stopping = threading.Event()
        self._watcher: threading.Thread | None = None
        self._seen = _signature(home)
        self._current = _Living(self._open(frozenset()))
        self._living = [self._current]
        self._optouts = self._current.generation.optouts
        self._had_list = self._optouts.standing.imported_at is not None
        self._looked_at = clock()
        self._suspects: frozenset[str] = frozenset()
        self._check_not_before = 0.0
        self.last_error: str | None = None

    @contextmanager
    def pin(self, generation_id: str | None = None) -> Iterator[Generation]:
        """The current generation (or the one of that id), kept alive until the block ends.

        Raises ``Gone`` if the generation asked for was collected.
        """
        with self._lock:
            living = self._current if generation_id is None else self._find(generation_id)
            living.users += 1
        try:
            yield living.generation
        finally:
            with self._lock:
                living.users -= 1

    @contextmanager
    def research(self) -> Iterator[Generation]:
        """The current generation, for an answer from people's data.

        Raises ``ServiceUnavailable`` where the list of opt-outs is unreadable or was lost, where the rules require one
        and it is missing or old, and where the home could not be looked at for a while.
        """
        with self.pin() as generation:
            refuse_research(self._refusal_of(generation))
            yield generation

    @property
    def refusal(self) -> str | None:
        """Why research is not answered now; ``None`` where it is."""
        return self._refusal_of(self._current.generation)

    @property
    def overdue(self) -> bool:
        """Whether the home is watched and could not be looked at for a while."""
        return self._watcher is not None and self._clock() - self._looked_at > OVERDUE_S

    def _refusal_of(self, generation: Generation) -> str | None:
        """Why this generation must not answer; the list may be newer than it, but was known when it was made."""
        standing, own = self._optouts.standing, generation.optouts.standing
        refusal = standing.refusal(self._rules, self._wall_clock())
        if refusal or own.problem:
            return refusal or own.refusal(self._rules, self._wall_clock())
        if self._had_list and standing.imported_at is None:
            return "the list of people who opted out is gone"
        if self.overdue and (self._rules.required or self._had_list):
            return "changes to the list of people who opted out cannot be followed"
        return None

    def start(self) -> None:
        """Watch the home until ``stop``."""
        self._looked_at = self._clock()
        self._watcher = threading.Thread(target=self._watch, name="generations", daemon=True)
        self._watcher.start()

    def stop(self) -> None:
        """End the watch and close every generation; no request may be running."""
        self._stopping.set()
        if self._watcher is not None:
            self._watcher.join()
        with self._lock:
            living, self._living = self._living, []
        for each in living:
            each.generation.close()

    def refresh(self) -> bool:
        """Look at the home once; returns whether a new generation took over. One thread at a time does the work."""
        with self._refreshing:
            signature = _signature(self._home)
            suspected = self._take_suspicion()
            replaced = False
            for living in list(self._living):
                living.generation.interrupt_overdue()
            if suspected or signature != self._seen or self._due_again() or self._masks_due():
                generation = self._open(self._suspects)
                self._suspects -= _part_names(generation)
                replaced = self._replace(generation, always=suspected)
                # Also where no answer changes: the list may be newer, and the next date another one.
                self._optouts = generation.optouts
                self._had_list |= self._optouts.standing.imported_at is not None
            self._seen = signature
            self._looked_at = self._clock()
            self.last_error = None
            self._collect()
            return replaced

    def _open(self, suspects: frozenset[str]) -> Generation:
        return open_generation(self._home, suspects, now=self._wall_clock(), rules=self._rules)

    def _masks_due(self) -> bool:
        """Whether a date has come at which somebody is out or in, or is counted no longer."""
        due = self._optouts.next_switch_at
        return due is not None and due <= self._wall_clock()

    def _due_again(self) -> bool:
        """Whether a dataset that was left out is tried again: what was in its way may have passed."""
        if not self._current.generation.problems or self._clock() < self._check_not_before:
            return False
        self._check_not_before = self._clock() + CHECK_INTERVAL_S
        return True

    def _take_suspicion(self) -> bool:
        """Whether the running generation met data that it could not read; all of its parts are checked then."""
        current = self._current.generation
        if not current.suspected.is_set() or self._clock() < self._check_not_before:
            return False
        self._check_not_before = self._clock() + CHECK_INTERVAL_S
        self._suspects |= _part_names(current)
        return True

    def _replace(self, generation: Generation, *, always: bool) -> bool:
        current = self._current.generation
        if not always and generation.id == current.id and generation.problems == current.problems:
            generation.close()
            return False
        with self._lock:
            self._current.replaced_at = self._clock()
            self._current = _Living(generation)
            self._living.append(self._current)
        return True

    def _find(self, generation_id: str) -> _Living:
        for living in reversed(self._living):
            if living.generation.id == generation_id:
                return living
        message = "the data behind this page or ticket were replaced; ask again from the start"
        raise Gone(message)

    def _watch(self) -> None:
        while not self._stopping.wait(POLL_INTERVAL_S):
            try:
                if self.refresh():
                    logger.info("generation %s answers now", self._current.generation.id)
            except Exception as error:  # noqa: BLE001 - a watch that ended would never see an opt-out again
                self.last_error = self._told(error)

    def _told(self, error: Exception) -> str:
        """What went wrong, in the log once; of what nobody foresaw the type alone, for it may quote data."""
        known = isinstance(error, GenvejError | OSError | duckdb.Error)
        text = str(error) if known else type(error).__name__
        if text != self.last_error:
            logger.error("the running generation stays: %s", text)
        return text

    def _collect(self) -> None:
        """Close replaced generations that nobody uses and nobody may come back to."""
        now = self._clock()
        with self._lock:
            old = [each for each in self._living if each.replaced_at is not None and each.users == 0]
            late = [each for each in old if each.replaced_at is not None and now - each.replaced_at > self._linger_s]
            surplus = old[: max(0, len(self._living) - 1 - _MAXIMUM_LINGERING)]
            gone = {id(each): each for each in (*late, *surplus)}
            self._living = [each for each in self._living if id(each) not in gone]
        for each in gone.values():
            each.generation.close()


def _signature(home: Path) -> Signature:
    """What tells that something changed, also where a command was killed before it could say so."""
    folders = sorted((home / "datasets").glob("*"))
    files = [folder / name for folder in folders for name in ("current.json", "dataset.toml")]
    return tuple(_stat(path) for path in (home / CHANGED_FILE, home / MASK_FILE, home / MARKER_FILE, *files))


def _part_names(generation: Generation) -> frozenset[str]:
    return frozenset(attached.part.file for view in generation.datasets.values() for attached in view.parts)


def _stat(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return status.st_mtime_ns, status.st_ino, status.st_size
