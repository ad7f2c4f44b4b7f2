"""Columns of a table in memory: numpy arrays, texts as one buffer, and their way into DuckDB without a copy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import nanoarrow
import numpy as np
import numpy.typing as npt

UNKNOWN = -(2**31)
"""Stands for "not stated" in a column of ``Nullable`` numbers while it is in memory."""


@dataclass(frozen=True, slots=True)
class TextColumn:
    """Texts as UTF-8 in one buffer: text ``n`` is ``data[offsets[n]:offsets[n + 1]]``.

    ``offsets``: int64, one more than there are texts, the first is 0. ``data``: uint8.
    """

    offsets: npt.NDArray[np.int64]
    data: npt.NDArray[np.uint8]

    @classmethod
    def from_texts(cls, texts: Sequence[str]) -> Self:
        """A column of plain texts."""
        encoded = [text.encode() for text in texts]
        offsets = np.zeros(len(encoded) + 1, dtype=np.int64)
        np.cumsum([len(text) for text in encoded], out=offsets[1:])
        return cls(offsets, np.frombuffer(bytearray().join(encoded), dtype=np.uint8))

    @classmethod
    def from_codes(cls, codes: npt.NDArray[Any], table: Sequence[str]) -> Self:
        """The texts of a small table that the codes name."""
        return cls.from_texts(table).taken(codes.astype(np.int64))

    @classmethod
    def concatenated(cls, columns: Sequence["TextColumn"]) -> Self:
        """One column after the other."""
        ends = np.cumsum([0, *(len(column.data) for column in columns)])
        shifted = [column.offsets[1:] + end for column, end in zip(columns, ends[:-1], strict=True)]
        offsets = np.concatenate([np.zeros(1, dtype=np.int64), *shifted])
        return cls(offsets, np.concatenate([np.zeros(0, dtype=np.uint8), *(column.data for column in columns)]))

    def __len__(self) -> int:
        """Number of texts."""
        return len(self.offsets) - 1

    def __getitem__(self, row: int) -> str:
        """One text."""
        return self.data[self.offsets[row] : self.offsets[row + 1]].tobytes().decode()

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Bytes of each text."""
        return np.diff(self.offsets)

    def texts(self) -> list[str]:
        """All texts."""
        return [self[row] for row in range(len(self))]

    def taken(self, rows: npt.NDArray[np.int64]) -> Self:
        """The texts of the named rows, in the named order."""
        lengths = self.lengths[rows]
        offsets = np.zeros(len(rows) + 1, dtype=np.int64)
        np.cumsum(lengths, out=offsets[1:])
        starts = self.offsets[:-1][rows]
        places = np.repeat(starts - offsets[:-1], lengths) + np.arange(int(offsets[-1]))
        return type(self)(offsets, self.data[places])

    def between(self, first: int, last: int) -> Self:
        """The texts of rows ``first`` up to but without ``last``; shares the buffer."""
        offsets = self.offsets[first : last + 1]
        return type(self)(offsets - offsets[0], self.data[offsets[0] : offsets[-1]])


@dataclass(frozen=True, slots=True)
class Nullable:
    """Whole numbers of which some are ``UNKNOWN``: NULL in the database."""

    values: npt.NDArray[np.int32]

    def __len__(self) -> int:
        """Number of values."""
        return len(self.values)


Column = Sequence[object] | npt.NDArray[Any] | TextColumn | Nullable

_ARROW_TYPES = {
    np.dtype(np.int64): nanoarrow.int64,
    np.dtype(np.int32): nanoarrow.int32,
    np.dtype(np.uint8): nanoarrow.uint8,
    np.dtype(np.float64): nanoarrow.float64,
}


class ArrowTable:
    """Columns behind the Arrow C stream interface, which DuckDB reads without copying."""

    def __init__(self, columns: Mapping[str, npt.NDArray[Any] | TextColumn | Nullable]) -> None:
        """All columns are of equal length."""
        self._length = len(next(iter(columns.values())))
        made = {name: _arrow(column) for name, column in columns.items()}
        self._schema = nanoarrow.struct({name: kind for name, (kind, _) in made.items()})
        self._children = [array for _, array in made.values()]

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """A stream of one batch; a new one at every call (Arrow PyCapsule interface)."""
        batch = nanoarrow.c_array_from_buffers(self._schema, self._length, [None], children=self._children)
        return nanoarrow.c_array_stream(batch).__arrow_c_stream__(requested_schema)


def _arrow(column: npt.NDArray[Any] | TextColumn | Nullable) -> tuple[Any, Any]:
    """The Arrow type of a column, and its values as an Arrow array."""
    if isinstance(column, TextColumn):
        kind = nanoarrow.large_string()
        buffers = [None, np.ascontiguousarray(column.offsets), np.ascontiguousarray(column.data)]
        return kind, nanoarrow.c_array_from_buffers(kind, len(column), buffers)
    if isinstance(column, Nullable):
        kind = nanoarrow.int32()
        known = np.packbits(column.values != UNKNOWN, bitorder="little")
        return kind, nanoarrow.c_array_from_buffers(kind, len(column), [known, np.ascontiguousarray(column.values)])
    kind = _ARROW_TYPES[column.dtype]()
    return kind, nanoarrow.c_array_from_buffers(kind, len(column), [None, np.ascontiguousarray(column)])
