"""BGZF: blocks, virtual offsets and the end-of-file marker (SAM specification §4.1).

A virtual offset is ``block << 16 | within``: the place of a block in the file, and of a byte in what it inflates to.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from core.errors import DataDamaged

MAXIMUM_BLOCK_BYTES = 1 << 16
"""No block is larger, compressed or inflated."""

EOF_MARKER = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
"""The empty block that ends a complete file."""

MAGIC = b"\x1f\x8b\x08\x04"
"""A gzip member that is deflated and has extra fields: so every block starts."""

_FIXED = struct.Struct("<4s5xBH")
_FIXED_BYTES = 12
_SUBFIELD = struct.Struct("<2sH")
_FOOTER = struct.Struct("<II")
_START = struct.Struct("<4sIBBH2sHH")
_PAYLOAD_BYTES = 65280
_STORED_HEAD = struct.Struct("<BHH")


@dataclass(frozen=True, slots=True)
class Block:
    """One inflated block: where it starts in the file, what it holds, where the next one starts."""

    offset: int
    data: bytes
    end: int


def virtual_offset(block: int, within: int) -> int:
    """Block offset and byte as one sortable number."""
    return block << 16 | within


def block_of(virtual: int) -> int:
    """Where the block of a virtual offset starts in the file."""
    return virtual >> 16


def within_of(virtual: int) -> int:
    """Which byte of the inflated block a virtual offset means."""
    return virtual & 0xFFFF


def block_size(data: bytes, at: int) -> int | None:
    """Compressed size of the block whose header starts at ``data[at]``; ``None`` if no block starts there.

    Other gzip subfields may stand before ``BC``; the header must lie in ``data`` as a whole.
    """
    if at + _FIXED_BYTES > len(data):
        return None
    magic, _, extra_bytes = _FIXED.unpack_from(data, at)
    end = at + _FIXED_BYTES + extra_bytes
    if magic != MAGIC or end > len(data):
        return None
    place = at + _FIXED_BYTES
    while place + _SUBFIELD.size <= end:
        name, length = _SUBFIELD.unpack_from(data, place)
        place += _SUBFIELD.size
        if name == b"BC" and length == 2 and place + length <= end:
            size = int.from_bytes(data[place : place + 2], "little") + 1
            return size if size > end - at + _FOOTER.size else None
        place += length
    return None


def inflate(data: bytes, at: int, size: int) -> bytes:
    """What the block of ``size`` bytes at ``data[at]`` inflates to; raises ``DataDamaged`` unless its sums agree."""
    extra_bytes = int.from_bytes(data[at + 10 : at + 12], "little")
    deflated = data[at + _FIXED_BYTES + extra_bytes : at + size - _FOOTER.size]
    checksum, length = _FOOTER.unpack_from(data, at + size - _FOOTER.size)
    try:
        inflater = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
        inflated = inflater.decompress(deflated, MAXIMUM_BLOCK_BYTES + 1)
    except zlib.error as error:
        raise _damaged() from error
    if len(inflated) != length or length > MAXIMUM_BLOCK_BYTES or zlib.crc32(inflated) != checksum:
        raise _damaged()
    return inflated


def inflate_all(data: bytes, maximum_bytes: int) -> bytes:
    """A whole BGZF file at once; raises ``DataDamaged`` for anything else, or for more than ``maximum_bytes``."""
    pieces, at, total = [], 0, 0
    while at < len(data):
        size = block_size(data, at)
        if size is None or at + size > len(data):
            raise _damaged()
        piece = inflate(data, at, size)
        total += len(piece)
        if total > maximum_bytes:
            message = "a compressed index is larger than is taken"
            raise DataDamaged(message)
        pieces.append(piece)
        at += size
    return b"".join(pieces)


def stored_blocks(data: bytes) -> bytes:
    """``data`` as blocks without compression: fast, and the same bytes in every process and version."""
    return b"".join(_wrap(piece, _stored(piece)) for piece in _payloads(data))


def empty_block() -> bytes:
    """A block of nothing that no reader takes for the end-of-file marker."""
    return _wrap(b"", _stored(b""))


def compressed_blocks(data: bytes) -> bytes:
    """``data`` as compressed blocks."""
    return b"".join(_wrap(piece, _deflated(piece)) for piece in _payloads(data))


def _payloads(data: bytes) -> Iterator[bytes]:
    return (data[start : start + _PAYLOAD_BYTES] for start in range(0, len(data), _PAYLOAD_BYTES))


def _stored(piece: bytes) -> bytes:
    return _STORED_HEAD.pack(1, len(piece), len(piece) ^ 0xFFFF) + piece


def _deflated(piece: bytes) -> bytes:
    deflater = zlib.compressobj(level=6, wbits=-zlib.MAX_WBITS)
    deflated = deflater.compress(piece) + deflater.flush()
    stored = _stored(piece)
    return deflated if len(deflated) < len(stored) else stored


def _wrap(piece: bytes, deflated: bytes) -> bytes:
    size = _START.size + len(deflated) + _FOOTER.size
    head = _START.pack(MAGIC, 0, 0, 0xFF, 6, b"BC", 2, size - 1)
    return head + deflated + _FOOTER.pack(zlib.crc32(piece), len(piece))


def _damaged() -> DataDamaged:
    return DataDamaged("a block of a compressed file is damaged")
