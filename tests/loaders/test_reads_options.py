"""What the operator says of a load of files, and loads that go wrong: sound files in, others reported, nothing half."""

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pysam
import pytest

import loaders.reads
from beacon.part_builder import build_entity_part
from beacon.rows import EntityRow, EntityType
from core.datasets import DatasetCatalogue
from core.errors import LoadRefused, OperatorError
from loaders.object_admission import Names
from loaders.object_inspections import Checks
from loaders.object_links import Stated
from loaders.reads import ReadsOptions, load_reads
from loaders.worker import WorkerLimits
from tests.loaders.object_store import ObjectStore, object_store
from tests.loaders.read_files import write_bam, write_cram
from tests.loaders.test_reads import objects, parts


@pytest.fixture
def catalogue(tmp_path: Path) -> DatasetCatalogue:
    return DatasetCatalogue(tmp_path / "home")


@pytest.fixture(scope="module")
def store() -> Iterator[ObjectStore]:
    with object_store() as store:
        yield store


def broken(path: Path) -> Path:
    """A BAM that was cut off."""
    data = write_bam(path).read_bytes()
    path.write_bytes(data[:-28])
    return path


def with_md5(path: Path, md5: str, name: str = "chrUn_1") -> Path:
    """An empty BAM with one contig."""
    header: dict[str, object] = {
        "HD": {"VN": "1.6", "SO": "coordinate"},
        "SQ": [{"SN": name, "LN": 100, "M5": md5}],
        "RG": [{"ID": path.stem, "SM": "S1", "PU": "flow.1", "PL": "ILLUMINA", "LB": "l", "DT": "2024-05-06"}],
    }
    with pysam.AlignmentFile(str(path), "wb", header=header):
        pass
    pysam.index(str(path))
    return path


def leftovers(home: Path) -> list[str]:
    """Files that no finished load should leave."""
    places = (*(home / "objects").rglob("*"), *home.glob("datasets/*/staging/**/*"))
    return [str(path.relative_to(home)) for path in places if path.is_file() and path.name != ".lock"]


def test_lenient_loads_take_the_sound_and_report_the_others(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    good, bad = write_bam(tmp_path / "a.bam"), broken(tmp_path / "b.bam")
    text = tmp_path / "c.bam"
    text.write_text("nothing\n")
    with pytest.raises(LoadRefused) as caught:
        load_reads(catalogue, "d", [good, bad, text])
    assert caught.value.message.splitlines() == [
        "b.bam: truncated, the BGZF end block is missing; copy the file again",
        "c.bam: neither BAM, CRAM, VCF, BCF nor Crypt4GH",
    ]
    assert catalogue.list_ids() == ()
    report = load_reads(catalogue, "d", [good, bad, text], ReadsOptions(lenient=True))
    assert (report.accepted, report.rejected) == (1, 2)
    rejected = [(file.file, file.rejections[0].reason[:9]) for file in report.files if file.rejected]
    assert rejected == [("b.bam", "truncated"), ("c.bam", "neither B")]
    assert objects(catalogue).keys() == {"a.bam", "a.bam.bai"}
    with pytest.raises(LoadRefused, match=r"b\.bam"):
        load_reads(catalogue, "e", [bad], ReadsOptions(lenient=True))
    assert catalogue.list_ids() == ("d",)


def test_what_contradicts_other_files_is_refused_file_by_file(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    first = write_bam(tmp_path / "a.bam")
    same_id = write_bam(tmp_path / "other" / "a.bam", seed=2)
    report = load_reads(catalogue, "d", [first, same_id], ReadsOptions(lenient=True))
    assert "has a BAM file under the htsget id 'a' already" in report.files[1].rejections[0].reason
    assert load_reads(catalogue, "d", [first, first]).files[0].already_loaded


def test_one_contig_has_one_sequence_in_a_dataset(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    one, other = "0" * 32, "f" * 32
    files = [with_md5(tmp_path / "a.bam", one), with_md5(tmp_path / "b.bam", other)]
    with pytest.raises(LoadRefused, match=rf"b\.bam: contig chrUn_1 has M5 {other}, and {one} in a\.bam"):
        load_reads(catalogue, "d", files)
    load_reads(catalogue, "d", files[:1])
    with pytest.raises(LoadRefused, match=f"has M5 {other}, and {one} in a file loaded before"):
        load_reads(catalogue, "d", files[1:])
    assert load_reads(catalogue, "d", [with_md5(tmp_path / "c.bam", other, "chrUn_2")]).accepted == 1


def test_read_groups_runs_and_sequences_are_kept(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    entities = [
        EntityRow(EntityType.INDIVIDUAL, "P1", "P1", "MALE", "{}"),
        EntityRow(EntityType.BIOSAMPLE, "S1", "P1", "", "{}"),
        EntityRow(EntityType.RUN, "R1", "P1", "", json.dumps({"biosampleId": "S1"})),
    ]
    part = build_entity_part(tmp_path / "e", entities)
    with catalogue.open_draft("d", preset="open") as draft:
        draft.add([(part, tmp_path / "e")])
    load_reads(catalogue, "d", [with_md5(tmp_path / "a.bam", "0" * 32)])
    row = objects(catalogue)["a.bam"]
    assert (row["biosample_ids"], row["run_ids"]) == ('["S1"]', '["R1"]')
    path = next(catalogue.part_file("d", part.file) for part in parts(catalogue) if part.kind == "files")
    with duckdb.connect(str(path), read_only=True) as connection:
        groups = connection.execute("FROM read_groups").fetchall()
        sequences = connection.execute("FROM reference_sequences").fetchall()
    assert groups == [(row["object_id"], "a", "S1", "flow.1", "l", "ILLUMINA", "2024-05-06")]
    assert sequences == [("chrUn_1", 100, "0" * 32)]
    load_reads(
        catalogue, "d", [write_bam(tmp_path / "b.bam", sample="")], ReadsOptions(stated=Stated(("S1",), ("R7",)))
    )
    row = objects(catalogue)["b.bam"]
    assert (row["samples"], row["individual_ids"], row["run_ids"]) == ('["S1"]', '["P1"]', '["R7"]')


def test_a_file_that_kills_its_worker_is_named(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    files = [write_bam(tmp_path / "a.bam"), write_bam(tmp_path / "b.bam", seed=2)]
    with pytest.raises(LoadRefused, match=r"a\.bam: "):
        load_reads(catalogue, "d", files, limits=WorkerLimits(address_space_bytes=1 << 27))


def test_objects_of_a_store_are_registered_where_they_lie(
    catalogue: DatasetCatalogue, tmp_path: Path, store: ObjectStore
) -> None:
    bam = write_bam(tmp_path / "a.bam")
    urls = [store.put("x/a.bam", bam.read_bytes())]
    store.put("x/a.bam.bai", (tmp_path / "a.bam.bai").read_bytes())
    local = write_cram(tmp_path / "b.cram", bam)
    report = load_reads(
        catalogue, "d", [*urls, local, store.address("absent.bam")], ReadsOptions(lenient=True), storage=store.storage
    )
    assert (report.accepted, report.rejected) == (2, 1)
    found = objects(catalogue)
    assert found["a.bam"]["location"] == store.address("x/a.bam")
    assert found["a.bam.bai"]["location"] == store.address("x/a.bam.bai")
    stamp = store.storage.stamp(store.address("x/a.bam"))
    assert (found["a.bam"]["stored_version"], found["a.bam"]["size_bytes"]) == (stamp.version, stamp.size_bytes)
    assert leftovers(catalogue.home) == []


def test_objects_of_a_store_are_copied_where_asked(
    catalogue: DatasetCatalogue, tmp_path: Path, store: ObjectStore
) -> None:
    bam = write_bam(tmp_path / "c.bam")
    url = store.put("c.bam", bam.read_bytes())
    store.put("c.bam.bai", (tmp_path / "c.bam.bai").read_bytes())
    load_reads(catalogue, "d", [url], ReadsOptions(copy=True), storage=store.storage)
    row = objects(catalogue)["c.bam"]
    assert (catalogue.home / str(row["location"])).read_bytes() == bam.read_bytes()
    assert str(row["location"]).startswith("objects/")
    with pytest.raises(LoadRefused, match="no object store is known"):
        load_reads(catalogue, "e", [url])


def test_two_loads_at_once_do_not_take_one_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have found the id free; one of them claims it."""
    home = tmp_path / "home"
    both_looked = threading.Barrier(2, timeout=60)
    take_in = loaders.reads._take_in

    def wait_for_the_other(*arguments: object, **named: object) -> None:
        both_looked.wait()
        take_in(*arguments, **named)  # type: ignore[arg-type] # as they came

    monkeypatch.setattr(loaders.reads, "_take_in", wait_for_the_other)
    outcomes: list[str] = []

    def load(dataset_id: str) -> None:
        bam = write_bam(tmp_path / dataset_id / "a.bam", seed=len(dataset_id))
        try:
            load_reads(DatasetCatalogue(home), dataset_id, [bam], ReadsOptions(copy=True), processes=1)
            outcomes.append("taken")
        except LoadRefused as error:
            outcomes.append(error.message)

    for dataset_id in ("d", "ee"):
        (tmp_path / dataset_id).mkdir()
    threads = [threading.Thread(target=load, args=(dataset_id,)) for dataset_id in ("d", "ee")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused, taken = sorted(outcomes, key=lambda outcome: outcome == "taken")
    assert taken == "taken"
    assert "the htsget id 'a' belongs to dataset" in refused
    assert len(DatasetCatalogue(home).list_ids()) == 1
    assert len(leftovers(home)) == 2


def test_a_load_that_fails_at_the_end_leaves_nothing(
    catalogue: DatasetCatalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bam = write_bam(tmp_path / "a.bam")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as patch:
        patch.setattr(loaders.reads, "build_file_part", full)
        with pytest.raises(OperatorError, match="make room and run the command again"):
            load_reads(catalogue, "d", [bam], ReadsOptions(copy=True))
    assert leftovers(catalogue.home) == []
    assert catalogue.list_ids() == ()
    assert load_reads(catalogue, "d", [bam], ReadsOptions(copy=True)).accepted == 1


def test_options_are_handed_on(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "a.bam", index="")
    options = ReadsOptions(names=Names("x", "hg38"), checks=Checks(without_index=True, every_record=True))
    report = load_reads(catalogue, "d", [bam], options)
    assert report.accepted == 1
    assert objects(catalogue)["a.bam"]["alias"] == ""
    with pytest.raises(LoadRefused, match=r"samtools faidx absent\.fa"):
        load_reads(catalogue, "d", [bam], ReadsOptions(checks=Checks(reference=tmp_path / "absent.fa")), fresh=True)
    with pytest.raises(LoadRefused, match="not a secret key"):
        load_reads(catalogue, "d", [bam], ReadsOptions(checks=Checks(key=bam)), fresh=True)
