"""Opt-outs over time: both masks against a timeline that is lived through second by second."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.errors import ServiceUnavailable
from core.optouts import (
    ALWAYS,
    DEADLINE_S,
    Change,
    Counting,
    OptOutRules,
    Period,
    Standing,
    counting_mask,
    in_force,
    listed,
    next_change,
    of_persons,
    opted_out,
    renewed,
)

_END = 40
_PEOPLE = "abcdef"


def out(at: int, person: str) -> Change:
    return Change(at, person, out=True)


def back(at: int, person: str) -> Change:
    return Change(at, person, out=False)


_changes = st.lists(
    st.builds(Change, st.integers(ALWAYS, _END), st.sampled_from(_PEOPLE), st.booleans()),
    max_size=14,
    unique_by=lambda change: (change.at, change.person),
).map(lambda changes: tuple(sorted(changes)))


def lived(
    changes: Iterable[Change], now: int, batch: int, deadline: int, since: Mapping[str, int]
) -> tuple[set[str], int, int | None]:
    """Every second in turn: who is left out, how many wait, and when that ends at the latest."""
    wish: set[str] = set()
    counted: set[str] = set()
    asked: dict[str, int] = {}
    for second in range(now + 1):
        if any(second >= at + deadline for at in asked.values()):
            counted, asked = set(wish), {}
        for change in sorted(changes):
            if change.at == second:
                wish = wish | {change.person} if change.out else wish - {change.person}
                if second == ALWAYS or second <= since.get(change.person, -1):
                    counted = counted | {change.person} if change.out else counted - {change.person}
        different = wish ^ counted
        asked = {person: asked.get(person, second) for person in different}
        if len(asked) >= batch or any(second >= at + deadline for at in asked.values()):
            counted, asked = set(wish), {}
    return counted, len(asked), min(asked.values()) + deadline if asked else None


@given(
    _changes,
    st.integers(0, _END),
    st.integers(1, 4),
    st.integers(0, 15),
    st.dictionaries(st.sampled_from(_PEOPLE), st.integers(0, _END), max_size=3),
)
@example((out(5, "a"), out(20, "b"), back(21, "b")), 22, 3, 10, {})
@example((out(5, "a"), back(5 + 9, "a"), out(5 + 10, "b")), 16, 2, 10, {})
def test_whom_aggregates_leave_out(
    changes: tuple[Change, ...], now: int, batch: int, deadline: int, since: dict[str, int]
) -> None:
    counting = counting_mask(changes, now, batch=batch, deadline_s=deadline, present_since=since)
    people, waiting, due = lived(changes, now, batch, deadline, since)
    assert counting == Counting(frozenset(people), waiting, due)


@given(_changes, st.integers(0, _END), st.integers(1, 4), st.integers(0, 15))
def test_nobody_is_counted_for_longer_than_the_deadline(
    changes: tuple[Change, ...], now: int, batch: int, deadline: int
) -> None:
    long_out = frozenset[str].intersection(
        *(opted_out(changes, second) for second in range(max(0, now - deadline), now + 1))
    )
    counting = counting_mask(changes, now, batch=batch, deadline_s=deadline)
    assert long_out <= counting.people
    assert counting.pending < max(batch, 1)


@given(_changes, st.integers(1, 4), st.integers(1, 15))
def test_what_changes_at_once_are_several_people_or_overdue(
    changes: tuple[Change, ...], batch: int, deadline: int
) -> None:
    """Between two looks nobody sees a count change by fewer people than the batch, unless one waited long enough."""
    before = counting_mask(changes, ALWAYS, batch=batch, deadline_s=deadline)
    for now in range(1, _END + deadline + 2):
        after = counting_mask(changes, now, batch=batch, deadline_s=deadline)
        changed = before.people ^ after.people
        assert not changed or len(changed) >= batch or before.next_epoch == now
        before = after
    assert before.people == opted_out(changes, _END)
    assert before.next_epoch is None


@given(_changes, st.integers(0, _END))
def test_masks_change_only_when_they_say(changes: tuple[Change, ...], now: int) -> None:
    """Between now and the time that is told nothing changes: a server may sleep until then."""
    counting = counting_mask(changes, now, batch=3, deadline_s=7)
    wake = min((t for t in (next_change(changes, now), counting.next_epoch) if t is not None), default=_END + 20)
    for later in range(now, wake):
        assert opted_out(changes, later) == opted_out(changes, now)
        assert counting_mask(changes, later, batch=3, deadline_s=7).people == counting.people


_periods = st.dictionaries(
    st.sampled_from(_PEOPLE),
    st.lists(
        st.tuples(st.integers(0, _END), st.none() | st.integers(1, 20)).map(
            lambda pair: Period(pair[0], None if pair[1] is None else pair[0] + pair[1])
        ),
        max_size=2,
    ),
)


@given(_changes, _periods, st.integers(0, _END))
def test_a_new_list_says_all_from_now_on_and_nothing_of_before(
    changes: tuple[Change, ...], periods: dict[str, list[Period]], now: int
) -> None:
    made = renewed(changes, periods, now)
    for time in range(_END + 25):
        if time < now:
            assert opted_out(made, time) == opted_out(changes, time)
        else:
            wanted = {person for person, own in periods.items() if any(period.holds_at(time) for period in own)}
            assert opted_out(made, time) == wanted
    assert renewed(made, periods, now) == made


@given(_periods, st.integers(0, _END))
def test_a_list_that_is_loaded_again_changes_nothing(periods: dict[str, list[Period]], now: int) -> None:
    made = renewed((), periods, now)
    assert renewed(made, periods, now + 1) == made


def test_who_is_listed() -> None:
    changes = (out(1, "a"), back(5, "a"), out(3, "b"), out(30, "c"), back(40, "c"))
    assert listed(changes, 10) == {"b", "c"}
    assert opted_out(changes, 10) == {"b"}
    assert next_change(changes, 10) == 30
    assert next_change(changes, 40) is None


def test_a_person_is_out_for_as_long_as_any_pseudonym_is() -> None:
    persons = {"sample": frozenset({"p"}), "id": frozenset({"p"}), "twins": frozenset({"p", "q"})}
    changes = (out(1, "sample"), out(2, "id"), back(3, "sample"), back(4, "id"), out(5, "twins"), out(6, "stranger"))
    assert of_persons(changes, persons) == (out(1, "p"), back(4, "p"), out(5, "p"), out(5, "q"))
    swapped = (out(1, "sample"), back(2, "sample"), out(2, "id"))
    assert of_persons(swapped, persons) == (out(1, "p"),)


@pytest.mark.parametrize(
    ("standing", "refused"),
    [
        (Standing(), "there is no list"),
        (Standing(imported_at=1000), "older"),
        (Standing(problem="cut short"), "cannot be read"),
        (Standing(imported_at=1001), None),
        (Standing(imported_at=1101 + 300), None),
        (Standing(imported_at=1101 + 301), "future"),
    ],
)
def test_where_a_list_is_required_it_must_be_there_sound_and_new(standing: Standing, refused: str | None) -> None:
    rules = OptOutRules(required=True, maximum_age_s=100)
    if standing.problem:
        assert standing.refusal(OptOutRules(), 1101)
    else:
        standing.check(OptOutRules(), 1101)
    if refused is None:
        standing.check(rules, 1101)
    else:
        with pytest.raises(ServiceUnavailable, match=refused) as caught:
            standing.check(rules, 1101)
        assert caught.value.retry_after_s


@given(_changes, st.integers(0, _END), st.integers(0, _END))
def test_what_was_in_force_when_a_list_came_is_in_force_whatever_the_clock_says(
    changes: tuple[Change, ...], imported_at: int, now: int
) -> None:
    made = in_force(changes, imported_at, now)
    past = [change for change in changes if not change.out or change.at <= imported_at]
    assert {change.person for change in past if change.out and now < change.at} <= opted_out(made, now)
    assert opted_out(made, now) >= opted_out(changes, now)
    if imported_at <= now:
        assert made == changes
    assert in_force(changes, 3 * DEADLINE_S, 0) == tuple(
        sorted(replace(change, at=ALWAYS) if change.out else change for change in changes)
    )
