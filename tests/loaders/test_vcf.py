import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from beacon.part_builder import build_entity_part
from beacon.rows import EntityRow, EntityType
from core.datasets import DatasetCatalogue
from core.errors import LoadRefused, OperatorError
from core.manifest import AbsentSite, Part
from loaders.report import Report
from loaders.vcf import load_vcf as load_in_workers
from loaders.vcf_plan import VcfOptions
from loaders.worker import WorkerLimits
from tests.loaders.vcf_texts import CONTIGS, vcf_text, write_vcf
from tests.support.pools import InProcessPool
from tests.support.proof import proof_volume

TRIO = vcf_text(
    [
        "chr1 101 G A . GT 0/1 1/1 ./.",
        "chr1 201 ACGT A,ACG . GT 0/1 1/2 0/0",
        "chr1 5000 N <DEL> END=9000 GT 0/1 0/0 0/0",
        "chrX 5000000 C T . GT 1/1 0/1 1",
    ],
    ["S1", "S2", "S3"],
)


@pytest.fixture
def catalogue(tmp_path: Path) -> DatasetCatalogue:
    return DatasetCatalogue(tmp_path / "home")


def load_vcf(catalogue: DatasetCatalogue, dataset_id: str, files: Sequence[Path], **options: Any) -> Report:  # noqa: ANN401 - those of the function
    """Load in this process, unless the test is about workers."""
    if not {"limits", "processes"} & set(options):
        options["pool"] = InProcessPool.made
    return load_in_workers(catalogue, dataset_id, files, **options)


def draft_parts(catalogue: DatasetCatalogue, dataset_id: str = "d") -> tuple[Part, ...]:
    if dataset_id not in catalogue.list_ids():
        return ()
    draft = catalogue.status(dataset_id).draft
    return draft.parts if draft else ()


def rows(catalogue: DatasetCatalogue, part: Part, table: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(catalogue.part_file("d", part.file)), read_only=True) as connection:
        return connection.execute(f"FROM {table}").fetchall()


def add_people(catalogue: DatasetCatalogue, tmp_path: Path, sexes: dict[str, str], samples: dict[str, str]) -> None:
    entities = [EntityRow(EntityType.INDIVIDUAL, person, person, sex, "{}") for person, sex in sexes.items()]
    entities += [EntityRow(EntityType.BIOSAMPLE, sample, person, "", "{}") for sample, person in samples.items()]
    part = build_entity_part(tmp_path / "entities.duckdb", entities)
    with catalogue.open_draft("d", preset="open") as draft:
        draft.add([(part, tmp_path / "entities.duckdb")])


def test_genotypes_become_alleles_counts_and_carriers(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    path = write_vcf(tmp_path / "trio.vcf.gz", TRIO)
    report = load_vcf(catalogue, "d", [path], preset="open")
    assert (report.accepted, report.rejected, report.files[0].rejections) == (5, 0, ())
    first, second = draft_parts(catalogue)
    assert (first.contig, second.contig, first.people_count) == ("1", "X", 3)
    assert first.absent_site is AbsentSite.REFERENCE
    assert (first.absent_allele_number, second.absent_allele_number, second.absent_allele_number_par) == (6, 5, 6)
    assert first.batch == second.batch
    assert [source.name for source in first.sources] == ["trio.vcf.gz"]
    found = [(row[1], row[2], row[3], *row[6:]) for row in rows(catalogue, first, "variants")]
    assert found == [
        (101, "G", "A", 3, 4, 1, 1, 0),
        (204, "CGT", "", 2, 6, 2, 0, 0),
        (204, "T", "", 1, 6, 1, 0, 0),
        (9000, "", "<DEL>", 1, 6, 1, 0, 0),
    ]
    assert rows(catalogue, first, "carriers") == [(0, 0, 1), (0, 1, 2), (1, 0, 1), (1, 1, 1), (2, 1, 1), (3, 0, 1)]
    assert rows(catalogue, first, "long_variants")[0][0] == 3
    assert rows(catalogue, second, "carriers") == [(0, 0, 2), (0, 1, 1), (0, 2, 3)]


def test_samples_belong_to_the_people_of_the_draft(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    add_people(catalogue, tmp_path, {"P1": "MALE", "S2": "FEMALE"}, {"S1": "P1", "B2": "S2"})
    report = load_vcf(catalogue, "d", [write_vcf(tmp_path / "trio.vcf", TRIO)])
    assert "1 samples belong to no loaded individual" in report.files[0].notes
    part = draft_parts(catalogue)[-1]
    assert rows(catalogue, part, "people") == [
        (0, "S1", "P1", "S1", "MALE", 1, 2),
        (1, "S2", "S2", "B2", "FEMALE", 2, 2),
        (2, "S3", "S3", "S3", "UNKNOWN_SEX", 1, 2),
    ]
    assert rows(catalogue, part, "carriers") == [(0, 0, 3), (0, 1, 1), (0, 2, 3)]
    assert (part.absent_allele_number, part.absent_allele_number_par) == (1 + 2 + 1, 6)


def test_a_file_that_is_in_already_is_passed_over(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    path = write_vcf(tmp_path / "trio.vcf", TRIO)
    load_vcf(catalogue, "d", [path])
    copy = write_vcf(tmp_path / "copy.vcf", TRIO)
    before = draft_parts(catalogue)
    report = load_vcf(catalogue, "d", [path, copy])
    assert [file.already_loaded for file in report.files] == [True, True]
    assert draft_parts(catalogue) == before


def test_the_same_people_twice_on_a_contig_are_refused(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    load_vcf(catalogue, "d", [write_vcf(tmp_path / "trio.vcf", TRIO)])
    other = vcf_text(["chr2 5 G A . GT 0/1", "chrX 700 G A . GT 0/1"], ["S2"])
    with pytest.raises(
        LoadRefused, match=r"other\.vcf: 1 of its people \(such as 'S2'\) .* contig X already, from trio"
    ):
        load_vcf(catalogue, "d", [write_vcf(tmp_path / "other.vcf", other)])
    one = write_vcf(tmp_path / "one.vcf", vcf_text(["chr2 5 G A . GT 0/1"], ["S2"]))
    two = write_vcf(tmp_path / "two.vcf", vcf_text(["chr2 9 G A . GT 0/1"], ["S2"]))
    with pytest.raises(LoadRefused, match="from one"):
        load_vcf(catalogue, "d", [one, two])
    assert len(draft_parts(catalogue)) == 2
    load_vcf(catalogue, "d", [one])
    assert len(draft_parts(catalogue)) == 3
    load_vcf(catalogue, "d", [two], fresh=True)
    assert [part.contig for part in draft_parts(catalogue)] == ["2"]


def test_sites_without_people(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    path = write_vcf(tmp_path / "sites.vcf", vcf_text(["chr1 5 G A AC=2;AN=8", "chr1 9 G A ."]))
    load_vcf(catalogue, "d", [path])
    (part,) = draft_parts(catalogue)
    assert (part.people_count, part.absent_site, part.absent_allele_number) == (0, AbsentSite.UNKNOWN, 0)
    counts = [row[6:] for row in rows(catalogue, part, "variants")]
    assert counts == [(2, 8, None, None, None), (0, 0, None, None, None)]
    with pytest.raises(LoadRefused, match="without samples"):
        load_vcf(catalogue, "d", [path], fresh=True, options=VcfOptions(absent_site=AbsentSite.REFERENCE))


def test_frequencies_of_one_allele_come_from_one_file(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    first = write_vcf(tmp_path / "first.vcf", vcf_text(["chr1 5 G A AC=2;AN=8"]))
    other = write_vcf(tmp_path / "other.vcf", vcf_text(["chr1 5 G A AC=3;AN=8", "chr1 7 G A AC=1;AN=8"]))
    further = write_vcf(tmp_path / "further.vcf", vcf_text(["chr1 7 G A AC=1;AN=8"]))
    load_vcf(catalogue, "d", [first])
    load_vcf(catalogue, "d", [further])
    with pytest.raises(LoadRefused, match=r"other\.vcf: 1 of its alleles on contig 1 have frequencies from"):
        load_vcf(catalogue, "d", [other])
    assert len(draft_parts(catalogue)) == 2


def test_a_header_that_names_another_assembly_than_the_datasets_is_refused(
    catalogue: DatasetCatalogue, tmp_path: Path
) -> None:
    load_vcf(catalogue, "d", [write_vcf(tmp_path / "trio.vcf", TRIO)])
    named = vcf_text(["1 5 G A ."], contigs=["##contig=<ID=1,assembly=GRCh37>"])
    with pytest.raises(OperatorError, match="is on GRCh38, the file on GRCh37"):
        load_vcf(catalogue, "d", [write_vcf(tmp_path / "named.vcf", named)])


def test_what_an_absent_site_means_can_be_said(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    path = write_vcf(tmp_path / "one.vcf", vcf_text(["chr1 5 G A . GT 0/1"], ["S1"]))
    load_vcf(catalogue, "d", [path])
    assert draft_parts(catalogue)[0].absent_site is AbsentSite.UNKNOWN
    load_vcf(catalogue, "d", [path], fresh=True, options=VcfOptions(absent_site=AbsentSite.REFERENCE))
    assert draft_parts(catalogue)[0].absent_allele_number == 2


def test_rejected_records_are_reported_and_tolerated_only_so_far(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    records = [f"chr1 {position} G A ." for position in range(10, 400)]
    text = vcf_text([*records, "chr1 x G A .", "chr1 20 G A ."]) + "chr1\t5\t\xff\n"
    path = tmp_path / "a.vcf"
    path.write_bytes(text.encode("latin-1"))
    last = text.count("\n")
    report = load_vcf(catalogue, "d", [path], options=VcfOptions(tolerance=0.02))
    assert report.accepted == 390
    assert [(item.line, item.field) for item in report.files[0].rejections] == [
        (last - 2, "POS"),
        (last - 1, "ALT"),
        (last, "text"),
    ]
    with pytest.raises(LoadRefused, match=r"a\.vcf: 2 of 393 records rejected"):
        load_vcf(catalogue, "d", [path], options=VcfOptions(tolerance=0), fresh=True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (vcf_text(["chr1 5 G A . GT 0/1"], ["010190-1234"]), "sample name in column 1 looks like a CPR number"),
        (vcf_text(["chr1 5 G A ."], contigs=()), "does not tell the assembly"),
        (vcf_text(["chr1 5 G A ."]).replace("##INFO", "##note=of 010190-1234\n##INFO", 1), "line 5 .* a CPR number"),
        ("hello\n", "line 1"),
    ],
)
def test_files_are_refused_with_the_reason(catalogue: DatasetCatalogue, tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(LoadRefused, match=said):
        load_vcf(catalogue, "d", [write_vcf(tmp_path / "a.vcf", text)])
    assert draft_parts(catalogue) == ()


def test_two_columns_of_one_person_are_refused(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    add_people(catalogue, tmp_path, {"P1": "MALE"}, {"S1": "P1", "S2": "P1"})
    with pytest.raises(LoadRefused, match="'S1' and 'S2' belong to one individual"):
        load_vcf(catalogue, "d", [write_vcf(tmp_path / "trio.vcf", TRIO)])


def test_one_dataset_has_one_assembly(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    load_vcf(catalogue, "d", [write_vcf(tmp_path / "trio.vcf", TRIO)])
    other = vcf_text(["1 5 G A ."], contigs=["##contig=<ID=1,length=249250621>"])
    with pytest.raises(OperatorError, match="GRCh37"):
        load_vcf(catalogue, "d", [write_vcf(tmp_path / "b.vcf", other)])
    bare = write_vcf(tmp_path / "c.vcf", vcf_text(["chr7 5 G A ."], contigs=()))
    load_vcf(catalogue, "d", [bare])
    assert draft_parts(catalogue)[-1].contig == "X"


def test_a_worker_without_memory_refuses_the_file(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    path = tmp_path / "a.vcf"
    path.write_text(vcf_text([]) + "chr1\t" + "9" * (100 << 20))
    with pytest.raises(LoadRefused):
        load_vcf(catalogue, "d", [path], limits=WorkerLimits(address_space_bytes=400 << 20))


def test_many_files_at_once_or_none(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    paths = [
        write_vcf(tmp_path / f"{number}.vcf", vcf_text([f"chr{number} 5 G A . GT 0/1 0/0"], ["S1", "S2"]))
        for number in (1, 2, 3)
    ]
    broken = write_vcf(tmp_path / "broken.vcf", vcf_text(["chr4 x G A . GT 0/1 0/0"], ["S1", "S2"]))
    with pytest.raises(LoadRefused):
        load_vcf(catalogue, "d", [*paths, broken])
    assert draft_parts(catalogue) == ()
    report = load_vcf(catalogue, "d", paths, processes=2)
    assert [file.accepted for file in report.files] == [1, 1, 1]
    assert len({part.batch for part in draft_parts(catalogue)}) == 1


def test_disorder_within_a_contig_is_no_matter(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    records = [f"chr1 {position} G A . GT 0/{position % 2} 0/0" for position in range(10, 200)]
    load_vcf(catalogue, "d", [write_vcf(tmp_path / "a.vcf", vcf_text(records, ["S1", "S2"]))])
    ordered = draft_parts(catalogue)[0].content_digest
    random.Random(5).shuffle(records)
    load_vcf(catalogue, "d", [write_vcf(tmp_path / "b.vcf", vcf_text(records, ["S1", "S2"]))], fresh=True)
    assert draft_parts(catalogue)[0].content_digest == ordered


LOAD = """
import sys
from pathlib import Path
from core.datasets import DatasetCatalogue
from loaders.vcf import load_vcf
if __name__ == "__main__":
    load_vcf(DatasetCatalogue(Path(sys.argv[1])), "d", [Path(sys.argv[2])])
"""


def test_a_load_killed_at_any_moment_leaves_the_published_version(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    load_vcf(catalogue, "d", [write_vcf(tmp_path / "trio.vcf", TRIO)])
    catalogue.publish("d")
    published = catalogue.manifest("d", "1")
    more = vcf_text([f"chr2 {position} G A . GT 0/1 0/0" for position in range(1, 60000, 2)], ["A", "B"], CONTIGS)
    path = write_vcf(tmp_path / "more.vcf.gz", more)
    script = tmp_path / "load.py"
    script.write_text(LOAD)
    command = [sys.executable, str(script), str(catalogue.home), str(path)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    began = time.monotonic()
    subprocess.run(command, env=environment, check=True)
    whole = time.monotonic() - began
    chance = random.Random(7)
    for _ in range(proof_volume(4, 40)):
        with catalogue.open_draft("d", fresh=True):
            pass
        process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0, whole))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert catalogue.manifest("d", "1") == published
        assert catalogue.current("d").version == "1"
    report = load_vcf(catalogue, "d", [path])
    assert report.accepted + 30000 * report.files[0].already_loaded == 30000
    assert not list((catalogue.folder("d") / "staging").glob("*/*"))
    assert catalogue.publish("d") == "2"
