"""The sequences of a reference FASTA: length and MD5 of each, as @SQ M5 has them (SAM 1.6 §1.3.2)."""

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from core.errors import LoadRefused
from drs.rows import ReferenceSequenceRow
from loaders.object_found import Reference
from loaders.worker import Tell

_READ_BYTES = 1 << 20
_LONGEST_NAME_BYTES = 1 << 12
_PRINTABLE = bytes(range(33, 127))
_DROPPED = bytes(set(range(256)) - set(_PRINTABLE))


@dataclass(slots=True)
class _Sequence:
    name: str
    bases: int = 0
    digest: "hashlib._Hash" = field(default_factory=lambda: hashlib.md5(usedforsecurity=False))

    def add(self, line: bytes) -> None:
        bases = line.translate(None, _DROPPED).upper()
        self.bases += len(bases)
        self.digest.update(bases)

    def row(self) -> ReferenceSequenceRow:
        return ReferenceSequenceRow(self.name, self.bases, self.digest.hexdigest())


def read_reference(path: Path, tell: Tell) -> Reference:
    """Read a FASTA file, plain or compressed with bgzip, in a worker; it must have its index (``.fai``) beside it.

    Raises ``LoadRefused`` naming file, place and remedy.
    """
    name = path.name
    index = path.with_name(f"{name}.fai")
    if not path.is_file() or not index.is_file():
        message = f"{name}: a FASTA file with its index beside it is needed; make one with: samtools faidx {name}"
        raise LoadRefused(message)
    size = path.stat().st_size
    try:
        with path.open("rb") as raw:
            compressed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            source: IO[bytes] = gzip.GzipFile(fileobj=raw) if compressed else raw  # type: ignore[assignment] # reads
            rows = [sequence.row() for sequence in _sequences(name, source, raw, size, tell)]
    except (OSError, EOFError, zlib.error) as error:
        message = f"{name}: damaged or truncated ({error})"
        raise LoadRefused(message) from error
    found = {row.contig: row for row in rows}
    if len(found) < len(rows):
        message = f"{name}: a sequence is there twice"
        raise LoadRefused(message)
    return Reference(path, found)


def _sequences(name: str, source: IO[bytes], raw: IO[bytes], size: int, tell: Tell) -> Iterator[_Sequence]:
    """Sequence by sequence; lines may be of any length, of which no more than a piece is kept."""
    current: _Sequence | None = None
    number, begun = 0, True
    while piece := source.readline(_READ_BYTES):
        number += begun
        if begun and piece.startswith(b">"):
            if current is not None:
                yield current
            current = _Sequence(_name_of(name, number, piece))
        elif current is not None:
            current.add(piece)
        elif piece.strip():
            message = f"{name}: line {number}: this is not FASTA: a line that begins with > is expected"
            raise LoadRefused(message)
        begun = piece.endswith(b"\n")
        if not number % 4096:
            tell(raw.tell(), size)
    if current is None:
        message = f"{name}: no sequence in it"
        raise LoadRefused(message)
    yield current


def _name_of(name: str, number: int, line: bytes) -> str:
    words = line[1:].split(maxsplit=1)
    if not words or not line.endswith(b"\n") or len(words[0]) > _LONGEST_NAME_BYTES:
        message = f"{name}: line {number}: a sequence without a name, or with a name too long"
        raise LoadRefused(message)
    return words[0].decode("utf-8", "replace")
