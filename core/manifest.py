"""The manifest: a dataset version is a list of immutable parts (pure: bytes in, typed values out)."""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from core.errors import DataDamaged

FORMAT = 1

_FILE_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]*")


class PartKind(StrEnum):
    """What a part holds."""

    VARIANTS = "variants"
    ENTITIES = "entities"
    FILES = "files"


class AbsentSite(StrEnum):
    """What it means for the people of a part that a site is not in it.

    ``BLOCKS``: reference for those of whom the part says so in its table ``covered``, unknown for the others.
    """

    REFERENCE = "reference"
    UNKNOWN = "unknown"
    BLOCKS = "blocks"


@dataclass(frozen=True, slots=True)
class Source:
    """An input file that a part was made from, by name (no folder) and SHA-256 of its bytes (hex)."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Part:
    """One immutable DuckDB file.

    ``file``: name inside the dataset's ``parts`` folder. ``sha256``: of the file's bytes (hex). ``content_digest``:
    of its ordered content, equal for equal content (DuckDB files of equal content differ in bytes). ``rows``: rows of
    the main table. For variant parts also: ``contig`` (canonical name), ``batch`` (which people or sites),
    ``people_count`` (0 for sites-only data) and what an absent site means. Where it means reference,
    ``absent_allele_number`` is the number of alleles that every such site has, ``absent_allele_number_par`` the same
    inside pseudo-autosomal regions.
    """

    kind: PartKind
    file: str
    sha256: str
    content_digest: str
    size_bytes: int
    rows: int
    sources: tuple[Source, ...] = ()
    batch: str = ""
    contig: str = ""
    people_count: int = 0
    absent_site: AbsentSite = AbsentSite.UNKNOWN
    absent_allele_number: int = 0
    absent_allele_number_par: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """A version of a dataset: its parts in a fixed order, each once. ``created_at`` is RFC 3339 in UTC."""

    dataset_id: str
    version: str
    assembly: str
    created_at: str
    parts: tuple[Part, ...] = ()
    parent: str | None = None
    notes: tuple[str, ...] = field(default=())

    def with_parts(self, new: Iterable[Part]) -> "Manifest":
        """The same version with more parts, kept in the order kind, contig, batch, file."""
        parts = {part.file: part for part in (*self.parts, *new)}
        ordered = sorted(parts.values(), key=lambda part: (part.kind, part.contig, part.batch, part.file))
        return replace(self, parts=tuple(ordered))

    def of_kind(self, kind: PartKind) -> tuple[Part, ...]:
        """The parts of one kind, in order."""
        return tuple(part for part in self.parts if part.kind == kind)


def to_json(manifest: Manifest) -> bytes:
    """The manifest as canonical JSON: sorted names, one value, one spelling."""
    document = {"format": FORMAT, **asdict(manifest)}
    return (json.dumps(document, sort_keys=True, indent=1, ensure_ascii=False) + "\n").encode()


def from_json(data: bytes) -> Manifest:
    """Read a manifest; raises ``DataDamaged`` for anything that ``to_json`` would not have written."""
    try:
        document: dict[str, Any] = json.loads(data)
        if document.pop("format") != FORMAT:
            message = "manifest of an unknown format"
            raise DataDamaged(message)
        parts = tuple(_part(item) for item in document.pop("parts"))
        notes = tuple(document.pop("notes"))
        manifest = Manifest(parts=parts, notes=notes, **document)
        sound = to_json(manifest) == data and _well_typed(manifest)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        message = "not a manifest of a dataset version"
        raise DataDamaged(message) from error
    if not sound:
        message = "a manifest that was changed since it was written"
        raise DataDamaged(message)
    return manifest


def _well_typed(manifest: Manifest) -> bool:
    """Whether every value is of its field's type, and every file a plain name."""
    texts = [manifest.dataset_id, manifest.version, manifest.assembly, manifest.created_at, manifest.parent or ""]
    texts += manifest.notes
    numbers: list[int] = []
    for part in manifest.parts:
        texts += [part.file, part.sha256, part.content_digest, part.batch, part.contig]
        texts += [text for source in part.sources for text in (source.name, source.sha256)]
        numbers += [part.size_bytes, part.rows, part.people_count]
        numbers += [part.absent_allele_number, part.absent_allele_number_par]
    plain = all(_FILE_NAME.fullmatch(part.file) for part in manifest.parts)
    return plain and all(type(text) is str for text in texts) and all(type(number) is int for number in numbers)


def _part(item: dict[str, Any]) -> Part:
    sources = tuple(Source(**source) for source in item.pop("sources"))
    kind, absent = PartKind(item.pop("kind")), AbsentSite(item.pop("absent_site"))
    return Part(kind=kind, absent_site=absent, sources=sources, **item)
