"""What a load of VCF files will do: which files are read, on which assembly, whose samples they hold."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from beacon.rows import PersonRow
from core.draft import Draft
from core.errors import LoadRefused
from core.manifest import AbsentSite, PartKind
from core.reference import ReferenceCatalogue
from loaders.frequency_map import FrequencyMap
from loaders.people_directory import PeopleDirectory, read_people
from loaders.personal_data import refuse_personal_names
from loaders.report import FileReport
from loaders.vcf_annotations import InfoReader
from loaders.vcf_header import Contig, choose_assembly
from loaders.vcf_ranges import InspectedVcf

FORMAT = 1
"""Raised whenever segments or parts of the same input would come out differently."""


@dataclass(frozen=True, slots=True)
class VcfOptions:
    """What the caller says about all files of a load.

    ``assembly``: ``None`` for what the headers say. ``absent_site``: ``None`` for the default of each file.
    ``tolerance``: the share of a file's records that may be rejected. ``reference``: a FASTA file. ``genes``: whether
    variants without annotation get the genes of the node's gene table.
    """

    assembly: str | None = None
    absent_site: AbsentSite | None = None
    tolerance: float = 0.01
    reference: Path | None = None
    frequency_map: FrequencyMap | None = None
    genes: bool = True


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file that is to be read. ``people``: one for each sample column, in column order."""

    path: Path
    inspected: InspectedVcf
    people: tuple[PersonRow, ...]
    absent_site: AbsentSite
    notes: tuple[str, ...]

    @property
    def sites_only(self) -> bool:
        """Whether it tells frequencies and no genotypes."""
        return not self.people


@dataclass(frozen=True, slots=True)
class Plan:
    """The files to read, and the reports of those that the draft has already."""

    assembly: str
    files: tuple[PlannedFile, ...]
    reports: dict[Path, FileReport]


def plan_load(draft: Draft, paths: Sequence[Path], inspected: Sequence[InspectedVcf], options: VcfOptions) -> Plan:
    """Decide what is read; raises ``LoadRefused``, and ``OperatorError`` where the dataset has another assembly."""
    known = {source.sha256 for part in draft.manifest.of_kind(PartKind.VARIANTS) for source in part.sources}
    directory = read_people(draft)
    files: list[PlannedFile] = []
    reports: dict[Path, FileReport] = {}
    for path, found in zip(paths, _with_shared_headers(inspected), strict=True):
        if found.sha256 in known:
            reports[path] = FileReport(path.name, found.sha256, already_loaded=True)
            continue
        known.add(found.sha256)
        files.append(_plan_file(draft, path, found, options, directory))
    return Plan(draft.manifest.assembly, tuple(files), reports)


def _with_shared_headers(inspected: Sequence[InspectedVcf]) -> Iterator[InspectedVcf]:
    """The same, equal contigs and definitions held once: of ten thousand files of one caller they are alike."""
    contigs: dict[tuple[Contig, ...], tuple[Contig, ...]] = {}
    definitions: dict[tuple[str, ...], tuple[str, ...]] = {}
    for found in inspected:
        header = found.header
        shared = replace(
            header,
            contigs=contigs.setdefault(header.contigs, header.contigs),
            definitions=definitions.setdefault(header.definitions, header.definitions),
        )
        yield replace(found, header=shared)


def _plan_file(
    draft: Draft, path: Path, found: InspectedVcf, options: VcfOptions, directory: PeopleDirectory
) -> PlannedFile:
    header = found.header
    refuse_personal_names(path.name, "the sample name in column", header.samples)
    choice = choose_assembly(path.name, header.contigs, header.reference, options.assembly, draft.manifest.assembly)
    draft.use_assembly(choice.assembly.name)
    people = directory.people(header.samples)
    _refuse_shared_columns(path.name, people)
    unknown = sum(not directory.knows(sample) for sample in header.samples) if directory.sexes else 0
    notes = [*choice.notes]
    if unknown:
        notes.append(f"{unknown:,} samples belong to no loaded individual")
    undeclared = InfoReader(header.definitions, options.frequency_map).undeclared
    if undeclared:
        notes.append(f"populations that the header does not declare: {', '.join(undeclared[:10])}")
    if not people:
        notes.append("frequencies without people: opt-outs cannot be taken out of them")
    if found.gvcf:
        notes.append("a gVCF: sites inside its blocks are reference, all others unknown")
    return PlannedFile(path, found, people, _absent_site(path.name, found, options.absent_site), tuple(notes))


def _absent_site(name: str, found: InspectedVcf, stated: AbsentSite | None) -> AbsentSite:
    samples = len(found.header.samples)
    if stated in (AbsentSite.REFERENCE, AbsentSite.BLOCKS) and not samples:
        message = f"{name}: a file without samples cannot say that its people have the reference at absent sites"
        raise LoadRefused(message)
    if stated is not None:
        return stated
    if samples and found.gvcf:
        return AbsentSite.BLOCKS
    return AbsentSite.REFERENCE if samples > 1 else AbsentSite.UNKNOWN


def _refuse_shared_columns(name: str, people: Sequence[PersonRow]) -> None:
    """Counts are of people: two columns of one person would count twice."""
    seen: dict[str, str] = {}
    for person in people:
        if person.individual_id in seen:
            message = (
                f"{name}: samples {seen[person.individual_id]!r} and {person.sample!r} belong to one individual; "
                "keep one of the columns (bcftools view -s)"
            )
            raise LoadRefused(message)
        seen[person.individual_id] = person.sample


def identity_of(plan: Plan, options: VcfOptions, home: Path) -> str:
    """The name of the work that a plan means: for the same inputs, options and program the same."""
    genes = ReferenceCatalogue(home).current().genes(plan.assembly) if options.genes else None
    reference = options.reference.stat() if options.reference else None
    facts = [
        f"{FORMAT} {version('genvej')} {plan.assembly} {options.frequency_map!r}",
        genes.sha256 if genes else "",
        f"{options.reference} {reference.st_size} {reference.st_mtime_ns}" if reference else "",
    ]
    facts += [
        f"{each.path.name} {each.inspected.sha256} {each.absent_site} {each.people!r} {each.inspected.ranges!r}"
        for each in plan.files
    ]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def batch_name(people: Sequence[PersonRow], sha256: str) -> str:
    """The same people, the same name; sites without people are named after their file."""
    if not people:
        return f"sites-{sha256[:16]}"
    names = "\n".join(sorted(person.individual_id for person in people))
    return f"people-{hashlib.sha256(names.encode()).hexdigest()[:16]}"
