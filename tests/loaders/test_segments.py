"""Segments on disk: what is written is read, and line numbers are those of the file."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from beacon.variant_batch import VariantBatch
from core.genome import GRCH38
from loaders.contig_batches import ContigBatch
from loaders.reading_state import ReadingOptions
from loaders.record_batches import Expected, RecordBatches
from loaders.segments import read_segment, write_segment
from loaders.vcf_annotations import InfoReader
from loaders.vcf_record import RecordReader
from tests.loaders.vcf_texts import record_line

HEADER = ['##INFO=<ID=ANN,Number=.,Type=String,Description="Functional annotations">']
RECORDS = (
    "chr1 5 G A ANN=A|missense_variant|MODERATE|TP53|ENSG1|transcript|ENST1|protein_coding|1/2|c.1G>A|p.Val1Met||||| GT 0/1 1",
    "chr1 9 N <DEL> END=5000;CIPOS=-5,5 GT 0/1 ./.",
    "chr1 12 GAC G,TAC,* . GT 1/2 3/0",
    "chrX 20000 G A . GT 1 0/1",
)


def batches() -> list[ContigBatch]:
    expected: Expected = {}
    info = InfoReader(HEADER)
    exact = RecordReader(GRCH38, 2, info_reader=info, expected=expected)
    reader = RecordBatches(ReadingOptions(GRCH38, ("MALE", "UNKNOWN_SEX"), {}), exact, expected, info)
    text = "".join(f"{record_line(record)}\n" for record in RECORDS).encode()
    return list(reader.read(np.frombuffer(bytearray(text), dtype=np.uint8), 1))


def spelled(batch: VariantBatch) -> list[object]:
    rows: list[object] = [
        (batch.identity(row), batch.anchor[row], int(batch.allele_count[row])) for row in range(len(batch))
    ]
    for table, side in sorted(batch.sides.items()):
        rows += [(table, name, [column[row] for row in range(len(side["row"]))]) for name, column in side.items()]
    return rows


def test_what_is_written_is_read(tmp_path: Path) -> None:
    found = batches()
    assert [each.contig for each in found] == ["1", "X"]
    tables = set()
    for number, each in enumerate(found):
        segment = write_segment(tmp_path / f"{number}.segment", each)
        assert (segment.contig, segment.rows) == (each.contig, len(each.batch))
        back = read_segment(segment)
        assert spelled(back.batch) == spelled(each.batch)
        assert back.batch.source_line.tolist() == each.batch.source_line.tolist()
        assert np.array_equal(back.told, each.told)
        assert np.array_equal(back.rows_inside, each.rows_inside)
        tables |= set(back.batch.sides)
    assert {"carriers", "calls", "annotations", "structural"} <= tables


def test_lines_are_counted_from_the_beginning_of_the_file(tmp_path: Path) -> None:

    segment = write_segment(tmp_path / "a.segment", batches()[0])
    first = read_segment(segment).batch.source_line
    assert read_segment(replace(segment, first_line=100)).batch.source_line.tolist() == (first + 100).tolist()


def test_bytes_of_a_segment_become_numbers_and_nothing_else(tmp_path: Path) -> None:
    segment = write_segment(tmp_path / "a.segment", batches()[0])
    objects = replace(segment, columns=tuple(column._replace(kind="|O") for column in segment.columns))
    with pytest.raises(ValueError, match="object"):
        read_segment(objects)
    segment.path.write_bytes(segment.path.read_bytes()[:-1])
    with pytest.raises(ValueError, match="reshape"):
        read_segment(segment)
