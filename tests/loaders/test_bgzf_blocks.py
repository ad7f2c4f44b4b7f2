"""BGZF by hand: blocks are found wherever they end, and whatever is not whole is refused."""

import gzip
import io
import random
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import LoadRefused
from loaders.bgzf_blocks import BGZF_END, block_starts, inflated_blocks, is_bgzf
from tests.loaders.bgzf_files import bgzf, block, cut
from tests.support.proof import proof_volume

FOREIGN = b"XY\x03\x00abc"
"""Another extra subfield (RFC 1952 §2.3.1.1)."""


def put(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def starts(path: Path, every: int = 1) -> list[int]:
    with path.open("rb") as file:
        return block_starts(path.name, file, every)


def text(path: Path, start: int = 0) -> bytes:
    with path.open("rb") as file:
        return b"".join(data for _, data in inflated_blocks(path.name, file, start))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=300), max_size=8), st.sampled_from((b"", FOREIGN, FOREIGN + FOREIGN)))
def test_blocks_are_found_and_hold_what_was_put_in(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes], before: bytes
) -> None:
    data = bgzf(pieces, before=before)
    path = put(tmp_path_factory.mktemp("blocks") / "a.gz", data)
    assert is_bgzf(data[:64])
    found = starts(path)
    assert len(found) == len(pieces) + 1
    for number, start in enumerate(found):
        assert text(path, start) == b"".join(pieces[number:])


def test_starts_are_as_far_apart_as_asked(tmp_path: Path) -> None:
    path = put(tmp_path / "a.gz", bgzf(cut(random.Random(1).randbytes(9_000_000), [60_000, 1, 0, 30_000])))
    everywhere, some = starts(path), starts(path, 1_000_000)
    assert set(some) <= set(everywhere)
    assert all(1_000_000 <= second - first < 1_100_000 for first, second in pairwise(some))
    assert len(text(path)) == 9_000_000


@pytest.mark.parametrize("before", [b"", FOREIGN])
def test_a_file_that_is_cut_is_refused_wherever_it_is_cut(tmp_path: Path, before: bytes) -> None:
    data = bgzf([b"first" * 9, b"second" * 9], before=before)
    for length in range(1, len(data)):
        path = put(tmp_path / "a.gz", data[:length])
        with pytest.raises(LoadRefused, match=r"^a\.gz: truncated"):
            starts(path)


def test_changed_bytes_are_found_or_change_nothing(tmp_path: Path) -> None:
    whole = bgzf(cut(b"".join(b"%d," % number for number in range(3000)), [700, 30]), before=FOREIGN)
    wanted, chance = text(put(tmp_path / "a.gz", whole)), random.Random(20270303)
    said = []
    for _ in range(proof_volume(100, 3000)):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 3)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path = put(tmp_path / "a.gz", bytes(data))
        try:
            assert starts(path)
            assert text(path) == wanted
        except LoadRefused as error:
            said.append(error.message)
    assert len(said) > 50
    assert all(message.startswith("a.gz: ") for message in said)


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda data: data[:-8] + b"\xff\xff\xff\x7f" + data[-4:], "not what its checksum says"),
        (lambda data: data[:-4] + b"\xff\xff\xff\x7f", "more than 64 KiB"),
        (lambda data: data[:-4] + b"\x01\x00\x00\x00", "not what its checksum says"),
        (lambda data: data[:-4] + b"\x00\x00\x01\x00", "not what its checksum says"),
        (lambda data: data[:18] + b"\xff\xff" + data[20:], "damaged at byte 0"),
        (lambda data: data[:16] + b"\x00\x00" + data[18:], "damaged"),
        (lambda data: data[:16] + b"\xff\xff" + data[18:], "damaged or truncated"),
        (lambda data: data[:10] + b"\xff\xff" + data[12:], "damaged"),
    ],
)
def test_contradictions_are_named(tmp_path: Path, damage: object, reason: str) -> None:
    assert callable(damage)
    path = put(tmp_path / "a.gz", damage(block(b"text" * 100)) + BGZF_END)
    with pytest.raises(LoadRefused, match=reason):
        text(path)


def test_a_block_that_inflates_to_more_than_it_says_is_refused(tmp_path: Path) -> None:
    """A bomb: 64 KiB of deflated data hold up to 64 MiB."""
    bomb = block(bytes(60_000_000), level=9)
    assert len(bomb) < 1 << 16
    path = put(tmp_path / "a.gz", bomb[:-4] + (65_000).to_bytes(4, "little") + BGZF_END)
    with pytest.raises(LoadRefused, match="checksum"):
        text(path)


@pytest.mark.parametrize("data", [b"", b"\x1f\x8b", b"\x1f\x8b\x08\x00" + bytes(30), b"\x1f\x8b\x08\x04" + bytes(30)])
def test_other_files_are_no_bgzf(tmp_path: Path, data: bytes) -> None:
    assert not is_bgzf(data)
    with pytest.raises(LoadRefused):
        starts(put(tmp_path / "a.gz", data))


def test_our_end_block_is_the_one_of_the_specification() -> None:
    assert bgzf([]) == BGZF_END
    assert is_bgzf(BGZF_END)
    assert text_of_stream(BGZF_END) == b""


def text_of_stream(data: bytes) -> bytes:

    return gzip.GzipFile(fileobj=io.BytesIO(data)).read()
