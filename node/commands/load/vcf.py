"""``genvej load vcf``: variants from VCF and BCF files."""

from collections.abc import Sequence
from pathlib import Path

import click

from core.datasets import DatasetCatalogue
from core.manifest import AbsentSite
from loaders.progress import progress_for
from loaders.vcf import DEFAULT_TOLERANCE, load_vcf
from node.commands.load.cluster import PoolMaker, cluster_options
from node.commands.load.shared import finish, load_options


@click.command("vcf")
@load_options
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
@cluster_options
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
    pool: PoolMaker | None,
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
        pool=pool,
    )
    finish(home, dataset_id, report, publish=publish, as_json=as_json)
