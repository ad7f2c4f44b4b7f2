"""``genvej load``: variants, phenotypes and files into a draft version."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from core.datasets import DatasetCatalogue
from core.manifest import AbsentSite
from core.policy import PRESETS
from loaders.phenopackets import load_phenopackets
from loaders.progress import progress_for
from loaders.reads import load_reads
from loaders.report import Report
from loaders.vcf import DEFAULT_TOLERANCE, load_vcf
from node.commands.options import home_option

Command = TypeVar("Command", bound=Callable[..., Any])

_FILES = click.Path(exists=True, dir_okay=False, resolve_path=True, path_type=Path)


@click.group()
def load() -> None:
    """Load files into a dataset's draft; `genvej dataset publish` makes the draft answer."""


def _load_options(command: Command) -> Command:
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


@load.command("vcf")
@_load_options
@click.option("--assembly", help="GRCh37, GRCh38 or T2T-CHM13v2.0.  [default: what the header says]")
@click.option(
    "--absent-site",
    type=click.Choice([meaning.value for meaning in AbsentSite]),
    help="What a site absent from the file means.  [default: reference for several samples, else unknown]",
)
@click.option(
    "--tolerance",
    type=click.FloatRange(0, 1),
    default=DEFAULT_TOLERANCE,
    show_default=True,
    help="Share of records that may be rejected before the file is refused.",
)
@click.option("--processes", type=click.IntRange(1, 64), help="Worker processes.  [default: one a core]")
def vcf(
    *,
    home: Path,
    dataset_id: str,
    policy: str | None,
    files: Sequence[Path],
    assembly: str | None,
    absent_site: str | None,
    tolerance: float,
    processes: int | None,
    fresh: bool,
    publish: bool,
    as_json: bool,
) -> None:
    """Load variants from VCF or BCF files, with or without genotypes."""
    report = load_vcf(
        DatasetCatalogue(home),
        dataset_id,
        files,
        preset=policy,
        assembly=assembly,
        absent_site=AbsentSite(absent_site) if absent_site else None,
        fresh=fresh,
        tolerance=tolerance,
        processes=processes,
        progress=progress_for(),
    )
    _finish(home, dataset_id, report, publish=publish, as_json=as_json)


@load.command("phenopackets")
@_load_options
def phenopackets(
    *,
    home: Path,
    dataset_id: str,
    policy: str | None,
    files: Sequence[Path],
    fresh: bool,
    publish: bool,
    as_json: bool,
) -> None:
    """Load people from GA4GH Phenopackets v2 (JSON or YAML, one or many a file)."""
    report = load_phenopackets(
        DatasetCatalogue(home), dataset_id, files, preset=policy, fresh=fresh, progress=progress_for()
    )
    _finish(home, dataset_id, report, publish=publish, as_json=as_json)


@load.command("reads")
@_load_options
@click.option("--id", "alias", metavar="ID", help="htsget id for all the files.  [default: each file's stem]")
@click.option("--copy", is_flag=True, help="Copy the files into the home instead of registering them where they are.")
def reads(
    *,
    home: Path,
    dataset_id: str,
    policy: str | None,
    files: Sequence[Path],
    alias: str | None,
    copy: bool,
    fresh: bool,
    publish: bool,
    as_json: bool,
) -> None:
    """Register BAM, CRAM, VCF and BCF files, with their indexes, as objects to stream."""
    report = load_reads(
        DatasetCatalogue(home),
        dataset_id,
        files,
        preset=policy,
        alias=alias,
        copy=copy,
        fresh=fresh,
        progress=progress_for(),
    )
    _finish(home, dataset_id, report, publish=publish, as_json=as_json)


def _finish(home: Path, dataset_id: str, report: Report, *, publish: bool, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(report.to_json(), indent=1, ensure_ascii=False))
    else:
        click.echo(report.to_text())
    if publish:
        version = DatasetCatalogue(home).publish(dataset_id)
        click.echo(f"dataset {dataset_id}: version {version} answers now", err=True)
    else:
        click.echo(f"`genvej dataset publish {dataset_id}` makes it answer", err=True)
