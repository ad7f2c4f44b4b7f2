"""BAM: the header, and where each record lies (SAM specification §4.2; pure)."""

import struct
from typing import Final

import numpy as np

from htsget.records import MAXIMUM_HEADER_BYTES, ContigKey, Header, cut_off, malformed, too_long

_MAGIC: Final = b"BAM\x01"
_INTEGER: Final = struct.Struct("<i")
_CORE: Final = struct.Struct("<iiiBxxxHH")
"""block_size, refID, pos, l_read_name, n_cigar_op and flag; what is skipped are mapq and bin."""

_CORE_BYTES = 36
_UNMAPPED = 0x4
_FEW_OPERATIONS = 16
_CONSUMES_REFERENCE: Final = (1, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0)
"""By CIGAR operation: M, D, N, = and X cover the reference."""


class BamFormat:
    """See ``RecordFormat``; contig keys are reference numbers."""

    def header(self, buffer: bytes, *, ended: bool) -> Header | None:
        """Magic, text, and the binary dictionary, which alone says how the references are called."""
        if ended and len(buffer) < len(_MAGIC):
            raise cut_off()
        if buffer[:4] != _MAGIC[: len(buffer)]:
            raise malformed()
        text_bytes = _count(buffer, 4)
        count = None if text_bytes is None else _count(buffer, 8 + text_bytes)
        if text_bytes is None or count is None:
            return None
        at = 12 + text_bytes
        contigs: dict[str, ContigKey] = {}
        for number in range(count):
            name_bytes = _count(buffer, at)
            if name_bytes is None or at + 8 + name_bytes > len(buffer):
                return None
            name = buffer[at + 4 : at + 3 + name_bytes].decode("utf-8", "surrogateescape")
            contigs.setdefault(name, number)
            at += 8 + name_bytes
        return Header(buffer[:at], contigs)

    def length(self, buffer: bytes, at: int, *, ended: bool) -> int:
        """A record states its size first."""
        available = len(buffer) - at
        if available < _INTEGER.size:
            if ended and available:
                raise cut_off()
            return 0 if ended else _INTEGER.size
        length: int = _INTEGER.unpack_from(buffer, at)[0] + _INTEGER.size
        if length < _CORE_BYTES:
            raise malformed()
        if ended and length > available:
            raise cut_off()
        return length

    def place(self, buffer: bytes, at: int, length: int) -> tuple[ContigKey, int, int] | None:
        """As samtools has it: a record covers what its CIGAR covers, and one base at least."""
        _, reference, start, name_bytes, operation_count, flag = _CORE.unpack_from(buffer, at)
        if flag & _UNMAPPED or not operation_count:
            return reference, start, start + 1
        cigar_at = _CORE_BYTES + name_bytes
        if cigar_at + 4 * operation_count > length:
            raise malformed()
        covered = _reference_length(buffer, at + cigar_at, operation_count)
        return reference, start, start + (covered or 1)


def _reference_length(buffer: bytes, at: int, operation_count: int) -> int:
    if operation_count <= _FEW_OPERATIONS:
        few = struct.unpack_from(f"<{operation_count}I", buffer, at)
        return sum(operation >> 4 for operation in few if _CONSUMES_REFERENCE[operation & 15])
    operations = np.frombuffer(buffer, "<u4", operation_count, at)
    consumes = np.array(_CONSUMES_REFERENCE, dtype=np.int64)[operations & 15]
    return int(((operations >> 4) * consumes).sum())


def _count(buffer: bytes, at: int) -> int | None:
    """A length field, ``None`` if it is not there yet."""
    if at + _INTEGER.size > len(buffer):
        return None
    (count,) = _INTEGER.unpack_from(buffer, at)
    if count < 0:
        raise malformed()
    if count > MAXIMUM_HEADER_BYTES:
        raise too_long()
    return int(count)
