"""Byte ranges of HTTP (RFC 9110 §14), and pieces of bytes cut to a range (pure)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import RangeNotSatisfiable

_SINGLE = re.compile(r"bytes=(\d{0,40})-(\d{0,40})", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class FilePiece:
    """Bytes ``[start, end)`` of a stored file."""

    location: str
    start: int
    end: int


Piece = bytes | FilePiece


def piece_size(piece: Piece) -> int:
    """Number of bytes of a piece."""
    return len(piece) if isinstance(piece, bytes) else piece.end - piece.start


def parse_range(header: str | None, size_bytes: int) -> tuple[int, int] | None:
    """The half-open range that a ``Range`` header asks of a body of ``size_bytes``; ``None`` means all of it.

    A header that is not one range of bytes is ignored, as RFC 9110 allows; so are the last bytes of an empty body.
    Raises ``RangeNotSatisfiable`` if the range begins at or behind the end.
    """
    match = _SINGLE.fullmatch(header.strip()) if header else None
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        start, end = max(size_bytes - int(last), 0), size_bytes
        satisfiable = int(last) > 0
        if satisfiable and not size_bytes:
            return None
    else:
        start, end = int(first), min(int(last) + 1, size_bytes) if last else size_bytes
        if last and int(last) < int(first):
            return None
        satisfiable = start < size_bytes
    if not satisfiable:
        message = f"the range begins behind the last of {size_bytes} bytes"
        raise RangeNotSatisfiable(message, size_bytes=size_bytes)
    return start, end


def cut_pieces(pieces: Sequence[Piece], start: int, end: int) -> list[Piece]:
    """The pieces of the concatenation of ``pieces`` that make up its bytes ``[start, end)``."""
    cut: list[Piece] = []
    offset = 0
    for piece in pieces:
        size = piece_size(piece)
        first, last = max(start - offset, 0), min(end - offset, size)
        offset += size
        if first >= last:
            continue
        if isinstance(piece, bytes):
            cut.append(piece[first:last])
        else:
            cut.append(FilePiece(piece.location, piece.start + first, piece.start + last))
    return cut
