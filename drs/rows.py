"""The row of a file object: what loaders produce and the object store takes (pure)."""

from dataclasses import dataclass
from enum import StrEnum


class FileFormat(StrEnum):
    """Formats of files that are registered as objects."""

    BAM = "BAM"
    CRAM = "CRAM"
    VCF = "VCF"
    BCF = "BCF"
    BAI = "BAI"
    CSI = "CSI"
    CRAI = "CRAI"
    TBI = "TBI"
    SAM = "SAM"
    CRYPT4GH = "CRYPT4GH"


INDEX_FORMATS = frozenset({FileFormat.BAI, FileFormat.CSI, FileFormat.CRAI, FileFormat.TBI})
"""Formats of files that say where the records of another file are."""

LIST_FIELDS = frozenset({"samples", "individual_ids", "biosample_ids", "run_ids"})
"""Fields of ``FileRow`` that are stored as JSON arrays of texts."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """One immutable file.

    ``object_id``: the DRS id, ``sha-256`` of the content in hex: new bytes, new id (DRS 1.5, DrsObject.id).
    ``alias``: the htsget id that groups one dataset's formats of one stem, empty for index files. ``created_at``: RFC
    3339 in UTC, time of the content. ``location``: absolute path, path inside the node's home, or
    ``s3://bucket/key``; it never leaves the node. ``index_object_id``: the object that indexes this one, empty if
    there is none. ``samples`` and ``individual_ids``: sample columns (or read groups' samples) in file order, and
    whom they belong to, position by position.
    ``stored_version``: the storage's mark of the bytes at registration (``core.storage.Stamp``), empty if unknown.
    ``biosample_ids``: the loaded biosample of each sample, position by position, empty where none is loaded.
    ``run_ids``: the sequencing runs that the file came from. ``inner_format``: what a Crypt4GH file holds, as far as
    its name or a key tells; empty for all others.
    """

    object_id: str
    name: str
    alias: str
    format: FileFormat
    size_bytes: int
    sha256: str
    md5: str
    created_at: str
    mime_type: str
    location: str
    index_object_id: str
    samples: tuple[str, ...]
    individual_ids: tuple[str, ...]
    stored_version: str = ""
    biosample_ids: tuple[str, ...] = ()
    run_ids: tuple[str, ...] = ()
    inner_format: str = ""

    @property
    def is_index(self) -> bool:
        """Whether this file only indexes another."""
        return self.format in INDEX_FORMATS


@dataclass(frozen=True, slots=True)
class ReadGroupRow:
    """A read group of a file, as its header has it (SAM 1.6 §1.3, @RG): ID, SM, PU, LB, PL, DT; empty: not stated."""

    object_id: str
    read_group: str
    sample: str
    platform_unit: str
    library: str
    platform: str
    date: str


@dataclass(frozen=True, slots=True)
class ReferenceSequenceRow:
    """A contig that files of the part are aligned to: its length, and the MD5 of its bases (SAM 1.6 §1.3.2, M5).

    ``md5``: lower-case hex; ``length`` in bases. Contigs without an MD5 are not listed.
    """

    contig: str
    length: int
    md5: str
