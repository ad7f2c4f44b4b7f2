"""Compiled reading of VCF records: the plain ones, at the speed of memory; all others are marked for the exact reader.

Plain is a record of one contig with REF and ALT of A, C, G, T or N (or no alleles at all such as ``*`` and
``<NON_REF>``), counts or genotypes as files usually spell them, and nothing wrong. ``loaders.vcf_record`` defines what
a record means, and says what is wrong with one.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from core.compiled import Kernel, inner
from loaders.allele_kernels import (
    ALLELE_COUNT,
    HEMIZYGOUS,
    HETEROZYGOUS,
    HOMOZYGOUS,
    MAXIMUM_ALTERNATES,
    NUMBER,
    fits,
    read_alleles,
)
from loaders.genotype_kernels import COPIES, HEMI, HET, HOM, RUN, read_genotypes, reference_runs
from loaders.info_kernels import COUNT_KEYS, find_values, read_counts

Array = npt.NDArray[Any]

TAB, NEWLINE, RETURN, COLON, ZERO, NINE = 9, 10, 13, 58, 48, 57
BLOCK = 64

# Columns of a record; the spans of INFO values follow, offset and length by key.
LINE_START, LINE_END, FLAGS, POSITION, FIRST_ALLELE, ALTERNATES, COPIES_CALLED = 0, 1, 2, 3, 4, 5, 6
REFERENCE_BASES, INFO_SPANS = 7, 8
EXACT, NOT_PASSED, IN_PAR, NO_GENOTYPES = 1, 2, 4, 8

# What ``parse_records`` says in its result.
CONSUMED, RECORDS, ALLELES, CARRIERS, CALLS, REASON, CONTRADICTING = 0, 1, 2, 3, 4, 5, 6
AT_END, OTHER_CONTIG, FULL = 0, 1, 2
RESULT_COLUMNS = 7


@inner
def line_end(text: Array, place: int, end: int) -> tuple[int, int]:
    """Where the line break after ``place`` is, which must be there, and the bytes before it, or-ed."""
    at, seen = np.uint64(place), np.uint8(0)
    while at + np.uint64(BLOCK) <= np.uint64(end):
        breaks, block = np.uint8(0), np.uint8(0)
        for letter in range(np.uint64(BLOCK)):
            # Bytes throughout, so that it becomes a few instructions on vectors.
            breaks = np.uint8(breaks | np.uint8(text[at + letter] == NEWLINE))
            block = np.uint8(block | text[at + letter])
        if breaks:
            break
        seen = np.uint8(seen | block)
        at += np.uint64(BLOCK)
    while text[at] != NEWLINE:
        seen = np.uint8(seen | text[at])
        at += np.uint64(1)
    return int(np.int64(at)), int(seen)


@inner
def next_field(text: Array, place: int, end: int) -> int:
    """Where the tab after ``place`` is, or the end of the line."""
    # Unsigned: a signed index costs a check for counting from the end at every byte.
    at, last = np.uint64(place), np.uint64(end)
    while at < last and text[at] != TAB:
        at += np.uint64(1)
    return int(np.int64(at))


@inner
def read_position(text: Array, first: int, last: int) -> int:
    """POS, 1-based; 0 for what is no position that a plain record has."""
    if last == first or last - first > 9:
        return 0
    position = 0
    for place in range(first, last):
        if not ZERO <= text[place] <= NINE:
            return 0
        position = position * 10 + (text[place] - ZERO)
    return position


@inner
def genotype_field(text: Array, first: int, last: int) -> int:
    """Which of the fields in FORMAT is GT; -1 if none is."""
    field = 0
    while first < last:
        if text[first] == 71 and first + 1 < last and text[first + 1] == 84:
            if first + 2 == last or text[first + 2] == COLON:
                return field
        while first < last and text[first] != COLON:
            first += 1
        first += 1
        field += 1
    return -1


@Kernel
def parse_records(
    text: Array, begin: int, end: int, contig: Array, contig_length: int, bases: Array, par: Array, sexual: bool,
    samples: int, one_copy: Array, nobody: Array, expected: Array, key_data: Array, key_offsets: Array,
    records: Array, alleles: Array, carriers: Array, calls: Array, tally: Array, result: Array,
) -> None:  # fmt: skip
    """Read the whole lines ``text[begin:end]`` up to the first record of another contig, or until a table is full.

    ``contig``: its name as the file spells it. ``bases``: its reference sequence, or empty: where it is given, records
    that contradict it and those with insertions or deletions, which may have to be moved, go to the exact reader.
    ``par``: int64[n, 2], 0-based half-open pseudo-autosomal regions;
    ``sexual``: X or Y. ``one_copy``: people who have one copy outside of these, ``nobody``: as many times false.
    ``expected``: uint8[2, people], expected copies outside and inside. ``key_data``, ``key_offsets``: the INFO keys to
    look for; the first are those of ``read_counts``. ``tally``: int32[2, people, 2]. ``result``: see its columns.
    """
    line, record, allele, carrier, call, contradicting, reason = begin, 0, 0, 0, 0, 0, AT_END
    keys, counted_keys = len(key_offsets) - 1, len(COUNT_KEYS)
    spans, guesses = np.zeros(2 * keys, dtype=np.int64), np.zeros(32, dtype=np.int64)
    allele_row = np.full(MAXIMUM_ALTERNATES + 1, -1, dtype=np.int64)
    counts = np.zeros((MAXIMUM_ALTERNATES + 1, 4), dtype=np.int64)
    runs, no_runs = reference_runs(), np.zeros((0, 4 * RUN), dtype=np.uint8)
    all_diploid = np.zeros(2, dtype=np.bool_)
    for side in range(2):
        all_diploid[side] = np.all(expected[side] == 2) and not (side == 0 and sexual and np.any(one_copy))
    while line < end:
        full = (
            record == len(records)
            or allele + MAXIMUM_ALTERNATES > len(alleles)
            or carrier + 2 * samples > len(carriers)
            or call + samples > len(calls)
        )
        if full:
            reason = FULL
            break
        stop, seen = line_end(text, line, end)
        following = stop + 1
        if stop > line and text[stop - 1] == RETURN:
            stop -= 1
        chrom_end = next_field(text, line, stop)
        same = chrom_end - line == len(contig)
        for letter in range(len(contig)):
            same = same and text[line + letter] == contig[letter]
        if not same:
            reason = OTHER_CONTIG
            break
        records[record, LINE_START], records[record, LINE_END], records[record, FLAGS] = line, stop, EXACT
        records[record, POSITION], records[record, FIRST_ALLELE] = 0, allele
        records[record, ALTERNATES], records[record, COPIES_CALLED] = 0, 0
        record += 1
        line = following
        flags = 0
        pos_end = next_field(text, min(chrom_end + 1, stop), stop)
        position = read_position(text, chrom_end + 1, pos_end)
        records[record - 1, POSITION] = position
        id_end = next_field(text, min(pos_end + 1, stop), stop)
        ref_end = next_field(text, min(id_end + 1, stop), stop)
        alt_end = next_field(text, min(ref_end + 1, stop), stop)
        qual_end = next_field(text, min(alt_end + 1, stop), stop)
        filter_end = next_field(text, min(qual_end + 1, stop), stop)
        info_end = next_field(text, min(filter_end + 1, stop), stop)
        reference = id_end + 1
        sound = position > 0 and filter_end < stop and ref_end > reference and alt_end > ref_end + 1
        if not sound or position - 1 + ref_end - reference > contig_length:
            continue
        if seen >= 128:
            continue
        alternates, rows = read_alleles(
            text, position, reference, ref_end, ref_end + 1, alt_end, alleles, record - 1, allele, allele_row
        )
        if alternates < 0:
            continue
        if len(bases) > 0 and not fits(text, reference, ref_end, bases, position - 1, alleles, allele, rows):
            continue
        filter_length = filter_end - qual_end - 1
        passed = (filter_length == 1 and text[qual_end + 1] == 46) or (
            filter_length == 4
            and text[qual_end + 1] == 80
            and text[qual_end + 2] == 65
            and text[qual_end + 3] == 83
            and text[qual_end + 4] == 83
        )
        flags |= 0 if passed else NOT_PASSED
        inside = False
        for region in range(len(par)):
            inside = inside or par[region, 0] <= position - 1 < par[region, 1]
        flags |= IN_PAR if inside else 0
        if keys > 0:
            find_values(text, filter_end + 1, info_end, key_data, key_offsets, spans, guesses)
            for cell in range(2 * counted_keys, 2 * keys):
                records[record - 1, INFO_SPANS + cell - 2 * counted_keys] = spans[cell]
        number = 0
        counts[: alternates + 1] = 0
        if samples > 0:
            if info_end >= stop:
                continue
            format_end = next_field(text, info_end + 1, stop)
            gt_column = genotype_field(text, info_end + 1, format_end)
            if gt_column < 0 or format_end >= stop:
                continue
            side = 1 if inside else 0
            # Runs of cells have the width of "0|0" only where GT is the only sub-field.
            known = runs if all_diploid[side] and format_end - info_end == 3 else no_runs
            carriers_before, calls_before = carrier, call
            carrier, call, number, contradictory = read_genotypes(
                text, format_end + 1, stop, gt_column, alternates, one_copy if sexual and not inside else nobody,
                expected[side], record - 1, allele, allele_row, counts, carriers, carrier, calls, call, tally[side], 1,
                known,
            )  # fmt: skip
            if number < 0:
                read_genotypes(
                    text, format_end + 1, stop, gt_column, alternates, one_copy if sexual and not inside else nobody,
                    expected[side], record - 1, allele, allele_row, counts, carriers, carriers_before, calls,
                    calls_before, tally[side], -1, known,
                )  # fmt: skip
                carrier, call = carriers_before, calls_before
                continue
            contradicting += contradictory
        else:
            number = read_counts(text, spans, alternates, counts)
            if number < 0:
                continue
            flags |= NO_GENOTYPES
        for row in range(allele, allele + rows):
            of = alleles[row, NUMBER]
            alleles[row, ALLELE_COUNT], alleles[row, HETEROZYGOUS] = counts[of, COPIES], counts[of, HET]
            alleles[row, HOMOZYGOUS], alleles[row, HEMIZYGOUS] = counts[of, HOM], counts[of, HEMI]
        allele += rows
        records[record - 1, FLAGS], records[record - 1, ALTERNATES] = flags, alternates
        records[record - 1, COPIES_CALLED] = number
        records[record - 1, REFERENCE_BASES] = ref_end - reference
    result[CONSUMED], result[RECORDS], result[ALLELES], result[CARRIERS] = line, record, allele, carrier
    result[CALLS], result[REASON], result[CONTRADICTING] = call, reason, contradicting
