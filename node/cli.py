"""``genvej``: the command line of a node."""

import os
import signal
import sys
import threading
from collections.abc import Sequence
from importlib.metadata import version
from types import FrameType, MappingProxyType

import click

from core.errors import GenvejError
from node.commands.lazy import LazyGroup

COMMANDS = MappingProxyType(
    {
        "serve": "node.commands.server:serve",
        "check-config": "node.commands.server:check_config",
        "load": "node.commands.load:load",
        "dataset": "node.commands.dataset:dataset",
        "reference": "node.commands.reference_data:reference",
        "optouts": "node.commands.optouts:optouts",
        "token": "node.commands.token:token",
        "pseudonyms": "node.commands.pseudonyms:pseudonyms",
        "demo": "node.commands.demo:demo",
    }
)
"""Every command and where it is; its module is imported when it is called, so that a server never loads the loaders."""


@click.group(
    cls=LazyGroup, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(version("genvej"), prog_name="genvej")
def genvej() -> None:
    """Genvej: a GA4GH node. Beacon, htsget, DRS and Passports over genome data of people, as their owners decide."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command: 0 if it did what it says, 1 with a message if not, 2 for wrong usage, 130 after Ctrl-C."""
    # What a node stores is about people: nobody but its user and group may read it.
    os.umask(os.umask(0) | 0o007)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _interrupt)
    try:
        genvej.main(args=None if arguments is None else list(arguments), prog_name="genvej", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped; nothing half done is left behind", err=True)
        sys.exit(130)
    except GenvejError as error:
        click.echo(f"genvej: {_printable(error.message)}", err=True)
        sys.exit(1)
    except OSError as error:
        click.echo(f"genvej: {_printable(_said(error))}", err=True)
        sys.exit(1)


def _said(error: OSError) -> str:
    return f"{error.strerror}: {error.filename}" if error.filename else str(error)


def _printable(text: str) -> str:
    """The text without signs that a terminal would obey: names of files and values in them may hold any."""
    return "".join(sign if sign.isprintable() or sign == "\n" else repr(sign)[1:-1] for sign in text)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    """End a command that is told to end as Ctrl-C does: cleaning up."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
