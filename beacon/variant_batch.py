"""A batch of variants as numpy columns: put in order, split, cleared of duplicates (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from beacon.rows import CarrierRow, VariantRow

Integers = npt.NDArray[np.int64] | npt.NDArray[np.int32] | npt.NDArray[np.uint8]
Texts = npt.NDArray[np.object_]

UNKNOWN_COUNT = -1
"""Stands for "the source does not say" in a column of counts."""

_CARRIER_COLUMNS = ("carrier_row", "carrier_person", "carrier_zygosity")
_TYPES: dict[str, Any] = {"key": np.int64, "source_line": np.int64, "carrier_zygosity": np.uint8}
_TEXTS = frozenset({"reference_bases", "alternate_bases", "anchor", "variant_type"})


@dataclass(frozen=True, slots=True)
class VariantBatch:
    """Columns of ``beacon.rows.VariantRow``, one element a variant, and the carriers of these variants.

    Counts that the source does not give are ``UNKNOWN_COUNT``. ``source_line``: where the variant was read, 0 where
    that has no meaning. The carrier columns have one element a carrier; ``carrier_row`` is the row in this batch.
    """

    key: Integers
    end_0based: Integers
    reference_bases: Texts
    alternate_bases: Texts
    anchor: Texts
    variant_type: Texts
    allele_count: Integers
    allele_number: Integers
    heterozygous: Integers
    homozygous: Integers
    hemizygous: Integers
    source_line: Integers
    carrier_row: Integers
    carrier_person: Integers
    carrier_zygosity: Integers

    def __len__(self) -> int:
        """Number of variants."""
        return len(self.key)

    @classmethod
    def from_columns(cls, columns: dict[str, Sequence[Any]]) -> Self:
        """A batch of plain sequences, named as the fields are; columns that are not given are empty or zero."""
        size = len(columns["key"])
        made: dict[str, Any] = {}
        for item in fields(cls):
            absent: Sequence[Any] = () if item.name in _CARRIER_COLUMNS else (0,) * size
            made[item.name] = _column(item.name, columns.get(item.name, absent))
        return cls(**made)

    @classmethod
    def from_rows(cls, rows: Sequence[VariantRow], carriers: Sequence[CarrierRow] = ()) -> Self:
        """A batch of rows; ``variant_index`` of the carriers is the position in ``rows``."""
        names = [item.name for item in fields(VariantRow)]
        columns: dict[str, Sequence[Any]] = {name: [getattr(row, name) for row in rows] for name in names}
        for name in ("heterozygous", "homozygous", "hemizygous"):
            columns[name] = [UNKNOWN_COUNT if count is None else count for count in columns[name]]
        columns["variant_type"] = [str(row.variant_type) for row in rows]
        columns["carrier_row"] = [carrier.variant_index for carrier in carriers]
        columns["carrier_person"] = [carrier.person_index for carrier in carriers]
        columns["carrier_zygosity"] = [int(carrier.zygosity) for carrier in carriers]
        return cls.from_columns(columns)

    @classmethod
    def concatenated(cls, batches: Sequence[Self]) -> Self:
        """All rows of the batches, one batch after the other."""
        if len(batches) == 1:
            return batches[0]
        offsets = np.cumsum([0, *(len(batch) for batch in batches[:-1])])
        made = {item.name: np.concatenate([getattr(batch, item.name) for batch in batches]) for item in fields(cls)}
        shifted = [batch.carrier_row + offset for batch, offset in zip(batches, offsets, strict=True)]
        made["carrier_row"] = np.concatenate(shifted)
        return cls(**made)

    def identity(self, row: int) -> tuple[int, int, str, str]:
        """What makes an allele the same allele, in the order in which variants lie."""
        return (
            int(self.key[row]),
            int(self.end_0based[row]),
            str(self.reference_bases[row]),
            str(self.alternate_bases[row]),
        )

    def taken(self, rows: npt.NDArray[np.int64]) -> Self:
        """The named rows in the named order, with their carriers ordered by row, then by person."""
        place = np.full(len(self), -1, dtype=np.int64)
        place[rows] = np.arange(len(rows))
        made = {item.name: getattr(self, item.name)[rows] for item in fields(self) if _of_variant(item.name)}
        moved = place[self.carrier_row]
        order = np.lexsort((self.carrier_person, moved))
        order = order[moved[order] >= 0]
        made["carrier_row"] = moved[order]
        for name in ("carrier_person", "carrier_zygosity"):
            made[name] = getattr(self, name)[order]
        return type(self)(**made)

    def ordered(self) -> Self:
        """The rows ordered by identity; of one identity the row that counts most alleles comes first."""
        order = np.argsort(self.key, kind="stable")
        keys = self.key[order]
        ties = np.flatnonzero(keys[1:] == keys[:-1])
        for first, last in _runs(ties):
            order[first:last] = sorted(
                order[first:last], key=lambda row: (*self.identity(row), -int(self.allele_count[row]))
            )
        return self.taken(order)

    def split_at(self, key: int) -> tuple[Self, Self]:
        """An ordered batch in two: rows below the key, and the others."""
        return self.split_after(int(np.searchsorted(self.key, key)))

    def split_after(self, rows: int) -> tuple[Self, Self]:
        """The batch in two: the first rows, and the others."""
        everything = np.arange(len(self))
        return self.taken(everything[:rows]), self.taken(everything[rows:])

    def repeated(self) -> npt.NDArray[np.int64]:
        """Rows of an ordered batch that have the identity of the row before."""
        ties = np.flatnonzero(self.key[1:] == self.key[:-1]) + 1
        same = [row for row in ties.tolist() if self.identity(row) == self.identity(row - 1)]
        return np.array(same, dtype=np.int64)


def _of_variant(name: str) -> bool:
    return name not in _CARRIER_COLUMNS


def _column(name: str, values: Sequence[Any]) -> npt.NDArray[Any]:
    if name in _TEXTS:
        array = np.empty(len(values), dtype=object)
        array[:] = values
        return array
    return np.asarray(values, dtype=_TYPES.get(name, np.int32))


def _runs(ties: npt.NDArray[np.int64]) -> list[tuple[int, int]]:
    """Half-open runs of rows that share a key, from the places where a row has the key of its successor."""
    if not len(ties):
        return []
    starts = np.concatenate(([True], np.diff(ties) > 1))
    ends = np.concatenate((starts[1:], [True]))
    pairs = zip(ties[starts].tolist(), (ties[ends] + 2).tolist(), strict=True)
    return list(pairs)
