from pathlib import Path

import pytest

from core.errors import LoadRefused
from drs.rows import FileFormat
from loaders.object_formats import file_format, format_by_name, index_names, missing_index, plain_name, stem_of


@pytest.mark.parametrize(
    ("name", "stem", "kind"),
    [
        ("a.b.vcf.gz", "a.b", FileFormat.VCF),
        ("A.BAM", "A", FileFormat.BAM),
        ("a.g.vcf.bgz", "a.g", FileFormat.VCF),
        ("x.y.z", "x", None),
        ("s.bam.c4gh", "s", FileFormat.BAM),
        ("s.1.cram.C4GH", "s.1", FileFormat.CRAM),
        ("s.c4gh", "s", None),
        ("s.sam", "s", FileFormat.SAM),
    ],
)
def test_names_tell_stem_and_format(name: str, stem: str, kind: FileFormat | None) -> None:
    assert (stem_of(name), format_by_name(name)) == (stem, kind)


def test_all_spellings_of_an_index_are_looked_for() -> None:
    assert index_names("a.bam", FileFormat.BAM) == ("a.bam.bai", "a.bai", "a.bam.csi", "a.csi")
    assert index_names("a.vcf.gz", FileFormat.VCF)[:2] == ("a.vcf.gz.tbi", "a.tbi")
    assert index_names("a.bam.c4gh", FileFormat.BAM)[:3] == ("a.bam.c4gh.bai", "a.bam.bai", "a.bai")
    assert index_names("a.x.y", FileFormat.CRAM) == ("a.x.y.crai", "a.x.crai")
    assert index_names("a.sam", FileFormat.SAM) == ()
    assert plain_name("a.bam") == "a.bam"


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("a.bam", FileFormat.BAM, "make one with: samtools index a.bam, or"),
        ("a.vcf.gz.c4gh", FileFormat.VCF, "bcftools index --tbi a.vcf.gz, or"),
        ("a.sam", FileFormat.SAM, "plain SAM cannot be indexed"),
        ("a.c4gh", None, "name it like sample.bam.c4gh"),
    ],
)
def test_the_remedy_is_named(name: str, kind: FileFormat | None, said: str) -> None:
    message = missing_index(name, kind).message
    assert message.startswith(f"{name}: ")
    assert said in message
    assert message.endswith("register it for plain download with --without-index")


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a", b"crypt4gh\1\0\0\0", FileFormat.CRYPT4GH),
        ("a", b"CRAM\3\0", FileFormat.CRAM),
        ("a", b"@HD\tVN:1.6\n", FileFormat.SAM),
        ("a.sam", b"r1\t0\tchr1\t5\t60\t", FileFormat.SAM),
    ],
)
def test_content_tells_the_format(tmp_path: Path, name: str, data: bytes, kind: FileFormat) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert file_format(path) is kind


def test_a_name_alone_tells_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.sam"
    path.write_bytes(b"\0\1\2")
    with pytest.raises(LoadRefused, match=r"b\.bam: neither BAM"):
        file_format(path, "b.bam")
