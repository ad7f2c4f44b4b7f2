"""Loading the list of people who opted out: a file drop from whoever holds the key to the pseudonyms.

The list is complete: it says all that holds from now on. Its form is that of ``loaders.optout_list``.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

from core.durable import exclusive_lock, make_folder
from core.errors import DataDamaged, LoadRefused
from core.generation import open_generation
from core.optout_names import people_named
from core.optouts import ALWAYS, in_force, listed, opted_out, renewed
from core.people import OptOutRegister, read_register, register_lost, write_register
from core.strict_json import JsonValue
from loaders.input_files import check_input_files
from loaders.optout_list import parse_list

MAXIMUM_FILE_BYTES = 64 << 20
LOCK_FILE = "optouts.lock"
MAXIMUM_DROPPED = 5
"""So many people (or a tenth of those on the list before) may be in again by a list without a word of the operator."""

MINIMUM_UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class OptOutReport:
    """What a list changed: pseudonyms on it, how many are out now or later, who is new, who is in again."""

    file: str
    imported_at: int
    pseudonyms: int
    out_now: int
    out_later: int
    ended: int
    added: int
    dropped: int
    unknown: int | None = None
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, JsonValue]:
        """The report as a JSON object, without a pseudonym."""
        return {**asdict(self), "notes": list(self.notes)}

    def to_text(self) -> str:
        """The report for a person."""
        lines = [
            f"{self.file}: {self.pseudonyms:,} pseudonyms: {self.out_now:,} opted out now, {self.out_later:,} later, "
            f"{self.ended:,} no longer",
            f"against the list before: {self.added:,} more, {self.dropped:,} in again",
        ]
        if self.unknown:
            lines.append(f"note: {self.unknown:,} pseudonyms are of nobody in a published dataset")
        lines += [f"note: {note}" for note in self.notes]
        return "\n".join(lines)


def load_optouts(home: Path, file: Path, *, now: int, allow_empty: bool = False, force: bool = False) -> OptOutReport:
    """Take a list as all that holds from ``now`` (epoch seconds) on; servers follow within seconds.

    Raises ``LoadRefused`` for a list with a wrong line, an empty one (unless ``allow_empty``), and unless ``force`` for
    one that looks cut short or is of other people: its last line has no end, many are missing who were on the list
    before, most who are new on it are nobody here. What was in force then stays in force.
    """
    (path,) = check_input_files([file])
    if path.stat().st_size > MAXIMUM_FILE_BYTES:
        message = f"{path.name}: larger than {MAXIMUM_FILE_BYTES >> 20} MiB: not a list of pseudonyms"
        raise LoadRefused(message)
    found = parse_list(path.name, path.read_bytes(), force=force)
    make_folder(home)
    with exclusive_lock(home / LOCK_FILE, "another list of opt-outs is being loaded; wait for it to end"):
        former = _former(home, path.name, now, force=force)
        changes = renewed(
            in_force(former.changes, former.imported_at, now), found.periods, now if former.imported_at else ALWAYS
        )
        before, after = listed(former.changes, now), listed(changes, now)
        _check_plausible(path.name, before, after, allow_empty=allow_empty, force=force)
        if not force:
            _check_known(path.name, home, after - before, now)
        write_register(home, OptOutRegister(now, changes))
    out_now = opted_out(changes, now)
    return OptOutReport(
        path.name,
        now,
        pseudonyms=len(found.periods),
        out_now=len(out_now),
        out_later=len(after - out_now),
        ended=len(found.periods.keys() - after),
        added=len(after - before),
        dropped=len(before - after),
        notes=found.notes,
    )


def _former(home: Path, name: str, now: int, *, force: bool) -> OptOutRegister:
    """What holds so far; imported at 0 if that cannot be read: then the new list holds as if it always had."""
    try:
        register = read_register(home)
        problem = "it is gone" if register is None and register_lost(home) else ""
    except DataDamaged as error:
        register, problem = None, error.message
    if problem and not force:
        message = f"{name}: it cannot be compared with the list before ({problem}); to take it as it is, say --force"
        raise LoadRefused(message)
    return register or OptOutRegister(ALWAYS if problem else now)


def _check_plausible(
    name: str, before: frozenset[str], after: frozenset[str], *, allow_empty: bool, force: bool
) -> None:
    if not after and not allow_empty:
        message = f"{name}: nobody is opted out by this list; if that is so, say --allow-empty"
        raise LoadRefused(message)
    dropped = len(before - after)
    many = max(MAXIMUM_DROPPED, len(before) // 10)
    if (2 * dropped > len(before) or dropped > many) and not force:
        message = (
            f"{name}: {dropped:,} of the {len(before):,} people on the list before are missing: is the file whole? "
            "If they are all in again, say --force"
        )
        raise LoadRefused(message)


def _check_known(name: str, home: Path, new: frozenset[str], now: int) -> None:
    """Refuse a list of other people or other pseudonyms than the published datasets hold."""
    if len(new) < MINIMUM_UNKNOWN:
        return
    generation = open_generation(home, now=now)
    try:
        if not generation.datasets:
            return
        with generation.cursor() as cursor:
            people = people_named(cursor, generation.datasets.values(), sorted(new))
    finally:
        generation.close()
    unknown = len(new.difference(*(found.persons_of for found in people.values())))
    if unknown >= MINIMUM_UNKNOWN and 2 * unknown > len(new):
        message = (
            f"{name}: {unknown:,} of the {len(new):,} pseudonyms that are new on it are of nobody in a published "
            "dataset: is it the right list? If it is, say --force"
        )
        raise LoadRefused(message)
