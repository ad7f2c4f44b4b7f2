"""The outside of a CRAM file: header text, containers, index, end marker (CRAM 3.1 §6, §8, §9, §12; pure on a file).

No record is decoded: a CRAM header may name references anywhere on the network, which htslib would fetch.
"""

import gzip
import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from core.errors import LoadRefused

END_CONTAINERS = (
    bytes.fromhex("0f000000ffffffff0fe0454f4600000000010005bdd94f0001000606010001000100ee63014b"),
    bytes.fromhex("0b000000ffffffff0fe0454f4600000000010000010006060100010001 00".replace(" ", "")),
)
"""The empty container that ends a file: CRAM 3, CRAM 2.1."""

_DEFINITION_BYTES = 26
_CONTAINER_HEADER_BYTES = 4096
_MAXIMUM_HEADER_BYTES = 64 << 20
_RAW, _GZIP = 0, 1
_FILE_HEADER = 0
_INDEX_COLUMNS = 6


@dataclass(frozen=True, slots=True)
class Container:
    """One container: where it begins, the reference it is on (-1 unmapped, -2 several), where the next one begins."""

    offset: int
    reference: int
    records: int
    end: int
    data_offset: int


class _Numbers:
    """Reads the integers of CRAM from bytes."""

    def __init__(self, data: bytes) -> None:
        self._source = io.BytesIO(data)

    @property
    def position(self) -> int:
        return self._source.tell()

    def take(self, count: int) -> bytes:
        found = self._source.read(count)
        if len(found) != count:
            message = "CRAM structure cut short"
            raise EOFError(message)
        return found

    def int32(self) -> int:
        return int(struct.unpack("<i", self.take(4))[0])

    def itf8(self) -> int:
        first = self.take(1)[0]
        if first < 0x80:
            return first
        if first < 0xC0:
            return (first & 0x3F) << 8 | self.take(1)[0]
        if first < 0xE0:
            return (first & 0x1F) << 16 | int.from_bytes(self.take(2), "big")
        if first < 0xF0:
            return (first & 0x0F) << 24 | int.from_bytes(self.take(3), "big")
        rest = self.take(4)
        value = (first & 0x0F) << 28 | rest[0] << 20 | rest[1] << 12 | rest[2] << 4 | rest[3] & 0x0F
        return value - (1 << 32) if value >> 31 else value

    def ltf8(self) -> int:
        first = self.take(1)[0]
        more = next((bit for bit in range(8) if not first & 0x80 >> bit), 8)
        value = first & (0xFF >> (more + 1)) if more < 8 else 0
        return value << 8 * more | int.from_bytes(self.take(more), "big")


class CramFile:
    """A CRAM file that is open for reading."""

    def __init__(self, name: str, file: IO[bytes], size_bytes: int) -> None:
        """Raises ``LoadRefused`` if this is not CRAM 2.1 to 3.1, or if its end marker is missing."""
        self._name = name
        self._file = file
        self._size = size_bytes
        file.seek(0)
        definition = file.read(_DEFINITION_BYTES)
        self._major = definition[4] if len(definition) == _DEFINITION_BYTES and definition[:4] == b"CRAM" else 0
        if self._major not in (2, 3):
            self._refuse("not CRAM of version 2 or 3")
        file.seek(max(0, size_bytes - len(END_CONTAINERS[0])))
        if not file.read().endswith(END_CONTAINERS):
            self._refuse("truncated, the end container is missing; copy the file again")

    def header_text(self) -> str:
        """The SAM header."""
        container = self._container(_DEFINITION_BYTES)
        if container.end - container.offset > _MAXIMUM_HEADER_BYTES:
            self._refuse("its header is too large")
        self._file.seek(container.data_offset)
        try:
            numbers = _Numbers(self._file.read(container.end - container.data_offset))
            method, content = numbers.take(2)
            if content != _FILE_HEADER or method not in (_RAW, _GZIP):
                self._refuse("its first container holds no header that can be read")
            numbers.itf8()
            size = numbers.itf8()
            numbers.itf8()
            data = numbers.take(size)
            text = data if method == _RAW else _inflated(data)
            (length,) = struct.unpack_from("<i", text)
            return text[4 : 4 + length].decode("utf-8", "replace").rstrip("\0")
        except (EOFError, struct.error, zlib.error, ValueError) as error:
            message = f"{self._name}: its header cannot be read"
            raise LoadRefused(message) from error

    def containers(self) -> Iterator[Container]:
        """All containers that hold records."""
        offset = self._container(_DEFINITION_BYTES).end
        while offset < self._size:
            container = self._container(offset)
            if container.records:
                yield container
            offset = container.end

    def check_index(self, index: bytes, references: int) -> None:
        """Raise ``LoadRefused`` unless the CRAI names exactly the containers of this file."""
        try:
            rows = [[int(cell) for cell in line.split()] for line in _inflated_index(index).splitlines() if line]
        except (OSError, EOFError, zlib.error, ValueError) as error:
            message = f"{self._name}: its index cannot be read; make it again with samtools index"
            raise LoadRefused(message) from error
        sound = all(len(row) == _INDEX_COLUMNS and -1 <= row[0] < references for row in rows)
        if not sound or {row[3] for row in rows} != {container.offset for container in self.containers()}:
            self._refuse("the index belongs to another file; make it again with samtools index")

    def _container(self, offset: int) -> Container:
        self._file.seek(offset)
        head = self._file.read(_CONTAINER_HEADER_BYTES)
        try:
            numbers = _Numbers(head)
            length, reference = numbers.int32(), numbers.itf8()
            for _ in range(2):
                numbers.itf8()
            records = numbers.itf8()
            numbers.ltf8()
            numbers.ltf8()
            numbers.itf8()
            for _ in range(min(numbers.itf8(), _CONTAINER_HEADER_BYTES)):
                numbers.itf8()
            numbers.take(4 if self._major == 3 else 0)
        except EOFError as error:
            message = f"{self._name}: damaged at byte {offset}"
            raise LoadRefused(message) from error
        data_offset = offset + numbers.position
        if length < 0 or data_offset + length > self._size:
            self._refuse(f"damaged at byte {offset}")
        return Container(offset, reference, records, data_offset + length, data_offset)

    def _refuse(self, reason: str) -> None:
        message = f"{self._name}: {reason}"
        raise LoadRefused(message)


def _inflated(data: bytes) -> bytes:
    return zlib.decompressobj(31).decompress(data, _MAXIMUM_HEADER_BYTES)


def _inflated_index(data: bytes) -> bytes:
    return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
