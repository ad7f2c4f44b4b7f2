"""What is known of a dataset, and where a rollback leads."""

import re

import pytest

from core.dataset_status import Current, Event, utc_now


def history(*steps: str) -> tuple[Event, ...]:
    pairs = [step.split() for step in steps]
    return tuple(Event(action, version, "2026-01-01T00:00:00Z") for action, version in pairs)


@pytest.mark.parametrize(
    ("version", "steps", "before", "withdrawn"),
    [
        (None, (), None, False),
        ("1", ("publish 1",), None, False),
        ("2", ("publish 1", "publish 2"), "1", False),
        ("2", ("publish 1", "publish 2", "publish 3", "rollback 2"), "1", False),
        ("1", ("publish 1", "publish 2", "rollback 1"), None, False),
        ("10", ("publish 9", "publish 10"), "9", False),
        ("3", ("publish 1", "publish 3"), "1", False),
        (None, ("publish 1", "publish 2", "withdraw 2"), "2", True),
        ("2", ("publish 1", "publish 2", "withdraw 2", "rollback 2"), "1", False),
    ],
)
def test_where_a_rollback_leads(
    version: str | None, steps: tuple[str, ...], before: str | None, withdrawn: bool
) -> None:
    current = Current(version, history(*steps))

    assert (current.before, current.withdrawn) == (before, withdrawn)


def test_the_time_is_rfc_3339_in_utc() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", utc_now())
