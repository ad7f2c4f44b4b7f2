"""One VCF text record as typed alleles with their counts (VCF 4.3 §1.6; pure)."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from beacon.annotation_rows import StructuralRow
from core.genome import MAXIMUM_POSITION, Assembly, canonical_contig, in_pseudo_autosomal
from loaders.report import RecordRejected
from loaders.vcf_alleles import NOT_ALLELES, Allele, check_reference_bases, is_sequence, read_allele
from loaders.vcf_annotations import AlleleInfo, InfoReader
from loaders.vcf_blocks import ReferenceBlock, block_end, is_block, reference_copies
from loaders.vcf_columns import check_contig_name, check_format, element, info_mapping, read_position
from loaders.vcf_genotypes import AlleleCounts, GenotypeCounts, GenotypeReader
from loaders.vcf_reference import Bases, align_allele, check_reference_allele
from loaders.vcf_site_counts import AlleleSiteCounts, SiteCounts, read_site_counts
from loaders.vcf_structural import Place, structural_row

BEFORE_THE_CONTIG = "alleles at POS 0 that have no place on the contig, left out"

_FIXED_COLUMNS = 8
_FORMAT_COLUMN = 8
_FIRST_SAMPLE = 9
WITHOUT_GENOTYPES = "records without genotypes in a file with samples, taken without counts"
COUNT_WITHOUT_NUMBER = "records with AC and without AN, taken without counts"
_NOTHING: Mapping[str, str] = {}


class CountedAllele(NamedTuple):
    """An alternate allele with its counts; ``carriers`` is ``None`` where the file tells no genotypes.

    ``structural``: what symbolic alleles and breakends have beyond their place, ``None`` for alleles of bases.
    """

    allele: Allele
    allele_count: int
    heterozygous: int | None
    homozygous: int | None
    hemizygous: int | None
    carriers: AlleleCounts | None
    structural: StructuralRow | None = None


class VcfRecord(NamedTuple):
    """A record that was understood. ``contig`` is canonical; ``alleles`` lacks ``*`` and ``<NON_REF>``.

    ``genotypes``: the counts that all alleles share, ``None`` where the record has no GT. ``passed``: FILTER is PASS
    or not applied. ``info``: what INFO says of each of ``alleles``, empty where no ``InfoReader`` was given.
    ``block``: where the record covers a stretch of reference calls. ``notes``: remarks to be counted, fixed texts.
    """

    contig: str
    position_1based: int
    allele_number: int
    alleles: tuple[CountedAllele, ...]
    genotypes: GenotypeCounts | None
    in_pseudo_autosomal: bool
    passed: bool
    info: tuple[AlleleInfo, ...] = ()
    block: ReferenceBlock | None = None
    notes: tuple[str, ...] = ()


class _Site(NamedTuple):
    """What the first columns of a record say."""

    contig: str
    position: int
    reference: str
    alternates: Sequence[str]
    info: Mapping[str, str]


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
        *,
        length_first: bool = False,
        info_reader: InfoReader | None = None,
        expected: Mapping[tuple[str, bool], Sequence[int]] | None = None,
        reference: Bases | None = None,
    ) -> None:
        """``samples``: number of sample columns in the header; ``renamed``: contigs that keep a name of their own.

        ``length_first``: ``VcfHeader.length_first``. ``info_reader``: for annotations and frequencies.
        ``expected``: by (canonical contig, whether inside the pseudo-autosomal regions) the copies of each person; two
        for everybody where a contig is not named. ``reference``: REF is checked against it, and insertions and
        deletions are moved as far left as they go.
        """
        self._assembly = assembly
        self._samples = samples
        self._columns = _FIRST_SAMPLE + samples if samples else None
        self._males = males
        self._genotypes = GenotypeReader()
        self._contigs: dict[str, str] = dict(renamed or {})
        self._length_first = length_first
        self._info_reader = info_reader
        self._expected = {} if expected is None else expected
        self._reference = reference

    def read(self, line: str) -> VcfRecord:
        """Understand one line (without its end); raises ``RecordRejected``."""
        columns = line.split("\t")
        self._check_columns(columns)
        contig = self._contig(columns[0])
        position = read_position(columns[1])
        reference = check_reference_bases(columns[3])
        alternates = columns[4].split(",")
        sequences = [is_sequence(text) for text in alternates]
        self._check_end(contig, position, reference, telomere=not any(sequences))
        autosomal = contig not in ("X", "Y") or in_pseudo_autosomal(self._assembly, contig, position - 1)
        genotypes = self._count_genotypes(columns, alternates, contig, autosomal) if self._samples else None
        wanted = genotypes is None or self._info_reader or not all(sequences)
        record = _Site(contig, position, reference, alternates, info_mapping(columns[7]) if wanted else _NOTHING)
        site, said = self._site_counts(record, genotypes)
        if self._reference is not None:
            check_reference_allele(self._reference, contig, position - 1, reference, placeholder=not any(sequences))
        numbered, notes = self._alleles(record)
        read = self._info_reader.read(record.info, reference, alternates, columns[2]) if self._info_reader else None
        return VcfRecord(
            contig,
            position,
            site.allele_number if genotypes is None else genotypes.allele_number,
            tuple(_counted(allele, site, genotypes, number, row) for number, allele, row in numbered),
            genotypes,
            autosomal,
            columns[6] in ("PASS", "."),
            tuple(read.alleles[number] for number, _, _ in numbered) if read else (),
            self._block(record, columns, genotypes) if genotypes is not None else None,
            notes + said + (read.notes if read else ()),
        )

    def _site_counts(self, site: "_Site", genotypes: GenotypeCounts | None) -> tuple[SiteCounts, tuple[str, ...]]:
        """The counts of a record without genotypes, and remarks. Where there are people, INFO speaks of others."""
        if genotypes is not None:
            return SiteCounts(), ()
        if self._samples:
            return SiteCounts(0, (AlleleSiteCounts(),) * len(site.alternates)), (WITHOUT_GENOTYPES,)
        uncounted = "AC" in site.info and "AN" not in site.info
        return read_site_counts(site.info, len(site.alternates)), (COUNT_WITHOUT_NUMBER,) if uncounted else ()

    def _check_columns(self, columns: Sequence[str]) -> None:
        enough = len(columns) == self._columns if self._columns else len(columns) >= _FIXED_COLUMNS
        if not enough:
            expected = self._columns or _FIXED_COLUMNS
            reason = f"{len(columns)} columns where the header has {expected}"
            raise RecordRejected(reason, "columns")

    def _contig(self, name: str) -> str:
        contig = self._contigs.get(name)
        if contig is None:
            contig = self._contigs[name] = canonical_contig(check_contig_name(name))
        return contig

    def _mate_contig(self, name: str) -> str:
        return self._contigs.get(name) or canonical_contig(name)

    def _length(self, contig: str) -> int:
        known = self._assembly.lengths.get(contig) if self._assembly else None
        return MAXIMUM_POSITION if known is None else known

    def _check_end(self, contig: str, position: int, reference: str, *, telomere: bool) -> None:
        """REF lies on the contig; ``telomere``: POS may be the one after its last base (VCF 4.3 §1.6.1)."""
        if position - 1 + len(reference) > self._length(contig) + (telomere and len(reference) == 1):
            self._refuse_end(contig)

    def _refuse_end(self, contig: str) -> None:
        reason = f"beyond the end of contig {contig}"
        raise RecordRejected(reason, "POS")

    def _alleles(self, site: _Site) -> tuple[list[tuple[int, Allele, StructuralRow | None]], tuple[str, ...]]:
        """(Number among ALT, allele, structure) of every allele that is a variant, and remarks."""
        contig, position, reference, alternates, info = site
        found: list[tuple[int, Allele, StructuralRow | None]] = []
        notes: tuple[str, ...] = ()
        for number, text in enumerate(alternates):
            if text in NOT_ALLELES:
                continue
            allele = read_allele(position, reference, text, info, number, length_first=self._length_first)
            row = None
            if not is_sequence(text):
                allele = self._at_telomere(contig, allele)
                place = Place(allele.start_0based, allele.end_0based, allele.variant_type)
                row, said = structural_row(text, place, info, number, contig_name=self._mate_contig)
                notes += said
            elif self._reference is not None:
                allele = align_allele(self._reference, contig, allele)
            if allele.start_0based < 0:
                notes += (BEFORE_THE_CONTIG,)
                continue
            if allele.end_0based > self._length(contig):
                self._refuse_end(contig)
            found.append((number, allele, row))
        return found, notes

    def _at_telomere(self, contig: str, allele: Allele) -> Allele:
        """A breakend after the last base lies on the last base."""
        last = self._length(contig) - 1
        if allele.start_0based <= last or allele.end_0based - allele.start_0based != 1:
            return allele
        return allele._replace(start_0based=last, end_0based=last + 1)

    def _count_genotypes(
        self, columns: Sequence[str], alternates: Sequence[str], contig: str, autosomal: bool
    ) -> GenotypeCounts | None:
        place = check_format(columns[_FORMAT_COLUMN])
        if place is None:
            return None
        cells = columns[_FIRST_SAMPLE:]
        cells = [element(cell, place) for cell in cells] if place else [cell.partition(":")[0] for cell in cells]
        one_copy = frozenset[int]() if autosomal else self._males
        expected = self._expected.get((contig, autosomal and contig in ("X", "Y")))
        return self._genotypes.count(cells, len(alternates), one_copy, expected)

    def _block(self, site: _Site, columns: Sequence[str], genotypes: GenotypeCounts) -> ReferenceBlock | None:
        if not is_block(site.alternates):
            return None
        keys = columns[_FORMAT_COLUMN].split(":")
        place = keys.index("LEN") if "LEN" in keys else None
        lengths = [] if place is None else [element(cell, place) for cell in columns[_FIRST_SAMPLE:]]
        end = block_end(site.position, site.reference, site.info, lengths, length_first=self._length_first)
        if end > self._length(site.contig):
            self._refuse_end(site.contig)
        return ReferenceBlock(max(0, site.position - 1), end, reference_copies(genotypes))


def _counted(
    allele: Allele, site: SiteCounts, genotypes: GenotypeCounts | None, number: int, row: StructuralRow | None
) -> CountedAllele:
    if genotypes is None:
        return CountedAllele(allele, *site.alleles[number], None, row)
    carriers = genotypes.alleles[number]
    return CountedAllele(
        allele,
        carriers.allele_count,
        len(carriers.heterozygous),
        len(carriers.homozygous),
        len(carriers.hemizygous),
        carriers,
        row,
    )
