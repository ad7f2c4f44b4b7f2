import gzip
import hashlib
import subprocess
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

import loaders.fasta_md5
from core.errors import LoadRefused
from loaders.fasta_md5 import read_reference
from tests.support.shared import needs_shared, shared


def tell(done: int, total: int) -> None:
    del done, total


def write_fasta(path: Path, text: str) -> Path:
    path.write_text(text, encoding="ascii")
    path.with_name(f"{path.name}.fai").touch()
    return path


def test_lengths_and_digests(tmp_path: Path) -> None:
    path = write_fasta(tmp_path / "a.fa", ">1 first\r\nacgt\r\nNN\r\n>2\n\n>3 x y\nAC gt\n")
    found = read_reference(path, tell).sequences
    digests = [hashlib.md5(bases, usedforsecurity=False).hexdigest() for bases in (b"ACGTNN", b"", b"ACGT")]
    assert [(row.contig, row.length, row.md5) for row in found.values()] == [
        ("1", 6, digests[0]),
        ("2", 0, digests[1]),
        ("3", 4, digests[2]),
    ]
    packed = tmp_path / "b.fa.gz"
    packed.write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    packed.with_name("b.fa.gz.fai").touch()
    assert read_reference(packed, tell).sequences == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no sequence"),
        ("ACGT\n", "line 1: this is not FASTA"),
        (">\nACGT\n", "line 1: a sequence without a name"),
        (">1\nA\n>1\nA\n", "a sequence is there twice"),
        (">" + "a" * 5000 + "\nA\n", "a name too long"),
    ],
)
def test_what_is_no_reference_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(LoadRefused, match=rf"a\.fa: .*{said}"):
        read_reference(write_fasta(tmp_path / "a.fa", text), tell)


def test_a_missing_index_and_damage_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.fa").write_text(">1\nA\n")
    with pytest.raises(LoadRefused, match=r"samtools faidx a\.fa"):
        read_reference(tmp_path / "a.fa", tell)
    packed = tmp_path / "b.fa.gz"
    packed.write_bytes(gzip.compress(b">1\nACGT\n" * 100, mtime=0)[:-6])
    packed.with_name("b.fa.gz.fai").touch()
    with pytest.raises(LoadRefused, match="damaged or truncated"):
        read_reference(packed, tell)


@settings(max_examples=50, deadline=None)
@given(
    sequences=st.lists(st.lists(st.text("ACGTNacgtn", max_size=70), max_size=6), min_size=1, max_size=4),
    piece=st.integers(20, 60),
)
def test_pieces_of_lines_make_no_difference(
    tmp_path_factory: pytest.TempPathFactory, sequences: list[list[str]], piece: int
) -> None:
    text = "".join(f">s{number}\n" + "".join(f"{line}\n" for line in lines) for number, lines in enumerate(sequences))
    path = write_fasta(tmp_path_factory.mktemp("fasta") / "a.fa", text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loaders.fasta_md5, "_READ_BYTES", piece)
        found = read_reference(path, tell).sequences
    for number, lines in enumerate(sequences):
        bases = "".join(lines).upper().encode()
        row = found[f"s{number}"]
        assert (row.length, row.md5) == (len(bases), hashlib.md5(bases, usedforsecurity=False).hexdigest())


@needs_shared
def test_the_published_reference_is_that_of_its_files() -> None:
    folder = shared("data", "reads", "hts-specs-cram")
    found = read_reference(folder / "ce.fa", tell).sequences
    command = ["samtools", "dict", str(folder / "ce.fa")]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    stated = {
        tags["SN"]: (int(tags["LN"]), tags["M5"])
        for line in text.splitlines()
        if line.startswith("@SQ")
        for tags in [dict(cell.split(":", 1) for cell in line.split("\t")[1:])]
    }
    assert {name: (row.length, row.md5) for name, row in found.items()} == stated
