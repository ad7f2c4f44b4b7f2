"""Every published file of reads is loaded, or refused with the remedy."""

from pathlib import Path

import pytest

from core.datasets import DatasetCatalogue
from core.errors import LoadRefused
from loaders.object_inspections import Checks
from loaders.object_links import Stated
from loaders.reads import ReadsOptions, load_reads
from tests.loaders.test_reads import objects
from tests.support.proof import proof_volume
from tests.support.shared import needs_shared, shared

pytestmark = needs_shared


@pytest.fixture
def catalogue(tmp_path: Path) -> DatasetCatalogue:
    return DatasetCatalogue(tmp_path / "home")


def reads_in(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*am")) if path.suffix in (".bam", ".cram", ".sam") and path.is_file()]


def test_human_files_load_together(catalogue: DatasetCatalogue) -> None:
    """All on one assembly, in both formats, under ids of their own."""
    folder = shared("data", "reads")
    names = ["htsnexus_test_NA12878.bam", "htsnexus_test_NA12878.cram", "HG02450.bam", "cigar-64k.bam"]
    report = load_reads(catalogue, "d", [folder / name for name in names], ReadsOptions(stated=Stated(of_nobody=True)))
    assert report.accepted == 4
    draft = catalogue.status("d").draft
    assert draft
    assert draft.assembly == "GRCh37"
    assert objects(catalogue)["HG02450.bam"]["samples"] == '["HG02450"]'


def test_every_file_with_an_index_is_loaded_and_the_others_refused_with_the_remedy(catalogue: DatasetCatalogue) -> None:
    files = reads_in(shared("data", "reads"))
    unindexed = {path for path in files if path.suffix == ".sam" or path.parent.name == "hts-specs-bam"}
    assert (len(files), len(unindexed)) == (33, 9)
    # They are of people, yeasts and worms: they have references, and so datasets, of their own.
    for path in files[:: proof_volume(4, 1)]:
        if path in unindexed:
            with pytest.raises(LoadRefused, match=rf"{path.name}: .*index.*, or register it .* --without-index"):
                load_reads(catalogue, "d", [path], fresh=True, processes=1)
        else:
            options = ReadsOptions(stated=Stated(of_nobody=True))
            assert load_reads(catalogue, "d", [path], options, fresh=True, processes=1).accepted == 1
    options = ReadsOptions(stated=Stated(of_nobody=True), checks=Checks(without_index=True))
    for path in sorted(unindexed)[:: proof_volume(3, 1)]:
        report = load_reads(catalogue, "d", [path], options, fresh=True, processes=1)
        assert "no index: registered for plain download, without an htsget id" in report.files[0].notes
        row = objects(catalogue)[path.name]
        assert (row["alias"], row["index_object_id"]) == ("", "")


def test_encrypted_files_are_loaded_without_their_key(catalogue: DatasetCatalogue) -> None:
    folder = shared("data", "crypt4gh")
    names = ["htsnexus_test_NA12878.bam.c4gh", "sample1-bcbio-cancer.vcf.gz.c4gh", "sample1-bcbio-cancer.bcf.c4gh"]
    with pytest.raises(LoadRefused, match="say whose it is with --sample"):
        load_reads(catalogue, "d", [folder / name for name in names])
    options = ReadsOptions(stated=Stated(of_nobody=True))
    report = load_reads(catalogue, "d", [folder / name for name in names], options)
    assert report.accepted == 3
    assert "taken as nobody's: no opt-out reaches it" in report.to_text()
    found = objects(catalogue)
    assert {name: (found[name]["format"], found[name]["inner_format"], found[name]["alias"]) for name in names} == {
        names[0]: ("CRYPT4GH", "BAM", "htsnexus_test_NA12878"),
        names[1]: ("CRYPT4GH", "VCF", "sample1-bcbio-cancer"),
        names[2]: ("CRYPT4GH", "BCF", "sample1-bcbio-cancer"),
    }
    assert found[names[0]]["samples"] == "[]"
    stated = ReadsOptions(stated=Stated(("NA12878",)))
    report = load_reads(catalogue, "d", [folder / names[0]], stated, fresh=True)
    assert "opt-out" not in report.to_text()
    assert objects(catalogue)[names[0]]["individual_ids"] == '["NA12878"]'


def test_a_key_shows_what_is_inside(catalogue: DatasetCatalogue) -> None:
    folder = shared("data", "crypt4gh")
    path = folder / "htsnexus_test_NA12878.bam.c4gh"
    options = ReadsOptions(checks=Checks(key=folder / "bob.sec"))
    load_reads(catalogue, "d", [path], options)
    row = objects(catalogue)[path.name]
    assert row["samples"] == '["NA12878"]'
    assert row["location"] == str(path)
    draft = catalogue.status("d").draft
    assert draft
    assert draft.assembly == "GRCh37"
    with pytest.raises(LoadRefused, match="the key does not open it"):
        load_reads(catalogue, "d", [path], ReadsOptions(checks=Checks(key=folder / "alice.sec")), fresh=True)
    assert not any(catalogue.home.rglob("*.tmp"))
