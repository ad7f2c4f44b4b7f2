"""Reading a text file, plain or gzip, of a size that is bounded before it is in memory."""

import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator
from io import BufferedIOBase
from pathlib import Path

from core.errors import LoadRefused

MAXIMUM_LINE_BYTES = 8 << 20
_CHUNK_BYTES = 1 << 18
_GZIP = b"\x1f\x8b"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def chunks_of(path: Path, maximum_bytes: int, tell: Callable[[int, int], None] | None = None) -> Iterator[bytes]:
    """The bytes of a file, decompressed where it is gzip, without a byte order mark.

    ``tell`` hears how many bytes of the file are read, and of how many. Raises ``LoadRefused`` for more than
    ``maximum_bytes`` (a small gzip file may hold any number of them) and for gzip data that are damaged or cut off.
    """
    size = path.stat().st_size
    total = 0
    with path.open("rb") as raw:
        packed = raw.read(2) == _GZIP
        raw.seek(0)
        stream: BufferedIOBase = gzip.GzipFile(fileobj=raw) if packed else raw
        while chunk := _read(stream, path.name):
            if total == 0:
                chunk = chunk.removeprefix(_BYTE_ORDER_MARK)
            total += len(chunk)
            if total > maximum_bytes:
                message = f"{path.name}: larger than {maximum_bytes >> 20} MiB{' once decompressed' if packed else ''}"
                raise LoadRefused(message)
            if tell:
                tell(raw.tell(), size)
            yield chunk


def _read(stream: BufferedIOBase, name: str) -> bytes:
    try:
        return stream.read(_CHUNK_BYTES)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        message = f"{name}: the gzip data are damaged or cut off"
        raise LoadRefused(message) from error


def lines_of(chunks: Iterable[bytes], name: str) -> Iterator[tuple[int, str]]:
    """(line number from 1, line without its end) of UTF-8 text; lines end with LF or CRLF.

    Raises ``LoadRefused`` naming the line for a byte that is not UTF-8 and for a line longer than 8 MiB.
    """
    number = 0
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            number += 1
            yield number, _text(line, name, number)
        if len(rest) > MAXIMUM_LINE_BYTES:
            message = f"{name}: line {number + 1}: longer than {MAXIMUM_LINE_BYTES >> 20} MiB"
            raise LoadRefused(message)
    if rest:
        yield number + 1, _text(rest, name, number + 1)


def _text(line: bytes, name: str, number: int) -> str:
    try:
        return line.removesuffix(b"\r").decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"{name}: line {number}: not UTF-8 text"
        raise LoadRefused(message) from error
