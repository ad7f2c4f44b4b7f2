"""Compiled reading against the exact reader, on generated lines: the same variants, carriers, calls and rejections."""

from collections.abc import Sequence

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from beacon.variant_batch import Side, VariantBatch
from core.columns import UNKNOWN, TextColumn
from core.genome import GRCH38
from loaders import vcf_kernels
from loaders.contig_batches import ContigBatch
from loaders.contig_copies import CallTally, copies_of_people, rebased_calls
from loaders.reading_state import ReadingOptions
from loaders.record_batches import Expected, RecordBatches
from loaders.vcf_record import RecordReader
from tests.loaders.vcf_strategies import nearly_lines, record_lines
from tests.loaders.vcf_texts import record_line

SAMPLES = 5
Found = tuple[list[object], list[tuple[int, str]], tuple[int, ...]]


def read(lines: Sequence[str], sexes: Sequence[str], *, exactly: bool = False) -> Found:
    """(Variants with their side tables, rejections, counts) of some lines."""
    males = frozenset(column for column, sex in enumerate(sexes) if sex == "MALE")
    expected: Expected = {}
    exact = RecordReader(GRCH38, len(sexes), males, expected=expected)
    batches = RecordBatches(ReadingOptions(GRCH38, tuple(sexes), {}), exact, expected, None)
    text = np.frombuffer(bytearray("".join(f"{line}\n" for line in lines).encode()), dtype=np.uint8)
    with pytest.MonkeyPatch.context() as patch:
        if exactly:
            patch.setattr(vcf_kernels, "parse_records", left_to_the_exact_reader)
        found = list(batches.read(text, 1))
    tally = batches.tally
    counts = (tally.records, tally.rejected, tally.without_allele, tally.not_passed, tally.contradicting)
    said = sorted((item.line, item.field) for item in tally.log.kept)
    return sorted((row for each in found for row in spelled(each, sexes)), key=repr), said, counts


def left_to_the_exact_reader(text: np.ndarray, begin: int, end: int, contig: np.ndarray, *others: object) -> None:
    """What ``parse_records`` does where no record is plain."""
    records, alleles, result = others[-6], others[-5], others[-1]
    assert isinstance(records, np.ndarray)
    assert isinstance(result, np.ndarray)
    assert isinstance(alleles, np.ndarray)
    place, row, reason = begin, 0, vcf_kernels.AT_END
    while place < end:
        stop = place + int(np.argmax(text[place:] == 10))
        line = text[place:stop].tobytes()
        if line.split(b"\t")[0] != contig.tobytes():
            reason = vcf_kernels.OTHER_CONTIG
            break
        records[row] = 0
        last = stop - line.endswith(b"\r")
        records[row, : vcf_kernels.FLAGS + 1] = place, last, vcf_kernels.EXACT
        place, row = stop + 1, row + 1
    result[:] = 0
    result[vcf_kernels.CONSUMED], result[vcf_kernels.RECORDS], result[vcf_kernels.REASON] = place, row, reason


def spelled(found: ContigBatch, sexes: Sequence[str]) -> list[object]:
    """Each variant as a value; calls are told relative to two copies, whatever they were relative to."""
    batch = found.batch
    twos = np.full((2, len(sexes)), 2, dtype=np.uint8)
    calls = rebased_calls(batch.sides.get("calls"), found.rows_inside, found.told, found.rows_inside, twos)
    rows: list[object] = []
    for row in range(len(batch)):
        numbers = [int(column[row]) for column in (batch.variant_type, batch.allele_count, batch.allele_number)]
        numbers += [int(column[row]) for column in (batch.heterozygous, batch.homozygous, batch.hemizygous)]
        sides = {
            table: sorted(of_row(side, row)) for table, side in {**batch.sides, "calls": calls or {}}.items() if side
        }
        if numbers[3] == UNKNOWN:
            # A record without genotypes says nothing of who was called.
            sides.pop("calls", None)
        rows.append(
            (found.contig, batch.identity(row), batch.anchor[row], numbers, int(batch.source_line[row]),
             {table: values for table, values in sides.items() if values})
        )  # fmt: skip
    return rows


def of_row(side: object, row: int) -> list[tuple[object, ...]]:
    assert isinstance(side, dict)
    places = np.flatnonzero(np.asarray(side["row"]) == row).tolist()
    columns = [column for name, column in side.items() if name != "row"]
    return [
        tuple(column[place] if isinstance(column, TextColumn) else int(column[place]) for column in columns)
        for place in places
    ]


SEXES = st.lists(st.sampled_from(["MALE", "FEMALE", "UNKNOWN_SEX"]), min_size=SAMPLES, max_size=SAMPLES)


@settings(max_examples=200, deadline=None)
@given(st.lists(record_lines(SAMPLES), min_size=1, max_size=6), SEXES)
def test_plain_records_mean_what_the_exact_reader_says(lines: list[str], sexes: list[str]) -> None:
    assert read(lines, sexes) == read(lines, sexes, exactly=True)


@settings(max_examples=200, deadline=None)
@given(st.lists(record_lines(0), min_size=1, max_size=6))
def test_plain_sites_mean_what_the_exact_reader_says(lines: list[str]) -> None:
    assert read(lines, ()) == read(lines, (), exactly=True)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(nearly_lines(2), nearly_lines(2)), min_size=1, max_size=4))
def test_broken_records_are_rejected_for_the_same_reason(lines: list[str]) -> None:
    sexes = ("MALE", "UNKNOWN_SEX")
    lines = [line.replace("\n", " ").replace("\r", " ") for line in lines]
    assert read(lines, sexes) == read(lines, sexes, exactly=True)


@settings(max_examples=200, deadline=None)
@given(st.lists(nearly_lines(0), min_size=1, max_size=4))
def test_broken_sites_are_rejected_for_the_same_reason(lines: list[str]) -> None:
    lines = [line.replace("\n", " ").replace("\r", " ") for line in lines]
    assert read(lines, ()) == read(lines, (), exactly=True)


def test_most_records_are_plain() -> None:
    """The compiled reader takes what files usually hold; else it would be correct and useless."""
    lines = [
        record_line("chr1 5 G A . GT 0/1 1|1 ./. 0 ./1"),
        record_line("chr1 6 GAC G,TAC,* . GT:DP 0/1:3 1|2:4 3/1:5 2/2:. 0/0"),
        record_line("chr1 7 G <NON_REF> END=20 DP:GT 3:0/0 .:0/0 5:0/1 6:0 7:./."),
        record_line("chrX 5 G A . GT 1 0/1 0 1/1 0"),
    ]
    expected: Expected = {}
    reader = RecordReader(GRCH38, SAMPLES, expected=expected)
    batches = RecordBatches(ReadingOptions(GRCH38, ("UNKNOWN_SEX",) * SAMPLES, {}), reader, expected, None)
    text = np.frombuffer(bytearray("".join(f"{line}\r\n" for line in lines).encode()), dtype=np.uint8)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RecordReader, "read", None)
        found = list(batches.read(text, 1))
    assert [(each.contig, len(each.batch)) for each in found] == [("1", 3), ("X", 1)]


COPIES = st.lists(st.integers(0, 2), min_size=6, max_size=6)


@given(COPIES, COPIES, st.lists(st.lists(st.integers(0, 2), min_size=3, max_size=3), min_size=1, max_size=5), st.data())
def test_calls_told_relative_to_other_copies_are_the_same_calls(
    told: list[int], wanted: list[int], called: list[list[int]], data: st.DataObject
) -> None:
    first, second = (np.asarray(each, dtype=np.uint8).reshape(2, 3) for each in (told, wanted))
    flags = st.lists(st.integers(0, 1), min_size=len(called), max_size=len(called))
    records, starts = np.asarray(data.draw(flags)), np.asarray(data.draw(flags))

    def relative(copies: np.ndarray, inside: np.ndarray) -> list[tuple[int, int, int]]:
        return [
            (row, person, copy)
            for row, people in enumerate(called)
            for person, copy in enumerate(people)
            if copy != copies[inside[row], person]
        ]

    rows = relative(first, records)
    side: Side = {
        "row": np.asarray([each[0] for each in rows], dtype=np.int32),
        "person_index": np.asarray([each[1] for each in rows], dtype=np.int32),
        "copies": np.asarray([each[2] for each in rows], dtype=np.uint8),
    }
    found = rebased_calls(side if rows else None, records, first, starts, second)
    listed = (
        [] if found is None else list(zip(*(np.asarray(column).tolist() for column in found.values()), strict=True))
    )
    assert sorted(listed) == relative(second, starts)


def test_copies_are_as_declared_and_else_as_called() -> None:
    tally = CallTally.empty(4)
    tally.records[:] = 10, 5
    tally.unusual[0, :, 0] = 9, 0, 9, 1
    sexes = ("UNKNOWN_SEX", "UNKNOWN_SEX", "FEMALE", "MALE")
    assert copies_of_people("X", sexes, tally).tolist() == [[1, 2, 2, 1], [2, 2, 2, 2]]
    assert copies_of_people("1", sexes, tally)[0].tolist() == [1, 2, 1, 2]
    assert copies_of_people("Y", sexes, CallTally.empty(4))[0].tolist() == [0, 0, 0, 1]
    assert copies_of_people("MT", sexes, CallTally.empty(4))[0].tolist() == [1, 1, 1, 1]


def test_batches_are_empty_without_records() -> None:
    assert len(VariantBatch.from_rows([])) == 0
