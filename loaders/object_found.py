"""What is asked of one file, and what is found in it: the values that go to a worker and come back (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from drs.rows import FileFormat, ReferenceSequenceRow
from loaders.sam_header import ReadGroup
from loaders.vcf_header import Contig


@dataclass(frozen=True, slots=True)
class Reference:
    """A FASTA file with its ``.fai``, and its sequences by name: length in bases, MD5 of the bases."""

    path: Path
    sequences: Mapping[str, ReferenceSequenceRow]


@dataclass(frozen=True, slots=True)
class InspectionTask:
    """A file to check and hash.

    ``scratch``: a folder for what is needed for a while. ``without_index``: it need not have an index. ``key``: the
    secret key that opens Crypt4GH files. ``every_record``: read all records, however large the file is.
    """

    path: Path
    scratch: Path
    without_index: bool = False
    key: Path | None = None
    reference: Reference | None = None
    every_record: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """A file whose content is to be checked; ``name`` is what messages call it, ``index`` what was found beside it."""

    name: str
    path: Path
    index: Path | None
    scratch: Path
    whole: bool
    reference: Reference | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What a file's header says, and remarks on the file."""

    samples: tuple[str, ...] = ()
    contigs: tuple[Contig, ...] = ()
    reference: str = ""
    read_groups: tuple[ReadGroup, ...] = ()
    sequences: tuple[ReferenceSequenceRow, ...] = ()
    notes: tuple[str, ...] = ()


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
    """A sound file, its index if it has one, and what its header says.

    ``inner_format``: what a Crypt4GH file holds. ``readable``: whether the header was read, so that ``content`` names
    all samples; false for encrypted files without a key.
    """

    file: HashedFile
    index: HashedFile | None
    content: Content = field(default_factory=Content)
    inner_format: FileFormat | None = None
    readable: bool = True


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that is not taken, and why."""

    name: str
    reason: str
