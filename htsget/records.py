"""Walking over the records of a file from a virtual offset on, whatever the format (pure)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from core.errors import DataDamaged
from htsget.blocks import BlockReader, ByteStream

MAXIMUM_RECORD_BYTES = 1 << 28
"""Longer records are taken for damage."""

MAXIMUM_HEADER_BYTES = 1 << 26
"""Longer headers are taken for damage."""

UNPLACED = -1
"""The contig key of records without a place."""

ContigKey = int | bytes
"""How a record names its contig: by number (BAM, BCF) or by name (VCF)."""

_HEADER_BYTES = 1 << 15


class Placed(NamedTuple):
    """One record: its contig, the positions it covers (0-based, half-open), and where its bytes are."""

    contig: ContigKey
    start_0based: int
    end_0based: int
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Header:
    """A file's header: its bytes, and the contigs that it names, in order."""

    data: bytes
    contigs: Mapping[str, ContigKey]


class RecordFormat(Protocol):
    """What is known of a format. ``ended`` says that nothing follows the buffer; all raise ``DataDamaged``."""

    def header(self, buffer: bytes, *, ended: bool) -> Header | None:
        """The header that the buffer starts with, ``None`` if more is needed to know it."""
        ...

    def length(self, buffer: bytes, at: int, *, ended: bool) -> int:
        """How many bytes the record at ``at`` takes, or need to be there to say so; 0 if there is none any more."""
        ...

    def place(self, buffer: bytes, at: int, length: int) -> tuple[ContigKey, int, int] | None:
        """Contig, start and end of a record; ``None`` for what is no record."""
        ...


def walk(reader: BlockReader, record_format: RecordFormat, begin: int) -> Iterator[Placed]:
    """The records from a virtual offset on, which must be the start of one; raises ``DataDamaged``."""
    stream = ByteStream(reader, begin)
    stream.extend(0, 1)
    at = 0
    virtual = stream.virtual(at)
    while length := record_format.length(stream.buffer, at, ended=stream.ended):
        if length > MAXIMUM_RECORD_BYTES:
            raise too_long()
        if at + length > len(stream.buffer):
            stream.extend(at, length)
            at = 0
            continue
        place = record_format.place(stream.buffer, at, length)
        at += length
        record_begin, virtual = virtual, stream.virtual(at)
        if place is not None:
            yield Placed(*place, record_begin, virtual)


def read_header(reader: BlockReader, record_format: RecordFormat) -> tuple[Header, int]:
    """The header of a file, and the virtual offset of its first record; raises ``DataDamaged``."""
    stream = ByteStream(reader, 0)
    wanted = _HEADER_BYTES
    while True:
        stream.extend(0, wanted)
        header = record_format.header(stream.buffer, ended=stream.ended)
        if header is not None:
            return header, stream.virtual(len(header.data))
        if stream.ended or wanted > MAXIMUM_HEADER_BYTES:
            raise too_long() if wanted > MAXIMUM_HEADER_BYTES else cut_off()
        wanted *= 2


def too_long() -> DataDamaged:
    """A length that no file has."""
    return DataDamaged("a header or record of a file is longer than any can be")


def cut_off() -> DataDamaged:
    """The file ends inside something."""
    return DataDamaged("a file ends within its header or a record")


def malformed() -> DataDamaged:
    """The bytes at hand are no header or record of the format."""
    return DataDamaged("a header or record of a file is malformed")
