import struct
from pathlib import Path

import pysam
import pytest

from core.errors import DataDamaged
from drs.rows import FileFormat
from htsget.bam import BamFormat
from htsget.index.bgzf import inflate_all
from htsget.records import walk
from tests.htsget.genomes import CONTIGS, index_bam, open_file, write_bam

BAM = BamFormat()
NO_TEXT = b"BAM\x01" + struct.pack("<ii", 0, 2) + struct.pack("<i", 2) + b"1\0" + struct.pack("<i", 100)
NO_TEXT += struct.pack("<i", 3) + b"MT\0" + struct.pack("<i", 100)


def record(operations: tuple[int, ...] = (), flag: int = 0, *, stated: int | None = None) -> bytes:
    count = len(operations) if stated is None else stated
    body = struct.pack("<iiBBHHHIiii", 0, 100, 2, 0, 0, count, flag, 0, -1, -1, 0) + b"r\0"
    body += b"".join(struct.pack("<I", operation) for operation in operations)
    return struct.pack("<i", len(body)) + body


def covered(data: bytes) -> int:
    place = BAM.place(data, 0, len(data))
    assert place is not None
    return place[2] - place[1]


def test_places_are_those_that_htslib_reads(tmp_path: Path) -> None:
    path = write_bam(tmp_path / "reads.bam")
    opened = open_file(path, index_bam(path), FileFormat.BAM)
    with pysam.AlignmentFile(str(path)) as file:
        for found, read in zip(walk(opened.file.reader, BAM, opened.file.first_record), file, strict=True):
            length = 0 if read.is_unmapped else read.reference_length or 0
            expected = (read.reference_id, read.reference_start, read.reference_start + (length or 1))
            assert (found.contig, found.start_0based, found.end_0based) == expected


def test_the_binary_dictionary_says_how_references_are_called(tmp_path: Path) -> None:
    data = inflate_all(write_bam(tmp_path / "reads.bam").read_bytes(), 1 << 30)
    header = BAM.header(data, ended=False)
    assert header is not None
    assert list(header.contigs.items()) == [(name, number) for number, (name, _) in enumerate(CONTIGS)]
    for length in range(0, len(header.data), 7):
        assert BAM.header(data[:length], ended=False) is None
    without_text = BAM.header(NO_TEXT, ended=True)
    assert without_text is not None
    assert without_text.contigs == {"1": 0, "MT": 1}


def test_many_operations_count_as_few_do() -> None:
    assert covered(record(tuple(3 << 4 | operation for operation in range(9)))) == 15
    assert covered(record((5 << 4 | 2, 4 << 4 | 3) * 40_00)) == 36_000
    assert covered(record((5 << 4 | 4,))) == 1
    assert covered(record()) == covered(record((5 << 4,), flag=4)) == 1


@pytest.mark.parametrize(
    "data", [b"BAN\x01", b"BAM\x01" + struct.pack("<i", -1), b"BAM\x01" + struct.pack("<i", 1 << 30)]
)
def test_broken_headers_are_damage(data: bytes) -> None:
    with pytest.raises(DataDamaged):
        BAM.header(data, ended=False)


def test_a_file_that_ends_in_the_magic_is_damage() -> None:
    with pytest.raises(DataDamaged):
        BAM.header(b"BA", ended=True)


def test_lengths() -> None:
    whole = record()
    assert BAM.length(whole, 0, ended=True) == BAM.length(whole[:20], 0, ended=False) == len(whole)
    assert BAM.length(b"", 0, ended=False) == BAM.length(b"\0", 0, ended=False) == 4
    assert BAM.length(whole, len(whole), ended=True) == 0


@pytest.mark.parametrize("data", [b"\0", record()[:-1], struct.pack("<i", 31) + bytes(31), struct.pack("<i", -9)])
def test_broken_records_are_damage(data: bytes) -> None:
    with pytest.raises(DataDamaged):
        BAM.length(data, 0, ended=True)


def test_operations_that_do_not_fit_are_damage() -> None:
    data = record((1 << 4,), stated=60_000)
    with pytest.raises(DataDamaged):
        BAM.place(data, 0, len(data))
