import pytest

from core.errors import DataDamaged
from htsget.vcf import VcfFormat

VCF = VcfFormat()
HEADER = b"##fileformat=VCFv4.3\n##contig=<ID=1>\n##contig=<assembly=x,ID=chr2,length=5>\n#CHROM\tPOS\n"
LINE = b"1\t10\tid\tACGT\tA\t.\tPASS\t%s\tGT\t0/1\n"


def place(info: bytes) -> tuple[object, int, int] | None:
    line = LINE % info
    return VCF.place(b"xx" + line, 2, len(line))


@pytest.mark.parametrize(
    ("info", "end"),
    [
        (b".", 13),
        (b"END=20", 20),
        (b"AC=1;END=20;X", 20),
        (b"AEND=50", 13),
        (b"AEND=50;END=30", 30),
        (b"END=9", 13),
        (b"END=.", 13),
        (b"END=11", 13),
    ],
)
def test_a_line_covers_its_ref_or_reaches_to_its_end(info: bytes, end: int) -> None:
    assert place(info) == (b"1", 9, end)


def test_a_line_without_genotypes_and_line_feed() -> None:
    line = b"chrX\t0\t.\tA\tT\t.\t.\tEND=7"
    assert VCF.place(line, 0, len(line)) == (b"chrX", -1, 7)


@pytest.mark.parametrize("line", [b"#comment\n", b"\n", b"\r\n"])
def test_what_is_no_record(line: bytes) -> None:
    assert VCF.place(line, 0, len(line)) is None


@pytest.mark.parametrize(
    "line",
    [
        b"1\t5\n",
        b"1\tx\t.\tA\tT\t.\t.\t.\n",
        b"1\t-5\t.\tA\tT\t.\t.\t.\n",
        b"1\t" + b"9" * 5000 + b"\t.\tA\tT\t.\t.\t.\n",
    ],
)
def test_malformed_lines_are_damage(line: bytes) -> None:
    with pytest.raises(DataDamaged):
        VCF.place(line, 0, len(line))


def test_the_header_ends_where_lines_begin_that_are_none_of_it() -> None:
    header = VCF.header(HEADER + b"1\t5", ended=False)
    assert header is not None
    assert header.data == HEADER
    assert header.contigs == {"1": b"1", "chr2": b"chr2"}
    for length in range(len(HEADER)):
        assert VCF.header(HEADER[:length], ended=False) is None
    assert VCF.header(HEADER, ended=False) is None
    for whole in (HEADER, HEADER.rstrip(b"\n")):
        ended = VCF.header(whole, ended=True)
        assert ended is not None
        assert ended.data == whole


@pytest.mark.parametrize("data", [b"", b"##file", b"1\t5\t.\tA\tT\t.\t.\t.\n"])
def test_what_does_not_begin_as_vcf_is_damage(data: bytes) -> None:
    with pytest.raises(DataDamaged):
        VCF.header(data, ended=True)


def test_lengths() -> None:
    assert VCF.length(b"ab\ncd", 0, ended=False) == 3
    assert VCF.length(b"ab\ncd", 3, ended=False) == 4
    assert VCF.length(b"ab\ncd", 3, ended=True) == 2
    assert VCF.length(b"", 0, ended=False) == 1
    assert VCF.length(b"", 0, ended=True) == 0
