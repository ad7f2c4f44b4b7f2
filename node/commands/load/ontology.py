"""``genvej load ontology``: terms, labels and what lies above them, into the node's reference data."""

import json
from collections.abc import Sequence
from pathlib import Path

import click

from loaders.ontology import load_occurring_ontologies, load_ontologies, load_ontology_package
from loaders.ontology_packages import PACKAGES
from loaders.progress import progress_for
from loaders.reference_report import ReferenceReport
from node.commands.options import home_option

_FILES = click.Path(exists=True, dir_okay=False, resolve_path=True, path_type=Path)


@click.command("ontology")
@home_option
@click.option("--name", metavar="PREFIX", help="Prefix of the ontology's ids, for example HP.  [default: as it says]")
@click.option("--from-package", "package", type=click.Choice(list(PACKAGES)), help="Take it from this Python package.")
@click.option("--from-datasets", is_flag=True, help="Gather the terms that occur in this node's datasets.")
@click.option("--json", "as_json", is_flag=True, help="Print the report for programs.")
@click.argument("files", nargs=-1, type=_FILES)
def ontology(
    *, home: Path, name: str | None, package: str | None, from_datasets: bool, as_json: bool, files: Sequence[Path]
) -> None:
    """Install ontologies from OBO, OBO graphs JSON or OWL (RDF/XML) files, for all datasets of the node.

    One that is there already is replaced. Files may be gzip-compressed.
    """
    if [bool(files), bool(package), from_datasets].count(True) != 1:
        message = "give FILES, or --from-package, or --from-datasets"
        raise click.UsageError(message)
    show(_load(home, name, package, files), as_json=as_json)


def _load(home: Path, name: str | None, package: str | None, files: Sequence[Path]) -> ReferenceReport:
    progress = progress_for()
    if files:
        return load_ontologies(home, files, name=name, progress=progress)
    if package:
        return load_ontology_package(home, package, progress=progress)
    return load_occurring_ontologies(home, progress=progress)


def show(report: ReferenceReport, *, as_json: bool) -> None:
    """Print what was installed."""
    click.echo(json.dumps(report.to_json(), indent=1, ensure_ascii=False) if as_json else report.to_text())
