"""``genvej serve`` and ``genvej check-config``."""

from pathlib import Path

import click

from core.datasets import DatasetCatalogue
from core.errors import OperatorError
from core.people import read_register
from core.ticket_keys import load_or_create_ticket_keys
from node.commands.options import home_option
from node.serve import serve as run_server
from node.settings import SETTINGS_FILE, Settings, read_settings


@click.command()
@home_option
@click.option("--host", help="Address to listen at.  [default: server.host]")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen at.  [default: server.port]")
@click.option("--workers", type=click.IntRange(1, 64), help="Worker processes.  [default: server.workers]")
def serve(home: Path, host: str | None, port: int | None, workers: int | None) -> None:
    """Serve a home until Ctrl-C."""
    if not home.is_dir():
        message = f"there is no home {home}; load something first, or try `genvej demo`"
        raise OperatorError(message)
    settings = with_server(read_settings(home), host=host, port=port, workers=workers)
    click.echo(f"Genvej serves {home} at {settings.effective_public_url} (Ctrl-C ends it)", err=True)
    run_server(home, settings)


def with_server(
    settings: Settings, *, host: str | None = None, port: int | None = None, workers: int | None = None
) -> Settings:
    """The settings with what the command line says about the server."""
    said = {"host": host, "port": port, "workers": workers}
    server = settings.server.model_copy(update={name: value for name, value in said.items() if value is not None})
    return settings.model_copy(update={"server": server})


@click.command("check-config")
@home_option
def check_config(home: Path) -> None:
    """Check genvej.toml, the GENVEJ_* variables and what they lead to, and show what is in force."""
    settings = read_settings(home)
    read_register(home)
    key_file = home / settings.tickets.key_file
    if key_file.exists():
        load_or_create_ticket_keys(key_file)
    catalogue = DatasetCatalogue(home)
    for dataset_id in catalogue.list_ids():
        catalogue.status(dataset_id)
    where = home / SETTINGS_FILE
    click.echo(f"{where}: {'sound' if where.is_file() else 'absent, defaults are in force'}")
    click.echo(settings.model_dump_json(indent=2))
