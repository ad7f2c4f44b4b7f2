"""Lines of a VCF file as batches of variants: plain records by compiled code, all others by the exact reader."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from beacon.variant_batch import Side, VariantBatch
from core.columns import TextColumn
from core.errors import LoadRefused
from core.genome import canonical_contig, position_key
from loaders import allele_kernels
from loaders import vcf_kernels as kernel
from loaders.contig_batches import ContigBatch, calls_by_allele, in_order, joined
from loaders.contig_copies import CallTally, copies_of_people
from loaders.coverage import Coverage
from loaders.exact_batches import ExactRecords, ReadingTally, info_sides
from loaders.info_kernels import COUNT_KEYS
from loaders.line_buffers import line_after
from loaders.reading_state import MAXIMUM_CONTIGS, ContigState, KernelTables, ReadingOptions
from loaders.report import RecordRejected
from loaders.text_kernels import gathered, read_numbers
from loaders.vcf_annotations import AlleleInfo, InfoReader
from loaders.vcf_blocks import ReferenceBlock
from loaders.vcf_columns import MAXIMUM_CONTIG_NAME, check_contig_name, info_mapping
from loaders.vcf_record import RecordReader

Array = npt.NDArray[Any]
Expected = dict[tuple[str, bool], Sequence[int]]
"""Expected copies of people by (contig, whether inside its pseudo-autosomal regions), for the exact reader."""

_HINT_LINES = 32


class RecordBatches:
    """Reads buffers of lines in file order; one object a range of a file."""

    def __init__(
        self, options: ReadingOptions, exact: RecordReader, expected: Expected, info_reader: InfoReader | None
    ) -> None:
        """``exact`` must know the same file, and read ``expected``, which is filled here.

        ``info_reader`` is ``None`` where INFO is not read.
        """
        self._options = options
        self._exact = exact
        self._expected = expected
        self._info = info_reader
        keys = (*COUNT_KEYS, *(info_reader.keys if info_reader else ()), *(("END",) if options.blocks else ()))
        self._keys = TextColumn.from_texts(keys)
        self._tables = KernelTables(len(options.sexes), len(keys) - len(COUNT_KEYS))
        self._contigs: dict[bytes, ContigState] = {}
        self._with_bases: ContigState | None = None
        self._nobody = np.zeros(len(options.sexes), dtype=np.bool_)
        self._men = np.asarray([sex == "MALE" for sex in options.sexes], dtype=np.bool_)
        self.tally = ReadingTally()

    def read(self, text: Array, first_line: int) -> Iterator[ContigBatch]:
        """The variants of a buffer of whole lines; ``first_line`` is the number of its first line."""
        found: dict[str, list[ContigBatch]] = {}
        for each in self._runs(text, first_line):
            found.setdefault(each.contig, []).append(each)
        yield from (joined(batches) for batches in found.values())

    def _runs(self, text: Array, first_line: int) -> Iterator[ContigBatch]:
        """The variants of lines that stand together and have the same contig, run after run."""
        place, line = 0, first_line
        while place < len(text):
            contig = self._contig_at(text, place)
            if contig is None:
                place = self._reject_line(text, place, line)
                line += 1
                continue
            self._keep_bases_of(contig)
            if not contig.hinted:
                self._look_ahead(text, place, contig)
            counts = CallTally.empty(len(self._options.sexes))
            self._parse(text, place, len(text), contig, counts)
            batch = self._batch(text, contig, line, counts)
            place = int(self._tables.result[kernel.CONSUMED])
            line += int(self._tables.result[kernel.RECORDS])
            if batch is not None:
                yield batch

    def _contig_at(self, text: Array, place: int) -> ContigState | None:
        """The contig of the line at ``place``; ``None`` where it has no proper name."""
        start = text[place : place + MAXIMUM_CONTIG_NAME + 1].tobytes()
        spelling = bytes(start.split(b"\n", 1)[0].split(b"\t", 1)[0])
        if spelling.startswith((b"##", b"#CHROM")):
            return None
        known = self._contigs.get(spelling)
        if known is None:
            try:
                text_name = check_contig_name(spelling.decode())
            except (RecordRejected, UnicodeDecodeError):
                return None
            name = self._options.renamed.get(text_name) or canonical_contig(text_name)
            known = ContigState(name, spelling, self._options)
            for other in self._contigs.values():
                if other.name == name:
                    known.expected, known.hinted = other.expected, other.hinted
            self._contigs[spelling] = known
            if len(self._contigs) > MAXIMUM_CONTIGS:
                message = f"{self._options.name}: records of more than {MAXIMUM_CONTIGS:,} contigs"
                raise LoadRefused(message)
        return known

    def _keep_bases_of(self, contig: ContigState) -> None:
        """Hold the reference sequence of one contig at a time."""
        if self._options.reference is None or self._with_bases is contig:
            return
        if self._with_bases is not None:
            self._with_bases.drop_bases()
        contig.fetch_bases(self._options.reference)
        self._with_bases = contig

    def _reject_line(self, text: Array, place: int, line: int) -> int:
        """Note a line without a contig; returns where the next one begins.

        Raises ``LoadRefused`` for the line of another header: what follows may have other people in its columns.
        """
        if text[place : place + 6].tobytes() == b"#CHROM" or text[place : place + 2].tobytes() == b"##":
            message = (
                f"{self._options.name}: a header line among the records: files were put together; use bcftools concat "
                "or merge"
            )
            raise LoadRefused(message)
        self.tally.records += 1
        self.tally.reject(line, "CHROM", "not the name of a contig")
        return line_after(text, place)

    def _parse(self, text: Array, begin: int, end: int, contig: ContigState, counts: CallTally) -> None:
        tables = self._tables
        kernel.parse_records(
            text, begin, end, contig.spelling, contig.length, contig.bases, contig.par, contig.sexual,
            len(self._options.sexes), self._men, self._nobody, contig.expected, self._keys.data, self._keys.offsets,
            tables.records, tables.alleles, tables.carriers, tables.calls, counts.unusual, tables.result,
        )  # fmt: skip

    def _look_ahead(self, text: Array, place: int, contig: ContigState) -> None:
        """Expect of people whose copies are not declared what the next records show: few calls are then remarkable."""
        end = place
        for _ in range(_HINT_LINES):
            if end >= len(text):
                break
            end = line_after(text, end)
        counts = CallTally.empty(len(self._options.sexes))
        self._parse(text, place, end, contig, counts)
        self._count_records(counts)
        contig.expected = copies_of_people(contig.name, self._options.sexes, counts)
        contig.hinted = True

    def _tell_expected(self, contig: ContigState) -> None:
        for inside in (False, True):
            self._expected[contig.name, inside] = contig.expected[int(inside)].tolist()

    def _count_records(self, counts: CallTally) -> None:
        flags = self._records[:, kernel.FLAGS]
        plain = flags & (kernel.EXACT | kernel.NO_GENOTYPES) == 0
        inside = np.asarray(flags & kernel.IN_PAR) != 0
        counts.records[:] = int(np.count_nonzero(plain & ~inside)), int(np.count_nonzero(plain & inside))

    @property
    def _records(self) -> Array:
        return self._tables.records[: int(self._tables.result[kernel.RECORDS])]

    def _batch(self, text: Array, contig: ContigState, line: int, counts: CallTally) -> ContigBatch | None:
        records = self._records
        self._count_records(counts)
        flags = records[:, kernel.FLAGS]
        plain = flags & kernel.EXACT == 0
        self.tally.records += len(records)
        self.tally.contradicting += int(self._tables.result[kernel.CONTRADICTING])
        self.tally.not_passed += int(np.count_nonzero(flags & kernel.NOT_PASSED))
        first = records[:, kernel.FIRST_ALLELE]
        ends = np.append(first[1:], self._tables.result[kernel.ALLELES])
        self.tally.without_allele += int(np.count_nonzero(plain & (ends == first)))
        batch, inside = self._plain(text, contig, line)
        exact = ExactRecords(self._exact, contig.name, self.tally, counts)
        if not plain.all():
            # Another spelling of the same contig may have been looked at since.
            self._tell_expected(contig)
        for row in np.flatnonzero(~plain).tolist():
            start, end = records[row, kernel.LINE_START], records[row, kernel.LINE_END]
            exact.read(text[start:end].tobytes(), line + row)
        covered = self._covered(text, contig, plain, exact.blocks) if self._options.blocks else Coverage.empty()
        if not len(batch) and not exact.rows and not counts.records.any():
            return None
        if exact.rows:
            batch = VariantBatch.concatenated([batch, exact.batch()])
            inside = np.concatenate([inside, np.asarray(exact.inside, dtype=np.int64)])
        batch, inside = in_order(batch, inside)
        first_key, last_key = self._key_range(contig, batch)
        return ContigBatch(contig.name, first_key, last_key, batch, contig.expected, inside, counts, covered)

    def _covered(
        self, text: Array, contig: ContigState, plain: Array, blocks: Sequence[tuple[ReferenceBlock, bool]]
    ) -> Coverage:
        """Where people are called, and with how many copies: the stretches of plain records, and blocks of others."""
        records = self._records
        inside = np.minimum(records[:, kernel.FLAGS] & kernel.IN_PAR, 1)
        calls = self._tables.calls[: int(self._tables.result[kernel.CALLS])]
        ends = read_numbers(text, *np.ascontiguousarray(records[:, -2:].T))
        starts = records[:, kernel.POSITION] - 1
        ends = np.maximum(ends, starts + records[:, kernel.REFERENCE_BASES])
        pieces = [Coverage.of_blocks(blocks, contig.expected)]
        for person in range(len(self._options.sexes)):
            copies = contig.expected[inside, person].astype(np.int64)
            own = calls[calls[:, 1] == person]
            copies[own[:, 0]] = own[:, 2]
            rows = np.flatnonzero(plain & (copies > 0))
            pieces.append(Coverage.of_intervals(np.full(len(rows), person), starts[rows], ends[rows], copies[rows]))
        return Coverage.joined(pieces)

    def _key_range(self, contig: ContigState, batch: VariantBatch) -> tuple[int, int]:
        """Keys of the first and the last POS, and of the first variant where that lies further left."""
        positions = self._records[:, kernel.POSITION]
        positions = positions[positions > 0] - 1
        starts = np.concatenate([positions, batch.start_0based[:1], batch.start_0based[-1:]])
        if not len(starts):
            return position_key(contig.name, 0), position_key(contig.name, 0)
        return position_key(contig.name, int(starts.min())), position_key(contig.name, int(starts.max()))

    def _plain(self, text: Array, contig: ContigState, line: int) -> tuple[VariantBatch, Array]:
        """The variants of plain records, and per variant whether its record begins inside a region."""
        alleles = self._tables.alleles[: int(self._tables.result[kernel.ALLELES])]
        records = self._records
        of = alleles[:, allele_kernels.RECORD]
        anchors = alleles[:, allele_kernels.ANCHOR]
        batch = VariantBatch(
            key=alleles[:, allele_kernels.START] + position_key(contig.name, 0),
            end_0based=(alleles[:, allele_kernels.START] + alleles[:, allele_kernels.REFERENCE_LENGTH]).astype(
                np.int32
            ),
            reference_bases=gathered(
                text, alleles[:, allele_kernels.REFERENCE], alleles[:, allele_kernels.REFERENCE_LENGTH]
            ),
            alternate_bases=gathered(
                text, alleles[:, allele_kernels.ALTERNATE], alleles[:, allele_kernels.ALTERNATE_LENGTH]
            ),
            anchor=gathered(text, np.maximum(anchors, 0), (anchors >= 0).astype(np.int64)),
            variant_type=alleles[:, allele_kernels.KIND].astype(np.uint8),
            allele_count=alleles[:, allele_kernels.ALLELE_COUNT].astype(np.int32),
            allele_number=records[of, kernel.COPIES_CALLED].astype(np.int32),
            heterozygous=alleles[:, allele_kernels.HETEROZYGOUS].astype(np.int32),
            homozygous=alleles[:, allele_kernels.HOMOZYGOUS].astype(np.int32),
            hemizygous=alleles[:, allele_kernels.HEMIZYGOUS].astype(np.int32),
            source_line=of + line,
            sides=self._sides(text),
        )
        return batch, np.minimum(records[of, kernel.FLAGS] & kernel.IN_PAR, 1)

    def _sides(self, text: Array) -> dict[str, Side]:
        sides: dict[str, Side] = {}
        carriers = self._tables.carriers[: int(self._tables.result[kernel.CARRIERS])]
        if len(carriers):
            sides["carriers"] = {
                "row": carriers[:, 0].copy(),
                "person_index": carriers[:, 1].copy(),
                "zygosity": carriers[:, 2].astype(np.uint8),
            }
        calls = self._tables.calls[: int(self._tables.result[kernel.CALLS])]
        alleles = int(self._tables.result[kernel.ALLELES])
        if len(calls) and alleles:
            sides |= calls_by_allele(calls, self._records[:, kernel.FIRST_ALLELE], alleles)
        if self._info is not None:
            sides |= self._info_sides(text)
        return sides

    def _info_sides(self, text: Array) -> dict[str, Side]:
        """What INFO says of the alleles of plain records, where it has one of the keys that are asked for."""
        keys = len(self._info.keys) if self._info else 0
        spans = self._records[:, kernel.INFO_SPANS : kernel.INFO_SPANS + 2 * keys]
        alleles = self._tables.alleles[: int(self._tables.result[kernel.ALLELES])]
        stated: Array = np.any(spans[:, 1::2] >= 0, axis=1)
        found: list[tuple[int, AlleleInfo]] = []
        last, read = -1, None
        for row in np.flatnonzero(stated[alleles[:, allele_kernels.RECORD]]).tolist():
            record = int(alleles[row, allele_kernels.RECORD])
            if record != last:
                last, read = record, self._read_info(text, record)
            if read is not None:
                found.append((row, read[int(alleles[row, allele_kernels.NUMBER]) - 1]))
        return info_sides(found)

    def _read_info(self, text: Array, record: int) -> Sequence[AlleleInfo] | None:
        start, end = (int(place) for place in self._records[record, kernel.LINE_START : kernel.LINE_END + 1])
        columns = text[start:end].tobytes().decode(errors="replace").split("\t", 8)
        if self._info is None:
            return None
        read = self._info.read(info_mapping(columns[7]), columns[3], columns[4].split(","), columns[2])
        self.tally.notes.update(read.notes)
        return read.alleles
