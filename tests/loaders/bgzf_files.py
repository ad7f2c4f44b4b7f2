"""BGZF files written by hand, with blocks that end wherever a test wants them to."""

import random
import struct
import zlib
from collections.abc import Iterable, Sequence

END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")


def block(data: bytes, *, level: int = 1, before: bytes = b"") -> bytes:
    """One block (SAM 1.6 §4.1); ``before``: other extra subfields, ahead of BC."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    packed = packer.compress(data) + packer.flush()
    size = 12 + len(before) + 6 + len(packed) + 8
    head = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff" + struct.pack("<H", len(before) + 6) + before
    return head + struct.pack("<2sHH", b"BC", 2, size - 1) + packed + struct.pack("<II", zlib.crc32(data), len(data))


def bgzf(pieces: Iterable[bytes], *, before: bytes = b"", end: bytes = END) -> bytes:
    """A file whose blocks hold the pieces."""
    return b"".join(block(piece, before=before) for piece in pieces) + end


def cut(data: bytes, sizes: Sequence[int]) -> list[bytes]:
    """The data in pieces of these sizes, over and over."""
    pieces, place, number = [], 0, 0
    while place < len(data):
        size = sizes[number % len(sizes)]
        pieces.append(data[place : place + size])
        place, number = place + size, number + 1
    return pieces


def random_pieces(data: bytes, chance: random.Random, longest: int) -> list[bytes]:
    """The data in pieces of random sizes, some of them empty."""
    return cut(data, [chance.choice((0, 1, chance.randint(1, longest), longest)) for _ in range(50)] + [longest])
