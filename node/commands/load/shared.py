"""What all loads have in common: the options that each takes, and how each ends."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from core.datasets import DatasetCatalogue
from core.policy import PRESETS
from loaders.report import Report
from node.commands.options import home_option

Command = TypeVar("Command", bound=Callable[..., Any])

_FILES = click.Path(exists=True, dir_okay=False, resolve_path=True, path_type=Path)


def load_options(command: Command) -> Command:
    """What every load takes: home, dataset, policy of a new dataset, a fresh draft, publication, files."""
    for option in (
        click.argument("files", nargs=-1, required=True, type=_FILES),
        click.option("--json", "as_json", is_flag=True, help="Print the report for programs."),
        click.option("--publish", is_flag=True, help="Publish the draft when everything is in."),
        click.option("--fresh", is_flag=True, help="Start an empty draft instead of one with what is published."),
        click.option(
            "--policy",
            type=click.Choice(list(PRESETS)),
            help="Policy of a new dataset.  [default: controlled, or what the dataset has]",
        ),
        click.option("--dataset", "dataset_id", required=True, metavar="ID", help="Made if it does not exist yet."),
        home_option,
    ):
        command = option(command)
    return command


def finish(home: Path, dataset_id: str, report: Report, *, publish: bool, as_json: bool) -> None:
    """Print the report; publish the draft where that was asked for."""
    if as_json:
        click.echo(json.dumps(report.to_json(), indent=1, ensure_ascii=False))
    else:
        click.echo(report.to_text())
    if publish:
        version = DatasetCatalogue(home).publish(dataset_id)
        click.echo(f"dataset {dataset_id}: version {version} answers now", err=True)
    else:
        click.echo(f"`genvej dataset publish {dataset_id}` makes it answer", err=True)
