"""Opt-outs over time (pure): who opted out when, whom aggregates leave out, and when that changes next.

Two masks follow from one list of changes. Records of a person are gone as soon as the person opted out. Aggregates
change at epochs only: one person less in a count would tell who it was. Both are functions of the changes and the
time, so that every process of a node comes to the same answer without asking another.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise
from types import MappingProxyType

from core.errors import ServiceUnavailable

ALWAYS = 0
"""The time of a change that was in force before anything was counted."""

DEADLINE_S = 24 * 3600
"""The longest that aggregates may count somebody who opted out."""

CLOCK_TOLERANCE_S = 300
"""How far in the future a list may have been imported: clocks differ."""

_RETRY_AFTER_S = 60


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """From ``at`` (epoch seconds, inclusive) on a person is opted out, or (``out`` false) in again."""

    at: int
    person: str
    out: bool


@dataclass(frozen=True, slots=True)
class Period:
    """Opted out from ``start`` on, up to ``end`` (epoch seconds, exclusive; ``None``: for good)."""

    start: int
    end: int | None = None

    def holds_at(self, time: int) -> bool:
        """Whether the time lies in the period."""
        return self.start <= time and (self.end is None or time < self.end)


@dataclass(frozen=True, slots=True)
class Counting:
    """Whom aggregates leave out, how many people wait for the next epoch, and when it comes at the latest."""

    people: frozenset[str]
    pending: int = 0
    next_epoch: int | None = None


@dataclass(frozen=True, slots=True)
class OptOutRules:
    """What the operator set: whether answers need a list, how old it may be, how long aggregates may wait."""

    required: bool = False
    maximum_age_s: int = 48 * 3600
    deadline_s: int = DEADLINE_S


DEFAULT_RULES = OptOutRules()


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of the list itself: when it was imported (``None``: there is none), or why it cannot be read.

    ``problem``: there is or was a list, and who is on it cannot be known now; this stops research under any rules.
    """

    imported_at: int | None = None
    problem: str = ""

    def refusal(self, rules: OptOutRules, now: float) -> str | None:
        """Why research must not be answered now; ``None`` where it may."""
        if self.problem:
            return "the list of people who opted out cannot be read"
        if not rules.required:
            return None
        if self.imported_at is None:
            return "there is no list of people who opted out"
        if self.imported_at > now + CLOCK_TOLERANCE_S:
            return "the list of people who opted out comes from the future: a clock is or was wrong"
        if now - self.imported_at > rules.maximum_age_s:
            return "the list of people who opted out is older than this node allows"
        return None

    def check(self, rules: OptOutRules, now: float) -> None:
        """Raise ``ServiceUnavailable`` where research must not be answered now."""
        refuse_research(self.refusal(rules, now))


def refuse_research(refusal: str | None) -> None:
    """Raise ``ServiceUnavailable`` where there is a reason that research must not be answered now."""
    if refusal:
        message = f"{refusal}; no answers are given until the operator has seen to it"
        raise ServiceUnavailable(message, retry_after_s=_RETRY_AFTER_S)


def in_force(changes: Sequence[Change], imported_at: int, now: float) -> tuple[Change, ...]:
    """Changes of a list that was imported while the clock was ahead: what was in force then is in force now.

    How long they wait already cannot be known then: they count as made now. Where the clock was ahead by more than
    aggregates may wait, they do not wait.
    """
    if imported_at <= now:
        return tuple(changes)
    at = int(now) if imported_at - now <= DEADLINE_S else ALWAYS
    return tuple(
        sorted(replace(each, at=at) if each.out and now < each.at <= imported_at else each for each in changes)
    )


def opted_out(changes: Iterable[Change], now: float) -> frozenset[str]:
    """Whose records are gone now."""
    state = {change.person: change.out for change in sorted(changes) if change.at <= now}
    return frozenset(person for person, out in state.items() if out)


def next_change(changes: Iterable[Change], now: float) -> int | None:
    """When the next date comes into effect."""
    return min((change.at for change in changes if change.at > now), default=None)


def listed(changes: Sequence[Change], now: float) -> frozenset[str]:
    """Who is opted out now, or will be."""
    return opted_out(changes, now) | {change.person for change in changes if change.out and change.at > now}


def renewed(changes: Iterable[Change], periods: Mapping[str, Sequence[Period]], now: int) -> tuple[Change, ...]:
    """The changes after a new list, which says all that holds from now on; what was in force before stays history.

    Somebody who is not in the new list is in again from now on. A date in the past takes effect now. Of two lists in
    one second the later holds.
    """
    past = [change for change in changes if change.at < now]
    out_before = opted_out(past, now)
    made = []
    for person in sorted({*out_before, *periods}):
        own = periods.get(person, ())
        dates = {date for period in own for date in (period.start, period.end) if date is not None and date > now}
        states = [(now, any(period.holds_at(now) for period in own))]
        states += [(date, any(period.holds_at(date) for period in own)) for date in sorted(dates)]
        before = [(now, person in out_before), *states]
        made += [Change(at, person, out) for (_, was), (at, out) in pairwise(before) if was != out]
    return tuple(sorted((*past, *made)))


def of_persons(changes: Iterable[Change], persons_of: Mapping[str, frozenset[str]]) -> tuple[Change, ...]:
    """Changes of pseudonyms as changes of people: somebody is out for as long as any of their pseudonyms is."""
    out: dict[str, set[str]] = {}
    made = []
    for at, group in groupby(sorted(changes), key=lambda change: change.at):
        touched: dict[str, bool] = {}
        for change in group:
            for person in persons_of.get(change.person, ()):
                names = out.setdefault(person, set())
                touched.setdefault(person, bool(names))
                (names.add if change.out else names.discard)(change.person)
        made += [Change(at, person, bool(out[person])) for person, was in touched.items() if bool(out[person]) != was]
    return tuple(sorted(made))


_NOBODY: Mapping[str, int] = MappingProxyType({})


def counting_mask(
    changes: Iterable[Change],
    now: float,
    *,
    batch: int,
    deadline_s: int,
    present_since: Mapping[str, int] = _NOBODY,
) -> Counting:
    """Whom aggregates leave out now.

    Changes wait until those of ``batch`` people do, or until one has waited for ``deadline_s``; then all that wait
    take effect. A change that was made before the person's data were published (``present_since``) never waits: there
    was no count to compare with.
    """
    clerk = _Clerk(batch, deadline_s)
    happened = sorted(change for change in changes if change.at <= now)
    for at, group in groupby(happened, key=lambda change: change.at):
        clerk.advance(at)
        for change in group:
            clerk.take(change, at_once=change.at <= present_since.get(change.person, -1))
        if len(clerk.waiting) >= batch:
            clerk.settle()
    clerk.advance(now)
    due = min(clerk.waiting.values()) + deadline_s if clerk.waiting else None
    return Counting(frozenset(clerk.counted_out), len(clerk.waiting), due)


@dataclass(slots=True)
class _Clerk:
    """Who is left out, and whose change waits since when."""

    batch: int
    deadline_s: int
    counted_out: set[str] = field(default_factory=set)
    waiting: dict[str, int] = field(default_factory=dict)

    def take(self, change: Change, *, at_once: bool) -> None:
        """A change waits, unless it only takes back one that waits."""
        if at_once or change.at <= ALWAYS:
            self.waiting.pop(change.person, None)
            (self.counted_out.add if change.out else self.counted_out.discard)(change.person)
        elif (change.person in self.counted_out) == change.out:
            self.waiting.pop(change.person, None)
        else:
            self.waiting.setdefault(change.person, change.at)

    def advance(self, time: float) -> None:
        """Let the time pass: all that wait take effect where one has waited too long."""
        if self.waiting and min(self.waiting.values()) + self.deadline_s <= time:
            self.settle()

    def settle(self) -> None:
        """All that wait take effect."""
        self.counted_out.symmetric_difference_update(self.waiting)
        self.waiting.clear()
