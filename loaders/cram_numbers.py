"""The integers of CRAM: fixed, ITF8 and LTF8 (CRAM 3.1 §2.3; pure)."""

import io
import struct


class CramNumbers:
    """Reads them from bytes; raises ``EOFError`` where the bytes end too soon."""

    def __init__(self, data: bytes) -> None:
        """``data``: read from its first byte on."""
        self._source = io.BytesIO(data)

    @property
    def position(self) -> int:
        """Bytes read so far."""
        return self._source.tell()

    def take(self, count: int) -> bytes:
        """The next ``count`` bytes."""
        found = self._source.read(max(count, 0))
        if len(found) != count:
            message = "CRAM structure cut short"
            raise EOFError(message)
        return found

    def int32(self) -> int:
        """A little-endian integer of four bytes."""
        return int(struct.unpack("<i", self.take(4))[0])

    def itf8(self) -> int:
        """An integer of one to five bytes, 32 bits with a sign."""
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
        """An integer of one to nine bytes, 64 bits."""
        first = self.take(1)[0]
        more = next((bit for bit in range(8) if not first & 0x80 >> bit), 8)
        value = first & (0xFF >> (more + 1)) if more < 8 else 0
        return value << 8 * more | int.from_bytes(self.take(more), "big")


def write_itf8(value: int) -> bytes:
    """A number from 0 to 2^31 - 1 in five bytes or fewer."""
    if value < 1 << 7:
        return bytes((value,))
    if value < 1 << 14:
        return bytes((0x80 | value >> 8, value & 0xFF))
    if value < 1 << 21:
        return bytes((0xC0 | value >> 16,)) + (value & 0xFFFF).to_bytes(2, "big")
    if value < 1 << 28:
        return bytes((0xE0 | value >> 24,)) + (value & 0xFFFFFF).to_bytes(3, "big")
    return bytes((0xF0 | value >> 28, value >> 20 & 0xFF, value >> 12 & 0xFF, value >> 4 & 0xFF, value & 0x0F))
