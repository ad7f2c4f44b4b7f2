"""``genvej load beacon``: people, samples and variants from Beacon-friendly JSON."""

from collections.abc import Sequence
from pathlib import Path

import click

from core.datasets import DatasetCatalogue
from core.manifest import AbsentSite
from loaders.beacon_documents import DEFAULT_TOLERANCE, BeaconOptions, load_beacon
from loaders.progress import progress_for
from node.commands.load.shared import finish, load_options


@click.command("beacon")
@load_options
@click.option("--assembly", help="Of the variants: GRCh37, GRCh38 or T2T-CHM13v2.0.  [default: what accessions say]")
@click.option(
    "--absent-site",
    type=click.Choice([meaning.value for meaning in AbsentSite]),
    help="What it means for a target sample that a variant does not list it.  [default: reference]",
)
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
def beacon(
    *,
    home: Path,
    dataset_id: str,
    policy: str | None,
    files: Sequence[Path],
    assembly: str | None,
    absent_site: str | None,
    strict: bool,
    tolerance: float,
    fresh: bool,
    publish: bool,
    as_json: bool,
) -> None:
    """Load records of the Beacon v2 model: individuals, biosamples, runs, analyses, cohorts, variants.

    What a file holds is told by its name, else by its first record. JSON (a list, or one record a line) or YAML.
    Give all files of a dataset in one load: caseLevelData needs its targets.
    """
    options = BeaconOptions(
        assembly=assembly,
        absent_site=AbsentSite(absent_site) if absent_site else None,
        tolerance=tolerance if strict else 1.0,
    )
    report = load_beacon(
        DatasetCatalogue(home), dataset_id, files, preset=policy, fresh=fresh, options=options, progress=progress_for()
    )
    finish(home, dataset_id, report, publish=publish, as_json=as_json)
