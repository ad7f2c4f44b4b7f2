"""One VCF text record as typed alleles with their counts (VCF 4.3 §1.6; pure)."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from core.genome import MAXIMUM_POSITION, Assembly, canonical_contig, in_pseudo_autosomal
from loaders.report import RecordRejected
from loaders.vcf_alleles import NOT_ALLELES, Allele, check_reference_bases, read_allele
from loaders.vcf_genotypes import AlleleCounts, GenotypeCounts, GenotypeReader
from loaders.vcf_site_counts import SiteCounts, read_site_counts

_FIXED_COLUMNS = 8
_FORMAT_COLUMN = 8
_FIRST_SAMPLE = 9


class CountedAllele(NamedTuple):
    """An alternate allele with its counts; ``carriers`` is ``None`` where the file tells no genotypes."""

    allele: Allele
    allele_count: int
    heterozygous: int | None
    homozygous: int | None
    hemizygous: int | None
    carriers: AlleleCounts | None


class VcfRecord(NamedTuple):
    """A record that was understood. ``contig`` is canonical; ``alleles`` lacks ``*`` and ``<NON_REF>``.

    ``genotypes``: the counts that all alleles share, ``None`` where the record has no GT. ``passed``: FILTER is PASS
    or not applied.
    """

    contig: str
    position_1based: int
    allele_number: int
    alleles: tuple[CountedAllele, ...]
    genotypes: GenotypeCounts | None
    in_pseudo_autosomal: bool
    passed: bool


class RecordReader:
    """Reads the records of one file.

    ``males``: sample columns of people who are declared male: one copy of X and Y outside the pseudo-autosomal regions.
    """

    def __init__(
        self,
        assembly: Assembly | None,
        samples: int,
        males: frozenset[int] = frozenset(),
        renamed: Mapping[str, str] | None = None,
    ) -> None:
        """``samples``: number of sample columns in the header; ``renamed``: contigs that keep a name of their own."""
        self._assembly = assembly
        self._samples = samples
        self._columns = _FIRST_SAMPLE + samples if samples else None
        self._males = males
        self._genotypes = GenotypeReader()
        self._contigs: dict[str, str] = dict(renamed or {})

    def read(self, line: str) -> VcfRecord:
        """Understand one line (without its end); raises ``RecordRejected``."""
        columns = line.split("\t")
        self._check_columns(columns)
        contig = self._contig(columns[0])
        position = _position(columns[1])
        reference = check_reference_bases(columns[3])
        self._check_end(contig, position - 1 + len(reference))
        alternates = columns[4].split(",")
        autosomal = contig not in ("X", "Y") or in_pseudo_autosomal(self._assembly, contig, position - 1)
        genotypes = self._count_genotypes(columns, len(alternates), one_copy=not autosomal) if self._samples else None
        info = _info(columns[7]) if genotypes is None or "<" in columns[4] else {}
        site = read_site_counts(info, len(alternates)) if genotypes is None else SiteCounts()
        alleles = []
        for number, text in enumerate(alternates):
            if text not in NOT_ALLELES:
                allele = read_allele(position, reference, text, info, number)
                self._check_end(contig, allele.end_0based)
                if allele.start_0based < 0:
                    reason = "bases before the first of the contig"
                    raise RecordRejected(reason, "POS")
                alleles.append(_counted(allele, site, genotypes, number))
        allele_number = site.allele_number if genotypes is None else genotypes.allele_number
        passed = columns[6] in ("PASS", ".")
        return VcfRecord(contig, position, allele_number, tuple(alleles), genotypes, autosomal, passed)

    def _check_columns(self, columns: Sequence[str]) -> None:
        enough = len(columns) == self._columns if self._columns else len(columns) >= _FIXED_COLUMNS
        if not enough:
            expected = self._columns or _FIXED_COLUMNS
            reason = f"{len(columns)} columns where the header has {expected}"
            raise RecordRejected(reason, "columns")

    def _contig(self, name: str) -> str:
        contig = self._contigs.get(name)
        if contig is None:
            if not name or name != name.strip():
                reason = "not the name of a contig"
                raise RecordRejected(reason, "CHROM")
            contig = self._contigs[name] = canonical_contig(name)
        return contig

    def _check_end(self, contig: str, end_0based: int) -> None:
        known = self._assembly.lengths.get(contig) if self._assembly else None
        if end_0based > (MAXIMUM_POSITION if known is None else known):
            reason = f"beyond the end of contig {contig}"
            raise RecordRejected(reason, "POS")

    def _count_genotypes(self, columns: Sequence[str], alternates: int, *, one_copy: bool) -> GenotypeCounts | None:
        keys = columns[_FORMAT_COLUMN].split(":")
        if "GT" not in keys:
            return None
        place = keys.index("GT")
        cells = columns[_FIRST_SAMPLE:]
        if len(keys) > 1:
            cells = (
                [cell.split(":", 1)[0] for cell in cells] if not place else [_element(cell, place) for cell in cells]
            )
        return self._genotypes.count(cells, alternates, self._males if one_copy else frozenset())


def _element(cell: str, place: int) -> str:
    """A sub-field of a sample column; trailing ones may be left out (VCF 4.3 §1.6.2)."""
    values = cell.split(":")
    return values[place] if place < len(values) else "."


def _position(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not int(text) <= MAXIMUM_POSITION:
        reason = "not a position"
        raise RecordRejected(reason, "POS")
    return int(text)


def _info(text: str) -> dict[str, str]:
    """INFO as a mapping; a flag has an empty value."""
    pairs = (item.partition("=") for item in text.split(";"))
    return {key: value for key, _, value in pairs}


def _counted(allele: Allele, site: SiteCounts, genotypes: GenotypeCounts | None, number: int) -> CountedAllele:
    if genotypes is None:
        return CountedAllele(allele, *site.alleles[number], None)
    carriers = genotypes.alleles[number]
    return CountedAllele(
        allele,
        carriers.allele_count,
        len(carriers.heterozygous),
        len(carriers.homozygous),
        len(carriers.hemizygous),
        carriers,
    )
