"""``genvej``: the command line of a node."""

import os
import sys
from collections.abc import Sequence
from importlib.metadata import version

import click

from core.errors import GenvejError
from node.commands.dataset import dataset
from node.commands.demo import demo
from node.commands.load import load
from node.commands.server import check_config, serve
from node.commands.token import token


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(version("genvej"), prog_name="genvej")
def genvej() -> None:
    """Genvej: a GA4GH node. Beacon, htsget, DRS and Passports over genome data of people, as their owners decide."""


for command in (serve, check_config, load, dataset, token, demo):
    genvej.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command: 0 if it did what it says, 1 with a message if not, 2 for wrong usage, 130 after Ctrl-C."""
    # What a node stores is about people: nobody but its user and group may read it.
    os.umask(os.umask(0) | 0o007)
    try:
        genvej.main(args=None if arguments is None else list(arguments), prog_name="genvej", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped; nothing half done is left behind", err=True)
        sys.exit(130)
    except GenvejError as error:
        click.echo(f"genvej: {error.message}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
