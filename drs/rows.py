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
