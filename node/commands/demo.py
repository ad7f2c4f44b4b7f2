"""``genvej demo``: a node full of synthetic people, to try everything on."""

import shutil
from pathlib import Path

import click

from loaders.progress import progress_for
from node.demo.run import build, hints, prepare_home
from node.serve import serve as run_server
from node.settings import read_settings


@click.command()
@click.option(
    "--home",
    default="demo-home",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the demonstration.",
)
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True, help="Port to listen at.")
@click.option("--serve/--no-serve", "serving", default=True, help="Serve it, or stop once it is built.")
@click.option("--rebuild", is_flag=True, help="Throw the demonstration in the folder away and build it again.")
def demo(home: Path, port: int, *, serving: bool, rebuild: bool) -> None:
    """Build a synthetic Danish cohort, load it, serve it, and print lines to paste."""
    home = home.absolute()
    if rebuild and (home / "demo-files").is_dir():
        shutil.rmtree(home)
    if prepare_home(home, port):
        build(home, progress_for())
    settings = read_settings(home)
    click.echo(hints(home, settings))
    if serving:
        click.echo(f"Genvej serves the demonstration at {settings.effective_public_url} (Ctrl-C ends it)", err=True)
        run_server(home, settings)
