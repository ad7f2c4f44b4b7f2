"""The lines of a VCF or BCF file as text, whatever the compression; damage is found and named."""

import gzip
import io
import itertools
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

import pysam

from core.errors import LoadRefused
from loaders.personal_data import refuse_personal_header_lines
from loaders.vcf_header import VcfHeader, parse_header

MAXIMUM_LINE_BYTES = 128 << 20
MAXIMUM_HEADER_BYTES = 64 << 20
BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
"""The empty block that ends a BGZF file (SAM 1.6 §4.1.2)."""

_READ_BYTES = 1 << 20
_OTHER_FORMATS = {b"BAM\x01": "BAM", b"CRAM": "CRAM", b"@HD\t": "SAM", b"crypt4gh": "Crypt4GH", b"PK\x03\x04": "ZIP"}


class Lines(Protocol):
    """A source of lines of bounded length."""

    def readline(self, size: int, /) -> bytes:
        """The next line with its end, or its first ``size`` bytes; empty at the end."""
        ...


@dataclass(slots=True)
class VcfText:
    """An open file: its header, and its records as (line number, bytes of the line without its end).

    ``consumed`` tells how many bytes of the file have been read so far.
    """

    header: VcfHeader
    records: Iterator[tuple[int, bytes]]
    raw: IO[bytes] | None
    size_bytes: int
    is_bcf: bool = False

    @property
    def consumed(self) -> int:
        """Bytes read so far; 0 where that cannot be told (BCF)."""
        return self.raw.tell() if self.raw else 0


@contextmanager
def open_vcf(path: Path) -> Iterator[VcfText]:
    """Open a VCF (plain, gzip, BGZF) or BCF file; raises ``LoadRefused`` naming the file, also while reading."""
    size = path.stat().st_size
    with path.open("rb") as raw:
        start = raw.read(18)
        if start.startswith(b"\x1f\x8b"):
            _check_end_block(path.name, raw, start)
            with _damage_named(path.name), gzip.open(path, "rb") as inflated:
                start = inflated.read(18)
        _refuse_other_formats(path.name, start)
        compressed = _first_bytes(raw, 2) == b"\x1f\x8b"
        if start.startswith(b"BCF"):
            with _open_bcf(path, size) as text:
                yield text
            return
        with closing(gzip.GzipFile(fileobj=raw) if compressed else raw) as plain:
            buffered: Lines = io.BufferedReader(plain, _READ_BYTES)
            with _damage_named(path.name):
                header = _read_header(path.name, _header_lines(path.name, buffered))
            yield VcfText(header, _text_records(path.name, buffered, header.lines), raw, size)


def _first_bytes(raw: IO[bytes], count: int) -> bytes:
    raw.seek(0)
    first = raw.read(count)
    raw.seek(0)
    return first


@contextmanager
def _damage_named(name: str) -> Iterator[None]:
    """Turn what the inflater and htslib say of damaged bytes into ``LoadRefused``."""
    try:
        yield
    except (OSError, EOFError, zlib.error, ValueError) as error:
        message = f"{name}: damaged or truncated ({error})"
        raise LoadRefused(message) from error


def _check_end_block(name: str, raw: IO[bytes], start: bytes) -> None:
    """Raise ``LoadRefused`` for a BGZF file without its end block: it was cut off."""
    is_bgzf = start[3:4] == b"\x04" and start[12:14] == b"BC"
    raw.seek(0, io.SEEK_END)
    raw.seek(max(0, raw.tell() - len(BGZF_END)))
    if is_bgzf and raw.read() != BGZF_END:
        message = f"{name}: truncated, the BGZF end block is missing; copy the file again"
        raise LoadRefused(message)


def _refuse_other_formats(name: str, start: bytes) -> None:
    kind = next((kind for magic, kind in _OTHER_FORMATS.items() if start.startswith(magic)), None)
    if kind:
        message = f"{name}: this is {kind}, not VCF or BCF"
        raise LoadRefused(message)


def _header_lines(name: str, source: Lines) -> list[str]:
    lines: list[str] = []
    total = 0
    while not lines or not lines[-1].startswith("#CHROM"):
        line = source.readline(MAXIMUM_HEADER_BYTES + 1)
        total += len(line)
        if not line.startswith(b"#"):
            message = f"{name}: line {len(lines) + 1}: no #CHROM line before the first record"
            raise LoadRefused(message)
        if total > MAXIMUM_HEADER_BYTES:
            message = f"{name}: the header is larger than {MAXIMUM_HEADER_BYTES >> 20} MiB"
            raise LoadRefused(message)
        try:
            lines.append(line.rstrip(b"\r\n").decode("utf-8", "strict" if line.startswith(b"#C") else "replace"))
        except UnicodeDecodeError as error:
            message = f"{name}: line {len(lines) + 1}: sample names are not UTF-8 text"
            raise LoadRefused(message) from error
    return lines


def _read_header(name: str, lines: Sequence[str]) -> VcfHeader:
    """What the header says; raises ``LoadRefused`` for personal data in it too."""
    refuse_personal_header_lines(name, lines)
    return parse_header(name, lines)


def _text_records(name: str, source: Lines, header_lines: int) -> Iterator[tuple[int, bytes]]:
    with _damage_named(name):
        for number in itertools.count(header_lines + 1):
            line = source.readline(MAXIMUM_LINE_BYTES + 1)
            if not line:
                return
            if len(line) > MAXIMUM_LINE_BYTES:
                message = f"{name}: line {number} is longer than {MAXIMUM_LINE_BYTES >> 20} MiB"
                raise LoadRefused(message)
            yield number, line.rstrip(b"\r\n")


@contextmanager
def _open_bcf(path: Path, size: int) -> Iterator[VcfText]:
    pysam.set_verbosity(0)
    with _damage_named(path.name):
        file = pysam.VariantFile(str(path))
        header = _read_header(path.name, str(file.header).splitlines())
    numbered = enumerate(file, header.lines + 1)
    try:
        yield VcfText(header, _bcf_records(path.name, numbered, len(header.samples)), None, size, is_bcf=True)
    finally:
        with suppress(OSError):
            file.close()


def _bcf_records(
    name: str, numbered: Iterator[tuple[int, pysam.VariantRecord]], samples: int
) -> Iterator[tuple[int, bytes]]:
    with _damage_named(name):
        for number, record in numbered:
            if len(record.samples) != samples:
                message = f"record of line {number} has {len(record.samples)} samples, the header {samples}"
                raise ValueError(message)
            yield number, str(record).rstrip("\n").encode()
