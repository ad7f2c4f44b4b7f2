"""People: the register of opt-outs, the mask that follows from it, and who is in which file and sample column.

The register is ``optouts.tsv`` in the node's home. ``genvej load optouts`` writes it: a first line that says when the
list was imported and what the bytes below it hash to, then one change a line (pseudonym, time, ``out`` or ``in``). A
file without that first line is a plain list, one pseudonym a line: these people opted out before anything was counted.
A plain list names somebody: an empty file is a damaged register. A marker beside the register says that there was one.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.durable import write_atomically
from core.errors import DataDamaged
from core.optouts import ALWAYS, Change

MASK_FILE = "optouts.tsv"
MARKER_FILE = "optouts.loaded"
_MARKER = b"A list of opt-outs was loaded here. While this file is there, no answers are given without one.\n"
_FORMAT = "genvej-optouts-"
_FIRST_WORD = f"#{_FORMAT}1"


@dataclass(frozen=True, slots=True)
class PeopleMask:
    """Pseudonyms of people who opted out: their records, carriers and files are gone on every surface."""

    people: frozenset[str] = frozenset()

    def hides(self, individual_id: str) -> bool:
        """Whether this person opted out."""
        return individual_id in self.people

    def hides_any(self, individual_ids: Iterable[str]) -> bool:
        """Whether a file that holds these people must not be given out as it is."""
        return bool(self.people) and not self.people.isdisjoint(individual_ids)


@dataclass(frozen=True, slots=True)
class OptOutRegister:
    """All opt-outs that this node knows of, over time; ``imported_at``: when the last list came (epoch seconds)."""

    imported_at: int
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class SampleColumn:
    """One sample column (or read group sample) of a file: its 0-based position and whose it is."""

    column_0based: int
    sample: str
    individual_id: str


def sample_columns(samples: Iterable[str], individual_ids: Iterable[str]) -> tuple[SampleColumn, ...]:
    """Pair the sample columns of a file with their people, position by position."""
    pairs = enumerate(zip(samples, individual_ids, strict=True))
    return tuple(SampleColumn(column, sample, individual) for column, (sample, individual) in pairs)


def read_register(home: Path) -> OptOutRegister | None:
    """The opt-outs of a node; ``None`` where no list was ever loaded. A plain list is as old as its file.

    Raises ``DataDamaged`` for a file that cannot be read or is not what was written: who opted out is never guessed.
    """
    path = home / MASK_FILE
    try:
        data, written_at = path.read_bytes(), int(path.stat().st_mtime)
        text = data.decode("utf-8-sig")
    except FileNotFoundError:
        return None
    except OSError as error:
        message = f"{MASK_FILE} cannot be read: {error.strerror}"
        raise DataDamaged(message) from error
    except UnicodeDecodeError as error:
        message = f"{MASK_FILE} is not UTF-8 text"
        raise DataDamaged(message) from error
    first = text.partition("\n")[0].strip()
    if _FORMAT in first or (len(first) > 1 and _FIRST_WORD.startswith(first)):
        return _parsed(text)
    lines = (line.split("\t")[0].strip() for line in text.split("\n"))
    people = sorted({line for line in lines if line and not line.startswith("#")})
    if not people:
        message = f"{MASK_FILE} names nobody and does not say when it was loaded: it was emptied; load the list again"
        raise DataDamaged(message)
    return OptOutRegister(written_at, tuple(Change(ALWAYS, person, out=True) for person in people))


def write_register(home: Path, register: OptOutRegister) -> None:
    """Put a register in force: servers see the old one or the new one, whole."""
    body = "".join(
        f"{change.person}\t{to_rfc3339(change.at)}\t{'out' if change.out else 'in'}\n" for change in register.changes
    )
    first = f"{_FIRST_WORD}\t{to_rfc3339(register.imported_at)}\t{_digest(body)}\n"
    write_atomically(home / MASK_FILE, (first + body).encode(), mode=0o640)
    if not (home / MARKER_FILE).exists():
        write_atomically(home / MARKER_FILE, _MARKER, mode=0o640)


def register_lost(home: Path) -> bool:
    """Whether a list was loaded once and the register is not there any more: it is never forgotten silently."""
    return (home / MARKER_FILE).exists() and not (home / MASK_FILE).exists()


def to_rfc3339(time: int) -> str:
    """Epoch seconds as RFC 3339 in UTC."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_rfc3339(text: str) -> int:
    """Epoch seconds of an RFC 3339 time that Genvej wrote; raises ``ValueError``."""
    return int(datetime.fromisoformat(text).timestamp())


def _parsed(text: str) -> OptOutRegister:
    first, _, body = text.partition("\n")
    try:
        word, imported_at, digest = first.split("\t")
        sound = word == _FIRST_WORD and digest == _digest(body)
        changes = tuple(_change(line) for line in body.split("\n") if line) if sound else ()
        register = OptOutRegister(from_rfc3339(imported_at), changes)
    except (ValueError, KeyError):
        sound = False
    if not sound:
        message = f"{MASK_FILE} is not what was written: it is cut short or was changed; load the list again"
        raise DataDamaged(message)
    return register


def _change(line: str) -> Change:
    person, at, state = line.split("\t")
    return Change(from_rfc3339(at), person, {"out": True, "in": False}[state])


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()
