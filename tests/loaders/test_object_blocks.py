import io
from pathlib import Path

import pysam
import pytest

from core.errors import LoadRefused
from htsget.index.bgzf import compressed_blocks
from loaders.object_blocks import block_bytes, check_chain, check_end_block, normal_offset
from loaders.vcf_lines import BGZF_END


def tell(done: int, total: int) -> None:
    del done, total


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.gz"
    with pysam.BGZFile(str(path), "wb", None) as file:
        file.write(bytes(range(256)) * 3000)
    return path


def test_a_whole_file_is_taken(path: Path) -> None:
    with path.open("rb") as file:
        check_end_block("a.gz", file)
        check_chain("a.gz", file, tell)


@pytest.mark.parametrize("cut", [1, 28, 500])
def test_a_truncated_file_is_refused(path: Path, cut: int) -> None:
    path.write_bytes(path.read_bytes()[:-cut])
    with path.open("rb") as file, pytest.raises(LoadRefused, match=r"a\.gz: truncated"):
        check_end_block("a.gz", file)


def test_a_gap_is_refused(path: Path) -> None:
    data = path.read_bytes()
    for wrong in (data[:-28] + b"x" + BGZF_END, data[:300] + data[301:], data[:17] + b"\xff" + data[18:]):
        path.write_bytes(wrong)
        with path.open("rb") as file, pytest.raises(LoadRefused, match=r"a\.gz: damaged at byte \d+"):
            check_chain("a.gz", file, tell)


def test_both_spellings_of_an_offset_are_one() -> None:
    first, empty, second = (compressed_blocks(data) for data in (b"abc", b"", b"defg"))
    empty = empty or BGZF_END
    file = io.BytesIO(first + empty + second + BGZF_END)
    next_block = len(first) + len(empty)
    assert normal_offset(file, 2) == 2
    assert normal_offset(file, 3) == next_block << 16
    assert normal_offset(file, next_block << 16 | 3) == next_block << 16 | 3
    assert normal_offset(file, 7 << 16 | 1) == 7 << 16 | 1
    assert block_bytes(file, 0) == len(first)
    assert block_bytes(file, 5) == 0
