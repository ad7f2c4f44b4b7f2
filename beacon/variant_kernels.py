"""Compiled loops over the columns of variants: order among variants of one place, and repeats."""

from typing import Any

import numpy as np
import numpy.typing as npt

from core.compiled import Kernel, inner

Array = npt.NDArray[Any]


@inner
def compare_texts(offsets: Array, data: Array, one: int, other: int) -> int:
    """Below, equal to or above zero as text ``one`` stands before, is or stands after text ``other``, byte by byte."""
    first, second = offsets[one], offsets[other]
    length, other_length = offsets[one + 1] - first, offsets[other + 1] - second
    for place in range(min(length, other_length)):
        # Signed: the difference of two unsigned bytes would wrap.
        difference = np.int64(data[first + place]) - np.int64(data[second + place])
        if difference != 0:
            return int(difference)
    return int(length - other_length)


@inner
def compare_rows(
    end: Array, reference: Array, reference_data: Array, alternate: Array, alternate_data: Array, one: int, other: int
) -> int:
    """The order of two variants that share their key: end, reference bases, alternate bases."""
    if end[one] != end[other]:
        return int(np.int64(end[one]) - np.int64(end[other]))
    found = compare_texts(reference, reference_data, one, other)
    if found != 0:
        return found
    return compare_texts(alternate, alternate_data, one, other)


@Kernel
def order_ties(
    order: Array,
    allele_count: Array,
    source_line: Array,
    key: Array,
    end: Array,
    reference: Array,
    reference_data: Array,
    alternate: Array,
    alternate_data: Array,
) -> None:
    """Put rows that share a key into the order of variants; ``order`` is sorted by key and changed in place.

    Of rows that repeat an allele the one that counts most copies comes first, then the one on the first line.
    """
    first = 0
    for place in range(1, len(order)):
        row = order[place]
        if key[order[place - 1]] != key[row]:
            first = place
        # The rows from ``first`` on are in order: half the rest away until the place of this one is found.
        low, high = first, place
        while low < high:
            middle = (low + high) // 2
            before = order[middle]
            found = compare_rows(end, reference, reference_data, alternate, alternate_data, before, row)
            if found == 0:
                more = np.int64(allele_count[row]) - np.int64(allele_count[before])
                found = int(more if more != 0 else np.int64(source_line[before]) - np.int64(source_line[row]))
            if found > 0:
                high = middle
            else:
                low = middle + 1
        for free in range(place, low, -1):
            order[free] = order[free - 1]
        order[low] = row


@Kernel
def pairs_ascend(first: Array, second: Array) -> bool:
    """Whether pairs of two columns are in order."""
    for place in range(1, len(first)):
        if first[place] < first[place - 1] or (first[place] == first[place - 1] and second[place] < second[place - 1]):
            return False
    return True


@Kernel
def find_repeats(
    key: Array, end: Array, reference: Array, reference_data: Array, alternate: Array, alternate_data: Array
) -> Array:
    """Rows of ordered columns that are the same allele as the row before, as booleans."""
    repeats = np.zeros(len(key), dtype=np.bool_)
    for row in range(1, len(key)):
        if key[row] == key[row - 1]:
            found = compare_rows(end, reference, reference_data, alternate, alternate_data, row - 1, row)
            repeats[row] = found == 0
    return repeats
