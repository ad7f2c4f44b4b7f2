import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import LoadRefused
from loaders.table_text import Ragged, TableForm, TableRow, read_table_text

CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)


def rows(data: bytes, form: TableForm | None = None) -> list[tuple[int, dict[str, str]]]:
    found = read_table_text("a.csv", data, form or TableForm()).rows
    return [(row.line, row.cells) for row in found if isinstance(row, TableRow)]


@pytest.mark.parametrize(
    "data",
    [
        b"id,sex\nP1,F\n", b"\xef\xbb\xbfid;sex\r\nP1;F\r\n", b"id\tsex\rP1\tF", b'"id","sex"\n"P1","F"\n',
        b"# said\nid,sex\n\nP1,F\n",
    ],
)  # fmt: skip
def test_forms_of_the_same_table(data: bytes) -> None:
    assert [cells for _, cells in rows(data)] == [{"id": "P1", "sex": "F"}]


def test_lines_are_those_of_the_file() -> None:
    assert rows(b'# x\nid,text\n"a","two\nlines"\nb,NA\n') == [(3, {"id": "a", "text": "two\nlines"}), (5, {"id": "b"})]


def test_columns_may_be_named_by_the_form() -> None:
    form = TableForm(delimiter="\t", columns=("a", "b"), skip_lines=1)
    assert rows(b"bad  header\n1\t2\n", form) == [(2, {"a": "1", "b": "2"})]


def test_ragged_rows_are_said() -> None:
    found = read_table_text("a.csv", b"a,b\n1\n1,2,3\n1,2\n", TableForm()).rows
    assert [row.line for row in found if isinstance(row, Ragged)] == [2, 3]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"a\n" + b"x" * 131073, "line 2: field larger"), (b"", "no line with column names"), (b"a,,c\n", "column 2 has no name"), (b"a,a\n", "two columns are named 'a'"),
        ("a\nå\n".encode("latin-1"), "line 2: not UTF-8"), ("a,b\n".encode("utf-16"), "UTF-16 or binary"),
        (b"a\x00b\n", "UTF-16 or binary"), (b'a,b\n"x,y\n', "line 2"), (b'a,b\n"x"y,z\n', "line 2"),
    ],
)  # fmt: skip
def test_tables_that_are_not_taken(data: bytes, reason: str) -> None:
    with pytest.raises(LoadRefused, match=reason):
        read_table_text("a.csv", data, TableForm())


@given(st.lists(st.lists(CELL, min_size=2, max_size=2), max_size=5), st.sampled_from(",;\t"))
def test_what_was_written_is_read(table: list[list[str]], delimiter: str) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([["a", "b"], *table])
    form = TableForm(delimiter=delimiter, empty=frozenset({""}), comment="")
    found = [cells for _, cells in rows(text.getvalue().encode(), form)]
    stripped = [{name: cell.strip() for name, cell in zip("ab", row, strict=True) if cell.strip()} for row in table]
    assert found == [cells for cells in stripped if cells]


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        read_table_text("a.csv", data, TableForm())
    except LoadRefused as error:
        assert error.message.startswith("a.csv: ")  # noqa: PT017 - some bytes are a table
