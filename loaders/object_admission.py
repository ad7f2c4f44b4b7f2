"""Taking sound files into a dataset, one by one: ids, people, assembly and reference must fit what is there already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from core.draft import Draft
from core.errors import LoadRefused, OperatorError
from drs.rows import FileRow, ReadGroupRow, ReferenceSequenceRow
from loaders.object_fetch import Origin
from loaders.object_formats import MIME_TYPES, stem_of
from loaders.object_found import HashedFile, InspectedObject
from loaders.object_ids import (
    Registered,
    check_alias,
    place_of,
    refuse_foreign_aliases,
    refuse_taken_place,
)
from loaders.object_inspections import Sound
from loaders.object_links import Owners, Stated, link
from loaders.object_reference import refuse_other_sequences
from loaders.vcf_header import assembly_by_length, stated_assembly

_OTHER_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Names:
    """What the operator says of all files: their id, and the assembly they are on."""

    alias: str | None = None
    assembly: str | None = None


@dataclass(frozen=True, slots=True)
class Admitted:
    """A file that is taken: its rows, where their bytes are now, what its header states, remarks."""

    found: InspectedObject
    rows: tuple[FileRow, ...]
    read_groups: tuple[ReadGroupRow, ...]
    sequences: tuple[ReferenceSequenceRow, ...]
    notes: tuple[str, ...]

    @property
    def sources(self) -> tuple[tuple[FileRow, Path], ...]:
        """Each row with the file that it is made from."""
        files = (self.found.file, *((self.found.index,) if self.found.index else ()))
        return tuple((row, file.path) for row, file in zip(self.rows, files, strict=True))


@dataclass(slots=True)
class Admission:
    """Takes files in; what it has taken counts for the next one."""

    draft: Draft
    names: Names
    stated: Stated
    owners: Owners
    registered: Registered
    foreign: dict[str, str]
    admitted: list[Admitted] = field(default_factory=list)

    def knows(self, found: InspectedObject) -> bool:
        """Whether the dataset holds the file's content already."""
        return found.file.sha256 in self.registered.digests

    def admit(self, sound: Sound) -> Admitted:
        """Take a file; raises ``LoadRefused``, or ``OperatorError`` if the dataset is on another assembly."""
        found = sound.found
        links = link(found, self.stated, self.owners)
        index = (_row(found.index, sound.origins),) if found.index else ()
        alias = check_alias(self.names.alias or stem_of(found.file.path.name)) if index else ""
        data = replace(
            _row(found.file, sound.origins),
            alias=alias,
            index_object_id=index[0].object_id if index else "",
            samples=links.samples,
            individual_ids=links.individual_ids,
            biosample_ids=links.biosample_ids,
            run_ids=links.run_ids,
            inner_format=found.inner_format.value if found.inner_format else "",
        )
        refuse_taken_place(data, self.registered)
        refuse_foreign_aliases([data], self.foreign)
        refuse_other_sequences(data.name, found.content.sequences, self.registered.md5s)
        self._settle_assembly(found)
        self.registered.digests.add(data.sha256)
        self.registered.places.update([place_of(data)] if alias else [])
        self.registered.md5s.update((row.contig, (row.md5, data.name)) for row in found.content.sequences)
        unindexed = () if index else ("no index: registered for plain download, without an htsget id",)
        admitted = Admitted(
            found=found,
            rows=(data, *index),
            read_groups=_read_groups(found),
            sequences=found.content.sequences,
            notes=(*found.content.notes, *links.notes, *unindexed),
        )
        self.admitted.append(admitted)
        return admitted

    def _settle_assembly(self, found: InspectedObject) -> None:
        """The assembly by contig lengths or as stated; files on unknown assemblies are taken without one."""
        name = found.file.path.name
        wanted = stated_assembly(self.names.assembly)
        by_length, _ = assembly_by_length(name, found.content.contigs)
        if wanted and by_length and by_length is not wanted:
            message = f"{name}: its contig lengths are those of {by_length.name}, not of {wanted.name}"
            raise LoadRefused(message)
        chosen = by_length or wanted
        if chosen:
            try:
                self.draft.use_assembly(chosen.name)
            except OperatorError as error:
                message = f"{name}: {error.message}"
                raise LoadRefused(message) from error


def distinct(outcomes: Sequence[Sound]) -> list[Sound]:
    """Each content once, as it was first given."""
    found: dict[str, Sound] = {}
    for outcome in outcomes:
        found.setdefault(outcome.found.file.sha256, outcome)
    return list(found.values())


def _row(file: HashedFile, origins: Mapping[Path, Origin]) -> FileRow:
    """The object of one file; its id follows from its content (DRS 1.5, DrsObject.id)."""
    origin = origins.get(file.path)
    return FileRow(
        object_id=file.sha256,
        name=file.path.name,
        alias="",
        format=file.format,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        md5=file.md5,
        created_at=file.created_at,
        mime_type=MIME_TYPES.get(file.format, _OTHER_TYPE),
        location=origin.location if origin else str(file.path.resolve()),
        index_object_id="",
        samples=(),
        individual_ids=(),
        stored_version=origin.stamp.version if origin else str(file.path.stat().st_mtime_ns),
    )


def _read_groups(found: InspectedObject) -> tuple[ReadGroupRow, ...]:
    return tuple(
        ReadGroupRow(
            found.file.sha256,
            group.identifier,
            group.sample,
            group.platform_unit,
            group.library,
            group.platform,
            group.date,
        )
        for group in found.content.read_groups
    )
