"""The variants of one contig from several files, made one: alleles once, counts and allele numbers added (pure).

A file that lacks an allele but was called at its place, for another allele, adds that call to the allele number; one
that has nothing at the place adds what an absent site means for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from beacon.rows import Zygosity
from beacon.variant_batch import Side, VariantBatch, side_in_order
from core.columns import UNKNOWN
from core.manifest import AbsentSite
from loaders.contig_copies import Copies
from loaders.coverage import Coverage

Array = npt.NDArray[Any]

_ABOUT_ALLELES = ("annotations", "clinical", "structural", "frequencies")


@dataclass(frozen=True, slots=True)
class FileOnContig:
    """The people of one file on the contig: uint8[2, people] copies, and the index of the first of them in the part.

    ``covered``: where they are called, if ``absent_site`` is ``BLOCKS``.
    """

    copies: Copies
    first_person: int
    absent_site: AbsentSite
    covered: Coverage = field(default_factory=Coverage.empty)

    @property
    def people(self) -> int:
        """Number of people."""
        return int(self.copies.shape[1])


def merged(
    batches: Sequence[tuple[int, VariantBatch]], files: Sequence[FileOnContig], inside: "InsideRegions"
) -> VariantBatch:
    """One ordered batch without repeats from ordered batches of several files, each given with its file's number.

    The batches hold every variant of their files at the keys that occur in them. Calls are relative to the copies of
    the files; in the result they are relative to these copies too where absent sites mean reference, else to 0.
    """
    cleared = [(number, batch.without_repeats()[0]) for number, batch in batches]
    of_file = np.concatenate([np.full(len(batch), number) for number, batch in cleared])
    placed = [_in_part(batch, files[number]) for number, batch in cleared]
    whole = VariantBatch.concatenated(placed)
    order = whole.order()
    whole, of_file = whole.put_in(order), of_file[order]
    group = np.cumsum(~whole.repeats()) - 1
    firsts = np.flatnonzero(np.diff(group, prepend=-1))
    numbers = _AlleleNumbers(whole, of_file, group, files, inside)
    result = whole.taken(firsts)
    return replace(
        result,
        allele_count=_sums(whole.allele_count, firsts),
        allele_number=numbers.totals(),
        heterozygous=_sums(whole.heterozygous, firsts),
        homozygous=_sums(whole.homozygous, firsts),
        hemizygous=_sums(whole.hemizygous, firsts),
        sides=_sides(whole, result, group, numbers),
    )


class InsideRegions:
    """Which starts of a contig lie inside its pseudo-autosomal regions."""

    def __init__(self, regions: Sequence[tuple[int, int]]) -> None:
        """``regions``: 0-based and half-open."""
        self._regions = tuple(regions)

    def of(self, starts: Array) -> Array:
        """1 for starts inside, 0 for the others."""
        found = np.zeros(len(starts), dtype=np.int64)
        for first, last in self._regions:
            found |= (starts >= first) & (starts < last)
        return found


def _in_part(batch: VariantBatch, file: FileOnContig) -> VariantBatch:
    """The batch with its people under their numbers in the part."""
    sides = dict(batch.sides)
    for table in ("carriers", "calls"):
        if table in sides:
            side = sides[table]
            sides[table] = {**side, "person_index": np.asarray(side["person_index"]) + np.int32(file.first_person)}
    return replace(batch, sides=sides)


def _sums(values: Array, firsts: Array) -> Array:
    """Sums of runs; ``UNKNOWN`` where one of the run is."""
    known = values != UNKNOWN
    totals = np.add.reduceat(np.where(known, values, 0).astype(np.int64), firsts)
    return np.where(np.logical_and.reduceat(known, firsts), totals, UNKNOWN).astype(np.int32)


class _AlleleNumbers:
    """Who was called at the place of each allele, over all files."""

    def __init__(
        self, whole: VariantBatch, of_file: Array, group: Array, files: Sequence[FileOnContig], inside: InsideRegions
    ) -> None:
        self._whole, self._of_file, self._group, self._files = whole, of_file, group, files
        self._place = np.cumsum(np.diff(whole.key, prepend=whole.key[:1] - 1) != 0) - 1
        self.inside = inside.of(whole.start_0based)
        cells = self._place * len(files) + of_file
        # Of the rows of one file at one place the one with most calls stands for the place.
        ranked = np.lexsort((-whole.allele_number.astype(np.int64), cells))
        self._cells, first = np.unique(cells[ranked], return_index=True)
        self._standing = ranked[first]

    def totals(self) -> Array:
        """The allele number of each group."""
        whole, files = self._whole, len(self._files)
        numbers = whole.allele_number.astype(np.int64)
        groups = int(self._group[-1]) + 1
        at_place = np.bincount(self._cells // files, weights=numbers[self._standing])
        absent = self._absent_elsewhere()
        own = np.bincount(self._group, weights=numbers, minlength=groups)
        stood_for = self._standing[np.searchsorted(self._cells, self._place * files + self._of_file)]
        counted = np.bincount(self._group, weights=numbers[stood_for], minlength=groups)
        first = np.flatnonzero(np.diff(self._group, prepend=-1))
        place = self._place[first]
        total = own - counted + at_place[place] + absent[place]
        return np.asarray(np.rint(total), dtype=np.int32)

    def _lacking(self, file: int) -> Array:
        """The places at which a file has nothing."""
        places = int(self._place[-1]) + 1
        having = self._cells[self._cells % len(self._files) == file] // len(self._files)
        return np.setdiff1d(np.arange(places), having)

    def _absent_elsewhere(self) -> Array:
        """Per place the copies that count as reference in the files that have nothing there."""
        _, first = np.unique(self._place, return_index=True)
        total = np.zeros(len(first), dtype=np.int64)
        for number, file in enumerate(self._files):
            lacking = self._lacking(number)
            rows = first[lacking]
            if file.absent_site is AbsentSite.REFERENCE:
                total[lacking] += file.copies.sum(axis=1, dtype=np.int64)[self.inside[rows]]
            elif file.absent_site is AbsentSite.BLOCKS and len(lacking):
                held = file.covered.holds(file.people, self._whole.start_0based[rows])
                total[lacking] += (held * file.copies[self.inside[rows]].astype(np.int64)).sum(axis=1)
        return total

    def uncovered(self) -> dict[str, Array]:
        """Calls of nobody: people of gVCF files that have nothing at the place of an allele, outside of all blocks."""
        found = [_no_calls()]
        starts = np.flatnonzero(np.diff(self._group, prepend=-1))
        _, first = np.unique(self._place, return_index=True)
        for number, file in enumerate(self._files):
            if file.absent_site is AbsentSite.BLOCKS:
                lacking = self._lacking(number)
                held = file.covered.holds(file.people, self._whole.start_0based[first[lacking]])
                where, person = np.nonzero(~held & (file.copies[self.inside[first[lacking]]] > 0))
                groups = np.arange(len(starts), dtype=np.int64)
                found.append(_at_places(lacking[where], person + file.first_person, self._place[starts], groups))
        return {name: np.concatenate([each[name] for each in found]) for name in found[0]}

    def other_rows(self) -> tuple[Array, Array]:
        """(group, row) for every file that has a place but not the allele: the row that stands for its calls there."""
        groups, rows = [], []
        files = len(self._files)
        starts = np.flatnonzero(np.diff(self._group, prepend=-1))
        per_place = np.bincount(self._place[starts])
        for place in np.flatnonzero(per_place > 1).tolist():
            low, high = (int(each) for each in np.searchsorted(self._place, [place, place + 1]))
            cells = slice(*np.searchsorted(self._cells, [place * files, (place + 1) * files]).tolist())
            there = dict(zip((self._cells[cells] % files).tolist(), self._standing[cells].tolist(), strict=True))
            for group in range(int(self._group[low]), int(self._group[high - 1]) + 1):
                having = set(self._of_file[low:high][self._group[low:high] == group].tolist())
                for file, row in there.items():
                    if file not in having:
                        groups.append(group)
                        rows.append(row)
        return np.asarray(groups, dtype=np.int64), np.asarray(rows, dtype=np.int64)

    def called(self, groups: Array, rows: Array) -> Side:
        """Calls of the people of these rows, told for these groups as the part tells them."""
        found = [_no_calls()]
        for number, file in enumerate(self._files):
            chosen = np.flatnonzero(self._of_file[rows] == number)
            if len(chosen) and file.people:
                found.append(self._calls_of_file(file, groups[chosen], rows[chosen]))
        return {name: np.concatenate([np.asarray(each[name]) for each in found]) for name in found[0]}

    def _calls_of_file(self, file: FileOnContig, groups: Array, rows: Array) -> dict[str, Array]:
        if file.absent_site is not AbsentSite.UNKNOWN:
            return _expanded(self._whole.sides.get("calls"), groups, rows)
        own = self._group[rows] == groups
        return _all_calls(self._whole, file, groups, rows, inside=self.inside[rows], own=own)


def _at_places(places: Array, people: Array, place_of_group: Array, groups: Array) -> dict[str, Array]:
    """One missing call for every group at the place of each person; ``place_of_group`` is ascending."""
    low, high = np.searchsorted(place_of_group, places), np.searchsorted(place_of_group, places, side="right")
    counts = high - low
    rows = np.repeat(low - (np.cumsum(counts) - counts), counts) + np.arange(int(counts.sum()))
    return {
        "row": groups[rows].astype(np.int32),
        "person_index": np.repeat(people, counts).astype(np.int32),
        "copies": np.zeros(len(rows), dtype=np.uint8),
    }


def _no_calls() -> dict[str, Array]:
    return {"row": np.zeros(0, np.int32), "person_index": np.zeros(0, np.int32), "copies": np.zeros(0, np.uint8)}


def _expanded(side: Side | None, groups: Array, rows: Array) -> dict[str, Array]:
    """The rows of a side table that belong to ``rows``, under the numbers of ``groups``."""
    if side is None:
        return _no_calls()
    row = np.asarray(side["row"])
    low, high = np.searchsorted(row, rows), np.searchsorted(row, rows, side="right")
    counts = high - low
    places = np.repeat(low - (np.cumsum(counts) - counts), counts) + np.arange(int(counts.sum()))
    names = [name for name in side if name != "row"]
    return {"row": np.repeat(groups, counts).astype(np.int32)} | {
        name: np.asarray(side[name])[places] for name in names
    }


def _all_calls(
    whole: VariantBatch, file: FileOnContig, groups: Array, rows: Array, *, inside: Array, own: Array
) -> dict[str, Array]:
    """Called copies of everybody in a file whose absent sites mean nothing, where they are not what carriers show.

    ``own``: whether a row is of its group's allele; carriers of another allele are called, but do not carry this one.
    """
    numbers = np.arange(len(rows))
    called = file.copies[inside].astype(np.int64)
    told = _expanded(whole.sides.get("calls"), numbers, rows)
    called[told["row"], told["person_index"] - file.first_person] = told["copies"]
    expected = np.zeros((len(rows), file.people), dtype=np.int64)
    if "carriers" in whole.sides:
        shown = _expanded(whole.sides["carriers"], numbers[own], rows[own])
        copies = np.where(shown["zygosity"] == Zygosity.HEMIZYGOUS, 1, 2)
        expected[shown["row"], shown["person_index"] - file.first_person] = copies
    row, person = np.nonzero(called != expected)
    return {
        "row": groups[row].astype(np.int32),
        "person_index": (person + file.first_person).astype(np.int32),
        "copies": called[row, person].astype(np.uint8),
    }


def _sides(whole: VariantBatch, result: VariantBatch, group: Array, numbers: _AlleleNumbers) -> dict[str, Side]:
    """Of each allele all carriers and calls, and what the first file says of it."""
    sides = {table: result.sides[table] for table in _ABOUT_ALLELES if table in result.sides}
    if "carriers" in whole.sides:
        side = whole.sides["carriers"]
        sides["carriers"] = side_in_order("carriers", {**side, "row": group[np.asarray(side["row"])].astype(np.int32)})
    others, rows = numbers.other_rows()
    calls = numbers.called(np.concatenate([group, others]), np.concatenate([np.arange(len(whole)), rows]))
    missing = numbers.uncovered()
    calls = {name: np.concatenate([np.asarray(calls[name]), missing[name]]) for name in missing}
    if len(calls["row"]):
        sides["calls"] = side_in_order("calls", calls)
    return sides
