"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from node.settings import home_folder

Command = TypeVar("Command", bound=Callable[..., Any])


def _to_home(_context: click.Context, _parameter: click.Parameter, value: str | None) -> Path:
    return home_folder(value)


def home_option(command: Command) -> Command:
    """``--home DIR``: the node's folder, as an absolute path."""
    return click.option(
        "--home",
        metavar="DIR",
        callback=_to_home,
        help="The node's folder.  [default: $GENVEJ_HOME, else ./genvej-home]",
    )(command)
