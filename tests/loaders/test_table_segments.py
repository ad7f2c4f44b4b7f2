import pytest

from loaders.report import RecordRejected
from loaders.table_columns import Coded, Segments
from loaders.table_segments import segment_of_row
from loaders.table_text import TableRow

BY_VALUE = Segments("s", "c", "b", "e", 0, "v", 0.15, -0.15)
BY_TYPE = Segments("s", "c", "b", "e", 1, type=Coded("t", {"amp": "DUP"}))
CELLS = {"s": "S1", "c": "chr7", "b": "100", "e": "200.0"}


@pytest.mark.parametrize(("value", "alternate"), [("0.2", "<DUP>"), ("-1e0", "<DEL>"), (".1", None), ("-0.15", None)])
def test_log_ratios_are_gains_or_losses(value: str, alternate: str | None) -> None:
    found = segment_of_row(TableRow(2, {**CELLS, "v": value}), BY_VALUE)
    assert (found.alternate if found else None) == alternate
    if found:
        assert (found.start_0based, found.end_0based, found.carriers) == (100, 200, (("S1", "unstated"),))


def test_types_and_closed_positions() -> None:
    found = segment_of_row(TableRow(2, {**CELLS, "t": "amp"}), BY_TYPE)
    assert found is not None
    assert (found.start_0based, found.end_0based, found.alternate) == (99, 200, "<DUP>")


@pytest.mark.parametrize(
    ("cells", "column"),
    [({"s": ""}, "s"), ({"b": "x"}, "b"), ({"e": "100"}, "e"), ({"v": "high"}, "v"), ({"v": ""}, "v")],
)
def test_rows_that_cannot_be_read_name_their_column(cells: dict[str, str], column: str) -> None:
    with pytest.raises(RecordRejected) as error:
        segment_of_row(TableRow(2, {**CELLS, "v": "1", **cells}), BY_VALUE)
    assert error.value.field_name == column
    with pytest.raises(RecordRejected, match="DUP or DEL"):
        segment_of_row(TableRow(2, {**CELLS, "t": "?"}), BY_TYPE)
