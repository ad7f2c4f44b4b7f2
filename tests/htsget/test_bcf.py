import struct
from pathlib import Path

import pysam
import pytest
from pysam import bcftools

from core.errors import DataDamaged
from drs.rows import FileFormat
from htsget.bcf import BcfFormat
from htsget.cut import region_intervals
from htsget.records import walk
from tests.htsget.genomes import CONTIGS, Opened, lines_of, open_file, render, seeded, write_vcf

BCF = BcfFormat()


def bcf_header(text: bytes) -> bytes:
    return b"BCF\x02\x02" + struct.pack("<I", len(text)) + text


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    folder = tmp_path_factory.mktemp("bcf")
    source, target = write_vcf(folder / "calls.vcf.gz"), folder / "calls.bcf"
    with pysam.VariantFile(str(source)) as lines, pysam.VariantFile(str(target), "wb", header=lines.header) as out:
        for line in lines:
            out.write(line)
    bcftools.index(str(target))
    return open_file(target, target.with_name("calls.bcf.csi"), FileFormat.BCF)


def test_places_are_those_that_htslib_reads(opened: Opened) -> None:
    with pysam.VariantFile(str(opened.path)) as file:
        for found, line in zip(walk(opened.file.reader, BCF, opened.file.first_record), file, strict=True):
            assert (found.contig, found.start_0based, found.end_0based) == (
                line.rid,
                line.start,
                line.start + line.rlen,
            )


def test_regions_hold_the_records_that_htslib_finds(opened: Opened, tmp_path: Path) -> None:
    chance = seeded(11)
    records = list(walk(opened.file.reader, BCF, opened.file.first_record))
    for number in range(30):
        record = chance.choice(records)
        assert isinstance(record.contig, int)
        start = max(record.start_0based + chance.randrange(-100, 100), 0)
        end = start + chance.choice((1, 500, 100_000))
        bins = opened.index.reference(record.contig)
        intervals = region_intervals(opened.file, bins, record.contig, ((start, end),), 0)
        answer = tmp_path / f"{number}.bcf"
        answer.write_bytes(render(opened, intervals))
        assert lines_of(answer) == lines_of(opened.path, (CONTIGS[record.contig][0], start, end))


def test_contigs_are_numbered_as_they_stand_or_as_they_say(opened: Opened) -> None:
    assert list(opened.header.contigs.items()) == [(name, number) for number, (name, _) in enumerate(CONTIGS)]
    stated = bcf_header(b"##contig=<ID=b,IDX=4>\n##contig=<length=3,ID=a,IDX=0>\n##contig=<ID=c>\n\0")
    header = BCF.header(stated, ended=True)
    assert header is not None
    assert header.contigs == {"b": 4, "a": 0, "c": 2}
    for length in range(len(stated)):
        assert BCF.header(stated[:length], ended=False) is None


@pytest.mark.parametrize(
    "data", [b"BCF", b"XXX\2\2" + bytes(9), b"BCF\2\2" + b"\xff" * 4, bcf_header(b"##contig=<length=3>\n\0")]
)
def test_broken_headers_are_damage(data: bytes) -> None:
    with pytest.raises(DataDamaged):
        BCF.header(data, ended=True)


def test_lengths() -> None:
    whole = struct.pack("<II", 24, 8) + bytes(32)
    assert BCF.length(whole, 0, ended=True) == BCF.length(whole[:9], 0, ended=False) == 40
    assert BCF.length(b"", 0, ended=False) == 8
    assert BCF.length(b"", 0, ended=True) == 0


@pytest.mark.parametrize("data", [b"\0", struct.pack("<II", 24, 8), struct.pack("<II", 11, 8) + bytes(19)])
def test_broken_records_are_damage(data: bytes) -> None:
    with pytest.raises(DataDamaged):
        BCF.length(data, 0, ended=True)
