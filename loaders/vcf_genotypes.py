"""Genotypes of one VCF record: allele counts, allele number and carriers per alternate allele (VCF 4.3 §1.6.2; pure).

A person with one called copy of an allele and no other called copy (haploid call, half-missing call) counts as
hemizygous, as ``bcftools +fill-tags`` counts; a person all of whose called copies are the allele as homozygous; any
other carrier as heterozygous. Missing calls count nowhere.
"""

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from loaders.report import RecordRejected

_GENOTYPE = re.compile(r"[/|]?(?:[0-9]{1,4}|\.)(?:[/|](?:[0-9]{1,4}|\.))*")
_FEW = 16


@dataclass(frozen=True, slots=True)
class Genotype:
    """What one spelling of GT means: called allele numbers, sorted, and how many copies the call has room for."""

    called: tuple[int, ...]
    ploidy: int

    def one_copy(self) -> "Genotype":
        """The call of a person who has one copy here: two equal copies are one; different ones stay as they are."""
        return Genotype(self.called[:1], 1) if len(set(self.called)) == 1 else self


def parse_genotype(text: str) -> Genotype:
    """Read one GT value, phased or not; raises ``RecordRejected``."""
    if not _GENOTYPE.fullmatch(text):
        reason = f"{text[:20]!r} is not a genotype"
        raise RecordRejected(reason, "GT")
    copies = text.replace("|", "/").lstrip("/").split("/")
    return Genotype(tuple(sorted(int(copy) for copy in copies if copy != ".")), len(copies))


@dataclass(slots=True)
class AlleleCounts:
    """Copies of one alternate allele, and the sample columns of its carriers by zygosity."""

    allele_count: int = 0
    heterozygous: list[int] = field(default_factory=list)
    homozygous: list[int] = field(default_factory=list)
    hemizygous: list[int] = field(default_factory=list)

    def add(self, genotype: "Genotype", number: int, columns: Sequence[int]) -> None:
        """Count people who all have the same call; it holds allele ``number``."""
        copies = genotype.called.count(number)
        self.allele_count += copies * len(columns)
        if len(genotype.called) == 1:
            self.hemizygous += columns
        elif copies == len(genotype.called):
            self.homozygous += columns
        else:
            self.heterozygous += columns

    def joined(self, other: "AlleleCounts") -> "AlleleCounts":
        """The counts of two groups of people together."""
        return AlleleCounts(
            self.allele_count + other.allele_count,
            self.heterozygous + other.heterozygous,
            self.homozygous + other.homozygous,
            self.hemizygous + other.hemizygous,
        )


class GenotypeCounts(NamedTuple):
    """All alternate alleles of one record. ``unusual``: columns whose call does not have two copies, by copies.

    ``contradicting``: people with one copy here whose call names two different alleles. ``called``: (column, called
    copies) of everybody whose called copies are not the expected ones, in the order of columns; 0 for a missing call.
    """

    allele_number: int
    alleles: tuple[AlleleCounts, ...]
    unusual: tuple[tuple[int, int], ...] = ()
    contradicting: int = 0
    called: tuple[tuple[int, int], ...] = ()


class GenotypeReader:
    """Counts genotypes; remembers what each spelling means."""

    def __init__(self) -> None:
        """Nothing is known at first."""
        self._known: dict[str, Genotype] = {}

    def count(
        self,
        texts: Sequence[str],
        alternates: int,
        one_copy: frozenset[int] = frozenset(),
        expected: Sequence[int] | None = None,
    ) -> GenotypeCounts:
        """Count the GT values of all columns of a record with ``alternates`` alternate alleles.

        ``one_copy``: columns of people who have one copy at this place. ``expected``: copies that each person has,
        two for everybody if not given. Raises ``RecordRejected``.
        """
        if one_copy:
            singles = sorted(one_copy)
            others = [column for column in range(len(texts)) if column not in one_copy]
            first = self._count_group([texts[column] for column in singles], alternates, singles, one_copy=True)
            second = self._count_group([texts[column] for column in others], alternates, others)
            counts = _merged(first, second)
        else:
            counts = self._count_group(texts, alternates, None)
        return counts._replace(called=self._called(texts, alternates, one_copy, expected))

    def _called(
        self, texts: Sequence[str], alternates: int, one_copy: frozenset[int], expected: Sequence[int] | None
    ) -> tuple[tuple[int, int], ...]:
        """Columns whose called copies are not the expected ones, with the copies."""
        meanings = {text: self._meaning(text, alternates) for text in set(texts)}
        copies = {text: len(meaning.called) for text, meaning in meanings.items()}
        if not one_copy and expected is None and set(copies.values()) == {2}:
            return ()
        single = {text: len(meaning.one_copy().called) for text, meaning in meanings.items()}
        found = ((single if column in one_copy else copies)[text] for column, text in enumerate(texts))
        wanted = itertools.repeat(2) if expected is None else expected
        pairs = zip(found, wanted, strict=False)
        return tuple((column, has) for column, (has, should) in enumerate(pairs) if has != should)

    def _meaning(self, text: str, alternates: int) -> Genotype:
        genotype = self._known.get(text)
        if genotype is None:
            genotype = parse_genotype(text)
            if len(self._known) < 100_000:
                self._known[text] = genotype
        if genotype.called and genotype.called[-1] > alternates:
            reason = f"{text!r} names an allele that the record does not have"
            raise RecordRejected(reason, "GT")
        return genotype

    def _count_group(
        self, texts: Sequence[str], alternates: int, columns: Sequence[int] | None, *, one_copy: bool = False
    ) -> GenotypeCounts:
        alleles = tuple(AlleleCounts() for _ in range(alternates))
        allele_number = contradicting = 0
        unusual: list[tuple[int, int]] = []
        for text, people in Counter(texts).items():
            genotype = self._meaning(text, alternates)
            if one_copy:
                genotype = genotype.one_copy()
                contradicting += people if len(genotype.called) > 1 else 0
            allele_number += people * len(genotype.called)
            carried = set(genotype.called) - {0}
            strange = genotype.ploidy != 2 and bool(genotype.called)
            if not carried and not strange:
                continue
            places = _places(texts, text, people, columns)
            for number in carried:
                alleles[number - 1].add(genotype, number, places)
            if strange:
                unusual += [(column, genotype.ploidy) for column in places]
        return GenotypeCounts(allele_number, alleles, tuple(unusual), contradicting)


def _places(texts: Sequence[str], text: str, people: int, columns: Sequence[int] | None) -> list[int]:
    """The columns that hold ``text``, of which there are ``people``."""
    if people <= _FEW:
        found, place = [], -1
        for _ in range(people):
            place = texts.index(text, place + 1)
            found.append(place)
    else:
        found = [place for place, value in enumerate(texts) if value == text]
    return found if columns is None else [columns[place] for place in found]


def _merged(first: GenotypeCounts, second: GenotypeCounts) -> GenotypeCounts:
    pairs = zip(first.alleles, second.alleles, strict=True)
    alleles = tuple(one.joined(other) for one, other in pairs)
    return GenotypeCounts(
        first.allele_number + second.allele_number,
        alleles,
        first.unusual + second.unusual,
        first.contradicting + second.contradicting,
    )
