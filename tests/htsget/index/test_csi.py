import random
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DataDamaged
from htsget.index.bgzf import compressed_blocks, inflate_all
from htsget.index.binned import BAI_BIN, CSI_BIN
from htsget.index.binning import Scheme
from htsget.index.csi import MAXIMUM_BYTES, parse_index
from tests.htsget.genomes import CONTIGS, open_file
from tests.htsget.index.indexed import bam_with, vcf_with
from tests.htsget.index.layouts import bai, bai_bin, csi, tbi


def test_what_the_kinds_say_of_themselves(tmp_path: Path) -> None:
    bai = open_file(*bam_with(None)(tmp_path)).index
    csi = open_file(*bam_with(10)(tmp_path)).index
    assert (bai.bin_head, bai.names, len(bai.slots)) == (BAI_BIN, (), len(CONTIGS))
    assert (csi.bin_head, csi.scheme.min_shift) == (CSI_BIN, 10)
    tbi = open_file(*vcf_with(csi=False)(tmp_path)).index
    assert (tbi.bin_head, tbi.names) == (BAI_BIN, ("1", "chr2", "HLA-A*01:01:01:01"))
    assert open_file(*vcf_with(csi=True)(tmp_path)).index.names == tbi.names


def test_names_of_a_csi_and_its_bins_offsets() -> None:
    aux = struct.pack("<7i", 2, 1, 2, 0, 35, 0, 5) + b"1\0chr"
    body = struct.pack("<i", 1) + struct.pack("<IQi", 0, 77, 1) + struct.pack("<QQ", 80, 90)
    index = parse_index(csi(body, aux=aux))
    assert index.names == ("1",)
    assert index.reference(0).floors.floor(12345) == 77
    assert parse_index(csi(body, aux=b"few")).names == ()


@pytest.mark.parametrize(
    "data",
    [
        compressed_blocks(b"XXX\x01" + bytes(40)),
        compressed_blocks(b"CSI\x01"),
        csi(b"", min_shift=0),
        csi(b"", depth=-1),
        csi(b"", depth=11),
        csi(b"", min_shift=58),
        csi(b"", aux_bytes=-1),
        csi(b"", aux_bytes=1 << 30),
        csi(b"", count=1 << 30),
        csi(struct.pack("<i", 1) + bytes(15)),
        csi(b"\0\0\0\0", aux=struct.pack("<7i", 2, 1, 2, 0, 35, 0, -1)),
        csi(b"\0\0\0\0", aux=struct.pack("<7i", 2, 1, 2, 0, 35, 0, 50)),
        tbi(b"1\0", references=2),
        tbi(b"1\0", references=-1),
        tbi(b"1\0", name_bytes=-3),
        tbi(b"1\0", name_bytes=1 << 30),
        compressed_blocks(b"TBI\x01" + struct.pack("<2i", 0, 2)),
    ],
)
def test_a_broken_index_is_refused(data: bytes) -> None:
    with pytest.raises(DataDamaged):
        parse_index(data)


def test_an_index_beyond_all_measure_is_not_read() -> None:
    with pytest.raises(DataDamaged):
        parse_index(bytes(MAXIMUM_BYTES + 1))


@given(st.randoms(use_true_random=False), st.sampled_from(["bai", "tbi", "csi"]))
def test_no_mutation_does_worse_than_an_error(chance: random.Random, kind: str) -> None:
    chunks = [(number << 20, (number + 1) << 20) for number in range(3)]
    plain = {
        "bai": bai(bai_bin(4681, *chunks), bai_bin(37450, (0, 1 << 30), (5, 5)), windows=(0, 5, 9), tail=bytes(8)),
        "tbi": inflate_all(tbi(b"1\0"), 1000),
        "csi": inflate_all(
            csi(struct.pack("<i", 1) + struct.pack("<IQi", 0, 77, 1) + struct.pack("<QQ", 80, 90)), 1000
        ),
    }[kind]
    mutated = bytearray(plain)
    for _ in range(chance.randrange(1, 4)):
        mutated[chance.randrange(len(mutated))] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
    data = bytes(mutated[: chance.randrange(len(mutated) + 1)]) if chance.random() < 0.3 else bytes(mutated)
    try:
        index = parse_index(data if kind == "bai" else compressed_blocks(data))
        index.placed_end()
        for number in range(min(len(index.slots), 3)):
            index.reference(number).query(5, 50_000)
    except DataDamaged:
        pass


def test_the_shape_of_a_scheme_is_bounded() -> None:
    deepest = parse_index(csi(b"\0\0\0\0", min_shift=30, depth=10))
    assert deepest.scheme == Scheme(30, 10)
