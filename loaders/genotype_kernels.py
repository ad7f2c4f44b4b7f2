"""Compiled reading of the genotype columns of one VCF record (VCF 4.3 §1.6.2).

Meaning is defined by ``loaders.vcf_genotypes``; what is unusual here is left to it.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from core.compiled import inner

Array = npt.NDArray[Any]

TAB, COLON, SLASH, BAR, DOT, ZERO, NINE = 9, 58, 47, 124, 46, 48, 57
HETEROZYGOUS, HOMOZYGOUS, HEMIZYGOUS = 1, 2, 3
MISSING = -1

RUN = 16
"""So many cells are compared at once."""
RUN_BYTES = 4 * RUN

# Columns of the counts of one allele.
COPIES, HET, HOM, HEMI = 0, 1, 2, 3


@inner
def read_allele_number(text: Array, place: int, end: int) -> tuple[int, int]:
    """An allele number or a dot: (number, place after it); -1 for a dot, -2 for anything else."""
    if place >= end:
        return -2, place
    if text[place] == DOT:
        return MISSING, place + 1
    number = 0
    first = place
    while place < end and ZERO <= text[place] <= NINE:
        number = number * 10 + (text[place] - ZERO)
        place += 1
    if place == first or place - first > 4:
        return -2, place
    return number, place


@inner
def reference_runs() -> Array:
    """``RUN`` cells of the diploid reference, each after its tab: phased, and unphased."""
    runs = np.zeros((2, RUN_BYTES), dtype=np.uint8)
    for row, separator in enumerate((BAR, SLASH)):
        for cell in range(RUN):
            runs[row, 4 * cell] = TAB
            runs[row, 4 * cell + 1] = ZERO
            runs[row, 4 * cell + 2] = separator
            runs[row, 4 * cell + 3] = ZERO
    return runs


@inner
def reference_run(text: Array, place: int, end: int, run: Array) -> bool:
    """Whether ``text[place:]`` begins with a run of diploid reference cells, and a further cell or the end after it."""
    if place + RUN_BYTES > end or (place + RUN_BYTES < end and text[place + RUN_BYTES] != TAB):
        return False
    # Bytes throughout, and as many as are known beforehand: so it becomes a few instructions on vectors.
    at, different = np.uint64(place), np.uint8(0)
    for letter in range(np.uint64(RUN_BYTES)):
        different = np.uint8(different | np.uint8(text[at + letter] ^ run[letter]))
    return bool(different == 0)


@inner
def skip_cell(text: Array, place: int, end: int) -> int:
    """Where the tab after ``place`` is, or the end."""
    at, last = np.uint64(place), np.uint64(end)
    while at < last and text[at] != TAB:
        at += np.uint64(1)
    return int(np.int64(at))


@inner
def read_genotypes(
    text: Array,
    place: int,
    end: int,
    gt_column: int,
    alternates: int,
    one_copy: Array,
    expected: Array,
    record: int,
    first_allele: int,
    allele_row: Array,
    counts: Array,
    carriers: Array,
    carrier_count: int,
    calls: Array,
    call_count: int,
    tally: Array,
    step: int,
    runs: Array,
) -> tuple[int, int, int, int]:
    """Count the samples of a record, whose columns are ``text[place:end]``, separated by tabs.

    ``gt_column``: which of the colon-separated fields is GT. ``one_copy``: whether a person has one copy here by sex.
    ``expected``: copies that are expected to be called. ``allele_row``: row of each allele number, -1 for those that
    are no variants. ``counts``: int64[alternates + 1, 4], zeroed, filled. Carriers (row, person, zygosity) and calls
    (record, person, called copies, where not as expected) are appended. ``tally``: int32[people, 2]: haploid calls,
    missing calls; each adds ``step``, so that a second run with -1 takes back what the first one counted. ``runs``:
    ``RUN`` cells of the diploid reference, phased and unphased, each after its tab; empty where such a cell is not as
    expected of everybody.

    Returns carriers, calls, allele number, people with one copy and two different alleles. An allele number of -1:
    left to the exact reader (nothing that was appended counts).
    """
    total = contradicting = 0
    following, patience = 0, 1
    next_try = 0 if len(runs) > 0 else len(one_copy)
    while following < len(one_copy):
        person = following
        following += 1
        if person > 0:
            if place >= end or text[place] != TAB:
                return carrier_count, call_count, -1, 0
            if person >= next_try and person + RUN <= len(one_copy) and place + 2 < end:
                if reference_run(text, place, end, runs[0 if text[place + 2] == BAR else 1]):
                    total += 2 * RUN
                    following += RUN - 1
                    place += RUN_BYTES
                    patience = 1
                    continue
                # Where carriers are many, trying at every cell would cost more than it spares.
                next_try = person + patience
                patience = min(2 * patience, RUN)
            place += 1
        for _ in range(gt_column):
            while place < end and text[place] != COLON and text[place] != TAB:
                place += 1
            if place < end and text[place] == COLON:
                place += 1
            else:
                # Trailing fields may be left out: no genotype. Seldom enough for the exact reader.
                return carrier_count, call_count, -1, 0
        one, other, copies = 0, 0, 2
        if place + 2 < end:
            at = np.uint64(place)
            first, between, second = text[at], text[at + np.uint64(1)], text[at + np.uint64(2)]
        else:
            first, between, second = np.uint8(0), np.uint8(0), np.uint8(0)
        parted = bool(between == BAR) or bool(between == SLASH)
        if parted and ZERO <= first <= NINE and ZERO <= second <= NINE:
            one, other = int(first) - ZERO, int(second) - ZERO
            place += 3
        else:
            if place < end and (text[place] == BAR or text[place] == SLASH):
                place += 1
            one, place = read_allele_number(text, place, end)
            if place < end and (text[place] == BAR or text[place] == SLASH):
                other, place = read_allele_number(text, place + 1, end)
            else:
                other, copies = MISSING, 1
        if one > alternates or other > alternates or one < MISSING or other < MISSING:
            return carrier_count, call_count, -1, 0
        if place < end and text[place] != TAB:
            if text[place] != COLON:
                return carrier_count, call_count, -1, 0
            place = skip_cell(text, place, end)
        if one == 0 and other == 0 and not one_copy[person]:
            total += 2
            if expected[person] != 2:
                calls[call_count, 0], calls[call_count, 1], calls[call_count, 2] = record, person, 2
                call_count += 1
            continue
        called = int(one >= 0) + int(other >= 0)
        if copies == 1 and called == 1:
            tally[person, 0] += step
        if called == 0:
            tally[person, 1] += step
        if one_copy[person] and called == 2:
            if one == other:
                other, called = MISSING, 1
            else:
                contradicting += 1
        total += called
        if called != expected[person]:
            calls[call_count, 0], calls[call_count, 1], calls[call_count, 2] = record, person, called
            call_count += 1
        if one == MISSING:
            one, other = other, MISSING
        if one == other and one > 0:
            counts[one, COPIES] += 2
            counts[one, HOM] += 1
            if allele_row[one] >= 0:
                carriers[carrier_count, 0], carriers[carrier_count, 1] = first_allele + allele_row[one], person
                carriers[carrier_count, 2] = HOMOZYGOUS
                carrier_count += 1
            continue
        zygosity = HEMIZYGOUS if called == 1 else HETEROZYGOUS
        for allele in (one, other):
            if allele > 0:
                counts[allele, COPIES] += 1
                counts[allele, HEMI if called == 1 else HET] += 1
                if allele_row[allele] >= 0:
                    carriers[carrier_count, 0], carriers[carrier_count, 1] = first_allele + allele_row[allele], person
                    carriers[carrier_count, 2] = zygosity
                    carrier_count += 1
    return carrier_count, call_count, (total if place == end else -1), contradicting
