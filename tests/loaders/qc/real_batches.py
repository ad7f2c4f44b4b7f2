"""Real VCF files as tallies: read by ``bcftools query``, allele by allele, by the plainest means."""

import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from beacon.rows import CarrierRow, PersonRow, VariantRow, VariantType, Zygosity
from beacon.variant_batch import VariantBatch, side_of
from core.genome import GRCH38, Assembly, canonical_contig, in_pseudo_autosomal, position_key
from loaders.qc.genotypes import ContigPeople
from loaders.qc.tally import BatchTally, ContigTally
from loaders.vcf_alleles import NOT_ALLELES, read_allele

_BATCH = 500


@dataclass(frozen=True)
class Line:
    contig: str
    position: int
    reference: str
    alternates: list[str]
    info: dict[str, str]
    genotypes: list[str]


def samples_of(path: Path) -> list[str]:
    ran = subprocess.run(["bcftools", "query", "-l", str(path)], check=True, capture_output=True, text=True)
    return ran.stdout.split()


def lines_of(path: Path) -> Iterator[Line]:
    form = "%CHROM\\t%POS\\t%REF\\t%ALT\\t%INFO/END\\t%INFO/SVLEN\\t%INFO/AC\\t%INFO/AN[\\t%GT]\\n"
    command = ["bcftools", "query", "-u", "-f", form, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as ran:
        assert ran.stdout
        for line in ran.stdout:
            contig, position, reference, alternates, end, length, counts, number, *genotypes = line.rstrip().split("\t")
            info = {"END": end, "SVLEN": length, "AC": counts, "AN": number}
            yield Line(
                canonical_contig(contig), int(position), reference.upper(), alternates.split(","), info, genotypes
            )


def people_on(contig: str, samples: Sequence[str], sexes: dict[str, str]) -> tuple[PersonRow, ...]:
    copies = {"X": {"FEMALE": 2, "MALE": 1}, "Y": {"FEMALE": 0, "MALE": 1}}.get(contig, {})
    rows = []
    for index, sample in enumerate(samples):
        sex = sexes.get(sample, "UNKNOWN_SEX")
        rows.append(PersonRow(index, sample, sample, sample, sex, copies.get(sex, 2), 2))
    return tuple(rows)


class _Builder:
    """Gathers the alleles of one contig; people have two copies unless their sex says otherwise."""

    def __init__(
        self, contig: str, people: tuple[PersonRow, ...], assembly: Assembly, without: frozenset[VariantType]
    ) -> None:
        self.contig = contig
        self.without = without
        self.people = people
        self.assembly = assembly
        self.setting = ContigPeople.on_contig(contig, people, assembly=assembly)
        self.tally = ContigTally.empty(contig, len(people))
        self._clear()

    def _clear(self) -> None:
        self.rows: list[VariantRow] = []
        self.carriers: list[CarrierRow] = []
        self.calls: list[tuple[int, int, int]] = []

    def add(self, line: Line) -> None:
        inside = in_pseudo_autosomal(self.assembly, self.contig, line.position - 1)
        called = [
            _called(text, one_copy=not inside and person.copies == 1 and person.sex == "MALE")
            for text, person in zip(line.genotypes, self.people, strict=True)
        ]
        for number, alternate in enumerate(line.alternates, start=1):
            if alternate not in NOT_ALLELES:
                self._add_allele(line, number, called, inside=inside)
        if len(self.rows) >= _BATCH:
            self.flush()

    def _add_allele(self, line: Line, number: int, called: list[tuple[str, ...]], *, inside: bool) -> None:
        allele = read_allele(line.position, line.reference, line.alternates[number - 1], line.info, number - 1)
        if allele.variant_type in self.without:
            return
        place = len(self.rows)
        found = dict.fromkeys(Zygosity, 0)
        copies = total = 0
        for person, call in zip(self.people, called, strict=True):
            total += len(call)
            carried = call.count(str(number))
            copies += carried
            unlisted = 0
            if carried:
                zygosity = _zygosity(len(call), carried)
                found[zygosity] += 1
                self.carriers.append(CarrierRow(place, person.person_index, zygosity))
                unlisted = 1 if zygosity is Zygosity.HEMIZYGOUS else 2
            if len(call) != ((person.copies_par if inside else person.copies) or unlisted):
                self.calls.append((place, person.person_index, len(call)))
        counts = (copies, total) if self.people else _stated(line.info, number)
        people = [found[zygosity] for zygosity in Zygosity] if self.people else [None] * 3
        key = position_key(self.contig, allele.start_0based)
        self.rows.append(VariantRow(key, *allele[1:5], allele.variant_type, *counts, *people))

    def flush(self) -> None:
        columns = {"person_index": [row[1] for row in self.calls], "copies": [row[2] for row in self.calls]}
        sides = {"calls": side_of("calls", [row[0] for row in self.calls], columns)} if self.calls else {}
        self.tally.add(VariantBatch.from_rows(self.rows, self.carriers, sides=sides), self.setting)
        self._clear()


def _called(text: str, *, one_copy: bool) -> tuple[str, ...]:
    called = tuple(copy for copy in text.replace("|", "/").split("/") if copy != ".")
    return called[:1] if one_copy and len(set(called)) == 1 else called


def _zygosity(called: int, carried: int) -> Zygosity:
    if called == 1:
        return Zygosity.HEMIZYGOUS
    return Zygosity.HOMOZYGOUS if called == carried else Zygosity.HETEROZYGOUS


def _stated(info: dict[str, str], number: int) -> tuple[int, int]:
    counts = info["AC"].split(",")
    known = info["AN"] != "." and info["AC"] != "."
    return (int(counts[number - 1]), int(info["AN"])) if known else (0, 0)


def tally_file(
    path: Path,
    sexes: dict[str, str] | None = None,
    assembly: Assembly = GRCH38,
    without: frozenset[VariantType] = frozenset(),
) -> BatchTally:
    """All contigs of a file, its samples as people, an absent site as reference."""
    samples = samples_of(path)
    tallies = []
    for contig, lines in groupby(lines_of(path), key=lambda line: line.contig):
        builder = _Builder(contig, people_on(contig, samples, sexes or {}), assembly, without)
        for line in lines:
            builder.add(line)
        builder.flush()
        tallies.append(builder.tally)
    return BatchTally(path.name, people_on("1", samples, sexes or {}), True, tuple(tallies))
