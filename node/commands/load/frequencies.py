"""``genvej load frequencies``: allele frequencies of populations from Parquet files."""

from collections.abc import Sequence
from pathlib import Path

import click

from core.datasets import DatasetCatalogue
from loaders.frequencies import DEFAULT_TOLERANCE, FrequencyOptions, load_frequencies
from loaders.progress import progress_for
from node.commands.load.shared import finish, load_options


@click.command("frequencies")
@load_options
@click.option("--assembly", help="GRCh37, GRCh38 or T2T-CHM13v2.0.  [default: the files' folder, or the dataset's]")
@click.option("--contig", help="Contig of all the files.  [default: as chr3 in each file's name]")
@click.option(
    "--total", metavar="POPULATION", help="Population that stands for everybody.  [default: Total, or the only]"
)
@click.option(
    "--tolerance",
    type=click.FloatRange(0, 1),
    default=DEFAULT_TOLERANCE,
    show_default=True,
    help="Share of rows that may be rejected before the file is refused.",
)
@click.option("--processes", type=click.IntRange(1, 64), help="Worker processes.  [default: one a core]")
def frequencies(
    *,
    home: Path,
    dataset_id: str,
    policy: str | None,
    files: Sequence[Path],
    assembly: str | None,
    contig: str | None,
    total: str | None,
    tolerance: float,
    processes: int | None,
    fresh: bool,
    publish: bool,
    as_json: bool,
) -> None:
    """Load allele frequencies of populations from Parquet files (POS 0-based, as GDI publishes them)."""
    report = load_frequencies(
        DatasetCatalogue(home),
        dataset_id,
        files,
        FrequencyOptions(assembly, contig, total, tolerance),
        preset=policy,
        fresh=fresh,
        processes=processes,
        progress=progress_for(),
    )
    finish(home, dataset_id, report, publish=publish, as_json=as_json)
