"""The slices of a CRAM file, and whether its index says where they are (CRAM 3.1 §8.4, §8.5, §12; pure on a file)."""

import gzip
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from core.errors import LoadRefused
from loaders.cram_file import SEVERAL, Block, Container, CramFile
from loaders.cram_numbers import CramNumbers

_COMPRESSION_HEADER, _SLICE_HEADER = 1, 2
_MAXIMUM_INDEX_BYTES = 256 << 20
_SUBSTITUTION_BYTES = 5


@dataclass(frozen=True, slots=True)
class Slice:
    """A slice: its container, the reference it is on, 1-based start and span as the file has them, and its place.

    ``offset``: bytes from the container's first block. ``needs_reference``: its bases are not in the file.
    """

    container: Container
    reference: int
    start: int
    span: int
    offset: int
    needs_reference: bool


@dataclass(frozen=True, slots=True)
class IndexRow:
    """A line of a CRAI: reference, 1-based start, span, container, slice in the container, slice bytes."""

    reference: int
    start: int
    span: int
    container: int
    slice_offset: int
    slice_bytes: int


def read_slices(name: str, cram: CramFile) -> Iterator[Slice]:
    """All slices in file order, every checksum on the way compared; raises ``LoadRefused`` naming the place."""
    for container in cram.containers():
        wants_reference, place = True, 0
        for block in cram.blocks(container):
            try:
                if block.content == _COMPRESSION_HEADER:
                    wants_reference = _wants_reference(block)
                elif block.content == _SLICE_HEADER:
                    offset = container.landmarks[place]
                    place += 1
                    yield _slice(container, block, offset, wants_reference=wants_reference)
            except (EOFError, ValueError, IndexError, zlib.error) as error:
                message = f"{name}: damaged: the container at byte {container.offset} cannot be read"
                raise LoadRefused(message) from error


def read_crai(name: str, data: bytes) -> list[IndexRow]:
    """The lines of an index; raises ``LoadRefused``."""
    try:
        lines = _inflated(data).splitlines()
        return [IndexRow(*(int(cell) for cell in line.split())) for line in lines if line]
    except (OSError, EOFError, zlib.error, ValueError, TypeError) as error:
        message = f"{name}: its index cannot be read; make it again with samtools index"
        raise LoadRefused(message) from error


def write_crai(rows: Iterable[IndexRow], *, moved_by: int) -> bytes:
    """The index of a file whose containers begin ``moved_by`` bytes later."""
    lines = (
        f"{row.reference}\t{row.start}\t{row.span}\t{row.container + moved_by}\t{row.slice_offset}\t{row.slice_bytes}\n"
        for row in rows
    )
    return gzip.compress("".join(lines).encode(), mtime=0)


def check_crai(name: str, rows: Sequence[IndexRow], slices: Sequence[Slice], references: int) -> None:
    """Raise ``LoadRefused`` unless the index names exactly the slices of the file, each where it is.

    Of a slice on several contigs each line names one of them; that all are named is for the decoder to find out.
    """
    listed: defaultdict[tuple[int, int], list[IndexRow]] = defaultdict(list)
    for row in rows:
        listed[row.container, row.slice_offset].append(row)
    sound = all(-1 <= row.reference < references for row in rows)
    there = {(part.container.offset, part.offset): part for part in slices}
    if not sound or listed.keys() != there.keys() or not all(_agree(there[key], listed[key]) for key in there):
        message = f"{name}: the index belongs to another file; make it again with samtools index"
        raise LoadRefused(message)


def refuse_unsorted(name: str, slices: Iterable[Slice]) -> None:
    """Raise ``LoadRefused`` if slices on one contig each do not follow each other; a look at the outside only."""
    last = (0, 0)
    for part in slices:
        if part.reference == SEVERAL:
            continue
        place = (part.reference if part.reference >= 0 else 1 << 31, part.start if part.reference >= 0 else 0)
        if place < last:
            message = f"{name}: not sorted by coordinate; use samtools sort, then samtools index"
            raise LoadRefused(message)
        last = place


def _agree(part: Slice, rows: Sequence[IndexRow]) -> bool:
    if part.reference == SEVERAL:
        return True
    if len(rows) != 1 or rows[0].reference != part.reference:
        return False
    return part.reference < 0 or (rows[0].start, rows[0].span) == (part.start, part.span)


def _wants_reference(block: Block) -> bool:
    """RR of the preservation map; true where it is not stated."""
    numbers = CramNumbers(block.inflated)
    numbers.itf8()
    for _ in range(numbers.itf8()):
        key = numbers.take(2)
        if key == b"SM":
            numbers.take(_SUBSTITUTION_BYTES)
        elif key == b"TD":
            numbers.take(numbers.itf8())
        else:
            value = numbers.take(1)
            if key == b"RR":
                return value != b"\0"
    return True


def _slice(container: Container, block: Block, offset: int, *, wants_reference: bool) -> Slice:
    numbers = CramNumbers(block.inflated)
    reference, start, span, _ = (numbers.itf8() for _ in range(4))
    numbers.ltf8()
    numbers.itf8()
    for _ in range(numbers.itf8()):
        numbers.itf8()
    embedded = numbers.itf8()
    needed = wants_reference and embedded < 0 and reference != -1
    return Slice(container, reference, start, span, offset, needed)


def _inflated(data: bytes) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        return data
    inflater = zlib.decompressobj(31)
    inflated = inflater.decompress(data, _MAXIMUM_INDEX_BYTES)
    if not inflater.eof:
        message = "cut short, or far too large"
        raise EOFError(message)
    return inflated
