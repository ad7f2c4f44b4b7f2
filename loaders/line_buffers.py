"""Whole lines of a VCF file in buffers, a range of it at a time, so that several workers share one file.

A range begins at a BGZF block. It has the lines that begin after its first line break, and the line that is unfinished
where it ends, or begins there: so every line of a file belongs to one range, wherever ranges are cut.
"""

import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from core.errors import LoadRefused
from loaders.bgzf_blocks import inflated_blocks

MAXIMUM_LINE_BYTES = 128 << 20
BUFFER_BYTES = 8 << 20
_READ_BYTES = 1 << 20
_NEWLINE = 10


@dataclass(frozen=True, slots=True)
class LineRange:
    """Part of a BGZF file: blocks that begin at ``start`` up to but without ``end`` (``None``: to the end)."""

    start: int = 0
    end: int | None = None


class LineBuffers:
    """Iterates over uint8 arrays of whole lines, each with its line end; those of the header are left out.

    ``lines_skipped``: header lines that were left out.
    """

    def __init__(
        self,
        name: str,
        pieces: Iterable[bytes],
        *,
        starts_inside: bool,
        tail: Iterable[bytes] = (),
        header_lines: int | None = None,
    ) -> None:
        """``pieces``: the bytes of the range; ``tail``: those behind it. ``starts_inside``: drop the first line.

        ``header_lines``: how many of its first lines belong to the header; ``None``: those that begin with ``#``.
        """
        self._name = name
        self._pieces = pieces
        self._tail = tail
        self._drop_first = starts_inside
        self._header_lines = header_lines
        self.lines_skipped = 0

    def __iter__(self) -> Iterator[npt.NDArray[Any]]:
        """The buffers, in order."""
        header = True
        for data in self._whole_lines():
            kept = self._without_header(data) if header else data
            header = header and not kept
            if kept:
                yield np.frombuffer(kept, dtype=np.uint8)

    def _whole_lines(self) -> Iterator[bytearray]:
        # Joined once a buffer: appending each piece to the bytes before it would copy everything several times.
        pieces: list[bytes] = []
        size = unfinished = 0
        for found in self._pieces:
            piece = self._after_first_break(found) if self._drop_first else found
            cut = piece.rfind(b"\n") + 1
            unfinished = len(piece) - cut if cut else unfinished + len(piece)
            self._check_length(unfinished)
            pieces.append(piece)
            size += len(piece)
            if size >= BUFFER_BYTES and cut:
                pieces[-1] = piece[:cut]
                yield bytearray().join(pieces)
                pieces, size = [piece[cut:]], unfinished
        if self._drop_first:
            return
        yield from self._finished(bytearray().join(pieces))

    def _finished(self, rest: bytearray) -> Iterator[bytearray]:
        """What is left, up to and with the first line break behind the range."""
        for piece in self._tail:
            found = piece.find(b"\n")
            rest += piece[: found + 1] if found >= 0 else piece
            self._check_length(len(rest) - rest.rfind(b"\n") - 1)
            if found >= 0:
                break
        if rest and not rest.endswith(b"\n"):
            rest += b"\n"
        if rest:
            yield rest

    def _after_first_break(self, piece: bytes) -> bytes:
        found = piece.find(b"\n")
        if found < 0:
            return b""
        self._drop_first = False
        return piece[found + 1 :]

    def _without_header(self, data: bytearray) -> bytearray:
        place = 0
        while self._is_header(data, place):
            place = data.find(b"\n", place) + 1
            self.lines_skipped += 1
        return data[place:] if place else data

    def _is_header(self, data: bytearray, place: int) -> bool:
        if self._header_lines is None:
            return data[place : place + 1] == b"#"
        return place < len(data) and self.lines_skipped < self._header_lines

    def _check_length(self, length: int) -> None:
        if length > MAXIMUM_LINE_BYTES:
            message = f"{self._name}: a line is longer than {MAXIMUM_LINE_BYTES >> 20} MiB"
            raise LoadRefused(message)


def line_after(text: npt.NDArray[Any], place: int) -> int:
    """Where the line after the one at ``place`` begins; the time it takes grows with the line, not with the text."""
    window = 256
    while True:
        found = np.flatnonzero(text[place : place + window] == _NEWLINE)
        if len(found):
            return place + int(found[0]) + 1
        if place + window >= len(text):
            return len(text)
        place, window = place + window, 4 * window


def bgzf_lines(
    name: str, file: IO[bytes], part: LineRange, passed: Callable[[int], None], *, header_lines: int | None = None
) -> LineBuffers:
    """The lines of a range of a BGZF file; ``passed`` hears how many bytes of the range are read.

    ``header_lines``: of the file; they all begin within its first range.
    """
    blocks = inflated_blocks(name, file, part.start)
    behind: list[bytes] = []

    def inside() -> Iterator[bytes]:
        for place, data in blocks:
            if part.end is not None and place >= part.end:
                behind.append(data)
                return
            passed(place - part.start)
            yield data

    def tail() -> Iterator[bytes]:
        yield from behind
        yield from (data for _, data in blocks)

    lines = 0 if part.start else header_lines
    return LineBuffers(name, inside(), starts_inside=part.start > 0, tail=tail(), header_lines=lines)


def stream_lines(
    path: Path, file: IO[bytes], *, compressed: bool, passed: Callable[[int], None], header_lines: int | None = None
) -> LineBuffers:
    """The lines of a plain text file, or of one in ordinary gzip."""
    pieces = _pieces(path.name, file, compressed, passed)
    return LineBuffers(path.name, pieces, starts_inside=False, header_lines=header_lines)


def _pieces(name: str, file: IO[bytes], compressed: bool, passed: Callable[[int], None]) -> Iterator[bytes]:
    file.seek(0)
    try:
        with gzip.GzipFile(fileobj=file) if compressed else _Borrowed(file) as source:
            while piece := source.read(_READ_BYTES):
                passed(file.tell())
                yield piece
    except (OSError, EOFError, zlib.error) as error:
        message = f"{name}: damaged or truncated ({error})"
        raise LoadRefused(message) from error


class _Borrowed:
    """A file that somebody else closes."""

    def __init__(self, file: IO[bytes]) -> None:
        self.read = file.read

    def __enter__(self) -> "_Borrowed":
        return self

    def __exit__(self, *_: object) -> None:
        return
