"""Lines of ranges: each line of a file in exactly one range, wherever blocks and ranges end."""

import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import LoadRefused
from loaders import line_buffers
from loaders.bgzf_blocks import block_starts
from loaders.line_buffers import LineRange, bgzf_lines, line_after, stream_lines
from tests.loaders.bgzf_files import bgzf, cut


def quiet(_done: int) -> None:
    """Nobody listens."""


def whole_lines(data: bytes) -> bytes:
    return data if not data or data.endswith(b"\n") else data + b"\n"


def texts(buffers: line_buffers.LineBuffers) -> list[bytes]:
    found = [array.tobytes() for array in buffers]
    assert all(text.endswith(b"\n") for text in found)
    return found


LINES = st.lists(st.sampled_from([b"", b"#", b"##x", b"a", b"\r", b"bc\0", b"d" * 40, b"\xff"]), max_size=30)


@dataclass(frozen=True)
class Cuts:
    """Sizes of blocks; bytes between starts of ranges; size of buffers."""

    sizes: list[int]
    every: int
    buffer_bytes: int


CUTS = st.builds(
    Cuts, st.lists(st.integers(0, 25), min_size=1, max_size=6).filter(any), st.integers(1, 200), st.integers(1, 60)
)


@settings(max_examples=300, deadline=None)
@given(LINES, st.booleans(), CUTS, st.integers(0, 3))
def test_every_line_is_in_one_range(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], ended: bool, cuts: Cuts, header_lines: int
) -> None:
    data = b"\n".join(lines) + b"\n" * ended
    path = tmp_path_factory.mktemp("lines") / "a.gz"
    path.write_bytes(bgzf(cut(data, cuts.sizes)))
    found, skipped = [], 0
    with pytest.MonkeyPatch.context() as patch, path.open("rb") as file:
        patch.setattr(line_buffers, "BUFFER_BYTES", cuts.buffer_bytes)
        starts = block_starts(path.name, file, cuts.every)
        for start, end in zip(starts, [*starts[1:], None], strict=True):
            buffers = bgzf_lines(path.name, file, LineRange(start, end), quiet, header_lines=0)
            found += texts(buffers)
            skipped += buffers.lines_skipped
        assert b"".join(found) == whole_lines(data)
        assert skipped == 0
        buffers = bgzf_lines(path.name, file, LineRange(), quiet, header_lines=header_lines)
        ends = [number + 1 for number, byte in enumerate(whole_lines(data)) if byte == ord("\n")]
        header_end = [0, *ends][min(header_lines, len(ends))]
        assert b"".join(texts(buffers)) == whole_lines(data)[header_end:]


@pytest.mark.parametrize("compressed", [False, True])
def test_headers_are_left_out_by_their_number_or_by_their_sign(tmp_path: Path, compressed: bool) -> None:
    data = b"##a\n#b\n#c\nx\n#d\ny"
    path = tmp_path / "a.vcf"
    # Two members, as `cat a.gz b.gz` makes them.
    path.write_bytes(gzip.compress(data[:9]) + gzip.compress(data[9:]) if compressed else data)
    with path.open("rb") as file:
        for number, rest in ((None, b"x\n#d\ny\n"), (2, b"#c\nx\n#d\ny\n"), (0, data + b"\n"), (6, b""), (9, b"")):
            buffers = stream_lines(path, file, compressed=compressed, passed=quiet, header_lines=number)
            assert b"".join(texts(buffers)) == rest
            assert buffers.lines_skipped == (3 if number is None else min(number, 6))


def test_giant_lines_are_refused_in_a_range_and_behind_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_buffers, "MAXIMUM_LINE_BYTES", 5000)
    monkeypatch.setattr(line_buffers, "BUFFER_BYTES", 1000)
    path = tmp_path / "a.gz"
    for length, refused in ((4900, False), (6100, True)):
        path.write_bytes(bgzf(cut(b"a\n" + b"x" * length + b"\nb\n", [100])))
        with path.open("rb") as file:
            second = block_starts(path.name, file, 1)[1]
            for part in (LineRange(), LineRange(0, second)):
                if refused:
                    with pytest.raises(LoadRefused, match="a line is longer than"):
                        texts(bgzf_lines(path.name, file, part, quiet))
                else:
                    assert len(b"".join(texts(bgzf_lines(path.name, file, part, quiet)))) >= length


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-9], lambda data: data[:40] + b"\xff\xff" + data[42:], lambda data: data + b"rubbish"]
)
def test_damaged_gzip_is_refused(tmp_path: Path, damage: object) -> None:
    assert callable(damage)
    path = tmp_path / "a.gz"
    path.write_bytes(damage(gzip.compress(b"line of text\n" * 1000)))
    with path.open("rb") as file, pytest.raises(LoadRefused, match=r"a\.gz: damaged or truncated"):
        texts(stream_lines(path, file, compressed=True, passed=quiet))


@given(st.lists(st.integers(0, 2000), min_size=1, max_size=5), st.integers(0, 10))
def test_the_next_line_is_found_however_far_it_is(lengths: list[int], unfinished: int) -> None:
    lines = [b"x" * length + b"\n" for length in lengths] + [b"y" * unfinished]
    text, place = np.frombuffer(b"".join(lines), dtype=np.uint8), 0
    for line in lines:
        if line:
            place, before = line_after(text, place), place
            assert place == before + len(line)
