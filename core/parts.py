"""Writing one immutable part: a DuckDB file of ordered tables, with its SHA-256 and the digest of its content."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import numpy as np
import numpy.typing as npt

from core.errors import DataDamaged

Column = Sequence[object] | npt.NDArray[Any]

SMALL_BLOCK_BYTES = 16384
"""Small blocks: a part with a few rows costs some ten kilobytes, not half a megabyte."""

LARGE_BLOCK_BYTES = 65536
"""Large blocks: in small ones DuckDB stores integers as they are, in larger ones it leaves more room unused."""

ROW_GROUP_ROWS = 122_880
"""DuckDB's row group: appending whole ones leaves none to be written again, and no holes where it was."""

_DIGEST_ROWS = 65536
_MEMORY_LIMIT = "1GB"
_PLAIN_TYPES = frozenset({"BIGINT", "INTEGER", "SMALLINT", "TINYINT", "UTINYINT", "BOOLEAN"})
_TABLE = re.compile(r"CREATE TABLE (\w+) \(")


@dataclass(frozen=True, slots=True)
class FinishedPart:
    """What is known of a part once it is closed: hex digests, size, rows per table."""

    sha256: str
    content_digest: str
    size_bytes: int
    rows: Mapping[str, int]


def schema_section(sql: str, kind: str) -> str:
    """The statements of a ``schema.sql`` that stand below its ``-- part: <kind>`` line."""
    for section in sql.split("-- part: ")[1:]:
        name, _, statements = section.partition("\n")
        if name.strip() == kind:
            return statements
    message = f"no section for parts of kind {kind}"
    raise DataDamaged(message)


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class PartWriter:
    """One part under construction. Append rows in their final order, or order them by ``INSERT ... SELECT`` yourself.

    Leaving the ``with`` block without ``finish`` closes the file and removes it.
    """

    def __init__(self, path: Path, schema: str, *, block_bytes: int = SMALL_BLOCK_BYTES) -> None:
        """``path`` must not exist yet; ``schema`` is the text of the CREATE TABLE statements."""
        if path.exists():
            message = f"{path.name} exists already"
            raise FileExistsError(message)
        self._path = path
        self._finished = False
        self.tables = tuple(_TABLE.findall(schema))
        self.connection = duckdb.connect(":memory:")
        try:
            self.connection.execute(f"SET memory_limit='{_MEMORY_LIMIT}'")
            self.connection.execute("SET temp_directory = $1", [str(path.parent / f"{path.name}.tmp")])
            quoted = str(path).replace("'", "''")
            self.connection.execute(f"ATTACH '{quoted}' AS part (BLOCK_SIZE {block_bytes})")
            self.connection.execute("USE part")
            self.connection.execute(schema)
        except duckdb.Error:
            self._discard()
            raise

    def __enter__(self) -> Self:
        """The writer itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Throw away what was not finished."""
        if not self._finished:
            self._discard()

    def _discard(self) -> None:
        self.connection.close()
        for path in (self._path, self._path.with_name(f"{self._path.name}.wal")):
            path.unlink(missing_ok=True)

    def append(self, table: str, columns: Mapping[str, Column]) -> None:
        """Append rows given by columns, in the order of the table's columns; numpy arrays are taken without a copy."""
        batch = {name: _as_array(column) for name, column in columns.items()}
        lengths = {len(column) for column in batch.values()}
        if len(lengths) > 1:
            message = f"columns of unequal length for table {table}"
            raise ValueError(message)
        if lengths == {0}:
            return
        self.connection.register("batch", batch)
        names = ", ".join(f'"{name}"' for name in batch)
        self.connection.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM batch")  # noqa: S608 - own names
        self.connection.unregister("batch")

    def finish(self) -> FinishedPart:
        """Close the file for good and describe it."""
        rows = {table: _count(self.connection, table) for table in self.tables}
        digest = content_digest(self.connection, self.tables)
        self.connection.execute("USE memory")
        self.connection.execute("DETACH part")
        self.connection.close()
        self._finished = True
        return FinishedPart(file_sha256(self._path), digest, self._path.stat().st_size, rows)


def content_digest(connection: duckdb.DuckDBPyConnection, tables: Sequence[str]) -> str:
    """SHA-256 over the ordered rows of the tables: equal content, equal digest, whatever the bytes of the file.

    Rows are spelled as text in blocks, each block is hashed by DuckDB, the block digests are hashed here. The spelling
    is unambiguous: texts carry their length, so that nothing in them passes for the end of a cell or for NULL. Raises
    ``DataDamaged`` for a table from which rows were deleted, since its order has gaps.
    """
    total = hashlib.sha256()
    for table in tables:
        described = connection.execute(f"DESCRIBE {table}").fetchall()
        columns = ", ".join(f"{name} {kind}" for name, kind, *_ in described)
        total.update(f"table {table} ({columns})\n".encode())
        spelled = ", ".join(_spelled(name, kind) for name, kind, *_ in described)
        _check_order(connection, table)
        query = (
            f"SELECT sha256(string_agg(line, chr(10) ORDER BY number)) FROM "  # noqa: S608 - own names
            f"(SELECT rowid AS number, concat_ws(chr(31), {spelled}) AS line FROM {table} "
            f"WHERE rowid >= CAST($1 AS BIGINT) AND rowid < CAST($2 AS BIGINT))"
        )
        for first in range(0, _count(connection, table), _DIGEST_ROWS):
            found = connection.execute(query, [first, first + _DIGEST_ROWS]).fetchone()
            total.update(f"{found[0] if found else ''}\n".encode())
    return total.hexdigest()


def _spelled(name: str, kind: str) -> str:
    """SQL that spells a cell, without the cell's end: of numbers the text, of all else length and text."""
    text = f'CAST("{name}" AS VARCHAR)'
    plain = text if kind in _PLAIN_TYPES else f"strlen({text}) || ':' || {text}"
    return f"coalesce({plain}, chr(30))"


def _check_order(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    found = connection.execute(f"SELECT max(rowid) FROM {table}").fetchone()  # noqa: S608 - own names
    last = found[0] if found and found[0] is not None else -1
    if last + 1 != _count(connection, table):
        message = f"rows were deleted from table {table} of a part; build it in one go"
        raise DataDamaged(message)


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - own names
    return int(found[0]) if found else 0


def _as_array(column: Column) -> npt.NDArray[Any]:
    if isinstance(column, np.ndarray):
        return column
    if any(value is None or isinstance(value, str) for value in column):
        array = np.empty(len(column), dtype=object)
        array[:] = column
        return array
    return np.asarray(column)
