"""VCF text: the header, and where each line lies (VCF 4.3 §1; pure)."""

import re
from typing import Final

from htsget.records import ContigKey, Header, malformed

_CONTIG: Final = re.compile(rb"^##contig=<(?:[^\n\"]*,)?ID=([^,>\n]+)", re.MULTILINE)
_END: Final = re.compile(rb"(?:^|;)END=(\d{1,18})")
_FIRST_LINE: Final = b"##fileformat=VCF"
_COLUMNS = 8
_MAXIMUM_DIGITS = 18
_REF = 3
_INFO = 7


class VcfFormat:
    """See ``RecordFormat``; contig keys are names."""

    def header(self, buffer: bytes, *, ended: bool) -> Header | None:
        """All lines at the beginning that start with ``#``."""
        if (ended or len(buffer) >= len(_FIRST_LINE)) and not buffer.startswith(_FIRST_LINE):
            raise malformed()
        at = 0
        while buffer[at : at + 1] == b"#":
            end = buffer.find(b"\n", at)
            if end < 0:
                return Header(buffer, contig_names(buffer)) if ended else None
            at = end + 1
        if at == len(buffer) and not ended:
            return None
        return Header(buffer[:at], contig_names(buffer[:at]))

    def length(self, buffer: bytes, at: int, *, ended: bool) -> int:
        """A line ends with a line feed, the last one perhaps with the file."""
        end = buffer.find(b"\n", at)
        if end >= 0:
            return end + 1 - at
        available = len(buffer) - at
        return available if ended else max(2 * available, 1)

    def place(self, buffer: bytes, at: int, length: int) -> tuple[ContigKey, int, int] | None:
        """A line covers its REF, and reaches to INFO/END where that lies behind it (VCF 4.5 §1.6.1, rlen)."""
        if buffer[at : at + 1] in b"#\n\r":
            return None
        columns = buffer[at : at + length].split(b"\t", _COLUMNS)
        if len(columns) < _COLUMNS or not columns[1].isdigit() or len(columns[1]) > _MAXIMUM_DIGITS:
            raise malformed()
        start_0based = int(columns[1]) - 1
        end = _END.search(columns[_INFO])
        stated_0based = int(end.group(1)) if end else 0
        return columns[0], start_0based, max(start_0based + len(columns[_REF]), stated_0based)


def contig_names(header: bytes) -> dict[str, ContigKey]:
    """The contigs that ``##contig`` lines name, in order."""
    names = _CONTIG.findall(header)
    return {name.decode("utf-8", "surrogateescape"): name for name in names}
