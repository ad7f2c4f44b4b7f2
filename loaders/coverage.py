"""Where people were called as the reference: intervals per person, as the blocks of gVCF files tell them (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from loaders.vcf_blocks import ReferenceBlock

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Intervals [start_0based, end_0based) of people, by person and start; those of one person are apart."""

    person_index: Array
    start_0based: Array
    end_0based: Array

    def __len__(self) -> int:
        """Number of intervals."""
        return len(self.person_index)

    @classmethod
    def empty(cls) -> "Coverage":
        """Nobody was called anywhere."""
        nothing = np.zeros(0, dtype=np.int32)
        return cls(nothing, nothing, nothing)

    @classmethod
    def of_intervals(cls, person_index: Array, start_0based: Array, end_0based: Array) -> "Coverage":
        """Intervals in any order, joined where those of one person touch or overlap."""
        if not len(person_index):
            return cls.empty()
        order = np.lexsort((start_0based, person_index))
        person, start = person_index[order].astype(np.int64), start_0based[order].astype(np.int64)
        # One line for everybody: the largest end so far, of this person only.
        shift = person << 32
        reach = np.maximum.accumulate(end_0based[order].astype(np.int64) + shift)
        first = np.append(True, start[1:] + shift[1:] > reach[:-1])
        starts = np.flatnonzero(first)
        last = np.append(starts[1:] - 1, len(person) - 1)
        ends = reach[last] - shift[starts]
        return cls(person[starts].astype(np.int32), start[starts].astype(np.int32), ends.astype(np.int32))

    @classmethod
    def of_blocks(cls, blocks: Sequence[ReferenceBlock], people: int) -> "Coverage":
        """Reference blocks; whoever does not have all copies called there is left out."""
        found = [
            (person, block.start_0based, block.end_0based)
            for block in blocks
            for otherwise in [{column for column, _ in block.copies}]
            for person in range(people)
            if person not in otherwise
        ]
        columns = np.asarray(found, dtype=np.int64).reshape(-1, 3)
        return cls.of_intervals(columns[:, 0], columns[:, 1], columns[:, 2])

    @classmethod
    def joined(cls, pieces: Sequence["Coverage"]) -> "Coverage":
        """All intervals together."""
        if not pieces:
            return cls.empty()
        columns = [[getattr(piece, name) for piece in pieces] for name in cls.__dataclass_fields__]
        return cls.of_intervals(*(np.concatenate(column) for column in columns))

    def shifted(self, first_person: int) -> "Coverage":
        """The same of people who are numbered from ``first_person`` on."""
        return Coverage(self.person_index + np.int32(first_person), self.start_0based, self.end_0based)

    def holds(self, people: int, starts: Array) -> Array:
        """bool[starts, people]: whether the base at each start lies in an interval of each person."""
        found = np.zeros((len(starts), people), dtype=np.bool_)
        bounds = np.searchsorted(self.person_index, np.arange(people + 1))
        for person in range(people):
            low, high = int(bounds[person]), int(bounds[person + 1])
            if low < high:
                place = np.searchsorted(self.start_0based[low:high], starts, side="right") - 1
                ends = self.end_0based[low:high][np.maximum(place, 0)]
                found[:, person] = (place >= 0) & (starts < ends)
        return found
