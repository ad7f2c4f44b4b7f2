"""``genvej optouts``: what the node knows of people who opted out."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from core.errors import DataDamaged
from core.generation import Generation, open_generation
from core.optouts import OptOutRules, Standing, listed, next_change, opted_out
from core.people import MASK_FILE, OptOutRegister, read_register, register_lost, to_rfc3339
from core.strict_json import JsonValue
from node.commands.options import home_option
from node.settings import Settings, optout_rules, read_settings


@click.group("optouts")
def optouts() -> None:
    """Look at the list of people who opted out; `genvej load optouts` loads one."""


@optouts.command("status")
@home_option
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def status(home: Path, *, as_json: bool) -> None:
    """How old the list is, how many people are on it, what each dataset does about it and when."""
    print_status(home, read_settings(home), as_json=as_json)


def print_status(home: Path, settings: Settings, *, as_json: bool) -> None:
    """Say what is known of the list and of each dataset; numbers only, no pseudonym."""
    now = int(time.time())
    rules = optout_rules(settings)
    found = _status(home, rules, now)
    if as_json:
        click.echo(json.dumps(found.to_json(rules, now), indent=1))
    else:
        click.echo("\n".join(found.lines(rules, now)))


@dataclass(frozen=True, slots=True)
class _DatasetLine:
    """One dataset: people whose records are gone, whom aggregates leave out, who wait, until when."""

    dataset_id: str
    gone: int
    uncounted: int
    pending: int
    next_epoch: str | None

    def text(self) -> str:
        waiting = f", {self.pending:,} people wait until {self.next_epoch} at the latest" if self.pending else ""
        return f"dataset {self.dataset_id}: {self.gone:,} ids gone, {self.uncounted:,} left out of counts{waiting}"


@dataclass(frozen=True, slots=True)
class _Status:
    """The list and the datasets; ``unknown``: pseudonyms that mean nobody in a published dataset."""

    standing: Standing
    register: OptOutRegister
    datasets: tuple[_DatasetLine, ...]
    unknown: int

    def to_json(self, rules: OptOutRules, now: int) -> dict[str, JsonValue]:
        changes = self.register.changes
        imported_at, next_date = self.standing.imported_at, next_change(changes, now)
        datasets: list[JsonValue] = [
            {
                "dataset": each.dataset_id,
                "gone": each.gone,
                "left_out_of_counts": each.uncounted,
                "waiting": each.pending,
                "next_epoch": each.next_epoch,
            }
            for each in self.datasets
        ]
        return {
            "required": rules.required,
            "imported_at": None if imported_at is None else to_rfc3339(imported_at),
            "age_s": None if imported_at is None else now - imported_at,
            "refusal": self.standing.refusal(rules, now),
            "problem": self.standing.problem or None,
            "out_now": len(opted_out(changes, now)),
            "out_later": len(listed(changes, now) - opted_out(changes, now)),
            "next_date": None if next_date is None else to_rfc3339(next_date),
            "unknown": self.unknown,
            "datasets": datasets,
        }

    def lines(self, rules: OptOutRules, now: int) -> Iterator[str]:
        told = self.to_json(rules, now)
        if self.standing.problem:
            yield f"the list of people who opted out cannot be read: {self.standing.problem}"
        elif self.standing.imported_at is None:
            yield "no list of people who opted out was ever loaded"
        else:
            hours = (now - self.standing.imported_at) // 3600
            needed = "" if rules.required else "not "
            yield f"list of {told['imported_at']}, {hours:,} hours old; a list is {needed}required"
            yield f"{told['out_now']:,} opted out now, {told['out_later']:,} later, {self.unknown:,} of nobody here"
        if told["next_date"]:
            yield f"the next date comes into effect at {told['next_date']}"
        yield from (each.text() for each in self.datasets)
        if told["refusal"]:
            yield f"RESEARCH IS NOT ANSWERED: {told['refusal']}"


def unknown_pseudonyms(generation: Generation, register: OptOutRegister, now: int) -> int:
    """How many of those who are opted out, now or later, are nobody in a published dataset."""
    known = frozenset[str]().union(*(masks.known for masks in generation.optouts.masks.values()))
    return len(listed(register.changes, now) - known)


def _status(home: Path, rules: OptOutRules, now: int) -> _Status:
    try:
        register = read_register(home)
    except DataDamaged as error:
        return _Status(Standing(problem=error.message), OptOutRegister(0), (), 0)
    if register is None:
        problem = f"{MASK_FILE} is gone; load the list again" if register_lost(home) else ""
        return _Status(Standing(problem=problem), OptOutRegister(0), (), 0)
    generation = open_generation(home, now=now, rules=rules)
    try:
        datasets = tuple(
            _DatasetLine(
                dataset_id,
                len(masks.gone.people),
                len(masks.uncounted.people),
                masks.pending,
                None if masks.next_epoch is None else to_rfc3339(masks.next_epoch),
            )
            for dataset_id, masks in sorted(generation.optouts.masks.items())
        )
        return _Status(
            Standing(register.imported_at), register, datasets, unknown_pseudonyms(generation, register, now)
        )
    finally:
        generation.close()
