import struct

import pytest

from core.errors import DataDamaged
from htsget.index.bai import parse_bai
from tests.htsget.index.layouts import bai, bai_bin


def test_an_index_may_lack_pseudo_bins_windows_and_counts() -> None:
    index = parse_bai(bai(bai_bin(4681, (5, 9)), bai_bin(585)))
    assert index.unplaced_count is None
    assert index.placed_end() == 9
    candidates = index.reference(0).query(10, 20)
    assert candidates is not None
    assert (candidates.spanning, candidates.first, candidates.certain) == ((), 5, 5)
    assert parse_bai(b"BAI\x01" + bytes(4)).placed_end() == 0


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"BAI\x02" + bytes(8),
        b"BAI\x01\x00",
        b"BAI\x01" + struct.pack("<i", -1),
        b"BAI\x01" + struct.pack("<i", 1 << 30),
        bai(count=-5),
        bai(count=1 << 30),
        bai(bai_bin(4681, (1, 2), count=-1)),
        bai(bai_bin(4681, (1, 2), count=1 << 30)),
        bai(bai_bin(4681, (1, 2)), count=3),
        bai(bai_bin(4681, (1, 2)))[:-1],
    ],
)
def test_a_broken_index_is_refused(data: bytes) -> None:
    with pytest.raises(DataDamaged):
        parse_bai(data)
