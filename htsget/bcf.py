"""BCF: the header, and where each record lies (VCF 4.3 §6; pure)."""

import re
import struct
from typing import Final

from htsget.records import MAXIMUM_HEADER_BYTES, ContigKey, Header, cut_off, malformed, too_long

_MAGIC: Final = b"BCF\x02"
_TEXT_AT = 9
_SIZES: Final = struct.Struct("<II")
_PLACE: Final = struct.Struct("<iii")
_CONTIG_LINE: Final = re.compile(rb"^##contig=<(.*)>\s*$", re.MULTILINE)
_ID: Final = re.compile(rb"(?:^|,)ID=([^,]+)")
_IDX: Final = re.compile(rb"(?:^|,)IDX=(\d{1,9})$")


class BcfFormat:
    """See ``RecordFormat``; contig keys are numbers of the header's dictionary."""

    def header(self, buffer: bytes, *, ended: bool) -> Header | None:
        """Magic and version, then the text of a VCF header."""
        if ended and len(buffer) < _TEXT_AT:
            raise cut_off()
        if buffer[:4] != _MAGIC[: len(buffer)]:
            raise malformed()
        if len(buffer) < _TEXT_AT:
            return None
        end = _TEXT_AT + int.from_bytes(buffer[_TEXT_AT - 4 : _TEXT_AT], "little")
        if end > MAXIMUM_HEADER_BYTES:
            raise too_long()
        if end > len(buffer):
            return None
        return Header(buffer[:end], _contig_numbers(buffer[_TEXT_AT:end]))

    def length(self, buffer: bytes, at: int, *, ended: bool) -> int:
        """A record states the sizes of its two halves first."""
        available = len(buffer) - at
        if available < _SIZES.size:
            if ended and available:
                raise cut_off()
            return 0 if ended else _SIZES.size
        shared, individual = _SIZES.unpack_from(buffer, at)
        length: int = _SIZES.size + shared + individual
        if shared < _PLACE.size:
            raise malformed()
        if ended and length > available:
            raise cut_off()
        return length

    def place(self, buffer: bytes, at: int, length: int) -> tuple[ContigKey, int, int] | None:  # noqa: ARG002 - protocol
        """A record states contig, start and length."""
        contig, start_0based, covered = _PLACE.unpack_from(buffer, at + _SIZES.size)
        return contig, start_0based, start_0based + covered


def _contig_numbers(text: bytes) -> dict[str, ContigKey]:
    """Contigs are numbered as they stand, unless a line has an ``IDX`` of its own."""
    numbers: dict[str, ContigKey] = {}
    for position, line in enumerate(_CONTIG_LINE.findall(text)):
        name, stated = _ID.search(line), _IDX.search(line)
        if name is None:
            raise malformed()
        number = int(stated.group(1)) if stated else position
        numbers.setdefault(name.group(1).decode("utf-8", "surrogateescape"), number)
    return numbers
