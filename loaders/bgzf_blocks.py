"""BGZF files (SAM 1.6 §4.1): where their blocks are, and what is in them; damage is found and named."""

import os
import zlib
from collections.abc import Iterator
from typing import IO

from isal import isal_zlib

from core.errors import LoadRefused

BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
"""The empty block that ends a BGZF file (SAM 1.6 §4.1.2)."""

MAXIMUM_BLOCK_BYTES = 1 << 16
_HEAD_BYTES = 18
_READ_BYTES = 4 << 20


def is_bgzf(start: bytes) -> bool:
    """Whether the first bytes of a file (18 at least) are the head of a BGZF block."""
    return _block_bytes(start, 0) > 0


def block_starts(name: str, file: IO[bytes], every_bytes: int) -> list[int]:
    """Offsets of blocks, the first one of the file and then one about every so many bytes.

    Walks over all block heads, so that a file that was cut or overwritten is found out; raises ``LoadRefused``.
    """
    size = os.fstat(file.fileno()).st_size
    if os.pread(file.fileno(), len(BGZF_END), max(0, size - len(BGZF_END))) != BGZF_END:
        message = f"{name}: truncated, the BGZF end block is missing; copy the file again"
        raise LoadRefused(message)
    starts: list[int] = []
    place = 0
    while place < size:
        piece = os.pread(file.fileno(), _READ_BYTES, place)
        inside = 0
        while inside + _HEAD_BYTES <= len(piece):
            length = _block_bytes(piece, inside)
            if length <= 0:
                message = f"{name}: damaged at byte {place + inside:,}: no BGZF block begins there"
                raise LoadRefused(message)
            if not starts or place + inside - starts[-1] >= every_bytes:
                starts.append(place + inside)
            inside += length
        if inside == 0:
            message = f"{name}: truncated in the last BGZF block"
            raise LoadRefused(message)
        place += inside
    if place > size:
        message = f"{name}: truncated in the last BGZF block"
        raise LoadRefused(message)
    return starts


def inflated_blocks(name: str, file: IO[bytes], start: int) -> Iterator[tuple[int, bytes]]:
    """(Offset of the block, its bytes inflated) from a block on to the end of the file.

    Raises ``LoadRefused`` for a block whose bytes are not what its checksum says.
    """
    place, piece, inside = start, b"", 0
    while True:
        if len(piece) - inside < MAXIMUM_BLOCK_BYTES:
            piece = piece[inside:] + os.pread(file.fileno(), _READ_BYTES, place + len(piece) - inside)
            inside = 0
        if inside >= len(piece):
            return
        length = _block_bytes(piece, inside) if len(piece) - inside >= _HEAD_BYTES else 0
        if length <= 0 or inside + length > len(piece):
            message = f"{name}: damaged or truncated at byte {place:,}: no whole BGZF block begins there"
            raise LoadRefused(message)
        yield place, _inflated(name, place, piece, inside, length)
        inside += length
        place += length


def _inflated(name: str, place: int, piece: bytes, inside: int, length: int) -> bytes:
    end = inside + length
    extra = int.from_bytes(piece[inside + 10 : inside + 12], "little")
    expected = int.from_bytes(piece[end - 4 : end], "little")
    if expected > MAXIMUM_BLOCK_BYTES:
        message = f"{name}: damaged at byte {place:,}: a BGZF block of more than 64 KiB"
        raise LoadRefused(message)
    try:
        data = isal_zlib.decompress(piece[inside + 12 + extra : end - 8], -15, expected or 1)
    except (zlib.error, isal_zlib.error) as error:  # type: ignore[misc]  # its stub takes the class for an instance
        message = f"{name}: damaged at byte {place:,}: {error}"
        raise LoadRefused(message) from error
    if len(data) != expected or isal_zlib.crc32(data) != int.from_bytes(piece[end - 8 : end - 4], "little"):
        message = f"{name}: damaged at byte {place:,}: the block is not what its checksum says"
        raise LoadRefused(message)
    return bytes(data)


def _block_bytes(data: bytes, place: int) -> int:
    """Length of the block that begins at ``place``, from its BC subfield; 0 if none begins there."""
    if data[place : place + 4] != b"\x1f\x8b\x08\x04" or len(data) < place + _HEAD_BYTES:
        return 0
    if data[place + 10 : place + 16] == b"\x06\x00BC\x02\x00":
        return int.from_bytes(data[place + 16 : place + 18], "little") + 1
    return _length_in_extra(data, place + 12, int.from_bytes(data[place + 10 : place + 12], "little"))


def _length_in_extra(data: bytes, place: int, extra: int) -> int:
    end = min(place + extra, len(data))
    while place + 4 <= end:
        length = int.from_bytes(data[place + 2 : place + 4], "little")
        if data[place : place + 2] == b"BC" and length == 2:
            return int.from_bytes(data[place + 4 : place + 6], "little") + 1
        place += 4 + length
    return 0
