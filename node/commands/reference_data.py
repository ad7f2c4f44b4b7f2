"""``genvej reference``: the ontologies and gene tables that are installed in a node."""

import json
from pathlib import Path

import click

from core.reference import ReferenceCatalogue
from loaders.reference_report import part_line, part_to_json
from node.commands.options import home_option


@click.group()
def reference() -> None:
    """List and check the installed ontologies and gene tables."""


@reference.command("list")
@home_option
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_parts(home: Path, *, as_json: bool) -> None:
    """One line an ontology and gene table."""
    parts = ReferenceCatalogue(home).current().parts
    if as_json:
        click.echo(json.dumps([part_to_json(part) for part in parts], indent=1, ensure_ascii=False))
        return
    if not parts:
        click.echo(f"no reference data in {home}; start with `genvej load ontology` and `genvej load genes`", err=True)
    for part in parts:
        sources = ", ".join(source.name for source in part.sources) or "the node's datasets"
        click.echo(f"{part_line(part)}, from {sources}, {part.created_at}")


@reference.command("check")
@home_option
def check(home: Path) -> None:
    """Compare every installed part with its checksum."""
    catalogue = ReferenceCatalogue(home)
    catalogue.verify()
    click.echo(f"{len(catalogue.current().parts)} reference parts are sound")
