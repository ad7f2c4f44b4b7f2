"""Byte ranges, against a model that cuts a list of bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.byte_ranges import FilePiece, Piece, cut_pieces, parse_range, piece_size
from core.errors import RangeNotSatisfiable

FILE = bytes(range(256))
PIECES = st.lists(
    st.binary(max_size=6)
    | st.builds(lambda start, size: FilePiece("f", start, start + size), st.integers(0, 200), st.integers(0, 9)),
    max_size=6,
)
NUMBERS = st.none() | st.integers(0, 40) | st.just(1 << 64)


def joined(pieces: list[Piece]) -> bytes:
    return b"".join(piece if isinstance(piece, bytes) else FILE[piece.start : piece.end] for piece in pieces)


@given(NUMBERS, NUMBERS, st.integers(0, 30))
def test_a_range_selects_what_rfc_9110_says(first: int | None, last: int | None, size: int) -> None:
    header = f"bytes={'' if first is None else first}-{'' if last is None else last}"
    if first is not None:
        wanted = {position for position in range(size) if first <= position and (last is None or position <= last)}
        ignored = last is not None and last < first
    else:
        wanted = set(range(size)[-last:]) if last else set()
        ignored = last is None or (last > 0 and size == 0)

    if ignored:
        assert parse_range(header, size) is None
    elif not wanted:
        with pytest.raises(RangeNotSatisfiable) as caught:
            parse_range(header, size)
        assert caught.value.size_bytes == size
    else:
        assert parse_range(header, size) == (min(wanted), max(wanted) + 1)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes=0-1,3-4",
        "bytes=0-1-2",
        "bytes=+1-2",
        "bytes=1 - 2",
        "bytes=\N{ARABIC-INDIC DIGIT ONE}-2",
        "items=0-1",
        "bytes 0-1",
        "bytes=" + "9" * 41 + "-",
        "bytes=-1-2",
    ],
)
def test_what_is_not_one_range_of_bytes_is_ignored(header: str | None) -> None:
    assert parse_range(header, 10) is None


@pytest.mark.parametrize(
    ("header", "span"),
    [("BYTES=1-2", (1, 3)), (" bytes=1-2 ", (1, 3)), ("bytes=2-18446744073709551615", (2, 10)), ("bytes=-99", (0, 10))],
)
def test_spellings_that_clients_use(header: str, span: tuple[int, int]) -> None:
    assert parse_range(header, 10) == span


@given(PIECES, st.integers(0, 60), st.integers(0, 60))
def test_pieces_cut_to_a_range_are_the_range_of_the_pieces(pieces: list[Piece], start: int, end: int) -> None:
    cut = cut_pieces(pieces, start, end)

    assert joined(cut) == joined(pieces)[start:end]
    assert all(piece_size(piece) for piece in cut)
    assert sum(map(piece_size, cut)) == len(joined(cut))
