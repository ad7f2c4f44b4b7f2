"""What kind of file an object is: by its content, its name, and the index that lies beside it."""

import gzip
import zlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from core.errors import LoadRefused
from drs.rows import FileFormat
from loaders.crypt4gh_file import MAGIC as CRYPT4GH_MAGIC

CRYPT4GH_SUFFIX = ".c4gh"
INDEX_SUFFIXES: Mapping[FileFormat, tuple[str, ...]] = MappingProxyType(
    {
        FileFormat.BAM: ("bai", "csi"),
        FileFormat.CRAM: ("crai",),
        FileFormat.VCF: ("tbi", "csi"),
        FileFormat.BCF: ("csi",),
    }
)
"""Indexes of each format, the usual one first; formats that are not here cannot be indexed."""

MIME_TYPES: Mapping[FileFormat, str] = MappingProxyType(
    {
        FileFormat.BAM: "application/vnd.ga4gh.bam",
        FileFormat.CRAM: "application/vnd.ga4gh.cram",
        FileFormat.VCF: "application/vnd.ga4gh.vcf",
        FileFormat.BCF: "application/vnd.ga4gh.bcf",
    }
)

_REMEDIES = MappingProxyType(
    {
        FileFormat.BAM: "samtools index {name}",
        FileFormat.CRAM: "samtools index {name}",
        FileFormat.VCF: "bcftools index --tbi {name}",
        FileFormat.BCF: "bcftools index {name}",
    }
)
_EXTENSIONS = MappingProxyType(
    {
        ".vcf.gz": FileFormat.VCF,
        ".vcf.bgz": FileFormat.VCF,
        ".bam": FileFormat.BAM,
        ".cram": FileFormat.CRAM,
        ".bcf": FileFormat.BCF,
        ".sam": FileFormat.SAM,
    }
)
_SAM_TAGS = (b"@HD\t", b"@SQ\t", b"@RG\t", b"@PG\t", b"@CO\t")
_BGZF_HEAD_BYTES = 18


def stem_of(name: str) -> str:
    """A file's name without the extensions of its format and of its encryption."""
    inner = plain_name(name)
    extension = _extension(inner)
    return inner[: len(inner) - len(extension)] if extension else inner.partition(".")[0]


def plain_name(name: str) -> str:
    """The name that an encrypted file would have decrypted; other names as they are."""
    return name[: -len(CRYPT4GH_SUFFIX)] if name.lower().endswith(CRYPT4GH_SUFFIX) else name


def format_by_name(name: str) -> FileFormat | None:
    """The format that a file's name tells, encrypted or not; ``None`` if it tells none."""
    return _EXTENSIONS.get(_extension(plain_name(name)))


def file_format(path: Path, name: str | None = None) -> FileFormat:
    """The format by content; raises ``LoadRefused`` for anything that cannot be registered, naming the remedy.

    ``name``: what messages call the file (default: its name on disk).
    """
    shown = name or path.name
    with path.open("rb") as file:
        start = file.read(_BGZF_HEAD_BYTES)
    if start.startswith(b"CRAM"):
        return FileFormat.CRAM
    if start.startswith(CRYPT4GH_MAGIC):
        return FileFormat.CRYPT4GH
    if start.startswith(_SAM_TAGS) or (shown.lower().endswith(".sam") and start.isascii() and b"\0" not in start):
        return FileFormat.SAM
    if start.startswith(b"##fileformat=VCF"):
        message = f"{shown}: plain text; compress it with bgzip, then index it"
        raise LoadRefused(message)
    inner = _inner_bytes(path, shown, start) if start.startswith(b"\x1f\x8b") else b""
    kinds = {b"BAM\x01": FileFormat.BAM, b"BCF\x02": FileFormat.BCF, b"##fi": FileFormat.VCF}
    if inner not in kinds:
        message = f"{shown}: neither BAM, CRAM, VCF, BCF nor Crypt4GH"
        raise LoadRefused(message)
    return kinds[inner]


def index_names(name: str, kind: FileFormat) -> tuple[str, ...]:
    """The names that an index may have: ``x.bam.bai``, ``x.bai``, ``x.bam.csi``, ``x.csi`` and so on.

    That of an encrypted file may be named after it as well.
    """
    inner = plain_name(name)
    stem = inner[: len(inner) - len(_extension(inner))] if _extension(inner) else Path(inner).stem
    bases = dict.fromkeys((name, inner, stem))
    return tuple(f"{base}.{suffix}" for suffix in INDEX_SUFFIXES.get(kind, ()) for base in bases)


def missing_index(name: str, kind: FileFormat | None) -> LoadRefused:
    """What to say where there is no index."""
    without = "or register it for plain download with --without-index"
    if kind is FileFormat.SAM:
        return LoadRefused(f"{name}: plain SAM cannot be indexed; use samtools sort and samtools index, {without}")
    if kind is None:
        return LoadRefused(
            f"{name}: its name does not tell what is encrypted in it; name it like sample.bam.c4gh, {without}"
        )
    remedy = _REMEDIES[kind].format(name=plain_name(name))
    return LoadRefused(f"{name}: there is no index beside it; make one with: {remedy}, {without}")


def _extension(name: str) -> str:
    lowered = name.lower()
    return next((known for known in _EXTENSIONS if lowered.endswith(known)), "")


def _inner_bytes(path: Path, name: str, start: bytes) -> bytes:
    """The first four bytes inside a BGZF file; raises ``LoadRefused`` for other gzip files and for damage."""
    if start[3:4] != b"\x04" or start[12:14] != b"BC":
        message = f"{name}: compressed with gzip, not bgzip; use gunzip, then bgzip, then index it"
        raise LoadRefused(message)
    try:
        with gzip.open(path) as inflated:
            return inflated.read(4)
    except (OSError, EOFError, zlib.error) as error:
        message = f"{name}: damaged ({error})"
        raise LoadRefused(message) from error
