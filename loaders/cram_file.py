"""The outside of a CRAM file: header text, containers, slices, checksums, end (CRAM 3.1 §6 to §9; pure on a file).

No record is decoded here: a CRAM header may name references anywhere on the network, which htslib would fetch.
"""

import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, NoReturn

from core.errors import LoadRefused
from loaders.cram_numbers import CramNumbers, write_itf8

END_CONTAINERS = (
    bytes.fromhex("0f000000ffffffff0fe0454f4600000000010005bdd94f0001000606010001000100ee63014b"),
    bytes.fromhex("0b000000ffffffff0fe0454f460000000001000001000606010001000100"),
)
"""The empty container that ends a file: CRAM 3, CRAM 2.1."""

DEFINITION_BYTES = 26
UNMAPPED, SEVERAL = -1, -2
"""References of containers and slices that are on no contig, or on more than one."""

_CONTAINER_HEADER_BYTES = 1 << 12
_LONGEST_CONTAINER_HEADER_BYTES = 1 << 20
_MAXIMUM_HEADER_BYTES = 64 << 20
_RAW, _GZIP = 0, 1
_FILE_HEADER = 0
_CHECKSUM_BYTES = 4


@dataclass(frozen=True, slots=True)
class Container:
    """One container: where it begins, the reference it is on, where the next one begins.

    ``start``: 1-based, as the file has it. ``data_offset``: where its blocks begin; ``landmarks``: where its slices do,
    counted from there.
    """

    offset: int
    reference: int
    start: int
    records: int
    end: int
    data_offset: int
    landmarks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a container: how it is compressed, what it is, its bytes as stored, and its bytes inflated."""

    method: int
    content: int
    data: bytes
    raw_size: int

    @property
    def inflated(self) -> bytes:
        """The bytes; raises ``ValueError`` for codecs other than gzip, ``zlib.error`` for damage."""
        if self.method == _RAW:
            return self.data
        if self.method != _GZIP:
            message = "a block that describes others is compressed in an unusual way"
            raise ValueError(message)
        return zlib.decompressobj(31).decompress(self.data, _MAXIMUM_HEADER_BYTES)


class CramFile:
    """A CRAM file that is open for reading."""

    def __init__(self, name: str, file: IO[bytes], size_bytes: int) -> None:
        """Raises ``LoadRefused`` if this is not CRAM 2.1 to 3.1, or if its end marker is missing."""
        self._name = name
        self._file = file
        self._size = size_bytes
        file.seek(0)
        definition = file.read(DEFINITION_BYTES)
        self.major = definition[4] if len(definition) == DEFINITION_BYTES and definition[:4] == b"CRAM" else 0
        if self.major not in (2, 3):
            self._refuse("not CRAM of version 2 or 3")
        file.seek(max(0, size_bytes - len(END_CONTAINERS[0])))
        if not file.read().endswith(END_CONTAINERS):
            self._refuse("truncated, the end container is missing; copy the file again")

    def header_text(self) -> str:
        """The SAM header."""
        container = self._container(DEFINITION_BYTES)
        if container.end - container.offset > _MAXIMUM_HEADER_BYTES:
            self._refuse("its header is too large")
        try:
            block = next(self.blocks(container))
            if block.content != _FILE_HEADER:
                self._refuse("its first container holds no header that can be read")
            text = block.inflated
            (length,) = struct.unpack_from("<i", text)
            return text[4 : 4 + length].decode("utf-8", "replace").rstrip("\0")
        except (StopIteration, struct.error, zlib.error, ValueError) as error:
            message = f"{self._name}: its header cannot be read"
            raise LoadRefused(message) from error

    @property
    def header_end(self) -> int:
        """Where the first container of records begins."""
        return self._container(DEFINITION_BYTES).end

    def containers(self) -> Iterator[Container]:
        """All containers that hold records; raises ``LoadRefused`` unless they follow each other to the file's end."""
        offset = self.header_end
        while offset < self._size:
            container = self._container(offset)
            if container.records:
                yield container
            offset = container.end

    def blocks(self, container: Container) -> Iterator[Block]:
        """The blocks of a container, each after its checksum was compared (CRAM 3; version 2 has none).

        The padding behind the block of a header container is no block.
        """
        offset, number = container.data_offset, 0
        while offset < container.end and (number == 0 or container.offset != DEFINITION_BYTES):
            number += 1
            self._file.seek(offset)
            head = self._file.read(min(32, container.end - offset))
            try:
                numbers = CramNumbers(head)
                method, content = numbers.take(2)
                numbers.itf8()
                size, raw_size = numbers.itf8(), numbers.itf8()
            except EOFError:
                self._refuse(f"damaged at byte {offset}")
            head_bytes, check_bytes = numbers.position, _CHECKSUM_BYTES if self.major == 3 else 0
            end = offset + head_bytes + size + check_bytes
            if size < 0 or raw_size < 0 or end > container.end:
                self._refuse(f"damaged at byte {offset}")
            self._file.seek(offset)
            data = self._file.read(end - offset)
            body = data[: len(data) - check_bytes]
            if check_bytes and zlib.crc32(body) != int.from_bytes(data[-check_bytes:], "little"):
                self._refuse(f"damaged: the checksum of the block at byte {offset} is another")
            yield Block(method, content, body[head_bytes:], raw_size)
            offset = end

    def _container(self, offset: int) -> Container:
        for room in (_CONTAINER_HEADER_BYTES, _LONGEST_CONTAINER_HEADER_BYTES):
            self._file.seek(offset)
            head = self._file.read(room)
            with suppress(EOFError):
                return self._parsed(offset, head)
        return self._refuse(f"damaged at byte {offset}")

    def _parsed(self, offset: int, head: bytes) -> Container:
        numbers = CramNumbers(head)
        length, reference, start = numbers.int32(), numbers.itf8(), numbers.itf8()
        numbers.itf8()
        records = numbers.itf8()
        numbers.ltf8()
        numbers.ltf8()
        numbers.itf8()
        count = numbers.itf8()
        if not 0 <= count <= _LONGEST_CONTAINER_HEADER_BYTES:
            self._refuse(f"damaged at byte {offset}")
        landmarks = tuple(numbers.itf8() for _ in range(count))
        checked = head[: numbers.position]
        if self.major == 3 and zlib.crc32(checked) != int.from_bytes(numbers.take(_CHECKSUM_BYTES), "little"):
            self._refuse(f"damaged: the checksum of the container at byte {offset} is another")
        data_offset = offset + numbers.position
        if length < 0 or data_offset + length > self._size:
            self._refuse(f"damaged at byte {offset}")
        return Container(offset, reference, start, records, data_offset + length, data_offset, landmarks)

    def _refuse(self, reason: str) -> NoReturn:
        message = f"{self._name}: {reason}"
        raise LoadRefused(message)


def header_container(text: str, major: int) -> bytes:
    """A container with this SAM header and nothing else, for a file of version ``major`` (CRAM 3.1 §8.3)."""
    encoded = text.encode()
    data = struct.pack("<i", len(encoded)) + encoded
    size = write_itf8(len(data))
    block = _checked(bytes((_RAW, _FILE_HEADER, 0)) + size + size + data, major)
    head = struct.pack("<i", len(block)) + bytes(4) + bytes(2) + write_itf8(1) + write_itf8(1) + write_itf8(0)
    return _checked(head, major) + block


def _checked(data: bytes, major: int) -> bytes:
    return data + zlib.crc32(data).to_bytes(_CHECKSUM_BYTES, "little") if major == 3 else data
