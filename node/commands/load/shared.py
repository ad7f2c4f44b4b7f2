"""What all loads have in common: the options that each takes, and how each ends."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from core.datasets import DatasetCatalogue
from core.errors import OperatorError
from core.policy import PRESETS
from loaders.personal_data import refuse_personal_id
from loaders.qc.report_files import ReportFiles, write_report
from loaders.report import Report
from node.commands.options import home_option

Command = TypeVar("Command", bound=Callable[..., Any])

FILES: click.ParamType[Any] = click.Path(exists=True, dir_okay=False, resolve_path=True, path_type=Path)
"""Files of this machine."""


def _public_id(_context: click.Context, _option: click.Parameter, value: str) -> str:
    """The id of a dataset; raises ``LoadRefused`` for one that is somebody's number: it stands in addresses."""
    refuse_personal_id("the id of the dataset", value)
    return value


def load_options(command: Command, *, files: click.ParamType[Any] = FILES) -> Command:
    """What every load takes: home, dataset, policy of a new dataset, a fresh draft, publication, files."""
    for option in (
        click.argument("files", nargs=-1, required=True, type=files),
        click.option("--json", "as_json", is_flag=True, help="Print the report for programs."),
        click.option("--publish", is_flag=True, help="Publish the draft when everything is in."),
        click.option("--fresh", is_flag=True, help="Start an empty draft instead of one with what is published."),
        click.option(
            "--policy",
            type=click.Choice(list(PRESETS)),
            help="Policy of a new dataset.  [default: controlled, or what the dataset has]",
        ),
        click.option(
            "--dataset",
            "dataset_id",
            required=True,
            metavar="ID",
            callback=_public_id,
            help="Made if it does not exist yet.",
        ),
        home_option,
    ):
        command = option(command)
    return command


def finish(home: Path, dataset_id: str, report: Report, *, publish: bool, as_json: bool) -> None:
    """Keep the report beside the dataset and print it; publish the draft where that was asked for.

    Raises ``OperatorError`` if the report cannot be written: what was loaded then stays a draft.
    """
    catalogue = DatasetCatalogue(home)
    files = _kept(catalogue.folder(dataset_id), report)
    if as_json:
        places = {"html": str(files.html), "json": str(files.json)}
        click.echo(json.dumps({**report.to_json(), "report_files": places}, indent=1, ensure_ascii=False))
    else:
        click.echo(report.to_text())
        click.echo(f"report: {files.html}")
    if publish:
        version = catalogue.publish(dataset_id)
        click.echo(f"dataset {dataset_id}: version {version} answers now", err=True)
    else:
        click.echo(f"`genvej dataset publish {dataset_id}` makes it answer", err=True)


def _kept(folder: Path, report: Report) -> ReportFiles:
    try:
        return write_report(folder, report)
    except OSError as error:
        message = (
            f"everything is in the draft, but its report cannot be written: {error.strerror}; nothing is published"
        )
        raise OperatorError(message) from error
