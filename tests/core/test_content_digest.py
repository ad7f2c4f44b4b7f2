"""The digest of content: of what is stored, and the same when made on the way."""

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.columns import UNKNOWN, Nullable, TextColumn
from core.content_digest import AppendedDigest, content_digest
from core.errors import DataDamaged

ROWS = st.lists(st.tuples(st.text(max_size=4), st.none() | st.integers(-9, 9), st.integers(0, 2**40)), max_size=12)


@settings(deadline=None)
@given(ROWS, st.integers(0, 12))
def test_rows_in_pieces_have_the_digest_of_what_is_stored(rows: list[tuple[str, int | None, int]], cut: int) -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (a VARCHAR NOT NULL, b INTEGER, c BIGINT NOT NULL)")
        made = AppendedDigest(connection, ["t"])
        for piece in (rows[:cut], rows[cut:]):
            if piece:
                connection.executemany("INSERT INTO t VALUES (?, ?, ?)", piece)
                texts, numbers, large = zip(*piece, strict=True)
                known = [UNKNOWN if each is None else each for each in numbers]
                made.add("t", {
                    "a": TextColumn.from_texts(texts),
                    "b": Nullable(np.array(known, dtype=np.int32)),
                    "c": np.array(large, dtype=np.int64),
                })  # fmt: skip
        assert made.hexdigest() == content_digest(connection, ["t"])


def test_equal_texts_cut_elsewhere_are_other_content() -> None:
    digests = set()
    for values in ("('ab', 'c')", "('a', 'bc')", "('abc', '')", "('abc', NULL)"):
        with duckdb.connect() as connection:
            connection.execute("CREATE TABLE t (a VARCHAR, b VARCHAR)")
            connection.execute(f"INSERT INTO t VALUES {values}")
            digests.add(content_digest(connection, ["t"]))
    assert len(digests) == 4


def test_a_table_with_gaps_is_damaged() -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t AS SELECT range AS a FROM range(10)")
        connection.execute("DELETE FROM t WHERE a = 9")
        connection.execute("DELETE FROM t WHERE a = 3")
        with pytest.raises(DataDamaged, match="rows were deleted"):
            content_digest(connection, ["t"])
