"""Compiled reading of REF and ALT: alleles trimmed, typed and placed (VCF 4.3 §1.6.1).

Meaning is defined by ``loaders.vcf_alleles``; what is unusual here is left to it.
"""

from typing import Any

import numpy.typing as npt

from core.compiled import inner

Array = npt.NDArray[Any]

COMMA = 44
MAXIMUM_ALTERNATES = 64

# Columns of an allele.
(
    RECORD, NUMBER, START, REFERENCE, REFERENCE_LENGTH, ALTERNATE, ALTERNATE_LENGTH, ANCHOR, KIND,
    ALLELE_COUNT, HETEROZYGOUS, HOMOZYGOUS, HEMIZYGOUS,
) = range(13)  # fmt: skip
ALLELE_COLUMNS = 13

# Kinds, in the order of ``beacon.rows.VariantType``.
SNP, MNP, INS, DEL, INDEL = 0, 1, 2, 3, 4


@inner
def is_base(letter: int) -> bool:
    """Whether a byte is A, C, G, T or N."""
    return letter == 65 or letter == 67 or letter == 71 or letter == 84 or letter == 78


@inner
def is_no_allele(text: Array, first: int, last: int) -> bool:
    """Whether an ALT is ``.``, ``*``, ``<*>`` or ``<NON_REF>``."""
    length = last - first
    if length == 1:
        return bool(text[first] == 46 or text[first] == 42)
    if length == 3:
        return bool(text[first] == 60 and text[first + 1] == 42 and text[first + 2] == 62)
    if length == 9:
        for place, letter in enumerate(b"<NON_REF>"):
            if text[first + place] != letter:
                return False
        return True
    return False


@inner
def add_allele(
    text: Array, alleles: Array, row: int, record: int, number: int, start: int, reference: int, reference_end: int,
    alternate: int, alternate_end: int,
) -> bool:  # fmt: skip
    """Trim an allele (suffix first, then prefix) into its row; false where ALT equals REF."""
    while (
        reference_end > reference and alternate_end > alternate and text[reference_end - 1] == text[alternate_end - 1]
    ):
        reference_end -= 1
        alternate_end -= 1
    anchor = -1
    while reference < reference_end and alternate < alternate_end and text[reference] == text[alternate]:
        anchor = reference
        reference += 1
        alternate += 1
        start += 1
    length, other = reference_end - reference, alternate_end - alternate
    if length == 0 and other == 0:
        return False
    if length == other:
        kind = SNP if length == 1 else MNP
    elif length == 0:
        kind = INS
    else:
        kind = DEL if other == 0 else INDEL
    alleles[row, RECORD], alleles[row, NUMBER], alleles[row, START] = record, number, start
    alleles[row, REFERENCE], alleles[row, REFERENCE_LENGTH] = reference, length
    alleles[row, ALTERNATE], alleles[row, ALTERNATE_LENGTH] = alternate, other
    alleles[row, ANCHOR] = anchor if length == 0 or other == 0 else -1
    alleles[row, KIND] = kind
    return True


@inner
def read_alleles(
    text: Array, position: int, reference: int, reference_end: int, alternate: int, alternate_end: int,
    alleles: Array, record: int, first_allele: int, allele_row: Array,
) -> tuple[int, int]:  # fmt: skip
    """All alternates of a record into rows from ``first_allele`` on: (alternates, rows); -1: left to the exact reader.

    ``allele_row``: which of these rows an allele number has, -1 for what is no variant.
    """
    for place in range(reference, reference_end):
        if not is_base(text[place]):
            return -1, 0
    number = rows = 0
    first = alternate
    while True:
        last = first
        plain = True
        while last < alternate_end and text[last] != COMMA:
            plain = plain and is_base(text[last])
            last += 1
        number += 1
        if number > MAXIMUM_ALTERNATES or last == first:
            return -1, 0
        allele_row[number] = -1
        if plain:
            added = add_allele(
                text, alleles, first_allele + rows, record, number, position - 1,
                reference, reference_end, first, last,
            )  # fmt: skip
            if not added:
                return -1, 0
            allele_row[number] = rows
            rows += 1
        elif not is_no_allele(text, first, last):
            return -1, 0
        if last == alternate_end:
            return number, rows
        first = last + 1


@inner
def fits(
    text: Array, reference: int, reference_end: int, bases: Array, start: int, alleles: Array, allele: int, rows: int
) -> bool:
    """Whether REF is what the reference has, and no allele can be moved along it."""
    for place in range(reference, reference_end):
        if start + place - reference >= len(bases) or text[place] != bases[start + place - reference]:
            return False
    for row in range(allele, allele + rows):
        if alleles[row, KIND] >= INS:
            return False
    return True
