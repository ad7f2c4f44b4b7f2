"""The masks of datasets: policies give the batch, publications the beginning, and the time does the rest."""

import json
from pathlib import Path

import pytest

from core.datasets import DatasetCatalogue
from core.generation import Generation, open_generation
from core.optout_masks import NO_MASKS, next_switch
from core.optouts import Change, OptOutRules
from core.people import OptOutRegister, PeopleMask, to_rfc3339, write_register
from tests.core.files import load, publish

NOW = 1_900_000_000
HOUR = 3600


def published_at(home: Path, *times: int) -> None:
    """Let the switches of dataset ``d`` have happened at these times."""
    path = home / "datasets" / "d" / "current.json"
    document = json.loads(path.read_text())
    for event, at in zip(document["history"], times, strict=True):
        event["at"] = to_rfc3339(at)
    path.write_text(json.dumps(document))


def opened(home: Path, now: int = NOW, deadline_s: int = 24 * HOUR) -> Generation:
    generation = open_generation(home, now=now, rules=OptOutRules(deadline_s=deadline_s))
    generation.close()
    return generation


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Ten people under the policy ``public``, who were published long ago."""
    publish(tmp_path, "d", *(f"P{number}" for number in range(10)))
    describe(tmp_path, "public")
    return tmp_path


def describe(home: Path, preset: str) -> None:
    DatasetCatalogue(home).describe("d", f'title = "d"\npolicy.preset = "{preset}"')


def leave(home: Path, *changes: tuple[int, str]) -> None:
    made = sorted(Change(at, person, out=True) for at, person in changes)
    write_register(home, OptOutRegister(NOW, tuple(made)))


def test_nobody_opted_out(home: Path) -> None:
    generation = opened(home)
    assert generation.optouts.of("d") == generation.optouts.of("other") == NO_MASKS
    assert generation.optouts.next_switch_at is None


@pytest.mark.parametrize(("policy", "batch"), [("open", 1), ("controlled", 1), ("public", 5), ("registered", 10)])
def test_the_strictest_threshold_of_the_policy_is_the_batch(home: Path, policy: str, batch: int) -> None:
    published_at(home, NOW - 100 * HOUR)
    describe(home, policy)
    for people in range(1, 11):
        leave(home, *((NOW - 1, f"P{number}") for number in range(people)))
        masks = opened(home).optouts.of("d")
        assert len(masks.gone.people) == people
        assert len(masks.uncounted.people) == (people if people >= batch else 0)
        assert masks.pending == (0 if people >= batch else people)


def test_what_waits_takes_effect_at_the_deadline(home: Path) -> None:
    published_at(home, NOW - 100 * HOUR)
    leave(home, (NOW, "P1"), (NOW + 2 * HOUR, "P2"), (NOW, "stranger"))
    first = opened(home)
    assert first.optouts.of("d").gone == PeopleMask(frozenset({"P1"}))
    assert first.optouts.of("d").uncounted == PeopleMask()
    assert first.optouts.of("d").known == {"P1", "P2"}
    assert first.optouts.next_switch_at == NOW + 2 * HOUR
    second = opened(home, NOW + 2 * HOUR)
    assert (second.optouts.of("d").pending, second.optouts.next_switch_at) == (2, NOW + 24 * HOUR)
    third = opened(home, NOW + 24 * HOUR)
    assert third.optouts.of("d").uncounted.people == {"P1", "P2"}
    assert third.optouts.of("d").gone_table == third.optouts.of("d").uncounted_table
    assert third.optouts.next_switch_at is None
    assert len({first.id, second.id, third.id}) == 3
    assert opened(home, deadline_s=0).optouts.of("d").uncounted.people == {"P1"}


def test_a_generation_has_one_name_while_its_masks_are_the_same(home: Path) -> None:
    published_at(home, NOW - 100 * HOUR)
    leave(home, (NOW, "P1"))
    ids = {opened(home, NOW + hours * HOUR).id for hours in range(24)}
    assert len(ids) == 1
    assert opened(home, NOW + 24 * HOUR).id not in ids


def test_who_was_out_before_the_data_came_never_waits(home: Path) -> None:
    load(home, "d", "new")
    DatasetCatalogue(home).publish("d")
    leave(home, (NOW - 5 * HOUR, "P1"), (NOW - 5 * HOUR, "new"))
    published_at(home, NOW - 100 * HOUR, NOW - 3 * HOUR)
    assert opened(home).optouts.of("d").uncounted.people == {"new"}
    published_at(home, NOW - 100 * HOUR, NOW - 6 * HOUR)
    assert opened(home).optouts.of("d").uncounted.people == set()
    published_at(home, NOW - 4 * HOUR, NOW - 3 * HOUR)
    assert opened(home).optouts.of("d").uncounted.people == {"P1", "new"}
    DatasetCatalogue(home).rollback("d")
    published_at(home, NOW - 100 * HOUR, NOW - 3 * HOUR, NOW - 2 * HOUR)
    assert opened(home).optouts.of("d").uncounted.people == set()


@pytest.mark.parametrize("lost", ["versions/1/manifest.json", "part"])
def test_a_version_that_was_cleared_away_may_have_held_anybody(home: Path, lost: str) -> None:
    first = {part.file for part in DatasetCatalogue(home).manifest("d", "1").parts}
    load(home, "d", "new", fresh=True)
    DatasetCatalogue(home).publish("d")
    leave(home, (NOW - 5 * HOUR, "new"))
    published_at(home, NOW - 100 * HOUR, NOW - 3 * HOUR)
    assert opened(home).optouts.of("d").uncounted.people == {"new"}
    for name in first if lost == "part" else (lost,):
        (home / "datasets" / "d" / ("parts" if lost == "part" else "") / name).unlink()
    masks = opened(home).optouts.of("d")
    assert (set(masks.uncounted.people), masks.pending) == (set[str](), 1)


def test_who_was_published_before_in_another_part_waits(home: Path) -> None:
    """Else the count of a new version would tell: it holds the same people, without the one who opted out."""
    load(home, "d", *(f"P{number}" for number in range(10)), "new", fresh=True)
    DatasetCatalogue(home).publish("d")
    leave(home, (NOW - 5 * HOUR, "P1"), (NOW - 5 * HOUR, "new"))
    published_at(home, NOW - 100 * HOUR, NOW - 3 * HOUR)
    masks = opened(home).optouts.of("d")
    assert (set(masks.uncounted.people), masks.pending) == ({"new"}, 1)


def test_the_next_switch_is_the_first_of_all() -> None:
    register = OptOutRegister(0, (Change(9, "P1", out=True),))
    assert next_switch(register, [], 5) == 9
    assert next_switch(register, [], 9) is None
