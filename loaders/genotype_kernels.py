"""Compiled reading of the genotype columns of one VCF record (VCF 4.3 §1.6.2).

Meaning is defined by ``loaders.vcf_genotypes``; what is unusual here is left to it.
"""

from typing import Any

import numpy.typing as npt

from core.compiled import inner

Array = npt.NDArray[Any]

TAB, COLON, SLASH, BAR, DOT, ZERO, NINE = 9, 58, 47, 124, 46, 48, 57
HETEROZYGOUS, HOMOZYGOUS, HEMIZYGOUS = 1, 2, 3
MISSING = -1

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
) -> tuple[int, int, int, int]:
    """Count the samples of a record, whose columns are ``text[place:end]``, separated by tabs.

    ``gt_column``: which of the colon-separated fields is GT. ``one_copy``: whether a person has one copy here by sex.
    ``expected``: copies that are expected to be called. ``allele_row``: row of each allele number, -1 for those that
    are no variants. ``counts``: int64[alternates + 1, 4], zeroed, filled. Carriers (row, person, zygosity) and calls
    (record, person, called copies, where not as expected) are appended. ``tally``: int32[people, 2]: haploid calls,
    missing calls; each adds ``step``, so that a second run with -1 takes back what the first one counted.

    Returns carriers, calls, allele number, people with one copy and two different alleles. An allele number of -1:
    left to the exact reader (nothing that was appended counts).
    """
    total = contradicting = 0
    for person in range(len(one_copy)):
        if person > 0:
            if place >= end or text[place] != TAB:
                return carrier_count, call_count, -1, 0
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
        plain = (
            place + 2 < end
            and ZERO <= text[place] <= NINE
            and (text[place + 1] == BAR or text[place + 1] == SLASH)
            and ZERO <= text[place + 2] <= NINE
        )
        if plain:
            one, other = int(text[place]) - ZERO, int(text[place + 2]) - ZERO
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
            while place < end and text[place] != TAB:
                place += 1
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
