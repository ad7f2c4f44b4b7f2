import io
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from core.errors import LoadRefused
from loaders.crypt4gh_file import BLOCK_BYTES, PLAIN_BLOCK_BYTES, Crypt4ghLayout, read_layout
from tests.loaders.crypt4gh_files import encrypt, layout_bytes, packet, write_keys
from tests.support.shared import needs_shared, shared


def layout(file: io.BytesIO) -> Crypt4ghLayout:
    return read_layout("a.c4gh", file, len(file.getvalue()))


@given(st.lists(st.integers(76, 400), min_size=1, max_size=5), st.integers(1, 5 * PLAIN_BLOCK_BYTES))
def test_header_and_content_are_measured(lengths: list[int], plain: int) -> None:
    blocks = -(-plain // PLAIN_BLOCK_BYTES)
    found = layout(layout_bytes([packet(length) for length in lengths], plain + 28 * blocks))
    assert found == Crypt4ghLayout(16 + sum(lengths), len(lengths), plain)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (io.BytesIO(b"crypt4g"), "not a Crypt4GH file"),
        (layout_bytes([packet()], 100, version=2), "of version 2"),
        (layout_bytes([], 100), "promises 0 packets"),
        (layout_bytes([packet()], 100, count=1 << 31), "promises 2147483648 packets"),
        (layout_bytes([packet(71)], 100), "packet 1 of its header is 71 bytes long"),
        (layout_bytes([packet(8)], 0), "packet 1 of its header is 8 bytes long"),
        (layout_bytes([packet()], 30, count=2), "packet 2 of its header is 0 bytes long"),
        (layout_bytes([packet()], 4, count=2), "truncated in packet 2"),
        (layout_bytes([packet()[:90]], 0), "truncated in packet 1"),
        (layout_bytes([packet(method=7)], 100), "encrypted by method 7"),
        (layout_bytes([packet()], 0), "a header and no content"),
        (layout_bytes([packet()], 28), "its last data block is too short"),
        (layout_bytes([packet()], BLOCK_BYTES + 5), "its last data block is too short"),
    ],
)
def test_what_cannot_be_is_refused(file: io.BytesIO, said: str) -> None:
    with pytest.raises(LoadRefused, match=rf"a\.c4gh: .*{said}"):
        layout(file)


def test_packets_of_unknown_methods_are_passed_over() -> None:
    assert layout(layout_bytes([packet(method=9), packet()], 100)).packets == 2


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for file in (io.BytesIO(data), io.BytesIO(b"crypt4gh\1\0\0\0" + data)):
        try:
            assert layout(file).plain_bytes > 0
        except LoadRefused as error:
            assert error.message.startswith("a.c4gh: ")  # noqa: PT017 - both outcomes are right


@pytest.mark.parametrize("size", [1, PLAIN_BLOCK_BYTES - 1, PLAIN_BLOCK_BYTES, PLAIN_BLOCK_BYTES + 1, 300_000])
def test_files_of_the_package_are_measured(tmp_path: Path, size: int) -> None:
    secret, public = write_keys(tmp_path)
    (tmp_path / "a").write_bytes(bytes(size))
    path = encrypt(tmp_path / "a", tmp_path / "a.c4gh", public, secret)
    with path.open("rb") as file:
        assert read_layout("a", file, path.stat().st_size).plain_bytes == size


@needs_shared
def test_published_files() -> None:
    folder = shared("data", "crypt4gh")
    for path in folder.glob("*.c4gh"):
        with path.open("rb") as file:
            found = read_layout(path.name, file, path.stat().st_size)
        assert (found.header_bytes, found.packets) == (124, 1)
    plain = shared("data", "reads", "htsnexus_test_NA12878.bam").stat().st_size
    path = folder / "htsnexus_test_NA12878.bam.c4gh"
    with path.open("rb") as file:
        assert read_layout(path.name, file, path.stat().st_size).plain_bytes == plain
