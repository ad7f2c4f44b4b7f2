import gzip
import shutil
import subprocess
from pathlib import Path

import pysam
import pytest

from node.demo.cohort import Person
from node.demo.files import ReadFiles, write_reads, write_reference, write_variants
from node.demo.reads import make_reference, simulate_reads
from tests.node.demo.populations import small_call_set

needs_bcftools = pytest.mark.skipif(shutil.which("bcftools") is None, reason="bcftools is not installed")
needs_samtools = pytest.mark.skipif(shutil.which("samtools") is None, reason="samtools is not installed")
REFERENCE = {name: bases[:6_000] for name, bases in make_reference(4).items()}


def run(*command: str | Path) -> str:
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout


def person() -> Person:
    return small_call_set().people[0]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> ReadFiles:
    return write_reads(simulate_reads(REFERENCE, 4, 1), person(), REFERENCE, tmp_path_factory.mktemp("reads"))


def test_vcf_and_bcf_hold_the_same_and_have_an_index(tmp_path: Path) -> None:
    call_set = small_call_set()
    vcf, bcf = tmp_path / "a.vcf.gz", tmp_path / "a.bcf"
    assert write_variants(call_set, vcf) == tmp_path / "a.vcf.gz.tbi"
    assert write_variants(call_set, bcf) == tmp_path / "a.bcf.csi"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.bcf", "a.bcf.csi", "a.vcf.gz", "a.vcf.gz.tbi"]
    found = []
    for path in (vcf, bcf):
        with pysam.VariantFile(str(path)) as file:
            assert list(file.header.samples) == [it.biosample_id for it in call_set.people]
            assert file.header.contigs["chrX"].length == 156040895
            assert "synthetic" in str(file.header)
            found.append([str(record) for record in file])
            assert len(list(file.fetch("chr13"))) == sum(site.contig == "13" for site in call_set.sites)
    assert found[0] == found[1]
    assert len(found[0]) == len(call_set.sites)


@needs_bcftools
def test_bcftools_counts_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.vcf.gz"
    call_set = small_call_set()
    write_variants(call_set, path)
    lines = run("bcftools", "query", "-f", "%POS %AC %AN\n", path).splitlines()
    filled = tmp_path / "filled.vcf"
    run("bcftools", "+fill-tags", path, "-o", filled, "--", "-t", "AC,AN")
    assert run("bcftools", "query", "-f", "%POS %AC %AN\n", filled).splitlines() == lines
    assert len(lines) == len(call_set.sites)
    region = run("bcftools", "view", "-H", "-r", "chr6:26087281-26098343", path).splitlines()
    assert len(region) == sum(site.contig == "6" for site in call_set.sites)


def test_the_reference_is_indexed(tmp_path: Path) -> None:
    path = write_reference(REFERENCE, tmp_path)
    with pysam.FastaFile(str(path)) as file:
        assert {name: file.fetch(name) for name in file.references} == REFERENCE


def test_bam_and_cram_hold_the_same_reads_without_any_other_file(
    files: ReadFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REF_PATH", "/nowhere")
    found = []
    for path in (files.bam, files.cram):
        with pysam.AlignmentFile(str(path)) as file:
            found.append([read.to_string() for read in file.fetch(until_eof=True)])
            assert file.count("demo2", 1_000, 2_000) > 50
            header = file.header.to_dict()
        assert header["RG"][0]["SM"] == person().biosample_id == files.alias
        assert "synthetic" in header["CO"][0]
        assert all("UR" not in sequence for sequence in header["SQ"])
    assert found[0] == found[1]
    assert all(path.exists() for path in (files.bam_index, files.cram_index))


@needs_samtools
def test_samtools_finds_nothing_wrong(files: ReadFiles) -> None:
    assert run("samtools", "quickcheck", "-v", files.bam, files.cram) == ""
    region = "demo1:1000-3000"
    assert run("samtools", "view", "-c", files.bam, region) == run("samtools", "view", "-c", files.cram, region)


def test_files_are_the_same_wherever_they_are_written(files: ReadFiles, tmp_path: Path) -> None:
    elsewhere = tmp_path / "another folder"
    elsewhere.mkdir()
    again = write_reads(simulate_reads(REFERENCE, 4, 1), person(), REFERENCE, elsewhere)
    for name in ("bam", "bam_index", "cram", "cram_index"):
        one, two = getattr(files, name), getattr(again, name)
        assert one.read_bytes() == two.read_bytes()
        assert str(one.parent).encode()[:16] not in one.read_bytes()
    for suffix in (".vcf.gz", ".bcf"):
        for folder in (tmp_path, elsewhere):
            write_variants(small_call_set(), folder / f"a{suffix}")
        one, two = (gzip.decompress((folder / f"a{suffix}").read_bytes()) for folder in (tmp_path, elsewhere))
        assert one == two
