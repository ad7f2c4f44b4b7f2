import pytest

from core.errors import LoadRefused
from loaders.sam_header import read_sam_header
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
