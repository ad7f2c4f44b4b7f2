"""Indexes written byte by byte, right and wrong."""

import struct

from htsget.index.bgzf import compressed_blocks


def csi(
    body: bytes, *, min_shift: int = 14, depth: int = 5, aux: bytes = b"", aux_bytes: int | None = None, count: int = 1
) -> bytes:
    stated = len(aux) if aux_bytes is None else aux_bytes
    head = b"CSI\x01" + struct.pack("<3i", min_shift, depth, stated) + aux + struct.pack("<i", count)
    return compressed_blocks(head + body)


def bai_bin(number: int, *chunks: tuple[int, int], count: int | None = None) -> bytes:
    stated = len(chunks) if count is None else count
    return struct.pack("<Ii", number, stated) + b"".join(struct.pack("<QQ", *chunk) for chunk in chunks)


def bai(*bins: bytes, windows: tuple[int, ...] = (), count: int | None = None, tail: bytes = b"") -> bytes:
    body = struct.pack("<i", len(bins) if count is None else count) + b"".join(bins)
    linear = struct.pack("<i", len(windows)) + b"".join(struct.pack("<Q", window) for window in windows)
    return b"BAI\x01" + struct.pack("<i", 1) + body + linear + tail


def tbi(names: bytes, *, references: int = 1, name_bytes: int | None = None) -> bytes:
    stated = len(names) if name_bytes is None else name_bytes
    head = struct.pack("<8i", references, 2, 1, 2, 0, 35, 0, stated)
    return compressed_blocks(b"TBI\x01" + head + names + struct.pack("<ii", 0, 0) * max(references, 0))
