"""From intervals of virtual offsets to bytes: whole blocks as they are, cut ones written anew (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.errors import DataDamaged
from htsget.blocks import BlockReader
from htsget.index.bgzf import block_of, stored_blocks, within_of
from htsget.index.binning import Interval


@dataclass(frozen=True, slots=True)
class FileRange:
    """Bytes ``[start, end)`` of the file, as they are."""

    start: int
    end: int


Bytes = bytes | FileRange
"""A piece of an answer: bytes made here, or bytes of the file."""


def joined(intervals: Iterable[Interval]) -> list[Interval]:
    """Disjoint intervals in file order, with those that touch made one."""
    result: list[Interval] = []
    for begin, end in intervals:
        if result and result[-1][1] == begin:
            result[-1] = (result[-1][0], end)
        else:
            result.append((begin, end))
    return result


def pieces_of(reader: BlockReader, intervals: Iterable[Interval]) -> list[Bytes]:
    """The bytes of disjoint intervals in file order, as complete BGZF blocks without an end-of-file marker.

    Blocks that belong to an interval as a whole are taken from the file byte for byte. What is cut out of a block is
    stored without compression, so that every process and version gives the same bytes. Raises ``DataDamaged``.
    """
    writer = _Writer()
    for begin, end in intervals:
        _cut(reader, begin, end, writer)
    return writer.finish()


def size_of(pieces: Iterable[Bytes]) -> int:
    """Number of bytes."""
    return sum(piece.end - piece.start if isinstance(piece, FileRange) else len(piece) for piece in pieces)


class _Writer:
    """Collects cut bytes until whole blocks follow, and then makes blocks of them."""

    def __init__(self) -> None:
        self._pieces: list[Bytes] = []
        self._cut: list[bytes] = []

    def cut(self, data: bytes) -> None:
        self._cut.append(data)

    def whole(self, start: int, end: int) -> None:
        if start < end:
            self._flush()
            self._pieces.append(FileRange(start, end))

    def finish(self) -> list[Bytes]:
        self._flush()
        return self._pieces

    def _flush(self) -> None:
        data = b"".join(self._cut)
        if data:
            self._pieces.append(stored_blocks(data))
        self._cut = []


def _cut(reader: BlockReader, begin: int, end: int, writer: _Writer) -> None:
    first, skipped = block_of(begin), within_of(begin)
    last, kept = block_of(end), within_of(end)
    if first == last:
        writer.cut(_inflated(reader, first)[0][skipped:kept])
        return
    if skipped:
        data, first = _inflated(reader, first)
        writer.cut(data[skipped:])
    writer.whole(first, last)
    if kept:
        writer.cut(_inflated(reader, last)[0][:kept])


def _inflated(reader: BlockReader, offset: int) -> tuple[bytes, int]:
    block = reader.block(offset)
    if block is None:
        message = "an interval reaches behind the end of its file"
        raise DataDamaged(message)
    return block.data, block.end
