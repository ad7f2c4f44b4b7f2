import hypothesis.strategies as st
import pytest
from hypothesis import given

from core.errors import LoadRefused
from drs.rows import ReferenceSequenceRow
from loaders.sam_header import ReadGroup, read_sam_header, without_references
from loaders.vcf_header import Contig


def test_contigs_and_samples_are_read_once_each() -> None:
    header = read_sam_header(
        "a.bam",
        "@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:chr1\tLN:248956422\tAS:hg38\n@SQ\tSN:chr2:1\tLN:x\n@SQ\tLN:5\n"
        "@RG\tID:1\tSM:P1\n@RG\tID:2\tSM:P2\n@RG\tID:3\tSM:P1\n@RG\tID:4\n@CO\tfree text\n",
    )
    assert header.contigs == (Contig("chr1", 248956422, "hg38"), Contig("chr2:1", None, ""))
    assert header.samples == ("P1", "P2")


def test_other_orders_are_refused() -> None:
    assert read_sam_header("a.bam", "@HD\tVN:1.6\n").contigs == ()
    with pytest.raises(LoadRefused, match="sorted by queryname"):
        read_sam_header("a.bam", "@HD\tVN:1.6\tSO:queryname\n")


def test_read_groups_digests_and_references_are_read() -> None:
    header = read_sam_header(
        "a.bam",
        "@HD\tVN:1.6\tSO:coordinate\n"
        f"@SQ\tSN:1\tLN:100\tM5:{'AB' * 16}\tUR:ftp://example.org/a.fa\n"
        "@SQ\tSN:2\tLN:50\tUR:file:/data/a.fa\n@SQ\tSN:3\tLN:50\tUR:/data/a.fa\n"
        "@RG\tID:1\tSM:P1\tPU:flow.1\tLB:lib\tPL:ILLUMINA\tDT:2024-05-06\n",
    )
    assert header.sequences == (ReferenceSequenceRow("1", 100, "ab" * 16),)
    assert header.remote_references == ("ftp://example.org/a.fa",)
    assert len(header.references) == 3
    assert header.read_groups == (ReadGroup("1", "P1", "flow.1", "lib", "ILLUMINA", "2024-05-06"),)
    assert header.sort_order == "coordinate"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("@RG\tID:a\tSM:010190-1234", r"line 2 of the header \(@RG SM\) looks like it holds a CPR number"),
        ("@RG\tID:a\tDS:anna@example.dk", r"line 2 of the header \(@RG DS\).* an e-mail address"),
        ("@PG\tID:bwa\tCL:bwa mem /data/010190-1234.fq", r"\(@PG CL\)"),
        ("@CO\tof 0101901234", r"\(CO\)"),
        ("@HD\tVN:1.6\tXX:010190-1234", r"\(@HD XX\)"),
        ("@SQ\tSN:1\tLN:5\tM5:no", "line 2 of the header: M5 is not an MD5"),
        ("@SQ\tSN:1\tLN:5\n@SQ\tSN:1\tLN:6", "contig 2 of the header has the name of an earlier one"),
        ("@RG\tID:1\n@RG\tID:1", "read group 2 of the header"),
    ],
)
def test_what_is_refused_is_named(line: str, said: str) -> None:
    with pytest.raises(LoadRefused, match=said) as caught:
        read_sam_header("a.bam", f"@CO\tfine\n{line}\n")
    assert "0101" not in caught.value.message
    assert "anna" not in caught.value.message


def test_digits_of_digests_and_lengths_are_nobodys() -> None:
    text = f"@SQ\tSN:1\tLN:101901234\tM5:{'0101901234' + 'a' * 22}\n"
    assert read_sam_header("a.bam", text).contigs[0].length == 101901234


def test_references_are_taken_out() -> None:
    text = "@HD\tVN:1.6\n@SQ\tSN:1\tLN:5\tUR:http://x/y\tM5:ab\r\n@CO\tUR:stays\n"
    assert without_references(text) == "@HD\tVN:1.6\n@SQ\tSN:1\tLN:5\tM5:ab\r\n@CO\tUR:stays\n"


@given(st.text(alphabet="@HDSQRGMCO\t:\n1aæ", max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read_sam_header("a.bam", text)
    except LoadRefused as error:
        assert error.message.startswith("a.bam: ")  # noqa: PT017 - both outcomes are right
