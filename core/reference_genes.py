"""Reading a gene part: genes by symbol, by another name, by place; cytobands."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb

from core.errors import DataDamaged
from core.genome import Region
from core.reference_rows import Band, GeneRow, NameKind

_GENE = "contig, start_0based, end_0based, strand, symbol, gene_id, transcript_id, biotype"
_ALL = f"SELECT {_GENE} FROM genes ORDER BY rowid"  # noqa: S608 - own names
_BY_SYMBOL = f"SELECT {_GENE} FROM genes WHERE upper(symbol) = upper($1) ORDER BY rowid"  # noqa: S608 - own names
_ALIASES = "SELECT kind, symbol FROM aliases WHERE alias_upper = upper($1) ORDER BY kind, symbol"
_OVERLAPPING = (
    f"SELECT {_GENE} FROM genes "  # noqa: S608 - own names
    "WHERE contig = $1 AND start_0based < CAST($3 AS INTEGER) AND end_0based > CAST($2 AS INTEGER) ORDER BY rowid"
)
_BANDS = (
    "SELECT contig, start_0based, end_0based, band, stain FROM bands "
    "WHERE contig = $1 AND start_0based < CAST($3 AS INTEGER) AND end_0based > CAST($2 AS INTEGER) ORDER BY rowid"
)


class GeneTable:
    """The installed genes of one assembly, open for reading. Threads may ask at once."""

    def __init__(self, path: Path) -> None:
        """Open the part; raises ``DataDamaged`` if it cannot be read."""
        try:
            self._connection = duckdb.connect(str(path), read_only=True)
            self._connection.execute("SELECT count(*) FROM genes, aliases LIMIT 0")
        except duckdb.Error as error:
            message = "a gene part cannot be read; load the genes again"
            raise DataDamaged(message) from error

    def __enter__(self) -> Self:
        """The reader itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def rows(self) -> tuple[GeneRow, ...]:
        """All genes, in genome order."""
        return self._genes(_ALL, [])

    def by_symbol(self, name: str) -> tuple[GeneRow, ...]:
        """The genes that a name means, in genome order; case does not matter.

        The symbol in the table is tried first, then what is approved for it now, then earlier symbols, aliases and
        identifiers (``HGNC:1100``, ``ENSG00000012048``); the first kind that is found ends the search. An alias that
        several genes share gives all of them.
        """
        found = self._genes(_BY_SYMBOL, [name])
        if found:
            return found
        by_kind = groupby(self._rows(_ALIASES, [name]), key=lambda row: row[0])
        symbols = {NameKind(kind): [row[1] for row in rows] for kind, rows in by_kind}
        for kind in NameKind:
            if kind in symbols:
                return tuple(gene for symbol in symbols[kind] for gene in self._genes(_BY_SYMBOL, [symbol]))
        return ()

    def overlapping(self, region: Region) -> tuple[GeneRow, ...]:
        """Genes that share at least one base with a region, in genome order."""
        return self._genes(_OVERLAPPING, [region.contig, region.start_0based, region.end_0based])

    def bands(self, region: Region) -> tuple[Band, ...]:
        """Cytobands that share at least one base with a region, in genome order."""
        return tuple(Band(*row) for row in self._rows(_BANDS, [region.contig, region.start_0based, region.end_0based]))

    def _genes(self, query: str, values: Sequence[object]) -> tuple[GeneRow, ...]:
        return tuple(GeneRow(*row) for row in self._rows(query, values))

    def _rows(self, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            rows: list[tuple[Any, ...]] = cursor.execute(query, list(values)).fetchall()
        return rows
