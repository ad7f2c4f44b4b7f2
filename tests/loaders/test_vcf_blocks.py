import subprocess

import pytest

from core.genome import GRCH38
from loaders.report import RecordRejected
from loaders.vcf_blocks import ReferenceBlock, is_gvcf
from loaders.vcf_record import RecordReader, VcfRecord
from tests.loaders.vcf_texts import record_line
from tests.support.shared import shared


def read(record: str, samples: int = 1, *, length_first: bool = False) -> VcfRecord:
    return RecordReader(GRCH38, samples, length_first=length_first).read(record_line(record))


@pytest.mark.parametrize(
    ("record", "samples", "expected"),
    [
        ("chr1 101 G <NON_REF> END=200 GT:DP 0/0:3", 1, (100, 200, ())),
        ("chr1 101 G <*> END=200 GT 0", 1, (100, 200, ((0, 1),))),
        ("chr1 101 G . END=200 GT ./.", 1, (100, 200, ((0, 0),))),
        ("chr1 101 GT . . GT 0/0 ./. 0/.", 3, (100, 102, ((1, 0), (2, 1)))),
        ("chr1 101 G <NON_REF> END=101 GT 0/0 0/1 ./.", 3, (100, 101, ((1, 0), (2, 0)))),
    ],
)
def test_a_block_tells_where_people_have_the_reference(
    record: str, samples: int, expected: tuple[int, int, tuple[tuple[int, int], ...]]
) -> None:
    found = read(record, samples)
    assert found.alleles == ()
    assert found.block == ReferenceBlock(*expected)


def test_from_4_5_on_the_shortest_length_counts() -> None:
    assert read("chr1 101 G <*> END=200 GT:LEN 0/0:50 0/0:30", 2, length_first=True).block == (100, 130, ())
    assert read("chr1 101 G <*> END=200 GT:LEN 0/0:. 0/0", 2, length_first=True).block == (100, 200, ())
    assert read("chr1 101 G <*> END=200 GT:LEN 0/0:50", 1).block == (100, 200, ())


def test_records_with_a_variant_or_without_calls_are_no_blocks() -> None:
    assert read("chr1 101 G A,<NON_REF> . GT 0/1").block is None
    assert read("chr1 101 G <NON_REF> END=200 DP 3").block is None
    assert RecordReader(GRCH38, 0).read(record_line("chr1 101 G <NON_REF> END=200")).block is None


@pytest.mark.parametrize("end", ["100", "-1", "248956423", "x"])
def test_a_block_that_cannot_be_is_rejected(end: str) -> None:
    with pytest.raises(RecordRejected):
        read(f"chr1 101 G <NON_REF> END={end} GT 0/0")


def test_records_decide_whether_a_file_is_a_gvcf() -> None:
    header = ["##GVCFBlock0-1=minGQ=0", '##ALT=<ID=NON_REF,Description="x">']
    variant, block = record_line("chr1 101 G A . GT 0/1"), record_line("chr1 102 G <NON_REF> END=300 GT 0/0")
    assert is_gvcf([], [variant, block])
    assert is_gvcf([], [record_line("chr1 102 G . END=300 GT 0/0")])
    assert not is_gvcf(header, [variant, record_line("chr1 102 G . . GT 0/0")])
    assert not is_gvcf(header, [record_line("chr1 102 G . END=x GT 0/0"), "a line"])
    assert not is_gvcf([], [])
    assert is_gvcf(header, [])


def test_a_real_gvcf() -> None:
    path = shared("data", "variants", "NA12878_CEUTrio_20_21.g.vcf.gz")
    text = subprocess.run(["bcftools", "view", str(path)], capture_output=True, text=True, check=True).stdout
    lines = text.splitlines()
    records = [line for line in lines if not line.startswith("#")]
    assert is_gvcf([line for line in lines if line.startswith("##")], records[:1000])
    reader = RecordReader(None, 1)
    found = [reader.read(line) for line in records]
    blocks = [record for record in found if record.block]
    assert len(blocks) == sum(line.split("\t")[4] == "<NON_REF>" for line in records)
    by_contig = {"20": 0, "21": 0}
    for record in blocks:
        if record.block and record.block.start_0based >= by_contig[record.contig]:
            by_contig[record.contig] = record.block.end_0based
    assert by_contig["20"] > 10_000_000
