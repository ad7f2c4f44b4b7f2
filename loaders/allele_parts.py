"""Alleles with named carriers as variant parts, one a contig: for tables and records that are no VCF."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path
from types import MappingProxyType

from beacon.annotation_rows import AnnotationRow, ClinicalRow, FrequencyRow, StructuralRow
from beacon.part_builder import build_variant_part
from beacon.rows import CarrierRow, PersonRow, VariantRow, Zygosity
from beacon.variant_batch import Side, side_of
from core.genome import Assembly, in_pseudo_autosomal, position_key
from core.manifest import AbsentSite, Part, Source
from loaders.contig_copies import SEX_CONTIGS, CallTally, copies_of_people
from loaders.vcf_alleles import Allele

_ALLELES: Mapping[Zygosity, int] = MappingProxyType(
    {Zygosity.HETEROZYGOUS: 1, Zygosity.HOMOZYGOUS: 2, Zygosity.HEMIZYGOUS: 1}
)
SideRow = AnnotationRow | ClinicalRow | FrequencyRow | StructuralRow
_TABLES: Mapping[type[SideRow], str] = MappingProxyType(
    {
        AnnotationRow: "annotations",
        ClinicalRow: "clinical",
        FrequencyRow: "frequencies",
        StructuralRow: "structural",
    }
)


@dataclass(frozen=True, slots=True)
class CarriedAllele:
    """An allele and its carriers by individual. ``counts``: of sites that nobody's calls stand behind."""

    allele: Allele
    carriers: Mapping[str, Zygosity]
    sides: tuple[SideRow, ...] = ()
    counts: FrequencyRow | None = None


@dataclass(frozen=True, slots=True)
class PeopleOfLoad:
    """The people of a load, and those of them (``called``) who have the reference where they carry nothing."""

    people: tuple[PersonRow, ...]
    called: frozenset[str]


def build_allele_part(
    path: Path,
    contig: str,
    alleles: Sequence[CarriedAllele],
    people: PeopleOfLoad,
    *,
    assembly: Assembly,
    sources: Sequence[Source],
) -> Part:
    """Build the part of one contig. Men have one X and Y outside the pseudo-autosomal regions: they are hemizygous."""
    return _PartOfContig(contig, alleles, people, assembly).build(path, sources)


class _PartOfContig:
    """The rows of one part."""

    def __init__(self, contig: str, alleles: Sequence[CarriedAllele], people: PeopleOfLoad, assembly: Assembly) -> None:
        self._contig, self._alleles, self._assembly = contig, alleles, assembly
        sexes = [person.sex for person in people.people]
        self._declared = copies_of_people(contig, sexes, CallTally.empty(len(sexes)))
        self._people = tuple(
            replace(
                person,
                person_index=index,
                copies=int(self._declared[0, index]) if person.individual_id in people.called else 0,
                copies_par=int(self._declared[1, index]) if person.individual_id in people.called else 0,
            )
            for index, person in enumerate(people.people)
        )
        self._base = tuple(sum(self._copies(index, inside) for index in range(len(self._people))) for inside in (0, 1))
        self._index = {person.individual_id: person.person_index for person in self._people}

    def build(self, path: Path, sources: Sequence[Source]) -> Part:
        rows: list[VariantRow] = []
        carriers: list[CarrierRow] = []
        calls: list[tuple[int, int, int]] = []
        for number, allele in enumerate(self._alleles):
            zygosities = self._zygosities(allele)
            unusual = self._unusual_calls(allele, zygosities)
            carriers += [CarrierRow(number, index, zygosity) for index, zygosity in sorted(zygosities.items())]
            calls += [(number, index, copies) for index, copies in unusual.items()]
            rows.append(self._row(allele, zygosities, unusual))
        part = build_variant_part(path, rows, carriers=carriers, people=self._people, sides=self._sides(calls))
        return replace(
            part,
            contig=self._contig,
            batch=_batch(self._people, sources),
            sources=tuple(sources),
            absent_site=AbsentSite.REFERENCE if any(self._base) else AbsentSite.UNKNOWN,
            absent_allele_number=self._base[0],
            absent_allele_number_par=self._base[1] if self._contig in SEX_CONTIGS else 0,
        )

    def _inside(self, allele: CarriedAllele) -> int:
        start = allele.allele.start_0based
        return int(in_pseudo_autosomal(self._assembly, self._contig, start) and self._contig in SEX_CONTIGS)

    def _zygosities(self, allele: CarriedAllele) -> dict[int, Zygosity]:
        """By person; whoever has one copy of this place is hemizygous."""
        inside = self._inside(allele)
        found = {self._index[individual]: zygosity for individual, zygosity in allele.carriers.items()}
        return {
            index: Zygosity.HEMIZYGOUS if self._declared[inside, index] == 1 else zygosity
            for index, zygosity in found.items()
        }

    def _copies(self, index: int, inside: int) -> int:
        person = self._people[index]
        return person.copies_par if inside else person.copies

    def _expected(self, index: int, zygosity: Zygosity, inside: int) -> int:
        """Copies that a carrier is expected to be called with (see ``schema.sql``, table ``calls``)."""
        return self._copies(index, inside) or (1 if zygosity is Zygosity.HEMIZYGOUS else 2)

    def _called(self, index: int, zygosity: Zygosity, unusual: Mapping[int, int], inside: int) -> int:
        return unusual.get(index, self._expected(index, zygosity, inside))

    def _unusual_calls(self, allele: CarriedAllele, zygosities: Mapping[int, Zygosity]) -> dict[int, int]:
        """Carriers with other called copies than expected: one where one of two is missing, two on a Y of nobody's."""
        inside = self._inside(allele)
        called = {index: 1 if zygosity is Zygosity.HEMIZYGOUS else 2 for index, zygosity in zygosities.items()}
        return {
            index: copies
            for index, copies in sorted(called.items())
            if copies != self._expected(index, zygosities[index], inside)
        }

    def _row(self, allele: CarriedAllele, zygosities: Mapping[int, Zygosity], unusual: Mapping[int, int]) -> VariantRow:
        inside = self._inside(allele)
        by_zygosity = Counter(zygosities.values())
        total = self._base[inside] + sum(
            self._called(index, zygosity, unusual, inside) - self._copies(index, inside)
            for index, zygosity in zygosities.items()
        )
        count = sum(_ALLELES[zygosity] * people for zygosity, people in by_zygosity.items())
        people: tuple[int | None, int | None, int | None] = (
            by_zygosity[Zygosity.HETEROZYGOUS], by_zygosity[Zygosity.HOMOZYGOUS], by_zygosity[Zygosity.HEMIZYGOUS],
        )  # fmt: skip
        if not self._people:
            stated = allele.counts or FrequencyRow("", 0, 0)
            count, total = stated.allele_count, stated.allele_number
            people = (stated.heterozygous, stated.homozygous, stated.hemizygous)
        placed = allele.allele
        return VariantRow(
            position_key(self._contig, placed.start_0based),
            placed.end_0based,
            placed.reference_bases,
            placed.alternate_bases,
            placed.anchor,
            placed.variant_type,
            count,
            total,
            *people,
        )

    def _sides(self, calls: Sequence[tuple[int, int, int]]) -> dict[str, Side]:
        sides: dict[str, Side] = {}
        if calls:
            numbers, people, copies = zip(*calls, strict=True)
            sides["calls"] = side_of("calls", numbers, {"person_index": people, "copies": copies})
        for kind, table in _TABLES.items():
            rows = ((number, row) for number, allele in enumerate(self._alleles) for row in allele.sides)
            found = [(number, row) for number, row in rows if type(row) is kind]
            if found:
                names = [item.name for item in fields(kind)]
                columns = dict(zip(names, zip(*(astuple(row) for _, row in found), strict=True), strict=True))
                sides[table] = side_of(table, [number for number, _ in found], columns)
        return sides


def _batch(people: Sequence[PersonRow], sources: Sequence[Source]) -> str:
    """The same people, the same name; sites without people are named after their files."""
    names = sorted(person.individual_id for person in people) or [source.sha256 for source in sources]
    digest = hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]
    return f"{'people' if people else 'sites'}-{digest}"
