"""Compiled look-up of INFO values, and the counts that sites-only records state (VCF 4.3 §1.6.1).

Meaning is defined by ``loaders.vcf_site_counts``; what is unusual here is left to it.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from core.compiled import inner

Array = npt.NDArray[Any]

SEMICOLON, EQUALS, COMMA, DOT, ZERO, NINE = 59, 61, 44, 46, 48, 57
NO_COUNT = -(2**31)
MAXIMUM_COUNT = 2**31 - 1

COUNT_KEYS = ("AN", "AC", "AF", "AC_Het", "AC_Hemi", "AC_Hom", "nhomalt", "HOM", "Hom")
"""The keys that ``read_counts`` knows, in the order in which ``find_values`` must have looked for them."""

AN, AC, AF, AC_HET, AC_HEMI, AC_HOM, NHOMALT, HOM_UPPER, HOM_LOWER = range(9)


@inner
def is_key(text: Array, first: int, length: int, key_data: Array, offset: int) -> bool:
    """Whether the text at ``first`` is the key of the same length at ``offset``."""
    for letter in range(length):
        if text[first + letter] != key_data[offset + letter]:
            return False
    return True


@inner
def find_values(
    text: Array, place: int, end: int, key_data: Array, key_offsets: Array, spans: Array, guesses: Array
) -> None:
    """Find INFO values: for each key offset and length of its value; length -1 for a key that is absent.

    Of a repeated key the last one counts. ``guesses``: which key stood where in the record before, kept from call to
    call: files write their keys in one order.
    """
    keys = len(key_offsets) - 1
    for key in range(keys):
        spans[2 * key + 1] = -1
    item = 0
    while place < end:
        first = place
        # Unsigned: a signed index costs a check for counting from the end at every byte.
        at, last = np.uint64(place), np.uint64(end)
        while at < last and text[at] != EQUALS and text[at] != SEMICOLON:
            at += np.uint64(1)
        place = int(np.int64(at))
        length = place - first
        slot = min(item, len(guesses) - 1)
        found = guesses[slot]
        offset = key_offsets[found]
        if key_offsets[found + 1] - offset != length or not is_key(text, first, length, key_data, offset):
            found = -1
            for key in range(keys):
                offset = key_offsets[key]
                if key_offsets[key + 1] - offset == length and is_key(text, first, length, key_data, offset):
                    found = key
                    guesses[slot] = key
                    break
        value = place
        if place < end and text[place] == EQUALS:
            value = place + 1
            while at < last and text[at] != SEMICOLON:
                at += np.uint64(1)
            place = int(np.int64(at))
        if found >= 0:
            spans[2 * found], spans[2 * found + 1] = value, place - value
        place += 1
        item += 1


@inner
def read_list(text: Array, place: int, length: int, counts: Array, alternates: int, column: int) -> bool:
    """One count for each alternate, into ``counts[1:, column]``; false unless there are as many, all of them digits."""
    end = place + length
    for number in range(1, alternates + 1):
        value = digits = 0
        while place < end and ZERO <= text[place] <= NINE:
            value = value * 10 + (text[place] - ZERO)
            place += 1
            digits += 1
        if digits == 0 or digits > 10 or value > MAXIMUM_COUNT:
            return False
        counts[number, column] = value
        if number < alternates:
            if place >= end or text[place] != COMMA:
                return False
            place += 1
    return place == end


@inner
def read_counts(text: Array, spans: Array, alternates: int, counts: Array) -> int:
    """Fill ``counts[1:]`` (copies, heterozygous, homozygous, hemizygous) of a record without genotypes.

    Returns the allele number, 0 where none is stated; -1: left to the exact reader. Numbers of people that are not
    stated are ``NO_COUNT``.
    """
    for number in range(alternates + 1):
        counts[number, 0], counts[number, 1], counts[number, 2], counts[number, 3] = 0, NO_COUNT, NO_COUNT, NO_COUNT
    for key, column in ((AC_HET, 1), (AC_HEMI, 3), (NHOMALT, 2)):
        if spans[2 * key + 1] >= 0 and not read_list(
            text, spans[2 * key], spans[2 * key + 1], counts, alternates, column
        ):
            return -1
    if spans[2 * AC_HOM + 1] >= 0:
        if spans[2 * NHOMALT + 1] >= 0:
            return -1
        if not read_list(text, spans[2 * AC_HOM], spans[2 * AC_HOM + 1], counts, alternates, 2):
            return -1
        for number in range(1, alternates + 1):
            counts[number, 2] //= 2
    if spans[2 * HOM_UPPER + 1] >= 0 or spans[2 * HOM_LOWER + 1] >= 0:
        return -1
    if spans[2 * AN + 1] < 0:
        return 0 if spans[2 * AC + 1] < 0 else -1
    if spans[2 * AC + 1] < 0 or not read_list(text, spans[2 * AC], spans[2 * AC + 1], counts, alternates, 0):
        return -1
    total = 0
    for place in range(spans[2 * AN], spans[2 * AN] + spans[2 * AN + 1]):
        if not ZERO <= text[place] <= NINE or total > MAXIMUM_COUNT:
            return -1
        total = total * 10 + (text[place] - ZERO)
    if spans[2 * AN + 1] == 0 or total > MAXIMUM_COUNT:
        return -1
    copies = 0
    for number in range(1, alternates + 1):
        copies += counts[number, 0]
    return total if copies <= total else -1
