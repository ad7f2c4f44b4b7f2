"""``genvej load reads``: files as objects to stream."""

from collections.abc import Sequence
from pathlib import Path

import click

from core.datasets import DatasetCatalogue
from loaders.progress import progress_for
from loaders.reads import load_reads
from node.commands.load.shared import finish, load_options


@click.command("reads")
@load_options
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
    finish(home, dataset_id, report, publish=publish, as_json=as_json)
