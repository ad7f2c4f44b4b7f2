"""One BAM, CRAM, VCF or BCF file with its index: checked and hashed; runs in a worker process."""

import gzip
import hashlib
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TypeVar

import pysam

from core.errors import LoadRefused
from drs.rows import FileFormat
from loaders.cram_file import CramFile
from loaders.sam_header import read_sam_header
from loaders.vcf_header import Contig
from loaders.vcf_lines import BGZF_END, open_vcf
from loaders.worker import Tell

WHOLE_CHECK_BYTES = 64 << 20
"""Up to this size every record is counted and compared with the index; beyond it one per contig is fetched."""

HtsFile = TypeVar("HtsFile", pysam.AlignmentFile, pysam.VariantFile)

_HASH_BYTES = 1 << 20
_FETCHED_CONTIGS = 500
_INDEXES: dict[FileFormat, tuple[str, ...]] = {
    FileFormat.BAM: ("bai", "csi"),
    FileFormat.CRAM: ("crai",),
    FileFormat.VCF: ("tbi", "csi"),
    FileFormat.BCF: ("csi",),
}
_REMEDIES = {
    FileFormat.BAM: "samtools index {name}",
    FileFormat.CRAM: "samtools index {name}",
    FileFormat.VCF: "bcftools index --tbi {name}",
    FileFormat.BCF: "bcftools index {name}",
}


@dataclass(frozen=True, slots=True)
class HashedFile:
    """A file's bytes; ``created_at``: time of the last change of its content, RFC 3339 in UTC."""

    path: Path
    format: FileFormat
    size_bytes: int
    sha256: str
    md5: str
    created_at: str


@dataclass(frozen=True, slots=True)
class InspectedObject:
    """A sound file, its index, and what its header says."""

    file: HashedFile
    index: HashedFile
    samples: tuple[str, ...]
    contigs: tuple[Contig, ...]
    reference: str
    notes: tuple[str, ...] = ()


def inspect_object(path: Path, tell: Tell) -> InspectedObject:
    """Check and hash a file and the index beside it; raises ``LoadRefused`` with the remedy."""
    kind = file_format(path)
    index = _index_beside(path, kind)
    with path.open("rb") as file:
        if kind is FileFormat.CRAM:
            samples, contigs, reference = _check_cram(path, file, index)
        elif kind is FileFormat.BAM:
            _check_bgzf_end(path, file)
            samples, contigs, reference = _check_bam(path, index, tell)
        else:
            samples, contigs, reference = _check_variants(path, index, tell)
    index_kind = FileFormat(index.suffix[1:].upper())
    hashed = _hashed(path, kind, tell)
    notes = []
    if index.stat().st_mtime < path.stat().st_mtime:
        notes.append("the index is older than the file")
    if not samples and kind in (FileFormat.BAM, FileFormat.CRAM):
        notes.append("no read group names a sample: nobody's opt-out can reach this file")
    return InspectedObject(hashed, _hashed(index, index_kind, tell), samples, contigs, reference, tuple(notes))


def file_format(path: Path) -> FileFormat:
    """The format by content; raises ``LoadRefused`` for anything that cannot be registered, naming the remedy."""
    with path.open("rb") as file:
        start = file.read(18)
    if start.startswith(b"CRAM"):
        return FileFormat.CRAM
    if start.startswith(b"##fileformat=VCF"):
        message = f"{path.name}: plain text; compress it with bgzip, then index it"
        raise LoadRefused(message)
    if start.startswith(b"\x1f\x8b"):
        if start[3:4] != b"\x04" or start[12:14] != b"BC":
            message = f"{path.name}: compressed with gzip, not bgzip; use gunzip, then bgzip, then index it"
            raise LoadRefused(message)
        kinds = {b"BAM\x01": FileFormat.BAM, b"BCF\x02": FileFormat.BCF, b"##fi": FileFormat.VCF}
        try:
            with gzip.open(path) as inflated:
                inner = inflated.read(4)
        except (OSError, EOFError) as error:
            message = f"{path.name}: damaged ({error})"
            raise LoadRefused(message) from error
        if inner in kinds:
            return kinds[inner]
    message = f"{path.name}: neither BAM, CRAM, VCF nor BCF"
    raise LoadRefused(message)


def _index_beside(path: Path, kind: FileFormat) -> Path:
    """``x.bam.bai``, ``x.bai``, ``x.bam.csi``, ``x.csi`` and so on: the first that is there."""
    stem = path.with_suffix("") if kind is not FileFormat.VCF else path.with_suffix("").with_suffix("")
    for suffix in _INDEXES[kind]:
        for candidate in (path.with_name(f"{path.name}.{suffix}"), stem.with_name(f"{stem.name}.{suffix}")):
            if candidate.is_file():
                return candidate
    remedy = _REMEDIES[kind].format(name=path.name)
    message = f"{path.name}: there is no index beside it; make one with: {remedy}"
    raise LoadRefused(message)


def _check_bgzf_end(path: Path, file: IO[bytes]) -> None:
    file.seek(0, io.SEEK_END)
    file.seek(max(0, file.tell() - len(BGZF_END)))
    if file.read() != BGZF_END:
        message = f"{path.name}: truncated, the BGZF end block is missing; copy the file again"
        raise LoadRefused(message)


@contextmanager
def _closing_quietly(file: HtsFile) -> Iterator[HtsFile]:
    """Close the file at the end; htslib reports at closing again what reading has reported."""
    try:
        yield file
    finally:
        with suppress(OSError):
            file.close()


_Found = tuple[tuple[str, ...], tuple[Contig, ...], str]


def _check_cram(path: Path, file: IO[bytes], index: Path) -> _Found:
    cram = CramFile(path.name, file, path.stat().st_size)
    header = read_sam_header(path.name, cram.header_text())
    cram.check_index(index.read_bytes(), len(header.contigs))
    return header.samples, header.contigs, ""


def _check_bam(path: Path, index: Path, tell: Tell) -> _Found:
    pysam.set_verbosity(0)
    try:
        with _closing_quietly(pysam.AlignmentFile(str(path), index_filename=str(index), check_sq=False)) as bam:
            header = read_sam_header(path.name, str(bam.header))
            statistics = {item.contig: item.mapped + item.unmapped for item in bam.get_index_statistics()}
            if path.stat().st_size <= WHOLE_CHECK_BYTES:
                counted = _counted_reads(path, bam, tell)
                if {contig: count for contig, count in statistics.items() if count} != counted:
                    _refuse_index(path)
            for contig in _some(contig for contig, count in statistics.items() if count):
                if next(iter(bam.fetch(contig=contig)), None) is None:
                    _refuse_index(path)
    except (OSError, ValueError) as error:
        message = f"{path.name}: damaged, or its index is ({error})"
        raise LoadRefused(message) from error
    return header.samples, header.contigs, ""


def _counted_reads(path: Path, bam: pysam.AlignmentFile, tell: Tell) -> dict[str, int]:
    """Reads per contig; raises ``LoadRefused`` if they are not sorted by coordinate."""
    counted: Counter[int] = Counter()
    last = (0, -1)
    for number, read in enumerate(bam.fetch(until_eof=True)):
        contig = read.reference_id
        place = (1 << 40 if contig < 0 else contig, read.reference_start)
        if place < last:
            message = f"{path.name}: not sorted by coordinate; use samtools sort, then samtools index"
            raise LoadRefused(message)
        last = place
        counted[contig] += 1
        if not number % 65536:
            tell(number, 0)
    return {bam.get_reference_name(contig): count for contig, count in counted.items() if contig >= 0}


def _check_variants(path: Path, index: Path, tell: Tell) -> _Found:
    with open_vcf(path) as text:
        header = text.header
    pysam.set_verbosity(0)
    try:
        with _closing_quietly(pysam.VariantFile(str(path), index_filename=str(index))) as file:
            contigs = [str(contig) for contig in file.index or ()]
            counted = _counted_records(path, tell) if path.stat().st_size <= WHOLE_CHECK_BYTES else None
            for contig in _some(contigs):
                found = sum(1 for _ in file.fetch(contig)) if counted is not None else 1
                if counted is not None and found != counted.get(contig, 0):
                    _refuse_index(path)
                if counted is None:
                    next(file.fetch(contig), None)
            if counted is not None and not counted.keys() <= set(contigs):
                _refuse_index(path)
    except (OSError, ValueError) as error:
        message = f"{path.name}: damaged, or its index is ({error})"
        raise LoadRefused(message) from error
    return header.samples, header.contigs, header.reference


def _counted_records(path: Path, tell: Tell) -> dict[str, int]:
    counted: Counter[str] = Counter()
    with open_vcf(path) as text:
        for number, line in text.records:
            counted[line.split(b"\t", 1)[0].decode("utf-8", "replace")] += 1
            if not number % 65536:
                tell(number, 0)
    return dict(counted)


def _some(contigs: Iterable[str]) -> Sequence[str]:
    return tuple(contigs)[:_FETCHED_CONTIGS]


def _refuse_index(path: Path) -> None:
    message = f"{path.name}: the index belongs to another file or state of it; make it again"
    raise LoadRefused(message)


def _hashed(path: Path, kind: FileFormat, tell: Tell) -> HashedFile:
    """Both digests in one pass; raises ``LoadRefused`` if the file changes meanwhile."""
    before = path.stat()
    sha256, md5, done = hashlib.sha256(), hashlib.md5(usedforsecurity=False), 0
    with path.open("rb") as file:
        while chunk := file.read(_HASH_BYTES):
            sha256.update(chunk)
            md5.update(chunk)
            done += len(chunk)
            tell(done, before.st_size)
    after = path.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or done != before.st_size:
        message = f"{path.name}: changed while it was read"
        raise LoadRefused(message)
    created_at = datetime.fromtimestamp(int(before.st_mtime), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return HashedFile(path, kind, done, sha256.hexdigest(), md5.hexdigest(), created_at)
