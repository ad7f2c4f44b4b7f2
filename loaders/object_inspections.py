"""All files of a load, checked in workers: which are sound, which are not, and where each lies for good."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from core.draft import Draft
from core.errors import LoadRefused
from core.storage import Storage
from loaders.fasta_md5 import read_reference
from loaders.input_files import S3Url
from loaders.object_fetch import Origin, fetch
from loaders.object_found import InspectedObject, InspectionTask, Reference, Refusal
from loaders.object_inspection import inspect_or_refuse
from loaders.progress import Progress
from loaders.worker import WorkerLimits, WorkerPool


@dataclass(frozen=True, slots=True)
class Checks:
    """How files are to be checked; see ``InspectionTask``. ``reference``: a FASTA file."""

    without_index: bool = False
    key: Path | None = None
    reference: Path | None = None
    every_record: bool = False


@dataclass(frozen=True, slots=True)
class Sound:
    """A file that was found sound; ``origins``: where its bytes lie for good, if not where they were read."""

    found: InspectedObject
    origins: dict[Path, Origin] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Workshop:
    """What a load needs to check files: the draft's staging folder, an object store, processes, somebody to tell.

    ``keep_fetched``: what was fetched is still needed when all has been checked.
    """

    draft: Draft
    storage: Storage | None
    processes: int
    limits: WorkerLimits | None
    progress: Progress
    keep_fetched: bool

    def inspect(self, files: Sequence[Path | S3Url], checks: Checks) -> list[Sound | Refusal]:
        """The outcome of each file, in order; raises ``LoadRefused`` for a reference that cannot be read."""
        reference = self._reference(checks.reference)
        paths = [file for file in files if isinstance(file, Path)]
        local = dict(zip(paths, self._inspect(paths, checks, reference), strict=True))
        outcomes: list[Sound | Refusal] = []
        for number, file in enumerate(files):
            if isinstance(file, Path):
                found = local[file]
                outcomes.append(found if isinstance(found, Refusal) else Sound(found))
            else:
                outcomes.append(self._inspect_remote(file, self._folder(f"fetched-{number}"), checks, reference))
        return outcomes

    def _reference(self, path: Path | None) -> Reference | None:
        if path is None:
            return None
        with self._pool(1) as pool:
            found: Reference = pool.run(read_reference, [(f"reading {path.name}", path.resolve())])[0]
            return found

    def _inspect(
        self, paths: Sequence[Path], checks: Checks, reference: Reference | None
    ) -> list[InspectedObject | Refusal]:
        """In a few workers; after the death of one, each file in a worker of its own, to know which file it was."""
        tasks = [(f"checking {path.name}", self._task(path, checks, reference)) for path in paths]
        if not tasks:
            return []
        try:
            with self._pool(len(tasks)) as pool:
                return pool.run(inspect_or_refuse, tasks)
        except LoadRefused as error:
            if len(tasks) == 1:
                return [Refusal(paths[0].name, error.message.removeprefix("checking "))]
        return [outcome for path in paths for outcome in self._inspect([path], checks, reference)]

    def _inspect_remote(self, url: S3Url, folder: Path, checks: Checks, reference: Reference | None) -> Sound | Refusal:
        if self.storage is None:
            return Refusal(url.name, f"{url.name}: no object store is known")
        try:
            fetched = fetch(self.storage, url, folder, self.progress)
        except LoadRefused as error:
            shutil.rmtree(folder, ignore_errors=True)
            return Refusal(url.name, error.message)
        outcome = self._inspect([fetched.path], checks, reference)[0]
        if not self.keep_fetched:
            shutil.rmtree(folder, ignore_errors=True)
        return outcome if isinstance(outcome, Refusal) else Sound(outcome, fetched.origins)

    def _task(self, path: Path, checks: Checks, reference: Reference | None) -> InspectionTask:
        return InspectionTask(
            path=path,
            scratch=self.draft.staging,
            without_index=checks.without_index,
            key=checks.key,
            reference=reference,
            every_record=checks.every_record,
        )

    def _folder(self, name: str) -> Path:
        folder = self.draft.staging / name
        folder.mkdir()
        return folder

    @contextmanager
    def _pool(self, tasks: int) -> Iterator[WorkerPool]:
        with WorkerPool(min(tasks, self.processes), limits=self.limits, progress=self.progress) as pool:
            yield pool
