"""``genvej dataset``: look at datasets and switch their versions."""

import json
from pathlib import Path

import click

from core.access import Tier
from core.datasets import DatasetCatalogue, DatasetStatus
from core.description import description_to_toml
from core.errors import OperatorError
from core.manifest import Manifest, PartKind
from loaders.qc.report_files import newest_report
from node.commands.options import home_option

_WITHOUT_ROWS = "-"


@click.group()
def dataset() -> None:
    """List, show, publish, roll back, withdraw and describe datasets."""


@dataset.command("list")
@home_option
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_datasets(home: Path, *, as_json: bool) -> None:
    """One line a dataset."""
    catalogue = DatasetCatalogue(home)
    statuses = [catalogue.status(dataset_id) for dataset_id in catalogue.list_ids()]
    if as_json:
        click.echo(json.dumps([_summary(status) for status in statuses], indent=1))
        return
    if not statuses:
        click.echo(f"no datasets in {home}; start with `genvej load vcf --dataset ID FILE`", err=True)
    for status in statuses:
        summary = _summary(status)
        click.echo(
            f"{summary['dataset']}\t{summary['policy']}\t{summary['state']}\tversion {summary['version'] or '-'}"
            f"\tdraft {summary['draft'] or '-'}\t{summary['title']}"
        )


@dataset.command()
@home_option
@click.argument("dataset_id", metavar="ID")
def show(home: Path, dataset_id: str) -> None:
    """Everything about one dataset: description, policy, versions, parts, history."""
    catalogue = DatasetCatalogue(home)
    status = catalogue.status(dataset_id)
    click.echo(f"dataset {dataset_id}: {_summary(status)['state']}\n")
    click.echo(description_to_toml(status.description))
    for tier in Tier:
        rule = status.description.policy.rule(tier)
        click.echo(
            f"  {tier.name.lower():<10} {rule.release.name.lower():<9} from {rule.minimum_count}, "
            f"rounded to {rule.rounding}, bytes {'yes' if tier >= status.description.policy.bytes_from else 'no'}"
        )
    for event in status.current.history:
        click.echo(f"\n{event.at} {event.action} version {event.version} {event.reason}".rstrip())
    if status.current.version is not None:
        _show_manifest(catalogue.manifest(dataset_id, status.current.version), "published")
    if status.draft is not None:
        _show_manifest(status.draft, "draft")


@dataset.command()
@home_option
@click.argument("dataset_id", metavar="ID")
def publish(home: Path, dataset_id: str) -> None:
    """Check the draft and make it the version that answers; servers follow within two seconds."""
    version = DatasetCatalogue(home).publish(dataset_id)
    click.echo(f"dataset {dataset_id}: version {version} answers now")


@dataset.command()
@home_option
@click.argument("dataset_id", metavar="ID")
@click.option("--version", help="A version that was published before.  [default: the one before the current]")
def rollback(home: Path, dataset_id: str, version: str | None) -> None:
    """Answer from an older version again."""
    target = DatasetCatalogue(home).rollback(dataset_id, version)
    click.echo(f"dataset {dataset_id}: version {target} answers now")


@dataset.command()
@home_option
@click.argument("dataset_id", metavar="ID")
@click.option("--reason", required=True, help="Kept with the tombstone.")
def withdraw(home: Path, dataset_id: str, reason: str) -> None:
    """Stop answering from a dataset; a tombstone says since when and why."""
    DatasetCatalogue(home).withdraw(dataset_id, reason)
    click.echo(f"dataset {dataset_id}: withdrawn")


@dataset.command()
@home_option
@click.argument("dataset_id", metavar="ID")
@click.option(
    "--file", "file", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), help="dataset.toml"
)
def describe(home: Path, dataset_id: str, file: Path) -> None:
    """Put a new description and policy in force; the older ones are kept."""
    described = DatasetCatalogue(home).describe(dataset_id, file.read_text(encoding="utf-8"))
    click.echo(f"dataset {dataset_id}: {described.title}, policy {described.policy.name}")


@dataset.command()
@home_option
@click.argument("dataset_id", metavar="ID")
@click.option("--version", help="The newest report of this version.  [default: the newest of all]")
@click.option("--json", "as_json", is_flag=True, help="The report for programs instead of the one for people.")
def report(home: Path, dataset_id: str, version: str | None, *, as_json: bool) -> None:
    """Print where the report of the newest load lies: what came in, its quality, what was rejected."""
    catalogue = DatasetCatalogue(home)
    catalogue.status(dataset_id)
    found = newest_report(catalogue.folder(dataset_id), version)
    if found is None:
        of_version = f" version {version} of" if version else ""
        message = f"there is no report on{of_version} dataset {dataset_id}; every `genvej load` leaves one"
        raise OperatorError(message)
    click.echo(found.json if as_json else found.html)


def _summary(status: DatasetStatus) -> dict[str, str | None]:
    state = "withdrawn" if status.current.withdrawn else "published" if status.current.version else "not published"
    return {
        "dataset": status.dataset_id,
        "title": status.description.title,
        "policy": status.description.policy.name,
        "state": state,
        "version": status.current.version,
        "draft": status.draft.version if status.draft else None,
    }


def _show_manifest(manifest: Manifest, state: str) -> None:
    click.echo(f"\nversion {manifest.version} ({state}), {manifest.assembly or 'no assembly'}, {manifest.created_at}")
    for part in manifest.parts:
        where = f"contig {part.contig}, {part.people_count} people, absent sites {part.absent_site}"
        detail = where if part.kind is PartKind.VARIANTS else _WITHOUT_ROWS
        click.echo(f"  {part.kind:<9} {part.rows:>10} rows {part.size_bytes:>12} bytes  {part.batch}  {detail}")
