"""Columns in memory: texts in one buffer, numbers with gaps, and what DuckDB makes of them."""

import duckdb
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.columns import UNKNOWN, ArrowTable, Nullable, TextColumn

TEXTS = st.lists(st.text(max_size=5), max_size=20)


@given(TEXTS, st.data())
def test_texts_are_taken_joined_and_cut(texts: list[str], data: st.DataObject) -> None:
    column = TextColumn.from_texts(texts)
    assert column.texts() == texts
    assert column.lengths.tolist() == [len(text.encode()) for text in texts]
    first = data.draw(st.integers(0, len(texts)))
    last = data.draw(st.integers(first, len(texts)))
    assert column.between(first, last).texts() == texts[first:last]
    assert TextColumn.concatenated([column.between(0, first), column.between(first, len(texts))]).texts() == texts
    rows = data.draw(st.lists(st.integers(0, len(texts) - 1), max_size=30)) if texts else []
    assert column.taken(np.asarray(rows, dtype=np.int64)).texts() == [texts[row] for row in rows]


def test_codes_name_the_texts_of_a_table() -> None:
    assert TextColumn.from_codes(np.array([1, 0, 1, 2]), ("", "ab", "ø")).texts() == ["ab", "", "ab", "ø"]


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(max_size=4), st.none() | st.integers(-9, 9), st.integers(0, 255)), min_size=1))
def test_the_database_reads_what_was_given(rows: list[tuple[str, int | None, int]]) -> None:
    texts, numbers, small = zip(*rows, strict=True)
    table = ArrowTable(
        {
            "text": TextColumn.from_texts(texts),
            "number": Nullable(np.array([UNKNOWN if each is None else each for each in numbers], dtype=np.int32)),
            "small": np.array(small, dtype=np.uint8),
        }
    )
    with duckdb.connect() as connection:
        connection.register("given", table)
        assert connection.execute("SELECT text, number, small FROM given").fetchall() == rows
        assert connection.execute("SELECT count(*) FROM given").fetchall() == [(len(rows),)]
