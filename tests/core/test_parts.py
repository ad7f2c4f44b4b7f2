"""Parts: written once, described by a digest of their ordered content."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.content_digest import content_digest
from core.errors import DataDamaged
from core.parts import LARGE_BLOCK_BYTES, SMALL_BLOCK_BYTES, FinishedPart, PartWriter, file_sha256, schema_section

SCHEMA = "CREATE TABLE t (n BIGINT, a VARCHAR, b VARCHAR);\nCREATE TABLE u (x BOOLEAN, d DOUBLE);"
Row = tuple[int | None, str | None, str | None]
CELLS = st.none() | st.text(st.sampled_from("a~1:\x1b\x1e\x1f\n\x00N"), max_size=3)
ROWS = st.lists(st.tuples(st.none() | st.integers(-5, 5), CELLS, CELLS), max_size=5)


def digest_of(rows: Sequence[Row], cuts: Sequence[int] = ()) -> str:
    edges = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    connection = duckdb.connect()
    try:
        connection.execute(SCHEMA)
        for start, end in pairwise(edges):
            if rows[start:end]:
                connection.executemany("INSERT INTO t VALUES ($1, $2, $3)", [list(row) for row in rows[start:end]])
        return content_digest(connection, ["t"])
    finally:
        connection.close()


@settings(max_examples=60, deadline=None)
@given(ROWS, ROWS, st.lists(st.integers(0, 5), max_size=2))
def test_equal_content_has_an_equal_digest_and_other_content_another(
    rows: list[Row], others: list[Row], cuts: list[int]
) -> None:
    assert digest_of(rows, cuts) == digest_of(rows)
    assert (digest_of(rows) == digest_of(others)) == (rows == others)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([(1, None, "b")], [(1, "\x1e", "b")]),
        ([(1, "a\x1fb", "c")], [(1, "a", "b\x1fc")]),
        ([(1, "a", "b\n2\x1fa\x1fb")], [(1, "a", "b"), (2, "a", "b")]),
        ([(1, "", None)], [(1, None, "")]),
        ([(None, "a", "b")], [(0, "a", "b")]),
        ([(1, "a", "b"), (2, "a", "b")], [(2, "a", "b"), (1, "a", "b")]),
        ([], [(None, None, None)]),
    ],
)
def test_nothing_in_a_text_passes_for_structure(one: list[Row], other: list[Row]) -> None:
    assert digest_of(one) != digest_of(other)


def written(path: Path, batches: Sequence[Sequence[int]], block_bytes: int = SMALL_BLOCK_BYTES) -> FinishedPart:
    with PartWriter(path, SCHEMA, block_bytes=block_bytes) as writer:
        for batch in batches:
            writer.append(
                "t", {"n": np.array(batch, dtype=np.int64), "a": [str(n) for n in batch], "b": [None for _ in batch]}
            )
        return writer.finish()


def test_the_digest_of_many_blocks_does_not_depend_on_the_batches(tmp_path: Path) -> None:
    numbers = list(range(150_000))
    one = written(tmp_path / "1", [numbers])
    other = written(tmp_path / "2", [numbers[:7], numbers[7:65_536], numbers[65_536:]], block_bytes=LARGE_BLOCK_BYTES)
    last = written(tmp_path / "3", [[*numbers[:-1], 7]])

    assert one.content_digest == other.content_digest != last.content_digest
    assert one.rows == {"t": 150_000, "u": 0}
    assert one.sha256 == file_sha256(tmp_path / "1")
    assert one.size_bytes == (tmp_path / "1").stat().st_size
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1", "2", "3"]


def test_names_and_types_of_columns_count(tmp_path: Path) -> None:
    digests = set()
    for number, schema in enumerate(
        ("t (a VARCHAR)", "t (b VARCHAR)", "t (a BIGINT)", "t (a INTEGER)", "u (a VARCHAR)")
    ):
        with PartWriter(tmp_path / str(number), f"CREATE TABLE {schema};") as writer:
            digests.add(writer.finish().content_digest)

    assert len(digests) == 5


def test_the_file_holds_what_was_appended(tmp_path: Path) -> None:
    path = tmp_path / "it's a part.duckdb"
    with PartWriter(path, SCHEMA) as writer:
        writer.append("t", {"n": [1, None], "a": ["x", None], "b": np.array(["y", "zz"])})
        writer.append("t", {"n": [], "a": [], "b": []})
        writer.append("u", {"x": [True, False], "d": np.array([0.5, 2.0])})
        finished = writer.finish()

    with duckdb.connect(str(path), read_only=True) as connection:
        assert connection.execute("FROM t").fetchall() == [(1, "x", "y"), (None, None, "zz")]
        assert connection.execute("FROM u").fetchall() == [(True, 0.5), (False, 2.0)]
        assert content_digest(connection, ["t", "u"]) == finished.content_digest


def test_a_rare_value_is_not_lost_among_nulls(tmp_path: Path) -> None:
    column: list[object] = [None] * 50_000
    column[31_337] = "rare"
    with PartWriter(tmp_path / "p", SCHEMA) as writer:
        writer.append("t", {"n": np.arange(50_000), "a": column, "b": column})

        assert writer.connection.execute("SELECT n FROM t WHERE a = 'rare' AND b = 'rare'").fetchall() == [(31_337,)]


@pytest.mark.parametrize("lengths", [(2, 3), (3, 2), (0, 1)])
def test_columns_of_unequal_length_are_refused(tmp_path: Path, lengths: tuple[int, int]) -> None:
    with PartWriter(tmp_path / "p", SCHEMA) as writer, pytest.raises(ValueError, match="unequal"):
        writer.append("t", {"n": np.arange(lengths[0]), "a": ["x"] * lengths[1]})


def test_what_was_not_finished_is_removed(tmp_path: Path) -> None:
    def fail() -> None:
        with PartWriter(tmp_path / "p", SCHEMA) as writer:
            writer.append("t", {"n": np.arange(9), "a": ["x"] * 9, "b": ["y"] * 9})
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_schema_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(duckdb.Error):
        PartWriter(tmp_path / "p", "CREATE TABLE t (a NOTYPE);")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_exists_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "p"
    path.write_text("mine")

    with pytest.raises(FileExistsError):
        PartWriter(path, SCHEMA)
    assert path.read_text() == "mine"


def test_a_table_with_gaps_is_refused(tmp_path: Path) -> None:
    with PartWriter(tmp_path / "p", SCHEMA) as writer:
        writer.append("t", {"n": [1, 2, 3], "a": ["x"] * 3, "b": ["y"] * 3})
        writer.connection.execute("DELETE FROM t WHERE n = 1")
        with pytest.raises(DataDamaged, match="deleted"):
            writer.finish()


def test_sections_of_a_schema() -> None:
    sql = "-- intro\n-- part: a\nCREATE TABLE x (i INTEGER);\n-- part: b\nCREATE TABLE y (i INTEGER);\n"

    assert schema_section(sql, "a") == "CREATE TABLE x (i INTEGER);\n"
    assert schema_section(sql, "b") == "CREATE TABLE y (i INTEGER);\n"
    with pytest.raises(DataDamaged, match="kind c"):
        schema_section(sql, "c")
