"""``genvej load table``: people, records or copy number segments from CSV and TSV."""

from collections.abc import Sequence
from pathlib import Path

import click

from core.datasets import DatasetCatalogue
from loaders.beacon_documents import DEFAULT_TOLERANCE, BeaconOptions
from loaders.progress import progress_for
from loaders.table_mapping import EXAMPLES, read_table_mapping
from loaders.tables import load_table
from node.commands.load.shared import finish, load_options


@click.command("table")
@load_options
@click.option(
    "--mapping",
    required=True,
    metavar="NAME|FILE",
    help=f"What the columns mean: a TOML file, or one of the examples {', '.join(EXAMPLES)}.",
)
@click.option("--assembly", help="Of segments: GRCh37, GRCh38 or T2T-CHM13v2.0.  [default: what the mapping says]")
@click.option(
    "--strict/--lenient", default=True, help="Refuse a file with too many bad rows, or load its good ones anyway."
)
@click.option(
    "--tolerance",
    type=click.FloatRange(0, 1),
    default=DEFAULT_TOLERANCE,
    show_default=True,
    help="Share of rows that may be rejected before a file is refused.",
)
def table(
    *,
    home: Path,
    dataset_id: str,
    policy: str | None,
    files: Sequence[Path],
    mapping: str,
    assembly: str | None,
    strict: bool,
    tolerance: float,
    fresh: bool,
    publish: bool,
    as_json: bool,
) -> None:
    """Load tables (CSV, TSV; UTF-8): people with sex, year of birth, diagnoses, phenotypes and biosamples.

    The mapping says which column means what. Other kinds of mapping take records of runs and analyses, and copy number
    segments.
    """
    report = load_table(
        DatasetCatalogue(home),
        dataset_id,
        files,
        read_table_mapping(mapping),
        preset=policy,
        fresh=fresh,
        options=BeaconOptions(assembly=assembly, tolerance=tolerance if strict else 1.0),
        progress=progress_for(),
    )
    finish(home, dataset_id, report, publish=publish, as_json=as_json)
