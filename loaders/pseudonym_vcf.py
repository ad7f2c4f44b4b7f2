"""VCF files rewritten under the names of a project."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol, cast

import pysam

from core.errors import LoadRefused
from loaders.pseudonym_documents import renamed_vcf_header
from loaders.pseudonym_words import WholeWords, rewritten_vcf_header, rewritten_vcf_line
from loaders.task_pool import Tell

_MAXIMUM_HEADER_BYTES = 64 << 20
_TELL_EVERY = 1000


class Names(Protocol):
    """New names, and the old ones that were asked for."""

    def __call__(self, name: str) -> str:
        """The new name."""

    def words(self) -> WholeWords:
        """The names so far, to be found in texts."""


@dataclass(frozen=True, slots=True)
class VcfTask:
    """A VCF to rewrite; ``without``: samples of people who opted out, for whom it is refused."""

    source: Path
    output: Path
    without: frozenset[str]


@dataclass(frozen=True, slots=True)
class VcfWritten:
    """Header lines that were left out, and places where an old name still stands."""

    left_out: int
    remaining: int


def rekey_vcf(task: VcfTask, names: Names, target: BinaryIO, tell: Tell) -> VcfWritten:
    """Rewrite the header, and names in ID, FILTER and INFO; raises ``LoadRefused``."""
    size = task.source.stat().st_size
    with task.source.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        stream = cast("BinaryIO", gzip.GzipFile(fileobj=raw) if packed else raw)
        try:
            lines = _header_lines(task.source.name, stream)
            _refuse_opted_out(task, lines)
            header, left_out = renamed_vcf_header(lines, names)
            words = names.words()
            header, remaining = rewritten_vcf_header(header, words)
            with _packed(target, task.output) as output:
                output.write(("\n".join(header) + "\n").encode())
                for number, line in enumerate(stream):
                    made, still = rewritten_vcf_line(line.decode("utf-8", "surrogateescape"), words)
                    remaining += still
                    output.write(made.encode("utf-8", "surrogateescape"))
                    if number % _TELL_EVERY == 0:
                        tell(raw.tell(), size)
        except (EOFError, gzip.BadGzipFile) as error:
            message = f"{task.source.name}: the gzip data are damaged or cut off"
            raise LoadRefused(message) from error
    return VcfWritten(left_out, remaining)


def _refuse_opted_out(task: VcfTask, lines: list[str]) -> None:
    """Counts in INFO include every sample: the columns of people who opted out are not cut off here."""
    gone = sum(sample in task.without for sample in lines[-1].split("\t")[9:])
    if gone:
        message = (
            f"{task.source.name}: {gone:,} of its samples are of people who opted out; leave them out with "
            "`bcftools view --samples-file ^LIST`, which counts anew, or give --with-opted-out"
        )
        raise LoadRefused(message)


def _header_lines(name: str, stream: BinaryIO) -> list[str]:
    lines: list[str] = []
    total = 0
    while True:
        line = stream.readline(_MAXIMUM_HEADER_BYTES)
        total += len(line)
        if not line.startswith(b"#") or total > _MAXIMUM_HEADER_BYTES:
            message = f"{name}: no VCF header that ends with a line #CHROM"
            raise LoadRefused(message)
        try:
            lines.append(line.rstrip(b"\r\n").decode("utf-8"))
        except UnicodeDecodeError as error:
            message = f"{name}: line {len(lines) + 1}: not UTF-8 text"
            raise LoadRefused(message) from error
        if line.startswith(b"#CHROM"):
            return lines


@contextmanager
def _packed(target: BinaryIO, path: Path) -> Iterator[BinaryIO]:
    """The file itself, or BGZF into it where its name ends with ``.gz``."""
    if not path.name.endswith(".gz"):
        yield target
        return
    with pysam.BGZFile(str(path), "wb", index=None) as packed:
        yield cast("BinaryIO", packed)
