import gzip
import os
import shutil
import subprocess
from pathlib import Path

import pytest

import loaders.object_inspection
from core.errors import LoadRefused
from drs.rows import FileFormat
from loaders.object_formats import file_format
from loaders.object_found import InspectedObject, InspectionTask
from loaders.object_inspection import inspect_object
from loaders.worker import WorkerPool
from tests.loaders.read_files import write_bam, write_cram
from tests.loaders.vcf_texts import vcf_text, write_vcf


def tell(done: int, total: int) -> None:
    del done, total


def inspected(path: Path, **changes: object) -> InspectedObject:
    return inspect_object(InspectionTask(path, path.parent, **changes), tell)  # type: ignore[arg-type] # its fields


def indexed_vcf(path: Path, records: int = 50, contig: str = "chr1") -> Path:
    text = vcf_text([f"{contig} {position} G A . GT 0/1" for position in range(10, 10 + records)], ["S1"])
    write_vcf(path, text)
    subprocess.run(["bcftools", "index", "--tbi", str(path)], check=True)
    return path


def indexed_bcf(path: Path, source: Path) -> Path:
    subprocess.run(["bcftools", "view", "-Ob", "-o", str(path), str(source)], check=True)
    subprocess.run(["bcftools", "index", str(path)], check=True)
    return path


def test_every_format_is_hashed_with_its_index(tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "a.bam")
    cram = write_cram(tmp_path / "b.cram", bam)
    vcf = indexed_vcf(tmp_path / "c.vcf.gz")
    bcf = indexed_bcf(tmp_path / "d.bcf", vcf)
    kinds = {bam: "BAI", cram: "CRAI", vcf: "TBI", bcf: "CSI"}
    for path, index in kinds.items():
        found = inspected(path)
        sums = subprocess.run(["sha256sum", str(path)], check=True, capture_output=True, text=True).stdout
        md5 = subprocess.run(["md5sum", str(path)], check=True, capture_output=True, text=True).stdout
        assert (found.file.sha256, found.file.md5) == (sums.split()[0], md5.split()[0])
        assert found.file.size_bytes == path.stat().st_size
        assert found.file.format == file_format(path)
        assert found.index is not None
        assert found.index.format == FileFormat(index)
        assert found.content.samples == ("S1",)
        assert found.content.notes == ()
        assert found.content.contigs[0].name in ("chr20", "chr1")


@pytest.mark.parametrize("name", ["a.bam.bai", "a.bai", "a.bam.csi", "a.csi"])
def test_all_spellings_of_an_index_are_found(tmp_path: Path, name: str) -> None:
    bam = write_bam(tmp_path / "a.bam", index=name[-3:])
    (tmp_path / f"a.bam.{name[-3:]}").rename(tmp_path / name)
    index = inspected(bam).index
    assert index is not None
    assert index.path == tmp_path / name


def test_a_missing_index_is_refused_with_the_remedy(tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "a.bam", index="")
    with pytest.raises(LoadRefused, match=r"make one with: samtools index a\.bam"):
        inspected(bam)
    vcf = write_vcf(tmp_path / "a.vcf.gz", vcf_text(["chr1 5 G A ."]))
    with pytest.raises(LoadRefused, match=r"bcftools index --tbi a\.vcf\.gz"):
        inspected(vcf)


@pytest.mark.parametrize("whole", [True, False])
def test_an_index_of_another_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: bool) -> None:
    if not whole:
        monkeypatch.setattr(loaders.object_inspection, "WHOLE_CHECK_BYTES", 0)
    bam = write_bam(tmp_path / "a.bam", reads=3000)
    inspected(bam)
    other = write_bam(tmp_path / "b.bam", reads=40, seed=2)
    shutil.copy(tmp_path / "a.bam.bai", tmp_path / "b.bam.bai")
    with pytest.raises(LoadRefused, match="index"):
        inspected(other)
    vcf = indexed_vcf(tmp_path / "a.vcf.gz")
    inspected(vcf)
    if whole:
        indexed_vcf(tmp_path / "b.vcf.gz", contig="chrX")
        shutil.copy(tmp_path / "b.vcf.gz.tbi", tmp_path / "a.vcf.gz.tbi")
        with pytest.raises(LoadRefused, match="index"):
            inspected(vcf)
        indexed_vcf(tmp_path / "c.vcf.gz", records=30)
        write_vcf(tmp_path / "c.vcf.gz", vcf_text([f"chr1 {p} G A . GT 0/1" for p in range(10, 90000)], ["S1"]))
        with pytest.raises(LoadRefused, match="index"):
            inspected(tmp_path / "c.vcf.gz")


def test_unsorted_reads_are_refused(tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "a.bam")
    shuffled = tmp_path / "b.bam"
    subprocess.run(["samtools", "sort", "-n", "-o", str(shuffled), str(bam)], check=True)
    shutil.copy(tmp_path / "a.bam.bai", tmp_path / "b.bam.bai")
    with pytest.raises(LoadRefused, match="sorted by queryname"):
        inspected(shuffled)
    claimed = subprocess.run(["samtools", "view", "-h", str(shuffled)], check=True, capture_output=True, text=True)
    text = claimed.stdout.replace("SO:queryname", "SO:unknown")
    subprocess.run(["samtools", "view", "-b", "-o", str(shuffled)], input=text, text=True, check=True)
    with pytest.raises(LoadRefused, match="not sorted by coordinate"):
        inspected(shuffled)


def test_truncated_and_damaged_files_are_refused(tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "a.bam", reads=2000)
    data = bam.read_bytes()
    for wrong, said in (
        (data[:-28], "end block is missing"),
        (data[:-1000] + bytes(500) + data[-500:], "damaged"),
        (data[:5000] + bytes([data[5000] ^ 255]) + data[5001:], "damaged"),
    ):
        bam.write_bytes(wrong)
        with pytest.raises(LoadRefused, match=rf"a\.bam: .*{said}"):
            inspected(bam)
    vcf = indexed_vcf(tmp_path / "a.vcf.gz", records=5000)
    (tmp_path / "a.vcf.gz.tbi").write_bytes(b"nonsense")
    with pytest.raises(LoadRefused, match=r"a\.vcf\.gz: .*index"):
        inspected(vcf)
    bam.write_bytes(data[:100] + bytes(200) + data[300:])
    with pytest.raises(LoadRefused, match=r"a\.bam: damaged"), WorkerPool(1) as pool:
        pool.run(inspect_object, [("a.bam", InspectionTask(bam, tmp_path))])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"##fileformat=VCFv4.2\n", "plain text; compress it with bgzip"),
        (gzip.compress(b"##fileformat=VCFv4.2\n", mtime=0), "with gzip, not bgzip"),
        (b"@HQ\tVN:1.6\n", "neither BAM, CRAM, VCF, BCF nor Crypt4GH"),
        (b"", "neither BAM"),
        (bytes.fromhex("1f8b08040000000000ff0600424302001b000300"), "damaged"),
        (bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000"), "neither BAM"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(data)
    with pytest.raises(LoadRefused, match=said):
        file_format(path)


def test_remarks(tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "a.bam", sample="")
    os.utime(tmp_path / "a.bam.bai", (1_600_000_000, 1_600_000_000))
    assert inspected(bam).content.notes == ("the index is older than the file",)


def test_a_file_that_changes_is_refused(tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "a.bam")

    def change(done: int, total: int) -> None:
        if total:
            bam.touch()
        del done

    with pytest.raises(LoadRefused, match="changed while it was read"):
        inspect_object(InspectionTask(bam, tmp_path), change)


def test_a_contig_the_index_promises_must_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loaders.object_inspection, "WHOLE_CHECK_BYTES", 0)
    both = write_bam(tmp_path / "a.bam", reads=20)
    one = tmp_path / "b.bam"
    subprocess.run(["samtools", "view", "-b", "-o", str(one), str(both), "chr20"], check=True)
    shutil.copy(tmp_path / "a.bam.bai", tmp_path / "b.bam.bai")
    with pytest.raises(LoadRefused, match="index"):
        inspected(one)
