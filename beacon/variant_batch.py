"""A batch of variants as columns: put in order, split, cleared of duplicates (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from beacon.rows import CarrierRow, VariantRow, VariantType
from beacon.side_tables import ABOUT_PEOPLE, SIDE_TABLES, ColumnKind
from beacon.variant_kernels import find_repeats, order_ties, pairs_ascend
from core.columns import UNKNOWN, TextColumn

Integers = npt.NDArray[Any]
SideColumn = npt.NDArray[Any] | TextColumn
Side = Mapping[str, SideColumn]
"""A side table: ``row`` (int32, the variant in this batch, ascending) and its columns by name."""

VARIANT_TYPES = tuple(kind.value for kind in VariantType)
"""The texts that the codes in ``variant_type`` stand for."""

TYPE_CODES: Mapping[str, int] = MappingProxyType({text: code for code, text in enumerate(VARIANT_TYPES)})

_DTYPES: dict[ColumnKind, Any] = {
    ColumnKind.INT32: np.int32,
    ColumnKind.NULLABLE: np.int32,
    ColumnKind.UINT8: np.uint8,
}
_TEXTS = ("reference_bases", "alternate_bases", "anchor")
_NUMBERS: Mapping[str, Any] = MappingProxyType(
    {
        "key": np.int64,
        "end_0based": np.int32,
        "variant_type": np.uint8,
        "allele_count": np.int32,
        "allele_number": np.int32,
        "heterozygous": np.int32,
        "homozygous": np.int32,
        "hemizygous": np.int32,
        "source_line": np.int64,
    }
)


@dataclass(frozen=True, slots=True)
class VariantBatch:
    """Columns of ``beacon.rows.VariantRow``, one element a variant, and the rows of the side tables.

    ``variant_type``: codes, see ``VARIANT_TYPES``. Numbers of people that the source does not give are ``UNKNOWN``.
    ``source_line``: where the variant was read, 0 where that has no meaning. ``sides``: by table name, absent where
    empty.
    """

    key: Integers
    end_0based: Integers
    reference_bases: TextColumn
    alternate_bases: TextColumn
    anchor: TextColumn
    variant_type: Integers
    allele_count: Integers
    allele_number: Integers
    heterozygous: Integers
    homozygous: Integers
    hemizygous: Integers
    source_line: Integers
    sides: Mapping[str, Side] = field(default_factory=dict)

    def __len__(self) -> int:
        """Number of variants."""
        return len(self.key)

    @property
    def start_0based(self) -> Integers:
        """The low half of the key."""
        return self.key & 0xFFFFFFFF

    @classmethod
    def from_rows(
        cls,
        rows: Sequence[VariantRow],
        carriers: Sequence[CarrierRow] = (),
        *,
        sides: Mapping[str, Side] | None = None,
        source_lines: Sequence[int] = (),
    ) -> Self:
        """A batch of rows; ``variant_index`` of the carriers is the position in ``rows``."""
        columns: dict[str, Sequence[Any]] = {
            item.name: [getattr(row, item.name) for row in rows] for item in fields(VariantRow)
        }
        for name in ("heterozygous", "homozygous", "hemizygous"):
            columns[name] = [UNKNOWN if count is None else count for count in columns[name]]
        columns["variant_type"] = [TYPE_CODES[str(row.variant_type)] for row in rows]
        columns["source_line"] = source_lines or [0] * len(rows)
        made: dict[str, Any] = {name: np.asarray(columns[name], dtype=kind) for name, kind in _NUMBERS.items()}
        made |= {name: TextColumn.from_texts(columns[name]) for name in _TEXTS}
        all_sides = dict(sides or {})
        if carriers:
            all_sides["carriers"] = side_of(
                "carriers",
                [carrier.variant_index for carrier in carriers],
                {
                    "person_index": [carrier.person_index for carrier in carriers],
                    "zygosity": [int(carrier.zygosity) for carrier in carriers],
                },
            )
        return cls(**made, sides=all_sides)

    @classmethod
    def concatenated(cls, batches: Sequence["VariantBatch"]) -> "VariantBatch":
        """All rows of the batches, one batch after the other."""
        if len(batches) == 1:
            return batches[0]
        made: dict[str, Any] = {}
        for item in fields(cls):
            if item.name != "sides":
                made[item.name] = _joined([getattr(batch, item.name) for batch in batches])
        offsets = np.cumsum([0, *(len(batch) for batch in batches[:-1])])
        sides: dict[str, Side] = {}
        for table in SIDE_TABLES:
            pieces = [
                _shifted(batch.sides[table], int(offset))
                for batch, offset in zip(batches, offsets, strict=True)
                if table in batch.sides
            ]
            if pieces:
                sides[table] = {name: _joined([piece[name] for piece in pieces]) for name in pieces[0]}
        return cls(**made, sides=sides)

    def identity(self, row: int) -> tuple[int, int, str, str]:
        """What makes an allele the same allele, in the order in which variants lie."""
        return int(self.key[row]), int(self.end_0based[row]), self.reference_bases[row], self.alternate_bases[row]

    def taken(self, rows: npt.NDArray[np.int64]) -> "VariantBatch":
        """The named rows in the named order, with the rows of their side tables in theirs."""
        made: dict[str, Any] = {
            item.name: _taken(getattr(self, item.name), rows) for item in fields(self) if item.name != "sides"
        }
        place = np.full(len(self), -1, dtype=np.int64)
        place[rows] = np.arange(len(rows))
        sides = {table: _side_taken(table, side, place) for table, side in self.sides.items()}
        return type(self)(**made, sides={table: side for table, side in sides.items() if len(side["row"])})

    def order(self) -> npt.NDArray[np.int64]:
        """The rows in the order of identity; of one identity the row that counts most alleles, then the first line."""
        order = np.argsort(self.key, kind="stable")
        order_ties(order, self.allele_count, self.source_line, self.key, self.end_0based, *self._buffers())
        return order

    def put_in(self, order: npt.NDArray[np.int64]) -> "VariantBatch":
        """All rows in an order, and the rows of the side tables in theirs."""
        in_order = self if np.array_equal(order, np.arange(len(self))) else self.taken(order)
        return replace(in_order, sides={table: side_in_order(table, side) for table, side in in_order.sides.items()})

    def ordered(self) -> "VariantBatch":
        """The rows in their order."""
        return self.put_in(self.order())

    def split_at(self, key: int) -> tuple["VariantBatch", "VariantBatch"]:
        """An ordered batch in two: rows below the key, and the others."""
        return self.split_after(int(np.searchsorted(self.key, key)))

    def split_after(self, rows: int) -> tuple["VariantBatch", "VariantBatch"]:
        """An ordered batch in two: the first rows, and the others."""
        return self.between(0, rows), self.between(rows, len(self))

    def between(self, first: int, last: int) -> "VariantBatch":
        """Rows ``first`` up to but without ``last`` of an ordered batch; shares its buffers."""
        if first == 0 and last == len(self):
            return self
        made: dict[str, Any] = {}
        for item in fields(self):
            column = getattr(self, item.name)
            if isinstance(column, TextColumn):
                made[item.name] = column.between(first, last)
            elif item.name != "sides":
                made[item.name] = column[first:last]
        sides: dict[str, Side] = {}
        for table, side in self.sides.items():
            low, high = (int(place) for place in np.searchsorted(_numbers(side["row"]), [first, last]))
            if low < high:
                sides[table] = _shifted({name: _between(column, low, high) for name, column in side.items()}, -first)
        return type(self)(**made, sides=sides)

    def repeats(self) -> npt.NDArray[np.bool_]:
        """Of an ordered batch, which rows have the identity of the row before."""
        return find_repeats(self.key, self.end_0based, *self._buffers())

    def without_repeats(self) -> tuple["VariantBatch", npt.NDArray[np.int64]]:
        """An ordered batch without the rows that have the identity of the row before, and which these were."""
        repeats = np.flatnonzero(self.repeats())
        if not len(repeats):
            return self, repeats
        return self.taken(np.setdiff1d(np.arange(len(self)), repeats)), repeats

    def _buffers(self) -> tuple[npt.NDArray[Any], ...]:
        reference, alternate = self.reference_bases, self.alternate_bases
        return reference.offsets, reference.data, alternate.offsets, alternate.data


def side_of(table: str, rows: Sequence[int], columns: Mapping[str, Sequence[Any]]) -> Side:
    """A side table of plain sequences; ``None`` in a nullable column means not stated."""
    made: dict[str, SideColumn] = {"row": np.asarray(rows, dtype=np.int32)}
    for name, kind in SIDE_TABLES[table].items():
        values = columns[name]
        if kind is ColumnKind.TEXT:
            made[name] = TextColumn.from_texts(values)
        else:
            plain = [UNKNOWN if value is None else value for value in values]
            made[name] = np.asarray(plain, dtype=_DTYPES[kind])
    return made


def side_in_order(table: str, side: Side) -> Side:
    """Ordered by variant, tables about people also by person; the very same where it is so already."""
    row = np.ascontiguousarray(_numbers(side["row"]), dtype=np.int32)
    if table in ABOUT_PEOPLE:
        person = np.ascontiguousarray(_numbers(side["person_index"]), dtype=np.int32)
        if pairs_ascend(row, person):
            return side
        order = np.argsort((row.astype(np.int64) << 32) + person, kind="stable")
    else:
        if _ascending(row):
            return side
        order = np.argsort(row, kind="stable")
    return {name: _taken(column, order) for name, column in side.items()}


def _numbers(column: SideColumn) -> npt.NDArray[Any]:
    if isinstance(column, TextColumn):
        message = "a column of numbers is expected"
        raise TypeError(message)
    return column


def _joined(columns: Sequence[SideColumn]) -> SideColumn:
    texts = [column for column in columns if isinstance(column, TextColumn)]
    return TextColumn.concatenated(texts) if texts else np.concatenate([_numbers(column) for column in columns])


def _taken(column: SideColumn, rows: npt.NDArray[np.int64]) -> SideColumn:
    return column.taken(rows) if isinstance(column, TextColumn) else column[rows]


def _between(column: SideColumn, first: int, last: int) -> SideColumn:
    return column.between(first, last) if isinstance(column, TextColumn) else column[first:last]


def _shifted(side: Side, offset: int) -> Side:
    return {**side, "row": _numbers(side["row"]) + np.int32(offset)}


def _side_taken(table: str, side: Side, place: npt.NDArray[np.int64]) -> Side:
    """The rows of a side table whose variants are kept, under the new numbers of these variants."""
    moved = place[_numbers(side["row"])]
    kept = np.flatnonzero(moved >= 0)
    if len(kept) == len(moved):
        return side_in_order(table, {**side, "row": moved.astype(np.int32)})
    found = {name: _taken(column, kept) for name, column in side.items()}
    return side_in_order(table, {**found, "row": moved[kept].astype(np.int32)})


def _ascending(values: Integers) -> bool:
    return bool(np.all(values[1:] >= values[:-1]))
