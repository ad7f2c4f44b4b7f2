"""How many copies of a contig each person has: as declared, else as the calls show; and calls told relative to that.

Pure. Copies are uint8 arrays of shape [2, people]: outside and inside of the pseudo-autosomal regions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from beacon.variant_batch import Side

Copies = npt.NDArray[np.uint8]
Array = npt.NDArray[Any]

HAPLOID, MISSING = 0, 1
SEX_CONTIGS = frozenset({"X", "Y"})


@dataclass(slots=True)
class CallTally:
    """What the calls of some records of one contig show, outside and inside of the pseudo-autosomal regions.

    ``unusual``: int32[2, people, 2], numbers of haploid and of missing calls. ``records``: int64[2], records with
    genotypes.
    """

    unusual: Array
    records: Array

    @classmethod
    def empty(cls, people: int) -> "CallTally":
        """Nothing seen yet."""
        return cls(np.zeros((2, people, 2), dtype=np.int32), np.zeros(2, dtype=np.int64))

    def added(self, other: "CallTally") -> "CallTally":
        """Both together."""
        return CallTally(self.unusual + other.unusual, self.records + other.records)


def copies_of_people(contig: str, sexes: Sequence[str], tally: CallTally) -> Copies:
    """Copies of each person, the same whatever part of the file was seen first.

    Outside the pseudo-autosomal regions men have one X and one Y, women two X and no Y. Everybody else has what most of
    their calls show; who is never called has two copies, but no Y and one MT.
    """
    haploid = tally.unusual[:, :, HAPLOID].astype(np.int64)
    diploid = tally.records[:, None] - haploid - tally.unusual[:, :, MISSING]
    copies = np.where(haploid > diploid, 1, 2).astype(np.uint8)
    never = (haploid == 0) & (diploid <= 0)
    if contig == "Y":
        copies[0][never[0]] = 0
    if contig == "MT":
        copies[never] = 1
    if contig in SEX_CONTIGS:
        names = np.asarray(sexes, dtype=object)
        copies[0][names == "MALE"] = 1
        copies[0][names == "FEMALE"] = 2 if contig == "X" else 0
    return copies


def rebased_calls(
    side: Side | None, rows_inside: Array, told: Copies, starts_inside: Array, wanted: Copies
) -> Side | None:
    """The calls of some variants told relative to other expected copies.

    ``side``: table ``calls`` of the batch, ``None`` for no rows; its rows are where the called copies are not
    ``told[rows_inside[row], person]``. The result has the rows where they are not
    ``wanted[starts_inside[row], person]``.
    """
    rows, people = len(rows_inside), told.shape[1]
    if people == 0 or rows == 0:
        return side
    changed_people = np.flatnonzero((told != wanted).any(axis=0))
    crossing = np.flatnonzero(rows_inside != starts_inside)
    if not len(changed_people) and not len(crossing):
        return side
    pairs = _pairs(np.arange(rows), changed_people) + _pairs(crossing, np.arange(people))
    row = np.concatenate([pair[0] for pair in pairs])
    person = np.concatenate([pair[1] for pair in pairs])
    place = np.unique(row.astype(np.int64) * people + person)
    row, person = place // people, place % people
    called = told[rows_inside[row], person].copy()
    if side is not None:
        known = np.asarray(side["row"]).astype(np.int64) * people + np.asarray(side["person_index"])
        found = np.searchsorted(place, known)
        hit = (found < len(place)) & (place[np.minimum(found, len(place) - 1)] == known)
        called[found[hit]] = np.asarray(side["copies"])[hit]
        kept = {name: np.asarray(column)[~hit] for name, column in side.items()}
    else:
        kept = {"row": np.zeros(0, np.int32), "person_index": np.zeros(0, np.int32), "copies": np.zeros(0, np.uint8)}
    differs = called != wanted[starts_inside[row], person]
    return {
        "row": np.concatenate([kept["row"], row[differs].astype(np.int32)]),
        "person_index": np.concatenate([kept["person_index"], person[differs].astype(np.int32)]),
        "copies": np.concatenate([kept["copies"], called[differs]]),
    }


def with_nobody_called(side: Side | None, silent: Array, starts_inside: Array, wanted: Copies) -> Side | None:
    """The calls, with nobody called at the variants that are ``silent``: their records have no genotypes."""
    rows = np.flatnonzero(silent)
    if not len(rows) or not wanted.shape[1]:
        return side
    which, person = np.nonzero(wanted[starts_inside[rows]] > 0)
    made: dict[str, Array] = {
        "row": rows[which].astype(np.int32),
        "person_index": person.astype(np.int32),
        "copies": np.zeros(len(which), dtype=np.uint8),
    }
    if side is None:
        return made
    kept = ~silent[np.asarray(side["row"])]
    return {name: np.concatenate([np.asarray(side[name])[kept], column]) for name, column in made.items()}


def _pairs(rows: Array, people: Array) -> list[tuple[Array, Array]]:
    return [(np.repeat(rows, len(people)), np.tile(people, len(rows)))]
