"""From stated variants to variant parts: the samples' people, their zygosities, the parts of one load."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from beacon.annotation_rows import FrequencyRow
from beacon.part_builder import shared_alleles
from beacon.rows import PersonRow, Zygosity
from core.draft import Draft
from core.errors import LoadRefused
from core.genome import Assembly, contig_order
from core.manifest import AbsentSite, Part, PartKind, Source
from loaders.allele_parts import CarriedAllele, PeopleOfLoad, SideRow, build_allele_part
from loaders.beacon_alleles import BEYOND_THE_END, MergedAllele, choose_beacon_assembly, merge_alleles
from loaders.beacon_files import BeaconFile
from loaders.beacon_kinds import BeaconKind
from loaders.beacon_variants import HETEROZYGOUS, HOMOZYGOUS, StatedVariant, on_targets
from loaders.people_directory import PeopleDirectory, people_on_contigs
from loaders.report import RecordRejected

_ZYGOSITIES: Mapping[str, Zygosity] = MappingProxyType(
    {HETEROZYGOUS: Zygosity.HETEROZYGOUS, HOMOZYGOUS: Zygosity.HOMOZYGOUS}
)
_TOTAL = "Total"


@dataclass(frozen=True, slots=True)
class BuiltAlleles:
    """Finished variant parts with their files, and remarks for the report."""

    parts: tuple[tuple[Part, Path], ...] = ()
    notes: tuple[str, ...] = ()


def build_carried_alleles(
    draft: Draft,
    files: Sequence[BeaconFile],
    directory: PeopleDirectory,
    *,
    stated_assembly: str | None,
    absent_site: AbsentSite | None,
    lenient: bool = False,
) -> BuiltAlleles:
    """Build the variant parts of a load; rejected variants go to the logs of their files.

    Raises ``LoadRefused``; also for the first variant beyond the end of its contig, unless ``lenient``: positions that
    the assembly does not have mean that all others are wrong as well.
    """
    having = [file for file in files if file.variants]
    if not having:
        return BuiltAlleles()
    targets = _targets(files)
    stated = [pair for file in having for pair in _on_targets(file, targets)]
    variants = [variant for _, variant in stated]
    choice = choose_beacon_assembly(variants, stated_assembly, draft.manifest.assembly)
    draft.use_assembly(choice.assembly.name)
    file_of = {id(variant): file for file, variant in stated}
    merger, rejected = merge_alleles(
        [(variant, file.kind is BeaconKind.CASE_LEVEL) for file, variant in stated], choice.assembly
    )
    for variant, error in rejected:
        name = file_of[id(variant)].name
        if error.field_name == BEYOND_THE_END and not lenient:
            message = f"{name}: line {variant.line}: {error.message}; state the right assembly with --assembly"
            raise LoadRefused(message)
        file_of[id(variant)].log.note(variant.line, error.field_name, error.message)
    alleles = merger.alleles()
    build = _Build(draft, choice.assembly, [Source(file.name, file.sha256) for file in having], directory)
    reference = absent_site is not AbsentSite.UNKNOWN
    parts = build.parts(alleles, targets if reference else [])
    remarks = [f"{text} ({count:,})" for text, count in sorted((merger.remarks + build.remarks).items())]
    counted = _people_note(build.people_count, len(targets), reference=reference)
    return BuiltAlleles(tuple(parts), (*choice.notes, *counted, *remarks))


def _people_note(people: int, targets: int, *, reference: bool) -> tuple[str, ...]:
    if not people:
        return ("variants without people: opt-outs cannot be taken out of them",)
    if targets and reference:
        return (f"{targets:,} target samples are taken to have the reference where they carry nothing",)
    return ("only carriers are known: allele numbers count nobody else",)


def _targets(files: Sequence[BeaconFile]) -> list[str]:
    """The samples of a load's genotype table; raises ``LoadRefused`` where they are needed and missing."""
    lists = [file for file in files if file.kind is BeaconKind.TARGETS and file.targets]
    tables = [file for file in files if file.kind is BeaconKind.CASE_LEVEL and file.variants]
    if tables and len({tuple(file.targets) for file in lists}) != 1:
        message = (
            f"{tables[0].name}: its samples are numbered; give the one targets file that names them in the same load"
        )
        raise LoadRefused(message)
    return lists[0].targets if lists else []


def _on_targets(file: BeaconFile, targets: Sequence[str]) -> list[tuple[BeaconFile, StatedVariant]]:
    if file.kind is not BeaconKind.CASE_LEVEL:
        return [(file, variant) for variant in file.variants]
    found = []
    for variant in file.variants:
        try:
            found.append((file, on_targets(variant, targets)))
        except RecordRejected as error:
            file.log.note(variant.line, error.field_name, error.message)
    return found


class _Build:
    """The parts of one load."""

    def __init__(self, draft: Draft, assembly: Assembly, sources: Sequence[Source], directory: PeopleDirectory) -> None:
        self._draft, self._assembly, self._sources, self._directory = draft, assembly, sources, directory
        self.remarks: Counter[str] = Counter()
        self.people_count = 0

    def parts(self, alleles: Sequence[MergedAllele], targets: Sequence[str]) -> list[tuple[Part, Path]]:
        by_contig: defaultdict[str, list[MergedAllele]] = defaultdict(list)
        for allele in alleles:
            by_contig[allele.contig].append(allele)
        samples = list(dict.fromkeys([*targets, *(sample for allele in alleles for sample in allele.carriers)]))
        people = self._people(samples)
        self._refuse_repeated_people(people, list(by_contig))
        called = frozenset(self._directory.individual_of(sample) for sample in targets)
        made: list[tuple[Part, Path]] = []
        for contig in sorted(by_contig, key=contig_order):
            path = self._draft.staging / f"alleles-{len(made):04d}.duckdb"
            carried = [self._carried(allele, has_people=bool(people)) for allele in by_contig[contig]]
            load = PeopleOfLoad(people, called)
            part = build_allele_part(path, contig, carried, load, assembly=self._assembly, sources=self._sources)
            if not people:
                self._refuse_repeated_sites(contig, path)
            made.append((part, path))
        return made

    def _people(self, samples: Sequence[str]) -> tuple[PersonRow, ...]:
        people = self._directory.people(samples)
        seen: dict[str, str] = {}
        for person in people:
            other = seen.setdefault(person.individual_id, person.sample)
            if other != person.sample:
                message = (
                    f"{self._sources[0].name}: samples {other!r} and {person.sample!r} belong to one individual; "
                    "load the variants of one of them"
                )
                raise LoadRefused(message)
        strangers = sum(person.individual_id not in self._directory.sexes for person in people)
        if strangers:
            self.remarks["carriers and target samples that belong to no loaded individual"] = strangers
        self.people_count = len(people)
        return people

    def _carried(self, allele: MergedAllele, *, has_people: bool) -> CarriedAllele:
        carriers = {
            self._directory.individual_of(sample): _ZYGOSITIES.get(zygosity, Zygosity.HEMIZYGOUS)
            for sample, zygosity in allele.carriers.items()
        }
        details = allele.details
        total = next((row for _, row in details.frequencies if row.population == _TOTAL), None)
        frequencies = tuple(
            _named_frequency(source, row) for source, row in details.frequencies if has_people or row is not total
        )
        sides: tuple[SideRow, ...] = (*details.annotations, *details.clinical, *dict.fromkeys(frequencies))
        return CarriedAllele(allele.allele, carriers, sides, total)

    def _refuse_repeated_people(self, people: Sequence[PersonRow], contigs: Sequence[str]) -> None:
        found = people_on_contigs(self._draft, contigs) if people else {}
        for contig, there in found.items():
            both = [person.individual_id for person in people if person.individual_id in there]
            if both:
                message = (
                    f"{self._sources[0].name}: {len(both):,} of its people (such as {both[0]!r}) have variants on "
                    f"contig {contig} already, from {there[both[0]]}; give all files in one load, or begin with --fresh"
                )
                raise LoadRefused(message)

    def _refuse_repeated_sites(self, contig: str, path: Path) -> None:
        for part in self._draft.manifest.of_kind(PartKind.VARIANTS):
            if part.contig == contig and not part.people_count and shared_alleles(path, self._draft.part_path(part)):
                message = f"{self._sources[0].name}: alleles on contig {contig} have frequencies already; use --fresh"
                raise LoadRefused(message)


def _named_frequency(source: str, row: FrequencyRow) -> FrequencyRow:
    """A total of a study is a population under its name: the dataset's own total is counted."""
    return replace(row, population=f"{source}: {_TOTAL}") if row.population == _TOTAL and source else row
