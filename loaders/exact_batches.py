"""Records that the exact reader understood, gathered into a batch of variants."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields

from beacon.annotation_rows import AnnotationRow, ClinicalRow, FrequencyRow, StructuralRow
from beacon.rows import VariantRow, Zygosity
from beacon.variant_batch import Side, VariantBatch, side_of
from core.genome import position_key
from loaders.contig_copies import HAPLOID, MISSING, CallTally
from loaders.report import RecordRejected, RejectionLog
from loaders.vcf_annotations import AlleleInfo
from loaders.vcf_blocks import ReferenceBlock
from loaders.vcf_record import CountedAllele, RecordReader, VcfRecord

Row = AnnotationRow | ClinicalRow | FrequencyRow | StructuralRow


@dataclass(slots=True)
class ReadingTally:
    """What was seen on the way; ``notes`` counts remarks by their text."""

    records: int = 0
    rejected: int = 0
    without_allele: int = 0
    not_passed: int = 0
    contradicting: int = 0
    log: RejectionLog = field(default_factory=RejectionLog)
    notes: Counter[str] = field(default_factory=Counter)

    def reject(self, line: int, field_name: str, reason: str) -> None:
        """Note a record that is not taken."""
        self.rejected += 1
        self.log.note(line, field_name, reason)


class ExactRecords:
    """The rows of some records of one contig; ``inside``: per row, whether its record begins inside a PAR.

    ``blocks``: where records cover a stretch of reference calls.
    """

    def __init__(self, reader: RecordReader, contig: str, tally: ReadingTally, calls: CallTally) -> None:
        """``tally`` and ``calls`` hear what the records show."""
        self._reader = reader
        self._contig = contig
        self._tally = tally
        self._calls = calls
        self.rows: list[VariantRow] = []
        self.lines: list[int] = []
        self.inside: list[int] = []
        self.blocks: list[tuple[ReferenceBlock, bool]] = []
        self._carriers: list[tuple[int, int, int]] = []
        self._called: list[tuple[int, int, int]] = []
        self._structural: list[tuple[int, StructuralRow]] = []
        self._infos: list[tuple[int, AlleleInfo]] = []

    def read(self, line: bytes, number: int) -> None:
        """Take a record, or note why it is not taken."""
        try:
            record = self._reader.read(line.decode())
        except RecordRejected as error:
            self._tally.reject(number, error.field_name, error.message)
            return
        except UnicodeDecodeError:
            self._tally.reject(number, "text", "not UTF-8")
            return
        self._tally.notes.update(record.notes)
        self._tally.not_passed += not record.passed
        self._tally.without_allele += not record.alleles
        inside = int(record.in_pseudo_autosomal and self._contig in ("X", "Y"))
        self._note_calls(record, inside)
        if record.block is not None:
            self.blocks.append((record.block, bool(inside)))
        for place, counted in enumerate(record.alleles):
            if record.info:
                self._infos.append((len(self.rows), record.info[place]))
            self._add(record, counted, number, inside)

    def _note_calls(self, record: VcfRecord, inside: int) -> None:
        if record.genotypes is None:
            return
        self._tally.contradicting += record.genotypes.contradicting
        self._calls.records[inside] += 1
        for column, copies in record.genotypes.unusual:
            self._calls.unusual[inside, column, HAPLOID] += copies == 1
        for column, called in record.genotypes.called:
            self._calls.unusual[inside, column, MISSING] += called == 0

    def _add(self, record: VcfRecord, counted: CountedAllele, line: int, inside: int) -> None:
        row, allele = len(self.rows), counted.allele
        if counted.carriers is not None:
            for people, zygosity in (
                (counted.carriers.heterozygous, Zygosity.HETEROZYGOUS),
                (counted.carriers.homozygous, Zygosity.HOMOZYGOUS),
                (counted.carriers.hemizygous, Zygosity.HEMIZYGOUS),
            ):
                self._carriers += [(row, person, int(zygosity)) for person in people]
        if record.genotypes is not None:
            self._called += [(row, person, copies) for person, copies in record.genotypes.called]
        if counted.structural is not None:
            self._structural.append((row, counted.structural))
        self.rows.append(
            VariantRow(
                position_key(self._contig, allele.start_0based),
                *allele[1:6],
                counted.allele_count,
                record.allele_number,
                counted.heterozygous,
                counted.homozygous,
                counted.hemizygous,
            )
        )
        self.lines.append(line)
        self.inside.append(inside)

    def batch(self) -> VariantBatch:
        """All rows, in the order in which they came."""
        sides = info_sides(self._infos)
        for table, names, found in (
            ("carriers", ("person_index", "zygosity"), self._carriers),
            ("calls", ("person_index", "copies"), self._called),
        ):
            if found:
                people, values = [each[1] for each in found], [each[2] for each in found]
                sides[table] = side_of(
                    table, [each[0] for each in found], dict(zip(names, (people, values), strict=True))
                )
        if self._structural:
            sides["structural"] = _side("structural", self._structural)
        return VariantBatch.from_rows(self.rows, sides=sides, source_lines=self.lines)


def info_sides(infos: Sequence[tuple[int, AlleleInfo]]) -> dict[str, Side]:
    """Side tables of what INFO says, from (row of the variant, what is said of it)."""
    tables: dict[str, list[tuple[int, Row]]] = {"annotations": [], "clinical": [], "frequencies": []}
    for row, info in infos:
        tables["annotations"] += [(row, each) for each in info.annotations]
        tables["clinical"] += [(row, each) for each in info.clinical]
        tables["frequencies"] += [(row, each) for each in info.frequencies]
    return {table: _side(table, found) for table, found in tables.items() if found}


def _side(table: str, found: Sequence[tuple[int, Row]]) -> Side:
    names = [item.name for item in fields(found[0][1])]
    columns = {name: [getattr(row, name) for _, row in found] for name in names}
    return side_of(table, [row for row, _ in found], columns)
