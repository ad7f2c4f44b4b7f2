"""``genvej load optouts``: the list of people who opted out."""

import json
import time
from dataclasses import replace
from pathlib import Path

import click

from core.generation import open_generation
from core.people import read_register
from loaders.optouts import OptOutReport, load_optouts
from node.commands.options import home_option
from node.commands.optouts import print_status, unknown_pseudonyms
from node.settings import optout_rules, read_settings


@click.command("optouts")
@home_option
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, resolve_path=True, path_type=Path))
@click.option("--allow-empty", is_flag=True, help="Take a list by which nobody is opted out.")
@click.option("--force", is_flag=True, help="Take a list that looks cut short or wrong.")
@click.option("--status", "only_status", is_flag=True, help="Only say what is known, as `genvej optouts status` does.")
@click.option("--json", "as_json", is_flag=True, help="Print the report for programs.")
def optouts(*, home: Path, file: Path | None, allow_empty: bool, force: bool, only_status: bool, as_json: bool) -> None:
    """Load the complete list of people who opted out: CSV, TSV or one pseudonym a line.

    Columns: pseudonym, effective date (default: at once) and date until which. Who is not on the list is in again.
    Records are gone within a minute, counts change at the next epoch.
    """
    settings = read_settings(home)
    if only_status:
        print_status(home, settings, as_json=as_json)
        return
    if file is None:
        message = "a FILE is needed, or --status"
        raise click.UsageError(message)
    now = int(time.time())
    report = load_optouts(home, file, now=now, allow_empty=allow_empty, force=force)
    report = _with_unknown(report, home, now)
    if as_json:
        click.echo(json.dumps(report.to_json(), indent=1, ensure_ascii=False))
    else:
        click.echo(report.to_text())
        click.echo("`genvej optouts status` says when counts follow", err=True)


def _with_unknown(report: OptOutReport, home: Path, now: int) -> OptOutReport:
    register = read_register(home)
    generation = open_generation(home, now=now, rules=optout_rules(read_settings(home)))
    try:
        unknown = unknown_pseudonyms(generation, register, now) if register else None
        return replace(report, unknown=unknown)
    finally:
        generation.close()
