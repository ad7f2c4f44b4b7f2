"""Node homes with published datasets, made by the real builders."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from beacon.part_builder import build_entity_part, build_variant_part
from beacon.rows import CallRow, CarrierRow, EntityRow, PersonRow, TermRow, VariantRow
from beacon.variant_batch import side_of
from core.datasets import DatasetCatalogue
from core.generations import Generations
from core.manifest import AbsentSite, Part
from drs.part_builder import build_file_part
from drs.rows import FileRow


def make_home(path: Path) -> Path:
    """An empty node home."""
    path.mkdir(parents=True, exist_ok=True)
    return path


def publish_part(
    home: Path, dataset_id: str, name: str, part: Part, path: Path, *, assembly: str | None, preset: str
) -> None:
    """Add one finished part to a dataset and publish it."""
    catalogue = DatasetCatalogue(home)
    with catalogue.open_draft(dataset_id, preset=preset, assembly=assembly) as draft:
        draft.add([(replace(part, batch=part.batch or name), path)])
    catalogue.publish(dataset_id)


def publish_variants(
    home: Path,
    dataset_id: str,
    rows: Sequence[VariantRow],
    *,
    contig: str,
    assembly: str = "GRCh38",
    preset: str = "open",
    people: Sequence[PersonRow] = (),
    carriers: Sequence[CarrierRow] = (),
    calls: Sequence[CallRow] = (),
    absent_site: AbsentSite = AbsentSite.UNKNOWN,
    absent_allele_number: int = 0,
    absent_allele_number_par: int = 0,
    batch: str = "batch-1",
) -> None:
    """Publish a dataset with these variants on one contig beside what it already has."""
    path = home / f"{dataset_id}-{contig}-{batch}.building"
    called = side_of(
        "calls",
        [call.variant_index for call in calls],
        {"person_index": [call.person_index for call in calls], "copies": [call.copies for call in calls]},
    )
    part = build_variant_part(path, rows, carriers=carriers, people=people, sides={"calls": called} if calls else {})
    part = replace(
        part,
        contig=contig,
        batch=batch,
        absent_site=absent_site,
        absent_allele_number=absent_allele_number,
        absent_allele_number_par=absent_allele_number_par,
    )
    publish_part(home, dataset_id, batch, part, path, assembly=assembly, preset=preset)


def publish_entities(
    home: Path,
    dataset_id: str,
    entities: Sequence[EntityRow],
    terms: Sequence[TermRow] = (),
    *,
    preset: str = "open",
    batch: str = "entities-1",
) -> None:
    """Publish a dataset with these entities beside what it already has."""
    path = home / f"{dataset_id}-{batch}.building"
    part = build_entity_part(path, entities, terms)
    publish_part(home, dataset_id, batch, part, path, assembly=None, preset=preset)


def publish_files(
    home: Path,
    dataset_id: str,
    rows: Sequence[FileRow],
    *,
    preset: str = "open",
    assembly: str | None = "GRCh38",
    batch: str = "files-1",
) -> None:
    """Publish a dataset with these file objects beside what it already has."""
    path = home / f"{dataset_id}-{batch}.building"
    part = build_file_part(path, rows)
    publish_part(home, dataset_id, batch, part, path, assembly=assembly, preset=preset)


@contextmanager
def generations(home: Path) -> Iterator[Generations]:
    """The generations of a home, watched while the block runs."""
    watched = Generations(home)
    watched.start()
    try:
        yield watched
    finally:
        watched.stop()
