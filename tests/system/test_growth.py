"""Adding people is a new batch: older parts are shared, and allele numbers add up over batches as absent sites mean."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from beacon.query import BeaconQuery, Granularity, SequenceQuestion, VariantQuestion
from beacon.store import DatasetScope, GenerationStore
from core.access import DatasetAccess, Release, Tier
from core.datasets import DatasetCatalogue
from core.generations import open_generation
from core.manifest import AbsentSite
from loaders.vcf import load_vcf
from loaders.vcf_plan import VcfOptions
from tests.loaders.vcf_texts import vcf_text, write_vcf
from tests.support.pools import InProcessPool


def add(home: Path, name: str, samples: Sequence[str], records: Sequence[str], meaning: AbsentSite | None) -> None:
    """Load and publish a batch."""
    path = write_vcf(home.parent / f"{name}.vcf", vcf_text(records, samples))
    catalogue = DatasetCatalogue(home)
    load_vcf(catalogue, "d", [path], options=VcfOptions(absent_site=meaning), pool=InProcessPool.made)
    catalogue.publish("d")


def counts(home: Path, position_1based: int, people: frozenset[str] | None = None) -> tuple[int, int | None]:
    """(AC, AN) of G>A at a place, of all people or some."""
    access = DatasetAccess(
        "d", Tier.CONTROLLED, Release.RECORD, 1, 1, bytes_allowed=False, listed=True, synthetic=False, people=people
    )
    place = SequenceQuestion(position_1based - 1, position_1based, "G", "A")
    question = VariantQuestion("GRCh38", "1", place)
    query = BeaconQuery("genomicVariant", variant=question, granularity=Granularity.RECORD)
    generation = open_generation(home)
    try:
        (found,) = GenerationStore(generation).variants(query, [DatasetScope(access, Release.RECORD)])
        (variant,) = found.variants
        return variant.counts.allele_count, variant.counts.allele_number
    finally:
        generation.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Five batches, of which the first alone holds the allele."""
    home = tmp_path / "home"
    add(home, "joint", ["A", "B"], ["chr1 12 G A . GT 0/1 0/0"], None)
    add(home, "other-joint", ["C", "D"], ["chr1 50 G T . GT 0/1 0/0"], None)
    add(home, "lone", ["E"], ["chr1 50 G T . GT 0/1"], None)
    add(home, "same-place", ["F", "G"], ["chr1 12 G T . GT 0/1 ./."], None)
    blocks = ["chr1 1 G <NON_REF> END=20 GT 0/0 ./.", "chr1 21 G <NON_REF> END=60 GT ./. 0/0"]
    add(home, "blocks", ["H", "I"], blocks, None)
    return home


def test_allele_numbers_add_up_over_batches(home: Path) -> None:
    # A, B called; C, D reference by a joint file; E unknown; F called for another allele, G not; H in a block, I not.
    assert counts(home, 12) == (1, 4 + 4 + 0 + 2 + 0 + 2 + 0)


@pytest.mark.parametrize(
    ("people", "expected"),
    [("A", (1, 2)), ("AC", (1, 4)), ("AE", (1, 2)), ("AF", (1, 4)), ("AG", (1, 2)), ("AH", (1, 4)), ("AI", (1, 2))],
)
def test_allele_numbers_of_some_people(home: Path, people: str, expected: tuple[int, int]) -> None:
    assert counts(home, 12, frozenset(people)) == expected


def test_a_new_version_shares_the_parts_of_the_older_one(home: Path) -> None:
    catalogue = DatasetCatalogue(home)
    first, last = catalogue.manifest("d", "1"), catalogue.manifest("d", "5")
    assert {part.file for part in first.parts} < {part.file for part in last.parts}
    assert len(last.parts) == 5
    assert [part.absent_site for part in last.parts].count(AbsentSite.BLOCKS) == 1
