import hashlib
import json
from pathlib import Path

import duckdb
import pytest

from beacon.part_builder import build_entity_part
from beacon.rows import EntityRow, EntityType
from core.datasets import DatasetCatalogue
from core.errors import LoadRefused, OperatorError
from core.manifest import Part
from loaders.object_admission import Names
from loaders.reads import ReadsOptions, load_reads
from tests.loaders.read_files import write_bam, write_cram
from tests.loaders.test_object_inspection import indexed_bcf, indexed_vcf


@pytest.fixture
def catalogue(tmp_path: Path) -> DatasetCatalogue:
    return DatasetCatalogue(tmp_path / "home")


def parts(catalogue: DatasetCatalogue, dataset_id: str = "d") -> tuple[Part, ...]:
    draft = catalogue.status(dataset_id).draft
    return draft.parts if draft else ()


def objects(catalogue: DatasetCatalogue) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for part in parts(catalogue):
        if part.kind == "files":
            with duckdb.connect(str(catalogue.part_file("d", part.file)), read_only=True) as connection:
                cursor = connection.execute("FROM file_objects")
                names = [column[0] for column in cursor.description or ()]
                rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            found.update({str(row["name"]): row for row in rows})
    return found


def test_formats_of_one_stem_share_an_alias(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "x.bam")
    cram = write_cram(tmp_path / "x.cram", bam)
    vcf = indexed_vcf(tmp_path / "x.vcf.gz")
    bcf = indexed_bcf(tmp_path / "y.bcf", vcf)
    report = load_reads(catalogue, "d", [bam, cram, vcf, bcf], preset="open")
    assert (report.accepted, report.subject) == (4, "objects")
    found = objects(catalogue)
    assert {name: row["alias"] for name, row in found.items()} == {
        "x.bam": "x", "x.cram": "x", "x.vcf.gz": "x", "y.bcf": "y",
        "x.bam.bai": "", "x.cram.crai": "", "x.vcf.gz.tbi": "", "y.bcf.csi": "",
    }  # fmt: skip
    for row in found.values():
        data = Path(str(row["location"])).read_bytes()
        assert row["object_id"] == row["sha256"] == hashlib.sha256(data).hexdigest()
        assert row["md5"] == hashlib.md5(data, usedforsecurity=False).hexdigest()
        assert row["size_bytes"] == len(data)
    assert found["x.bam"]["index_object_id"] == found["x.bam.bai"]["object_id"]
    assert json.loads(str(found["x.bam"]["samples"])) == ["S1"]
    assert found["x.bam"]["mime_type"] == "application/vnd.ga4gh.bam"
    draft = catalogue.status("d").draft
    assert draft
    assert draft.assembly == "GRCh38"


def test_samples_belong_to_the_people_of_the_draft(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    entities = [
        EntityRow(EntityType.INDIVIDUAL, "P1", "P1", "MALE", "{}"),
        EntityRow(EntityType.BIOSAMPLE, "S1", "P1", "", "{}"),
    ]
    part = build_entity_part(tmp_path / "e", entities)
    with catalogue.open_draft("d", preset="open") as draft:
        draft.add([(part, tmp_path / "e")])
    report = load_reads(catalogue, "d", [write_bam(tmp_path / "a.bam"), write_bam(tmp_path / "b.bam", sample="S9")])
    assert json.loads(str(objects(catalogue)["a.bam"]["individual_ids"])) == ["P1"]
    assert report.files[1].notes == ("1 samples belong to no loaded individual",)


def test_what_is_in_already_is_passed_over(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "a.bam")
    load_reads(catalogue, "d", [bam])
    assert load_reads(catalogue, "d", [bam]).files[0].already_loaded
    assert len(parts(catalogue)) == 1


def test_an_alias_stands_for_one_file_of_each_format(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    load_reads(catalogue, "d", [write_bam(tmp_path / "a.bam")])
    other = write_bam(tmp_path / "other" / "a.bam", seed=2)
    with pytest.raises(LoadRefused, match="has a BAM file under the htsget id 'a' already"):
        load_reads(catalogue, "d", [other])
    load_reads(catalogue, "d", [other], ReadsOptions(names=Names(alias="a2")))
    assert [part.rows for part in parts(catalogue)] == [2, 2]
    assert objects(catalogue)["a.bam"]["alias"] in ("a", "a2")


def test_an_alias_of_another_dataset_is_refused(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "a.bam")
    load_reads(catalogue, "first", [bam])
    for _ in range(2):
        with pytest.raises(LoadRefused, match="'a' belongs to dataset first; state another with --id"):
            load_reads(catalogue, "d", [bam])
        if catalogue.status("first").draft:
            catalogue.publish("first")
    assert load_reads(catalogue, "d", [bam], ReadsOptions(names=Names(alias="b"))).accepted == 1


def test_copies_are_managed_and_survive_the_original(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "a.bam")
    data = bam.read_bytes()
    load_reads(catalogue, "d", [bam], ReadsOptions(copy=True))
    bam.unlink()
    row = objects(catalogue)["a.bam"]
    digest = str(row["sha256"])
    assert row["location"] == f"objects/{digest[:2]}/{digest}"
    assert (catalogue.home / str(row["location"])).read_bytes() == data
    bam.write_bytes(data)
    load_reads(catalogue, "d", [bam], ReadsOptions(copy=True), fresh=True)
    assert objects(catalogue)["a.bam"]["location"] == row["location"]


def test_links_are_resolved(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "real.bam")
    (tmp_path / "link.bam").symlink_to(bam)
    load_reads(catalogue, "d", [tmp_path / "link.bam"])
    assert objects(catalogue)["real.bam"]["location"] == str(bam.resolve())


def test_names_that_cannot_stand_in_a_url_are_refused(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "a b.bam")
    with pytest.raises(LoadRefused, match="'a b' cannot be an htsget id"):
        load_reads(catalogue, "d", [bam])
    with pytest.raises(LoadRefused, match=r"c\.bam: line 4 of the header \(@RG SM\) looks like it holds a CPR number"):
        load_reads(catalogue, "d", [write_bam(tmp_path / "c.bam", sample="010190-1234")])


def test_assemblies_must_agree(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "a.bam")
    with pytest.raises(LoadRefused, match="GRCh38, not of GRCh37"):
        load_reads(catalogue, "d", [bam], ReadsOptions(names=Names(assembly="hg19")))
    with catalogue.open_draft("e", preset="open") as draft:
        draft.use_assembly("GRCh37")
        draft.add([])
    with pytest.raises(OperatorError, match="GRCh37"):
        load_reads(catalogue, "e", [bam])
