import random
from pathlib import Path

import duckdb
import pytest

import loaders.vcf_parts
from beacon.rows import PersonRow
from core.errors import LoadRefused, OperatorError
from core.manifest import AbsentSite
from loaders.vcf_parts import VcfOutcome, VcfTask, _storage_named, build_variant_parts, inspect_vcf
from tests.loaders.vcf_texts import vcf_text, write_vcf
from tests.support.proof import proof_volume


def build(
    path: Path, *samples: str, absent_site: AbsentSite = AbsentSite.UNKNOWN, tolerance: float = 0.0
) -> VcfOutcome:
    staging = path.with_name(f"{path.name}.staging")
    staging.mkdir()
    people = tuple(PersonRow(column, name, name, name, "UNKNOWN_SEX") for column, name in enumerate(samples))
    task = VcfTask(path, "00" * 32, staging, "GRCh38", people, "batch", absent_site, tolerance)
    told: list[tuple[int, int]] = []
    outcome = build_variant_parts(task, lambda done, total: told.append((done, total)))
    assert all(done <= total for done, total in told)
    return outcome


def test_inspection_hashes_and_reads_the_header(tmp_path: Path) -> None:
    path = write_vcf(tmp_path / "a.vcf.gz", vcf_text(["chr1 5 G A . GT 0/1"], ["S1"]))
    told: list[tuple[int, int]] = []
    found = inspect_vcf(path, lambda done, total: told.append((done, total)))
    assert found.header.samples == ("S1",)
    assert told[-1] == (path.stat().st_size, path.stat().st_size)


def test_batches_of_any_size_give_the_same_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records = [f"chr1 {position} GAC G,TAC,GTT . GT 0/1 2/3 3/1" for position in range(10, 9000)]
    path = write_vcf(tmp_path / "a.vcf", vcf_text(records, ["A", "B", "C"]))
    digests = set()
    for number, (rows, carriers) in enumerate(((32768, 1_000_000), (100, 1_000_000), (1000, 50))):
        monkeypatch.setattr(loaders.vcf_parts, "_BATCH_ROWS", rows)
        monkeypatch.setattr(loaders.vcf_parts, "_BATCH_CARRIERS", carriers)
        ((part, _),) = build(write_vcf(tmp_path / f"{number}.vcf", path.read_text()), "A", "B", "C").parts
        digests.add(part.content_digest)
        assert part.rows == 3 * len(records)
    assert len(digests) == 1


def test_a_contig_without_variants_says_something_only_where_absence_does(tmp_path: Path) -> None:
    text = vcf_text(["chr1 5 G . . GT 0/0 0/0", "chr1 6 G <NON_REF> END=9 GT 0/0 0/0"], ["A", "B"])
    assert build(write_vcf(tmp_path / "a.vcf", text), "A", "B").parts == ()
    outcome = build(write_vcf(tmp_path / "b.vcf", text), "A", "B", absent_site=AbsentSite.REFERENCE)
    ((part, _),) = outcome.parts
    assert (part.rows, part.absent_allele_number) == (0, 4)
    assert outcome.notes == ("2 records without an alternate allele of their own",)


def test_remarks_count_what_an_operator_should_know(tmp_path: Path) -> None:
    contigs = ["##contig=<ID=chrX,length=156040895>", "##contig=<ID=chrM,length=16571>"]
    text = vcf_text(["chrX 5000000 G A . GT 0/1", "chrM 5 G A . GT 0/1"], ["A"], contigs).replace("PASS", "q10")
    path = write_vcf(tmp_path / "a.vcf", text)
    staging = tmp_path / "staging"
    staging.mkdir()
    people = (PersonRow(0, "A", "A", "A", "MALE"),)
    task = VcfTask(path, "00" * 32, staging, "GRCh38", people, "batch", AbsentSite.UNKNOWN, 0)
    outcome = build_variant_parts(task, lambda _done, _total: None)
    assert outcome.notes == (
        "2 records whose FILTER is not PASS, taken as well",
        "1 calls of two different alleles on the one X or Y of a man, counted as they stand",
        "contig chrM is stored as NC_001807.4, it is not MT",
    )
    assert [part.contig for part, _ in outcome.parts] == ["X", "NC_001807.4"]


def test_contigs_that_do_not_stand_together_are_refused(tmp_path: Path) -> None:
    path = write_vcf(tmp_path / "a.vcf", vcf_text(["chr1 5 G A .", "chrX 5 G A .", "1 6 G A ."]))
    with pytest.raises(LoadRefused, match=r"a\.vcf: line 13: records of contig 1 do not stand together"):
        build(path)


def test_rejections_carry_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.vcf"
    path.write_bytes(vcf_text(["chr1 5 G A .", "chr1 5 G A .", "chr1 x G A ."]).encode() + b"chr1\t5\t\xff\n")
    outcome = build(path, tolerance=1)
    assert [(item.line, item.field) for item in outcome.rejections] == [(13, "POS"), (14, "text"), (12, "ALT")]
    assert (outcome.accepted, outcome.rejected) == (1, 3)


def test_failures_of_the_disk_are_the_operators() -> None:
    with (
        pytest.raises(OperatorError, match="cannot be written"),
        duckdb.connect() as connection,
        _storage_named(),
    ):
        connection.execute("ATTACH '/nowhere/part.duckdb'")


def test_mutated_files_are_refused_or_read_and_never_crash(tmp_path: Path) -> None:
    records = [f"chr1 {position} G A,<DEL> END={position + 9} GT:DP 0/1:3 ./2:4" for position in range(10, 300, 7)]
    plain = write_vcf(tmp_path / "a.vcf", vcf_text(records, ["A", "B"])).read_bytes()
    packed = write_vcf(tmp_path / "b.vcf.gz", plain.decode()).read_bytes()
    chance = random.Random(11)
    for number in range(proof_volume(40, 500)):
        data = bytearray(plain if number % 2 else packed)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path = tmp_path / f"{number}.vcf"
        path.write_bytes(data)
        try:
            outcome = build(path, "A", "B", tolerance=1)
        except LoadRefused as error:
            assert path.name in error.message  # noqa: PT017 - both outcomes are right
        else:
            assert outcome.accepted <= 2 * len(records)
