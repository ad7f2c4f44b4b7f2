import gzip
from pathlib import Path

import pysam
import pytest

import loaders.vcf_lines
from core.errors import LoadRefused
from loaders.vcf_lines import BGZF_END, open_vcf
from tests.loaders.vcf_texts import vcf_text, write_vcf

TEXT = vcf_text([f"chr1 {position} G A AC=1;AN=2" for position in range(10, 400)])
RECORDS = [line.encode() for line in TEXT.splitlines() if not line.startswith("#")]


def lines_of(path: Path) -> list[tuple[int, bytes]]:
    with open_vcf(path) as text:
        found = list(text.records)
        assert text.consumed in (0, text.size_bytes)
        return found


def bcf(path: Path, source: Path) -> Path:
    with pysam.VariantFile(str(source)) as file, pysam.VariantFile(str(path), "wb", header=file.header) as out:
        for record in file:
            out.write(record)
    return path


def test_all_forms_give_the_same_records_with_their_lines(tmp_path: Path) -> None:
    plain = write_vcf(tmp_path / "a.vcf", TEXT)
    bgzf = write_vcf(tmp_path / "b.vcf.gz", TEXT)
    zipped = tmp_path / "c.vcf.gz"
    zipped.write_bytes(gzip.compress(TEXT.encode(), mtime=0))
    crlf = write_vcf(tmp_path / "d.vcf", TEXT.replace("\n", "\r\n"))
    expected = list(enumerate(RECORDS, TEXT.count("\n") - len(RECORDS) + 1))
    for path in (plain, bgzf, zipped, crlf):
        assert lines_of(path) == expected
    assert [line for _, line in lines_of(bcf(tmp_path / "e.bcf", plain))] == RECORDS


def test_truncated_and_damaged_files_are_refused(tmp_path: Path) -> None:
    whole = write_vcf(tmp_path / "a.vcf.gz", TEXT).read_bytes()
    path = tmp_path / "b.vcf.gz"
    for data, said in (
        (whole[: -len(BGZF_END)], "end block is missing"),
        (whole[:60], "end block is missing"),
        (whole[:200] + bytes([whole[200] ^ 255]) + whole[201:], "damaged"),
        (gzip.compress(TEXT.encode(), mtime=0)[:-20], "damaged"),
        (gzip.compress(b"x", mtime=0)[:14], "damaged"),
    ):
        path.write_bytes(data)
        with pytest.raises(LoadRefused, match=rf"b\.vcf\.gz: .*{said}"):
            lines_of(path)


def test_a_damaged_bcf_is_refused(tmp_path: Path) -> None:
    source = write_vcf(tmp_path / "a.vcf", vcf_text([f"chr1 {p} G A AC=1;AN=2" for p in range(10, 40000)]))
    data = bcf(tmp_path / "e.bcf", source).read_bytes()
    path = tmp_path / "f.bcf"
    path.write_bytes(data[:70000] + bytes(100) + data[70100:])
    with pytest.raises(LoadRefused, match=r"f\.bcf: damaged"):
        lines_of(path)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"CRAM\x03\x00" + bytes(40), "this is CRAM"),
        (gzip.compress(b"BAM\x01" + bytes(20), mtime=0), "this is BAM"),
        (b"", "no #CHROM line"),
        (b"hello\n", "line 1: no #CHROM line"),
        (b"##fileformat=VCFv4.2\nchr1\t5\n", "line 2: no #CHROM line"),
        (
            b"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t\xff\n",
            "line 2: sample names",
        ),
    ],
)
def test_other_files_are_refused(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "a.vcf"
    path.write_bytes(data)
    with pytest.raises(LoadRefused, match=said):
        lines_of(path)


def test_giant_lines_and_headers_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_vcf(tmp_path / "a.vcf", TEXT)
    monkeypatch.setattr(loaders.vcf_lines, "MAXIMUM_LINE_BYTES", 10)
    with pytest.raises(LoadRefused, match="is longer than"):
        lines_of(path)
    monkeypatch.setattr(loaders.vcf_lines, "MAXIMUM_HEADER_BYTES", 50)
    with pytest.raises(LoadRefused, match="header is larger"):
        lines_of(path)
