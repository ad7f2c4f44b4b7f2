"""Compiled gathering of texts out of a buffer."""

from typing import Any

import numpy as np
import numpy.typing as npt

from core.columns import TextColumn
from core.compiled import Kernel

Array = npt.NDArray[Any]


@Kernel
def copy_spans(text: Array, starts: Array, lengths: Array, offsets: Array, data: Array) -> None:
    """Copy spans of ``text`` one after the other into ``data``; ``offsets`` says where each goes."""
    for row in range(len(starts)):
        first, place = starts[row], offsets[row]
        for letter in range(lengths[row]):
            data[place + letter] = text[first + letter]


@Kernel
def read_numbers(text: Array, starts: Array, lengths: Array) -> Array:
    """The whole numbers in spans of ``text``; -1 for what is none, or has more than ten digits."""
    found = np.full(len(starts), -1, dtype=np.int64)
    for row in range(len(starts)):
        number = 0
        sound = 0 < lengths[row] <= 10
        for place in range(starts[row], starts[row] + max(lengths[row], 0)):
            sound = sound and 48 <= text[place] <= 57
            number = number * 10 + (int(text[place]) - 48)
        if sound:
            found[row] = number
    return found


def gathered(text: Array, starts: Array, lengths: Array) -> TextColumn:
    """The spans of a buffer as a column of texts."""
    offsets = np.zeros(len(starts) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    data = np.empty(int(offsets[-1]), dtype=np.uint8)
    copy_spans(text, np.ascontiguousarray(starts), np.ascontiguousarray(lengths), offsets, data)
    return TextColumn(offsets, data)
