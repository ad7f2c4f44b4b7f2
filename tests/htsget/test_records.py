import struct

import pytest

from core.errors import DataDamaged
from htsget.bam import BamFormat
from htsget.blocks import BlockReader
from htsget.records import MAXIMUM_RECORD_BYTES, Placed, read_header, walk
from htsget.vcf import VcfFormat
from tests.htsget.genomes import as_blocks

HEADER = b"##fileformat=VCFv4.3\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
LINES = [b"1\t%d\t.\t%s\tT\t.\t.\t.\n" % (number + 1, b"A" * (number * 37 % 400 + 1)) for number in range(200)]


def reader_of(data: bytes, payload_bytes: int = 500) -> BlockReader:
    blocks = as_blocks(data, payload_bytes)
    return BlockReader(lambda start, end: blocks[start:end], len(blocks))


def bytes_between(reader: BlockReader, record: Placed) -> bytes:
    """What lies between two virtual offsets."""
    at, data = record.begin >> 16, b""
    while at <= record.end >> 16 and (block := reader.block(at)) is not None:
        first = record.begin & 0xFFFF if at == record.begin >> 16 else 0
        last = record.end & 0xFFFF if at == record.end >> 16 else len(block.data)
        data += block.data[first:last]
        at = block.end
    return data


@pytest.mark.parametrize("payload_bytes", [7, 60, 500, 60_000])
def test_every_record_is_found_with_its_bytes(payload_bytes: int) -> None:
    reader = reader_of(HEADER + b"".join(LINES), payload_bytes)
    header, first = read_header(reader, VcfFormat())
    assert header.data == HEADER
    records = list(walk(reader, VcfFormat(), first))
    assert [bytes_between(reader, record) for record in records] == LINES
    assert [record.start_0based for record in records] == list(range(200))
    for record in records[::20]:
        assert next(walk(reader, VcfFormat(), record.begin)) == record


def test_what_is_no_record_is_passed_over() -> None:
    reader = reader_of(HEADER + LINES[0] + b"\n#note\n" + LINES[1].rstrip(b"\n"))
    records = list(walk(reader, VcfFormat(), read_header(reader, VcfFormat())[1]))
    assert [bytes_between(reader, record) for record in records] == [LINES[0], LINES[1].rstrip(b"\n")]


def test_a_record_larger_than_many_blocks_is_read_once() -> None:
    long = b"1\t5\t.\t" + b"A" * 300_000 + b"\tT\t.\t.\t.\n"
    reader = reader_of(HEADER + long + LINES[5], 60_000)
    records = list(walk(reader, VcfFormat(), read_header(reader, VcfFormat())[1]))
    assert [record.end_0based - record.start_0based for record in records] == [300_000, 186]


def test_lengths_beyond_reason_are_damage() -> None:
    bam = b"BAM\x01" + struct.pack("<ii", 0, 0) + struct.pack("<i", MAXIMUM_RECORD_BYTES) + bytes(100_000)
    reader = reader_of(bam)
    _, first = read_header(reader, BamFormat())
    with pytest.raises(DataDamaged, match="longer than any"):
        list(walk(reader, BamFormat(), first))


@pytest.mark.parametrize("data", [b"##fileformat=VCFv4.3\n", HEADER])
def test_a_file_may_have_a_header_only(data: bytes) -> None:
    reader = reader_of(data)
    header, first = read_header(reader, VcfFormat())
    assert header.data == data
    assert list(walk(reader, VcfFormat(), first)) == []


def test_a_header_without_end_is_damage() -> None:
    bam = b"BAM\x01" + struct.pack("<i", 1 << 20) + bytes(1000)
    with pytest.raises(DataDamaged, match="ends within"):
        read_header(reader_of(bam), BamFormat())


def test_a_header_beyond_reason_is_damage() -> None:
    class Endless(VcfFormat):
        def header(self, buffer: bytes, *, ended: bool) -> None:
            del buffer, ended

    reader = reader_of(bytes((1 << 27) + 1), 65_280)
    with pytest.raises(DataDamaged, match="longer than any"):
        read_header(reader, Endless())
