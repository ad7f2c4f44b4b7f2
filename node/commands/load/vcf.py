"""``genvej load vcf``: variants from VCF and BCF files."""

from collections.abc import Sequence
from pathlib import Path

import click

from core.datasets import DatasetCatalogue
from core.manifest import AbsentSite
from loaders.frequency_map import PRESETS as POPULATION_PRESETS
from loaders.frequency_map import read_frequency_map
from loaders.progress import progress_for
from loaders.vcf import DEFAULT_TOLERANCE, load_vcf
from loaders.vcf_plan import VcfOptions
from node.commands.load.cluster import PoolMaker, cluster_options
from node.commands.load.shared import finish, load_options

_FILE = click.Path(exists=True, dir_okay=False, resolve_path=True, path_type=Path)


@click.command("vcf")
@load_options
@click.option("--assembly", help="GRCh37, GRCh38 or T2T-CHM13v2.0.  [default: what the header says]")
@click.option(
    "--absent-site",
    type=click.Choice([meaning.value for meaning in AbsentSite]),
    help="What a site absent from the file means.  [default: reference for several samples and gVCF, else unknown]",
)
@click.option("--reference", type=_FILE, help="FASTA: REF is checked against it, indels are moved left along it.")
@click.option(
    "--populations",
    metavar="NAME|FILE",
    help=f"Frequencies by population in INFO: {', '.join(POPULATION_PRESETS)} or a TOML file.",
)
@click.option("--genes/--no-genes", default=True, help="Genes by place for variants that no annotation names any of.")
@click.option(
    "--strict/--lenient", default=True, help="Refuse a file with too many bad records, or load its good ones anyway."
)
@click.option(
    "--tolerance",
    type=click.FloatRange(0, 1),
    default=DEFAULT_TOLERANCE,
    show_default=True,
    help="Share of records that may be rejected before a file is refused.",
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
    reference: Path | None,
    populations: str | None,
    genes: bool,
    strict: bool,
    tolerance: float,
    processes: int | None,
    fresh: bool,
    publish: bool,
    as_json: bool,
    pool: PoolMaker | None,
) -> None:
    """Load variants from VCF or BCF files, with or without genotypes."""
    options = VcfOptions(
        assembly=assembly,
        absent_site=AbsentSite(absent_site) if absent_site else None,
        tolerance=tolerance if strict else 1.0,
        reference=reference,
        frequency_map=read_frequency_map(populations) if populations else None,
        genes=genes,
    )
    report = load_vcf(
        DatasetCatalogue(home),
        dataset_id,
        files,
        preset=policy,
        fresh=fresh,
        options=options,
        processes=processes,
        progress=progress_for(),
        pool=pool,
    )
    finish(home, dataset_id, report, publish=publish, as_json=as_json)
