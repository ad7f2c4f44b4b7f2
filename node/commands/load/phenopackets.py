"""``genvej load phenopackets``: people from GA4GH Phenopackets."""

from collections.abc import Sequence
from pathlib import Path

import click

from core.datasets import DatasetCatalogue
from loaders.phenopackets import load_phenopackets
from loaders.progress import progress_for
from node.commands.load.shared import finish, load_options


@click.command("phenopackets")
@load_options
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
    finish(home, dataset_id, report, publish=publish, as_json=as_json)
