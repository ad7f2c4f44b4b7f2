"""The digest of a part's content: equal ordered rows, equal digest, whatever the bytes of the file."""

import hashlib
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol

import duckdb
import numpy as np
import numpy.typing as npt

from core.columns import UNKNOWN, Nullable, TextColumn
from core.errors import DataDamaged

_BLOCK_ROWS = 122_880
_NUMBERS: Mapping[str, Any] = MappingProxyType({"BIGINT": np.int64, "INTEGER": np.int32, "UTINYINT": np.uint8})


class _Hash(Protocol):
    """What hashlib gives."""

    def update(self, data: Any, /) -> None: ...  # noqa: ANN401 - any buffer
    def digest(self) -> bytes: ...


def content_digest(connection: duckdb.DuckDBPyConnection, tables: Sequence[str]) -> str:
    """SHA-256 over the tables, column by column in the order of the rows, read back from the database.

    Numbers as little-endian bytes, texts as lengths and UTF-8 bytes, each with its NULLs. Raises ``DataDamaged`` for a
    table from which rows were deleted, since its order has gaps.
    """
    # One thread reads rows in their order; sorting them again would cost more than all the rest.
    connection.execute("SET threads = 1")
    total = hashlib.sha256()
    for table in tables:
        described = _described(connection, table)
        rows = _count_in_order(connection, table)
        columns = [_ColumnDigest(kind) for _, kind in described]
        for first in range(0, rows, _BLOCK_ROWS):
            _read_block(connection, table, described, columns, first)
        _add_table(total, table, rows, described, columns)
    return total.hexdigest()


class AppendedDigest:
    """The same digest, made while rows are appended to the tables of a part in their final order."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, tables: Sequence[str]) -> None:
        """The tables must exist, and be empty."""
        self._described = {table: _described(connection, table) for table in tables}
        self._columns = {table: [_ColumnDigest(kind) for _, kind in self._described[table]] for table in tables}
        self._rows = dict.fromkeys(tables, 0)

    def add(self, table: str, columns: Mapping[str, npt.NDArray[Any] | TextColumn | Nullable]) -> None:
        """Rows that were appended; every column of the table must be there."""
        self._rows[table] += len(next(iter(columns.values())))
        for (name, kind), digest in zip(self._described[table], self._columns[table], strict=True):
            column = columns[name]
            if isinstance(column, TextColumn):
                digest.add(column.lengths, column.data)
            elif isinstance(column, Nullable):
                unknown = column.values == UNKNOWN
                digest.add(np.ma.masked_array(column.values, mask=unknown), None)
            else:
                digest.add(column.astype(_NUMBERS[kind], copy=False), None)

    def hexdigest(self) -> str:
        """The digest of everything so far."""
        total = hashlib.sha256()
        for table, described in self._described.items():
            _add_table(total, table, self._rows[table], described, self._columns[table])
        return total.hexdigest()


def _described(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str]]:
    return [(str(row[0]), str(row[1])) for row in connection.execute(f"DESCRIBE {table}").fetchall()]


def _add_table(
    total: "_Hash", table: str, rows: int, described: Sequence[tuple[str, str]], columns: Sequence["_ColumnDigest"]
) -> None:
    total.update(f"table {table}, {rows} rows\n".encode())
    for (name, kind), column in zip(described, columns, strict=True):
        total.update(f"{name} {kind} ".encode() + column.digest())


class _ColumnDigest:
    """One column's values, NULLs, and for texts their bytes."""

    def __init__(self, kind: str) -> None:
        self.is_text = kind == "VARCHAR"
        self._hashes: tuple[_Hash, _Hash, _Hash] = (hashlib.sha256(), hashlib.sha256(), hashlib.sha256())

    def add(self, values: npt.NDArray[Any], text: npt.NDArray[np.uint8] | bytes | None) -> None:
        nulls = np.ma.getmaskarray(values)
        plain = np.ma.filled(values, 0)
        self._hashes[0].update(np.ascontiguousarray(plain.astype(plain.dtype.newbyteorder("<"), copy=False)))
        self._hashes[1].update(np.ascontiguousarray(nulls))
        if text is not None:
            self._hashes[2].update(np.ascontiguousarray(text) if isinstance(text, np.ndarray) else text)

    def digest(self) -> bytes:
        return b"".join(each.digest() for each in self._hashes)


def _read_block(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    described: Sequence[tuple[str, str]],
    columns: Sequence[_ColumnDigest],
    first: int,
) -> None:
    """Add the rows from ``first`` on to the digests."""
    where = f"FROM {table} WHERE rowid >= {first:d} AND rowid < {first + _BLOCK_ROWS:d}"
    numbers = ", ".join(
        f'strlen("{name}") AS c{place:d}' if kind == "VARCHAR" else f'"{name}" AS c{place:d}'
        for place, (name, kind) in enumerate(described)
    )
    found = connection.execute(f"SELECT {numbers} {where}").fetchnumpy()
    joined = ", ".join(f"string_agg(\"{name}\", '')" for name, kind in described if kind == "VARCHAR")
    texts = iter(connection.execute(f"SELECT {joined} {where}").fetchall()[0] if joined else ())
    for place, column in enumerate(columns):
        column.add(found[f"c{place:d}"], (next(texts) or "").encode() if column.is_text else None)


def _count_in_order(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    found = connection.execute(f"SELECT count(*), coalesce(max(rowid), -1) FROM {table}").fetchall()[0]  # noqa: S608
    if found[1] + 1 != found[0]:
        message = f"rows were deleted from table {table} of a part; build it in one go"
        raise DataDamaged(message)
    return int(found[0])
