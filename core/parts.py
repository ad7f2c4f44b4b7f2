"""Writing one immutable part: a DuckDB file of ordered tables, with its SHA-256 and the digest of its content."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import numpy as np
import numpy.typing as npt

from core.columns import ArrowTable, Column, Nullable, TextColumn
from core.content_digest import AppendedDigest, content_digest
from core.errors import DataDamaged

SMALL_BLOCK_BYTES = 16384
"""Small blocks: a part with a few rows costs some ten kilobytes, not half a megabyte."""

LARGE_BLOCK_BYTES = 65536
"""Large blocks: in small ones DuckDB stores integers as they are, in larger ones it leaves more room unused."""

ROW_GROUP_ROWS = 122_880
"""DuckDB's row group: appending whole ones leaves none to be written again, and no holes where it was."""

_MEMORY_LIMIT = "1GB"
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

    def __init__(
        self, path: Path, schema: str, *, block_bytes: int = SMALL_BLOCK_BYTES, appended_only: bool = False
    ) -> None:
        """``path`` must not exist yet; ``schema`` is the text of the CREATE TABLE statements.

        ``appended_only``: a promise that all rows come by ``append`` as numbers and texts in buffers; then the digest
        is made on the way, else everything is read back for it.
        """
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
            self._appended = AppendedDigest(self.connection, self.tables) if appended_only else None
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
        """Append rows given by columns; numpy arrays and texts in one buffer are taken without a copy."""
        batch = {name: _as_array(column) for name, column in columns.items()}
        lengths = {len(column) for column in batch.values()}
        if len(lengths) > 1:
            message = f"columns of unequal length for table {table}"
            raise ValueError(message)
        if lengths == {0}:
            return
        in_buffers = any(isinstance(column, TextColumn | Nullable) for column in batch.values())
        self.connection.register("batch", ArrowTable(batch) if in_buffers else batch)
        names = ", ".join(f'"{name}"' for name in batch)
        self.connection.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM batch")  # noqa: S608 - own names
        self.connection.unregister("batch")
        if self._appended is not None:
            self._appended.add(table, batch)

    def finish(self) -> FinishedPart:
        """Close the file for good and describe it."""
        rows = {table: _count(self.connection, table) for table in self.tables}
        digest = self._appended.hexdigest() if self._appended else content_digest(self.connection, self.tables)
        self.connection.execute("USE memory")
        self.connection.execute("DETACH part")
        self.connection.close()
        self._finished = True
        return FinishedPart(file_sha256(self._path), digest, self._path.stat().st_size, rows)


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - own names
    return int(found[0]) if found else 0


def _as_array(column: Column) -> npt.NDArray[Any] | TextColumn | Nullable:
    if isinstance(column, np.ndarray | TextColumn | Nullable):
        return column
    if any(value is None or isinstance(value, str) for value in column):
        array = np.empty(len(column), dtype=object)
        array[:] = column
        return array
    return np.asarray(column)
