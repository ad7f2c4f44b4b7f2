"""Where people were called as the reference: intervals per person, as the blocks of gVCF files tell them (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from loaders.vcf_blocks import ReferenceBlock

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Intervals [start_0based, end_0based) of people with so many called copies, by person, copies and start.

    Those of one person with the same copies are apart.
    """

    person_index: Array
    start_0based: Array
    end_0based: Array
    copies: Array

    def __len__(self) -> int:
        """Number of intervals."""
        return len(self.person_index)

    @classmethod
    def empty(cls) -> "Coverage":
        """Nobody was called anywhere."""
        nothing = np.zeros(0, dtype=np.int32)
        return cls(nothing, nothing, nothing, np.zeros(0, dtype=np.uint8))

    @classmethod
    def of_intervals(cls, person_index: Array, start_0based: Array, end_0based: Array, copies: Array) -> "Coverage":
        """Intervals in any order, joined where those of one person with the same copies touch or overlap."""
        if not len(person_index):
            return cls.empty()
        track = person_index.astype(np.int64) * 256 + copies
        order = np.lexsort((start_0based, track))
        track, start = track[order], start_0based[order].astype(np.int64)
        # One line for everybody: the largest end so far, of this person and these copies only.
        shift = track << 32
        reach = np.maximum.accumulate(end_0based[order].astype(np.int64) + shift)
        first = np.append(True, start[1:] + shift[1:] > reach[:-1])
        starts = np.flatnonzero(first)
        last = np.append(starts[1:] - 1, len(track) - 1)
        ends = reach[last] - shift[starts]
        person, copies = track[starts] // 256, track[starts] % 256
        return cls(
            person.astype(np.int32), start[starts].astype(np.int32), ends.astype(np.int32), copies.astype(np.uint8)
        )

    @classmethod
    def of_blocks(cls, blocks: Sequence[tuple[ReferenceBlock, bool]], expected: Array) -> "Coverage":
        """Reference blocks, each with whether it begins inside a PAR; ``expected``: uint8[2, people] copies."""
        found = []
        for block, inside in blocks:
            copies = expected[int(inside)].copy()
            for column, called in block.copies:
                copies[column] = called
            found += [
                (person, block.start_0based, block.end_0based, each) for person, each in enumerate(copies) if each
            ]
        columns = np.asarray(found, dtype=np.int64).reshape(-1, 4)
        return cls.of_intervals(*columns.T)

    @classmethod
    def joined(cls, pieces: Sequence["Coverage"]) -> "Coverage":
        """All intervals together."""
        if not pieces:
            return cls.empty()
        columns = [[getattr(piece, name) for piece in pieces] for name in cls.__dataclass_fields__]
        return cls.of_intervals(*(np.concatenate(column) for column in columns))

    def shifted(self, first_person: int) -> "Coverage":
        """The same of people who are numbered from ``first_person`` on."""
        return replace(self, person_index=self.person_index + np.int32(first_person))

    def with_all_copies(self, copies: Array, inside: Array) -> "Coverage":
        """Where people have all of their copies called.

        ``copies``: uint8[2, people], outside and inside of the pseudo-autosomal regions. ``inside``: per interval,
        whether it begins inside of one.
        """
        kept = np.flatnonzero(self.copies == copies[inside, self.person_index]) if len(self) else np.zeros(0, np.int64)
        return Coverage.of_intervals(
            self.person_index[kept], self.start_0based[kept], self.end_0based[kept], np.zeros(len(kept), dtype=np.uint8)
        )

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
