"""Segments of one contig into one variant part; runs in a worker process."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import numpy as np

from beacon.part_builder import Duplicates, VariantPartBuilder
from beacon.rows import PersonRow
from beacon.variant_batch import VariantBatch
from core.columns import UNKNOWN
from core.errors import LoadRefused, OperatorError
from core.genome import find_assembly
from core.manifest import AbsentSite, Part, PartKind, Source
from core.part_entry import part_entry
from loaders.contig_copies import SEX_CONTIGS, CallTally, Copies, copies_of_people, rebased_calls, with_nobody_called
from loaders.contig_merge import FileOnContig, InsideRegions, merged
from loaders.coverage import Coverage
from loaders.gene_annotation import GeneAnnotator
from loaders.qc.genotypes import ContigPeople
from loaders.qc.tally import ContigTally
from loaders.segments import Segment, read_covered, read_segment
from loaders.task_pool import attempt_folder
from loaders.worker import Tell

MAXIMUM_SCATTERED_ROWS = 8_000_000
"""Of a file that is not sorted, so many variants of one contig are put in order in memory."""


@dataclass(frozen=True, slots=True)
class FileSegments:
    """What one file holds of the contig. ``people``: in column order; ``tally``: of all its calls there."""

    name: str
    sha256: str
    people: tuple[PersonRow, ...]
    segments: tuple[Segment, ...]
    tally: CallTally


@dataclass(frozen=True, slots=True)
class PartTask:
    """A part to build in a private folder, under a name. ``files``: of different people.

    ``genes_home``: the node's home where variants without annotations are to be given the genes they lie in.
    """

    contig: str
    folder: Path
    name: str
    assembly: str
    batch: str
    absent_site: AbsentSite
    files: tuple[FileSegments, ...]
    genes_home: Path | None = None


@dataclass(frozen=True, slots=True)
class PartOutcome:
    """A built part; ``part`` is ``None`` if it would say nothing. ``duplicates``: of each file."""

    part: Part | None
    path: Path
    tally: ContigTally
    people: tuple[PersonRow, ...]
    duplicates: tuple[Duplicates, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """The file that holds it."""
        return (self.path,) if self.part else ()


def build_part(task: PartTask, tell: Tell) -> PartOutcome:
    """Build the part of one contig; raises ``LoadRefused``, and ``OperatorError`` where it cannot be written."""
    with storage_named():
        return _PartBuild(task, attempt_folder(task.folder) / task.name).run(tell)


@contextmanager
def storage_named() -> Iterator[None]:
    """Turn the database's own failures (disk full, memory limit) into an error for the operator."""
    try:
        yield
    except (duckdb.Error, OSError) as error:
        message = f"the parts cannot be written: {' '.join(str(error).split())}"
        raise OperatorError(message) from error


class _PartBuild:
    """The state of one build."""

    def __init__(self, task: PartTask, path: Path) -> None:
        self._task, self._path = task, path
        assembly = find_assembly(task.assembly)
        regions = assembly.pseudo_autosomal if assembly and task.contig in SEX_CONTIGS else ()
        self._inside = InsideRegions([region[1:] for region in regions if region[0] == task.contig])
        self._copies = [
            copies_of_people(task.contig, [person.sex for person in file.people], file.tally) for file in task.files
        ]
        self._people = tuple(self._people_of_part())
        blocks = task.absent_site is AbsentSite.BLOCKS
        self._covered = [
            self._all_called(file, copies) if blocks else Coverage.empty()
            for file, copies in zip(task.files, self._copies, strict=True)
        ]
        self._qc_people = ContigPeople.on_contig(task.contig, self._people, assembly=assembly)
        self._duplicates = tuple(Duplicates() for _ in task.files)
        self._tally = ContigTally.empty(task.contig, len(self._people))
        self._genes = GeneAnnotator.of_home(task.genes_home, task.assembly) if task.genes_home else None

    @property
    def _expects_calls(self) -> bool:
        """Whether people are expected to be called unless it says otherwise; of many lone files only carriers are."""
        return self._task.absent_site is not AbsentSite.UNKNOWN or len(self._task.files) == 1

    def _people_of_part(self) -> Iterator[PersonRow]:
        first = 0
        for file, copies in zip(self._task.files, self._copies, strict=True):
            for column, person in enumerate(file.people):
                outside, inside = (int(copies[side, column]) * self._expects_calls for side in (0, 1))
                yield replace(person, person_index=first + column, copies=outside, copies_par=inside)
            first += len(file.people)

    def _all_called(self, file: FileSegments, copies: Copies) -> Coverage:
        found = Coverage.joined([read_covered(segment) for segment in file.segments])
        return found.with_all_copies(copies, self._inside.of(found.start_0based))

    def _first_people(self) -> list[int]:
        """The number in the part of the first person of each file."""
        return [sum(copies.shape[1] for copies in self._copies[:number]) for number in range(len(self._copies))]

    def run(self, tell: Tell) -> PartOutcome:
        """Build it."""
        task = self._task
        total, done = sum(segment.rows for file in task.files for segment in file.segments), 0
        with VariantPartBuilder(self._path) as builder:
            builder.add_people(self._people)
            if task.absent_site is AbsentSite.BLOCKS:
                covered = Coverage.joined(
                    [each.shifted(first) for each, first in zip(self._covered, self._first_people(), strict=True)]
                )
                builder.add_covered(covered.person_index, covered.start_0based, covered.end_0based)
            for batch, complete_below in self._batches():
                annotated = self._genes.annotated(task.contig, batch) if self._genes else batch
                self._tally.add(annotated, self._qc_people)
                builder.add(annotated, complete_below=complete_below)
                done += len(batch)
                tell(done, total)
            built = builder.finish()
        if not built.finished.rows["variants"] and task.absent_site is AbsentSite.UNKNOWN:
            self._path.unlink()
            return PartOutcome(None, self._path, self._tally, self._people, self._repeated(built.duplicates))
        sources = tuple(Source(file.name, file.sha256) for file in task.files)
        part = part_entry(PartKind.VARIANTS, built.finished, sources=sources, batch=task.batch)
        return PartOutcome(
            self._described(part), self._path, self._tally, self._people, self._repeated(built.duplicates)
        )

    def _repeated(self, of_builder: Duplicates) -> tuple[Duplicates, ...]:
        return (of_builder,) if len(self._task.files) == 1 else self._duplicates

    def _described(self, part: Part) -> Part:
        reference = self._task.absent_site is AbsentSite.REFERENCE
        outside, inside = (sum(int(copies[side].sum()) for copies in self._copies) * reference for side in (0, 1))
        return replace(
            part,
            contig=self._task.contig,
            people_count=len(self._people),
            absent_site=self._task.absent_site,
            absent_allele_number=outside,
            absent_allele_number_par=inside if self._task.contig in SEX_CONTIGS else 0,
        )

    def _batches(self) -> Iterator[tuple[VariantBatch, int | None]]:
        """Batches in an order that the builder can write, each with the key below which nothing follows."""
        if len(self._task.files) == 1:
            yield from self._of_one_file(0)
            return
        yield from self._of_many_files()

    def _of_one_file(self, number: int) -> Iterator[tuple[VariantBatch, int | None]]:
        segments = self._task.files[number].segments
        later = _least_keys_after(segments)
        for segment, least in zip(segments, later, strict=True):
            yield self._loaded(number, segment), least

    def _loaded(self, number: int, segment: Segment) -> VariantBatch:
        """The variants of a segment, with calls relative to the copies that the whole file shows."""
        data = read_segment(segment)
        wanted: Copies = self._copies[number]
        starts_inside = self._inside.of(data.batch.start_0based)
        calls = rebased_calls(data.batch.sides.get("calls"), data.rows_inside, data.told, starts_inside, wanted)
        sides = {table: side for table, side in data.batch.sides.items() if table != "calls"}
        # Of a record without genotypes nobody is called, whatever was expected where it was read.
        silent = data.batch.heterozygous == UNKNOWN
        calls = with_nobody_called(calls, silent, starts_inside, wanted)
        if calls is not None and len(calls["row"]):
            sides["calls"] = calls
        return replace(data.batch, sides=sides).ordered()

    def _of_many_files(self) -> Iterator[tuple[VariantBatch, int | None]]:
        """Windows of the contig in which every file is known whole, merged."""
        files = [
            FileOnContig(copies, first, self._task.absent_site, covered)
            for copies, first, covered in zip(self._copies, self._first_people(), self._covered, strict=True)
        ]
        readers = [
            _SortedFile(file.name, self._of_one_file(number), self._duplicates[number])
            for number, file in enumerate(self._task.files)
        ]
        while True:
            for reader in readers:
                reader.fill()
            bounds = [reader.bound for reader in readers if reader.bound is not None]
            bound = min(bounds, default=None)
            taken = [(number, reader.take_below(bound)) for number, reader in enumerate(readers)]
            filled = [(number, batch) for number, batch in taken if batch is not None and len(batch)]
            if filled:
                yield merged(filled, files, self._inside), bound
            if bound is None:
                return


class _SortedFile:
    """The variants of one file in order, a window at a time."""

    def __init__(self, name: str, batches: Iterator[tuple[VariantBatch, int | None]], duplicates: Duplicates) -> None:
        self._name, self._batches, self._duplicates = name, batches, duplicates
        self._pending: VariantBatch | None = None
        self.bound: int | None = -1

    def fill(self) -> None:
        """Read on until there is something below the bound, or nothing more to come."""
        while self.bound is not None and (self._pending is None or not np.any(self._pending.key < self.bound)):
            batch, self.bound = next(self._batches, (None, None))
            if batch is None:
                return
            joined = batch if self._pending is None else VariantBatch.concatenated([self._pending, batch])
            ordered = joined.ordered()
            self._pending, repeated = ordered.without_repeats()
            self._duplicates.note(ordered, repeated.tolist())
            if len(self._pending) > MAXIMUM_SCATTERED_ROWS:
                message = f"{self._name}: its records are not sorted; sort the file first (bcftools sort)"
                raise LoadRefused(message)

    def take_below(self, bound: int | None) -> VariantBatch | None:
        """What lies below the bound (``None``: all), taken away."""
        found, pending = self._pending, None
        if found is not None and bound is not None:
            found, pending = found.split_at(bound)
        self._pending = pending if pending is not None and len(pending) else None
        return found


def _least_keys_after(segments: Sequence[Segment]) -> list[int | None]:
    """For each segment the least key of those that follow; ``None`` for the last."""
    least: int | None = None
    found: list[int | None] = []
    for segment in reversed(segments):
        found.append(least)
        least = segment.first_key if least is None else min(least, segment.first_key)
    return found[::-1]
