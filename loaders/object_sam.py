"""Plain SAM files, line by line: the header, and records of at least eleven columns (SAM 1.6 §1.3, §1.4)."""

from typing import IO

from core.errors import LoadRefused
from loaders.object_bam import reads_content
from loaders.object_found import Content, Subject
from loaders.sam_header import read_sam_header
from loaders.worker import Tell

_COLUMNS = 11
_NUMBERS = (1, 3, 4)
"""FLAG, POS and MAPQ."""

_LONGEST_LINE_BYTES = 64 << 20
_MAXIMUM_HEADER_BYTES = 64 << 20
_TELL_EVERY = 65536


def check_sam(subject: Subject, tell: Tell) -> Content:
    """Check a SAM file, which has no index and need not have a header; raises ``LoadRefused`` naming the line."""
    with subject.path.open("rb") as file:
        header_lines: list[bytes] = []
        header_bytes = number = 0
        while line := _line(subject.name, file, number + 1):
            number += 1
            if line.startswith(b"@") and len(header_lines) == number - 1:
                header_lines.append(line)
                header_bytes += len(line)
                if header_bytes > _MAXIMUM_HEADER_BYTES:
                    message = f"{subject.name}: the header is larger than {_MAXIMUM_HEADER_BYTES >> 20} MiB"
                    raise LoadRefused(message)
            else:
                _check_record(subject.name, number, line)
            if not number % _TELL_EVERY:
                tell(number, 0)
    header = read_sam_header(subject.name, b"".join(header_lines).decode("utf-8", "replace"), any_order=True)
    return reads_content(subject, header, ())


def _line(name: str, file: IO[bytes], number: int) -> bytes:
    line = file.readline(_LONGEST_LINE_BYTES + 1)
    if len(line) > _LONGEST_LINE_BYTES:
        message = f"{name}: line {number} is longer than {_LONGEST_LINE_BYTES >> 20} MiB"
        raise LoadRefused(message)
    return line


def _check_record(name: str, number: int, line: bytes) -> None:
    cells = line.rstrip(b"\r\n").split(b"\t", _COLUMNS)
    if len(cells) < _COLUMNS or not all(cells[column].isdigit() for column in _NUMBERS):
        message = f"{name}: line {number}: not a SAM record of {_COLUMNS} columns"
        raise LoadRefused(message)
