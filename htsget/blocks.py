"""Reading BGZF blocks of a file in order, through a function that reads bytes (pure)."""

from bisect import bisect_right
from collections.abc import Callable

from core.errors import DataDamaged
from htsget.index.bgzf import EOF_MARKER, MAGIC, MAXIMUM_BLOCK_BYTES, Block, block_of, block_size, inflate, within_of

ReadBytes = Callable[[int, int], bytes]
"""The bytes ``[start, end)`` of a file."""

_AHEAD_BYTES = 4 * MAXIMUM_BLOCK_BYTES
_FIRST_BYTES = 2 * MAXIMUM_BLOCK_BYTES
_KEPT_BLOCKS = 4
_CHAIN = 4


class BlockReader:
    """Blocks of one file; reads ahead, and keeps the last few blocks that it inflated."""

    def __init__(self, read: ReadBytes, size_bytes: int) -> None:
        """``read`` gives bytes of the file, ``size_bytes`` is the file's size."""
        self._read = read
        self._size = size_bytes
        self._window = b""
        self._window_at = 0
        self._kept: dict[int, Block] = {}

    def block(self, offset: int) -> Block | None:
        """The block that starts at ``offset``, ``None`` at the end of the file; raises ``DataDamaged``."""
        if offset in self._kept:
            return self._kept[offset]
        if offset == self._size:
            return None
        if offset > self._size:
            message = "an index points behind the end of its file"
            raise DataDamaged(message)
        self._load(offset, min(MAXIMUM_BLOCK_BYTES, self._size - offset))
        at = offset - self._window_at
        size = block_size(self._window, at)
        if size is None or at + size > len(self._window):
            message = "a compressed file has no block where one must start"
            raise DataDamaged(message)
        block = Block(offset, inflate(self._window, at, size), offset + size)
        if len(self._kept) >= _KEPT_BLOCKS:
            self._kept.pop(next(iter(self._kept)))
        self._kept[offset] = block
        return block

    def data_end(self) -> int:
        """Where the data end in the file: before the end-of-file marker, or at the end of a file that lacks one."""
        at = self._size - len(EOF_MARKER)
        return at if at >= 0 and self._read(at, self._size) == EOF_MARKER else self._size

    def cuts(self, begin: int, end: int, limit_bytes: int) -> list[int]:
        """Starts of blocks that cut ``[begin, end)`` into pieces of about ``limit_bytes``."""
        cuts = []
        while end - begin > limit_bytes:
            cut = self._start_after(begin + max(limit_bytes - MAXIMUM_BLOCK_BYTES, 1))
            if cut is None or cut >= end:
                break
            cuts.append(cut)
            begin = cut
        return cuts

    def _start_after(self, offset: int) -> int | None:
        """The first block that starts at or behind ``offset``: a header from which a chain of blocks follows."""
        self._load(offset, min(_AHEAD_BYTES, self._size - offset))
        at = self._window.find(MAGIC, offset - self._window_at)
        while at >= 0:
            if self._is_chain(at):
                return self._window_at + at
            at = self._window.find(MAGIC, at + 1)
        return None

    def _is_chain(self, at: int) -> bool:
        for _ in range(_CHAIN):
            size = block_size(self._window, at)
            if size is None:
                return at + self._window_at == self._size
            at += size
        return True

    def _load(self, offset: int, size_bytes: int) -> None:
        """Have ``size_bytes`` from ``offset`` on in the window; read ahead when the file is read in order."""
        begin, end = self._window_at, self._window_at + len(self._window)
        if begin <= offset and offset + size_bytes <= end:
            return
        ahead = _AHEAD_BYTES if begin < offset <= end else _FIRST_BYTES
        self._window = self._read(offset, min(offset + max(ahead, size_bytes), self._size))
        self._window_at = offset


class ByteStream:
    """The inflated bytes from a virtual offset on, in a buffer whose places are known as virtual offsets.

    ``ended``: whether the file has nothing behind the buffer.
    """

    def __init__(self, reader: BlockReader, virtual: int) -> None:
        """Nothing is read before ``extend``."""
        self._reader = reader
        self._next = block_of(virtual)
        self._skip = within_of(virtual)
        self._behind = virtual
        self._places: list[int] = []
        self._virtuals: list[int] = []
        self.buffer = b""
        self.ended = False

    def extend(self, consumed: int, wanted: int) -> None:
        """Forget ``consumed`` bytes, then read on until ``wanted`` are there or the data ended.

        Raises ``DataDamaged`` for a broken block, or if the stream's begin lies behind the end of its block.
        """
        pieces = [self.buffer[consumed:]]
        passed = max(bisect_right(self._places, consumed) - 1, 0)
        self._places = [place - consumed for place in self._places[passed:]]
        del self._virtuals[:passed]
        have = len(pieces[0])
        while have < wanted and not self.ended:
            data = self._take(have)
            pieces.append(data)
            have += len(data)
        self.buffer = b"".join(pieces)

    def virtual(self, place: int) -> int:
        """The virtual offset of ``buffer[place]``; at the very end, of what follows the last byte."""
        if place >= len(self.buffer):
            return self._behind
        number = bisect_right(self._places, place) - 1
        return self._virtuals[number] + place - self._places[number]

    def _take(self, have: int) -> bytes:
        block = self._reader.block(self._next)
        if block is None:
            self.ended = True
            return b""
        if self._skip > len(block.data):
            message = "an index points behind the end of a block"
            raise DataDamaged(message)
        data = block.data[self._skip :]
        if data:
            self._places.append(have)
            self._virtuals.append(block.offset << 16 | self._skip)
            self._behind = block.end << 16
        self._next, self._skip = block.end, 0
        return data
