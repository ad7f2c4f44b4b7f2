"""Stated variants put on one assembly and merged: every allele once, with all of its carriers (pure).

The rule for the assembly: what the operator states; else what all accessions say, if every variant has one; else the
dataset's own. Files that leave it open are refused, never guessed: a wrong assembly makes every position wrong.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from core.errors import LoadRefused
from core.genome import Assembly, canonical_contig, contig_of_accession, find_assembly, position_from_0based
from loaders.beacon_variant_details import Details
from loaders.beacon_variants import StatedVariant
from loaders.report import RecordRejected
from loaders.vcf_alleles import Allele, trim
from loaders.vcf_structural import symbolic_type

UNSPELLED_DELETION = "deletions whose bases are not spelled, kept as <DEL> with their exact place"
UNSPELLED = "replacements whose reference bases are not spelled, kept with N for each of them"
TABLE_ONLY_DIFFERS = "carriers with another zygosity in caseLevelData than in genomicVariations; the former is taken"
NOT_IN_TABLE = "carriers that genomicVariations names and caseLevelData does not, taken as well"


BEYOND_THE_END = "position"
"""The field of rejections that say that a contig is not so long: the assembly is another."""


@dataclass(frozen=True, slots=True)
class AssemblyChoice:
    """The assembly of a load, and what to say about it."""

    assembly: Assembly
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class MergedAllele:
    """One allele with what all files say of it. ``carriers``: zygosity by sample; ``called``: those of a table."""

    contig: str
    allele: Allele
    line: int
    carriers: dict[str, str] = field(default_factory=dict)
    called: set[str] = field(default_factory=set)
    details: Details = field(default_factory=Details)
    in_table: bool = False


def choose_beacon_assembly(variants: Sequence[StatedVariant], stated: str | None, dataset: str) -> AssemblyChoice:
    """The assembly of all variants; raises ``LoadRefused`` where it cannot be told.

    ``stated``: what the operator says. ``dataset``: the dataset's assembly, empty if it has none yet.
    """
    named = Counter(variant.assembly for variant in variants if not _of_no_assembly(variant.sequence))
    open_ones = named.pop(None, 0)
    name = stated or dataset
    if name:
        assembly = find_assembly(name)
        if assembly is None:
            message = f"--assembly {name}: known are GRCh37, GRCh38 and T2T-CHM13v2.0"
            raise LoadRefused(message)
        others = [f"{count:,} of {other}" for other, count in sorted(named.items(), key=str) if other != assembly.name]
        if others and not stated:
            message = f"the dataset is on {assembly.name}, variants are named by accessions: {', '.join(others)}"
            raise LoadRefused(message)
        said = "as was stated" if stated else "as the dataset is"
        notes = (f"variants named by accessions ({', '.join(others)}) are taken as {assembly.name}, {said}",)
        return AssemblyChoice(assembly, notes if others else ())
    found = find_assembly(next(iter(named)) or "") if len(named) == 1 and not open_ones else None
    if found is None:
        said = ", ".join(f"{count:,} by accessions of {other}" for other, count in sorted(named.items(), key=str))
        message = (
            f"the assembly of the variants cannot be told ({said or 'none by accession'}, {open_ones:,} by bare contig "
            "names); state it with --assembly"
        )
        raise LoadRefused(message)
    return AssemblyChoice(found)


def _of_no_assembly(sequence: str) -> bool:
    """Whether an accession is shared by assemblies (MT)."""
    found = contig_of_accession(sequence)
    return found is not None and found[0] is None


class AlleleMerger:
    """Takes variants, gives each allele once. Variants whose bases are not spelled come last: others may spell them."""

    def __init__(self, assembly: Assembly) -> None:
        """``assembly``: of all variants."""
        self._assembly = assembly
        self._alleles: dict[tuple[str, int, int, str, str], MergedAllele] = {}
        self._spelled: dict[tuple[str, int, int, str], str] = {}
        self.remarks: Counter[str] = Counter()

    def add(self, variant: StatedVariant, *, table: bool = False) -> None:
        """Add one variant; raises ``RecordRejected``. ``table``: its carriers come from a table of all people."""
        contig = self._contig(variant)
        allele = self._allele(contig, variant)
        key = (contig, allele.start_0based, allele.end_0based, allele.reference_bases, allele.alternate_bases)
        merged = self._alleles.setdefault(key, MergedAllele(contig, allele, variant.line))
        merged.in_table |= table
        if allele.anchor and not merged.allele.anchor:
            merged.allele = merged.allele._replace(anchor=allele.anchor)
        merged.details = _joined(merged.details, variant.details)
        for sample, zygosity in variant.carriers:
            before = merged.carriers.get(sample)
            if before not in (None, zygosity):
                self.remarks[TABLE_ONLY_DIFFERS] += 1
            if table or before is None:
                merged.carriers[sample] = zygosity
            if table:
                merged.called.add(sample)

    def alleles(self) -> list[MergedAllele]:
        """All alleles, in the order in which they came."""
        for merged in self._alleles.values():
            if merged.in_table:
                self.remarks[NOT_IN_TABLE] += len(merged.carriers.keys() - merged.called)
        return list(self._alleles.values())

    def _contig(self, variant: StatedVariant) -> str:
        accession = contig_of_accession(variant.sequence)
        contig = accession[1] if accession else canonical_contig(variant.sequence)
        length = self._assembly.lengths.get(contig)
        if length is not None and variant.end_0based > length:
            reason = f"beyond the end of contig {contig} of {self._assembly.name}"
            raise RecordRejected(reason, BEYOND_THE_END)
        return contig

    def _allele(self, contig: str, variant: StatedVariant) -> Allele:
        start, end, alternate = variant.start_0based, variant.end_0based, variant.alternate
        if alternate.startswith("<"):
            return Allele(start, end, "", alternate, "", symbolic_type(alternate))
        reference = variant.reference
        if reference is None:
            reference = self._spelled.get((contig, start, end, alternate))
        if reference is None and not alternate:
            self.remarks[UNSPELLED_DELETION] += 1
            return Allele(start, end, "", "<DEL>", "", symbolic_type("<DEL>"))
        if reference is None:
            self.remarks[UNSPELLED] += 1
            reference = "N" * (end - start)
        allele = trim(position_from_0based(start), reference, alternate)
        self._spelled[contig, start, end, alternate] = reference
        self._spelled[contig, allele.start_0based, allele.end_0based, allele.alternate_bases] = allele.reference_bases
        return allele


def merge_alleles(
    stated: Iterable[tuple[StatedVariant, bool]], assembly: Assembly
) -> tuple[AlleleMerger, list[tuple[StatedVariant, RecordRejected]]]:
    """Merge (variant, whether it is a table's), spelled ones first; rejected variants are given back."""
    merger = AlleleMerger(assembly)
    rejected: list[tuple[StatedVariant, RecordRejected]] = []
    for variant, table in sorted(stated, key=lambda pair: pair[0].reference is None):
        try:
            merger.add(variant, table=table)
        except RecordRejected as error:
            rejected.append((variant, error))
    return merger, rejected


def _joined(first: Details, second: Details) -> Details:
    return replace(
        first,
        annotations=tuple(dict.fromkeys(first.annotations + second.annotations)),
        clinical=tuple(dict.fromkeys(first.clinical + second.clinical)),
        frequencies=tuple(dict.fromkeys(first.frequencies + second.frequencies)),
    )
