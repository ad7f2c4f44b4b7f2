"""Variants with genotypes: a plain list of calls, the batch that is made of it, and what a tally must count."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from beacon.rows import CarrierRow, PersonRow, VariantRow, VariantType, Zygosity
from beacon.variant_batch import VariantBatch, side_of
from core.genome import GRCH38, in_pseudo_autosomal, position_key
from loaders.qc.alleles import FREQUENCY_EDGES, LONGEST
from loaders.qc.genotypes import FIXED_POINT, MISSING_EDGES, ContigPeople
from loaders.qc.tally import ContigTally

SEXES = ("FEMALE", "MALE", "UNKNOWN_SEX")
_BASE = {0: 0, Zygosity.HETEROZYGOUS: 2, Zygosity.HOMOZYGOUS: 2, Zygosity.HEMIZYGOUS: 1}


@dataclass(frozen=True)
class Variant:
    """One allele; ``calls``: of each person how many copies are called and how many of them are this allele."""

    start_0based: int
    reference: str
    alternate: str
    kind: VariantType
    calls: tuple[tuple[int, int], ...]
    stated: tuple[int, int] = (0, 0)


def people_of(contig: str, sexes: Sequence[str], *, known: bool = True) -> tuple[PersonRow, ...]:
    """People with the copies that their sex has, or with none that is known."""
    copies = {"X": {"FEMALE": 2, "MALE": 1}, "Y": {"FEMALE": 0, "MALE": 1}}.get(contig, {})
    return tuple(
        PersonRow(n, f"DK-{n}", f"DK-{n}", f"DK-{n}", sex, copies.get(sex, 2) * known, 2 * known)
        for n, sex in enumerate(sexes)
    )


def zygosity(called: int, carried: int) -> Zygosity | None:
    if not carried:
        return None
    if called == 1:
        return Zygosity.HEMIZYGOUS
    return Zygosity.HOMOZYGOUS if called == carried else Zygosity.HETEROZYGOUS


def expected_copies(contig: str, person: PersonRow, variant: Variant) -> int:
    return person.copies_par if in_pseudo_autosomal(GRCH38, contig, variant.start_0based) else person.copies


def batch_of(contig: str, people: Sequence[PersonRow], variants: Sequence[Variant]) -> VariantBatch:
    rows, carriers, calls = [], [], []
    for index, variant in enumerate(variants):
        found = Counter(zygosity(*call) for call in variant.calls)
        count = sum(carried for _, carried in variant.calls)
        number = sum(called for called, _ in variant.calls)
        rows.append(
            VariantRow(
                position_key(contig, variant.start_0based), variant.start_0based + len(variant.reference),
                variant.reference, variant.alternate, "", variant.kind,
                *((count, number) if people else variant.stated),
                *((found[z] if people else None) for z in Zygosity),
            )
        )  # fmt: skip
        for person, (called, carried) in zip(people, variant.calls, strict=True):
            carries = zygosity(called, carried)
            if carries:
                carriers.append(CarrierRow(index, person.person_index, carries))
            base = expected_copies(contig, person, variant) or _BASE[carries or 0]
            if called != base:
                calls.append((index, person.person_index, called))
    columns = {"person_index": [row[1] for row in calls], "copies": [row[2] for row in calls]}
    sides = {"calls": side_of("calls", [row[0] for row in calls], columns)} if calls else {}
    return VariantBatch.from_rows(rows, carriers, sides=sides)


def setting(contig: str, people: Sequence[PersonRow]) -> ContigPeople:
    return ContigPeople.on_contig(contig, people, assembly=GRCH38)


def kind_of(variant: Variant) -> int:
    if variant.kind is VariantType.SNP:
        if set(variant.reference + variant.alternate) - set("ACGTU"):
            return 3
        pair = {variant.reference, variant.alternate.replace("U", "T")}
        return 0 if pair in ({"A", "G"}, {"C", "T"}) else 1
    symbolic = variant.alternate.startswith("<")
    return 2 if variant.kind in (VariantType.INS, VariantType.DEL, VariantType.INDEL) and not symbolic else 3


def model(contig: str, people: Sequence[PersonRow], variants: Sequence[Variant]) -> ContigTally:
    """The tally, counted one by one."""
    tally = ContigTally.empty(contig, len(people))
    for variant in variants:
        count, number = variant.stated
        if people:
            count = sum(carried for _, carried in variant.calls)
            number = sum(called for called, _ in variant.calls)
        _count_variant(tally, contig, variant, count, number)
        for person, call in zip(people, variant.calls, strict=True):
            _count_person(tally, contig, person, variant, call)
        if people:
            has = sum(expected_copies(contig, person, variant) for person in people)
            if has:
                share = max(0, has - number) / has
                tally.missing_shares[sum(share > edge for edge in MISSING_EDGES)] += 1
            if contig == "X":
                _count_expected(tally, variant, count, number)
    return tally


def _count_variant(tally: ContigTally, contig: str, variant: Variant, count: int, number: int) -> None:
    kind = kind_of(variant)
    tally.rows[int(in_pseudo_autosomal(GRCH38, contig, variant.start_0based))] += 1
    tally.types[list(VariantType).index(variant.kind)] += 1
    if number <= 0:
        tally.spectrum[0, 0, kind] += 1
    elif count == 0:
        tally.spectrum[1, 0, kind] += 1
    else:
        above = sum(count / number > edge for edge in FREQUENCY_EDGES)
        tally.spectrum[2 + above, min(count, 3), kind] += 1
    if kind == 2:
        change = len(variant.alternate) - len(variant.reference)
        tally.lengths[max(-LONGEST - 1, min(LONGEST + 1, change)) + LONGEST + 1] += 1


def _count_person(tally: ContigTally, contig: str, person: PersonRow, variant: Variant, call: tuple[int, int]) -> None:
    region = int(in_pseudo_autosomal(GRCH38, contig, variant.start_0based))
    carries = zygosity(*call)
    if carries:
        tally.genotypes[person.person_index, region, carries - 1, kind_of(variant)] += 1
        tally.zygosities[carries - 1] += 1
    has = expected_copies(contig, person, variant)
    tally.called[person.person_index, region] += call[0]
    tally.missing[person.person_index, region] += max(0, has - call[0])


def _count_expected(tally: ContigTally, variant: Variant, count: int, number: int) -> None:
    if kind_of(variant) > 1 or in_pseudo_autosomal(GRCH38, "X", variant.start_0based) or number < 2:
        return
    share = count / number
    expectation = round(FIXED_POINT * 2 * share * (1 - share) * number / (number - 1))
    for index, (called, _) in enumerate(variant.calls):
        tally.expected_heterozygous[index] += expectation if called else 0


@st.composite
def alleles(draw: st.DrawFn) -> tuple[str, str, VariantType]:
    base = st.sampled_from("ACGTN")
    kind = draw(st.sampled_from(list(VariantType)))
    if kind is VariantType.SNP:
        reference = draw(base)
        return reference, draw(base.filter(lambda other: other != reference)), kind
    bases = st.text("ACGT", min_size=1, max_size=60)
    if kind is VariantType.INS:
        return "", draw(bases | st.just("<INS:ME:ALU>")), kind
    if kind is VariantType.DEL:
        return (*draw(st.one_of(st.tuples(bases, st.just("")), st.just(("", "<DEL>")))), kind)
    if kind in (VariantType.MNP, VariantType.INDEL):
        return draw(bases), draw(bases), kind
    return "", draw(st.sampled_from(["<DUP>", "<CN2>", "]chr2:321681]G"])), kind


@st.composite
def cohorts(draw: st.DrawFn) -> tuple[str, tuple[PersonRow, ...], list[Variant]]:
    """A contig, people, and variants that they have."""
    contig = draw(st.sampled_from(["7", "X", "Y", "MT", "HLA*01"]))
    people = people_of(contig, draw(st.lists(st.sampled_from(SEXES), max_size=4)), known=draw(st.booleans()))
    call = st.integers(0, 2).flatmap(lambda called: st.tuples(st.just(called), st.integers(0, called)))
    variants = []
    for reference, alternate, kind in draw(st.lists(alleles(), max_size=12)):
        start = draw(st.sampled_from([0, 9_999, 10_000, 2_781_478, 2_781_479, 20_000_000]))
        number = draw(st.sampled_from([0, 2, 7, 1000, 200_000]))
        stated = (draw(st.integers(0, number)), number)
        calls = tuple(draw(st.lists(call, min_size=len(people), max_size=len(people))))
        variants.append(Variant(start, reference, alternate, kind, calls, stated))
    return contig, people, variants


def same(first: ContigTally, second: ContigTally) -> bool:
    names = [name for name in ContigTally.__dataclass_fields__ if name != "contig"]
    different = [name for name in names if not np.array_equal(getattr(first, name), getattr(second, name))]
    assert different == []
    return first.contig == second.contig
