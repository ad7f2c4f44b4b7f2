"""Parquet tables as the text that tables are read from; runs in a worker process."""

import csv
import io
from pathlib import Path

import duckdb

from core.errors import LoadRefused

MAXIMUM_ROWS = 20_000_000


def parquet_text(path: Path) -> bytes:
    """The rows of a Parquet file as comma-separated UTF-8 text with column names; raises ``LoadRefused``."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    try:
        with duckdb.connect(":memory:") as connection:
            found = connection.execute(
                "SELECT * FROM read_parquet($1) LIMIT CAST($2 AS BIGINT)", [str(path), MAXIMUM_ROWS + 1]
            )
            writer.writerow([column[0] for column in found.description or ()])
            rows = 0
            while piece := found.fetchmany(10_000):
                rows += len(piece)
                writer.writerows(["" if cell is None else str(cell) for cell in row] for row in piece)
    except duckdb.Error as error:
        message = f"{path.name}: not a Parquet table that can be read ({str(error).splitlines()[0][:200]})"
        raise LoadRefused(message) from error
    if rows > MAXIMUM_ROWS:
        message = f"{path.name}: more than {MAXIMUM_ROWS:,} rows; split it"
        raise LoadRefused(message)
    return text.getvalue().encode()
