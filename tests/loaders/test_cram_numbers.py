import hypothesis.strategies as st
import pytest
from hypothesis import given

from loaders.cram_numbers import CramNumbers, write_itf8


def itf8(value: int) -> bytes:
    """The encoding of CRAM 3.1 §2.3, by its table."""
    if value < 0:
        value += 1 << 32
    for more, prefix in ((0, 0), (1, 0x80), (2, 0xC0), (3, 0xE0)):
        if value < 1 << (7 + 7 * more):
            return bytes([prefix | value >> 8 * more]) + (value & ((1 << 8 * more) - 1)).to_bytes(more, "big")
    return bytes([0xF0 | value >> 28, value >> 20 & 255, value >> 12 & 255, value >> 4 & 255, value & 15])


def ltf8(value: int) -> bytes:
    for more in range(8):
        if value < 1 << (7 + 7 * more):
            prefix = 0xFF00 >> more & 0xFF
            return bytes([prefix | value >> 8 * more]) + (value & ((1 << 8 * more) - 1)).to_bytes(more, "big")
    return b"\xff" + value.to_bytes(8, "big")


@given(st.integers(-(1 << 31), (1 << 31) - 1), st.integers(0, (1 << 63) - 1))
def test_numbers_are_read_as_they_are_written(small: int, large: int) -> None:
    numbers = CramNumbers(itf8(small) + ltf8(large))
    assert (numbers.itf8(), numbers.ltf8()) == (small, large)


@given(st.integers(0, (1 << 31) - 1))
def test_numbers_are_written_as_they_are_read(value: int) -> None:
    assert write_itf8(value) == itf8(value)
    assert CramNumbers(write_itf8(value)).itf8() == value


def test_bytes_that_end_too_soon() -> None:
    with pytest.raises(EOFError):
        CramNumbers(b"\xff").itf8()
    with pytest.raises(EOFError):
        CramNumbers(b"abc").take(-1)
