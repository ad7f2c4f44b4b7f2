"""A brute-force Beacon in plain Python: every rule written once more, slowly, over the rows themselves."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from beacon.query import BracketQuestion, RangeQuestion, SequenceQuestion, VariantQuestion
from beacon.rows import CarrierRow, PersonRow, VariantRow, Zygosity
from core.access import DatasetAccess
from core.genome import GRCH38, in_pseudo_autosomal

AlleleKey = tuple[str, int, int, str, str]


@dataclass(frozen=True)
class ModelPart:
    """One part: contig, rows, carriers (by row number), people, what an absent site means, calls.

    ``otherwise``: called copies by (row, person) where they are not those that a person has.
    """

    contig: str
    rows: tuple[VariantRow, ...]
    carriers: tuple[CarrierRow, ...] = ()
    people: tuple[PersonRow, ...] = ()
    reference_if_absent: bool = False
    otherwise: Mapping[tuple[int, int], int] = field(default_factory=dict)

    def copies(self, person: PersonRow, start: int) -> int:
        """Two everywhere but on the sex chromosomes outside the pseudo-autosomal regions, and one on MT."""
        shared = in_pseudo_autosomal(GRCH38, self.contig, start)
        if self.contig == "MT":
            return 1
        if self.contig == "X" and not shared:
            return 1 if person.sex == "MALE" else 2
        if self.contig == "Y" and not shared:
            return 0 if person.sex == "FEMALE" else 1
        return 2

    def called(self, index: int, person: PersonRow) -> int:
        """Copies of a person that were called at a row."""
        call = self.otherwise.get((index, person.person_index))
        if call is not None:
            return call
        copies = self.copies(person, self.rows[index].start_0based)
        if self.reference_if_absent and copies:
            return copies
        at = (index, person.person_index)
        found = (each.zygosity for each in self.carriers if (each.variant_index, each.person_index) == at)
        return {None: 0, Zygosity.HEMIZYGOUS: 1}.get(next(found, None), 2)

    def allele_number(self, index: int, counted: Callable[[PersonRow], bool] = lambda _: True) -> int:
        """The alleles that were called at a row in some people; in a part without people those that are stated."""
        if not self.people:
            return self.rows[index].allele_number
        return sum(self.called(index, person) for person in self.people if counted(person))

    def absent_number(self, start: int, counted: Callable[[PersonRow], bool] = lambda _: True) -> int:
        """The alleles of some people where the part holds nothing."""
        if not self.reference_if_absent:
            return 0
        return sum(self.copies(person, start) for person in self.people if counted(person))


@dataclass
class ModelCounts:
    """AC, AN, het, hom, hemi of one allele."""

    allele_count: int = 0
    allele_number: int | None = 0
    heterozygous: int | None = 0
    homozygous: int | None = 0
    hemizygous: int | None = 0

    @property
    def carriers(self) -> int:
        """People who carry it; the least number of them where that is not known."""
        known = (self.heterozygous, self.homozygous, self.hemizygous)
        if None not in known:
            return sum(count or 0 for count in known)
        return (
            self.allele_count - self.allele_count // 2
            if self.homozygous is None
            else self.allele_count - self.homozygous
        )


def expected(
    parts: Sequence[ModelPart], question: VariantQuestion, access: DatasetAccess, hidden: frozenset[str]
) -> dict[AlleleKey, ModelCounts]:
    """Every allele that matches and may be told, with its counts, in genome order."""
    found: dict[AlleleKey, ModelCounts] = {}
    for part in parts:
        for index, row in enumerate(part.rows):
            if matches(question, part.contig, row) and _inside(access, part.contig, row):
                key = (part.contig, row.start_0based, row.end_0based, row.reference_bases, row.alternate_bases)
                _add(found.setdefault(key, ModelCounts()), _counts_of(part, index, access, hidden))
    for key, counts in found.items():
        if counts.allele_number is not None:
            counts.allele_number += sum(_elsewhere(part, key, access, hidden) for part in parts)
    order = sorted(found, key=lambda key: (_CONTIGS.index(key[0]), *key[1:]))
    return {key: found[key] for key in order if found[key].carriers >= max(access.minimum_count, 1)}


_CONTIGS = (*(str(number) for number in range(1, 23)), "X", "Y", "MT")


def _counts_of(part: ModelPart, index: int, access: DatasetAccess, hidden: frozenset[str]) -> ModelCounts:
    row = part.rows[index]
    gone = hidden & {person.individual_id for person in part.people}
    if not gone and access.people is None:
        return ModelCounts(row.allele_count, row.allele_number, row.heterozygous, row.homozygous, row.hemizygous)
    zygosities = [
        carrier.zygosity
        for carrier in part.carriers
        if carrier.variant_index == index and _counted(part.people[carrier.person_index], access, hidden)
    ]
    het, hom, hemi = (zygosities.count(kind) for kind in Zygosity)
    return ModelCounts(het + 2 * hom + hemi, _number(part, index, access, hidden), het, hom, hemi)


def _number(part: ModelPart, index: int, access: DatasetAccess, hidden: frozenset[str]) -> int:
    if not part.people and access.people is not None:
        return 0
    return part.allele_number(index, lambda person: _counted(person, access, hidden))


def _counted(person: PersonRow, access: DatasetAccess, hidden: frozenset[str]) -> bool:
    allowed = access.people is None or person.individual_id in access.people
    return allowed and person.individual_id not in hidden


def _elsewhere(part: ModelPart, key: AlleleKey, access: DatasetAccess, hidden: frozenset[str]) -> int:
    """What a part that lacks an allele says of the place: by another allele there, else by being silent."""
    contig, start, *rest = key
    here = [index for index, row in enumerate(part.rows) if row.start_0based == start]
    alleles = [[part.rows[n].end_0based, part.rows[n].reference_bases, part.rows[n].alternate_bases] for n in here]
    if part.contig != contig or rest in alleles:
        return 0
    if here:
        return max(_number(part, index, access, hidden) for index in here)
    return part.absent_number(start, lambda person: _counted(person, access, hidden))


def _add(total: ModelCounts, more: ModelCounts) -> None:
    total.allele_count += more.allele_count
    total.allele_number = _sum(total.allele_number, more.allele_number)
    total.heterozygous = _sum(total.heterozygous, more.heterozygous)
    total.homozygous = _sum(total.homozygous, more.homozygous)
    total.hemizygous = _sum(total.hemizygous, more.hemizygous)


def _sum(first: int | None, second: int | None) -> int | None:
    return None if first is None or second is None else first + second


def _inside(access: DatasetAccess, contig: str, row: VariantRow) -> bool:
    if access.regions is None:
        return True
    return any(
        region.contig == contig and region.start_0based <= row.start_0based and row.end_0based <= region.end_0based
        for region in access.regions
    )


def matches(question: VariantQuestion, contig: str, row: VariantRow) -> bool:
    """Whether a row is meant."""
    length = _length(row)
    return (
        question.contig in (None, contig)
        and (question.variant_types is None or row.variant_type in question.variant_types)
        and (question.minimum_length is None or length >= question.minimum_length)
        and (question.maximum_length is None or length <= question.maximum_length)
        and (question.reference is None or _same(question.reference, row.reference_bases))
        and (question.alternate is None or _same(question.alternate, row.alternate_bases))
        and _at(question, row)
    )


def _length(row: VariantRow) -> int:
    if row.alternate_bases.startswith("<"):
        return row.end_0based - row.start_0based
    return max(len(row.reference_bases), len(row.alternate_bases))


def _same(asked: str, stored: str) -> bool:
    """``N`` is any one base."""
    return re.fullmatch(asked.replace("N", "[ACGTN]"), stored) is not None


def _at(question: VariantQuestion, row: VariantRow) -> bool:
    start, end = row.start_0based, row.end_0based
    place = question.place
    if isinstance(place, SequenceQuestion):
        if place.reference is None:
            plain = start == place.start_0based and _same(place.alternate, row.alternate_bases)
            anchored = (
                start == place.start_0based + 1
                and not row.reference_bases
                and len(place.alternate) > 1
                and row.anchor + row.alternate_bases == place.alternate
            )
            return plain or anchored
        same = _same(place.reference, row.reference_bases) and _same(place.alternate, row.alternate_bases)
        return start == place.start_0based and end == place.end_0based and same
    if isinstance(place, RangeQuestion):
        footprint = range(start, end) if end > start else range(max(start - 1, 0), max(start, 1))
        return footprint.start < place.end_0based and footprint.stop > place.start_0based
    if isinstance(place, BracketQuestion):
        return place.first_start <= start < place.start_limit and place.first_end <= end < place.end_limit
    return True
