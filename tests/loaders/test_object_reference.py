from pathlib import Path

import pytest

from core.errors import LoadRefused
from drs.rows import ReferenceSequenceRow
from loaders.object_found import Reference
from loaders.object_reference import reference_notes, refuse_other_sequences
from loaders.sam_header import SamHeader, read_sam_header

A, B = "a" * 32, "b" * 32
REFERENCE = Reference(Path("r.fa"), {"1": ReferenceSequenceRow("1", 100, A), "2": ReferenceSequenceRow("2", 50, B)})


def header(*lines: str) -> SamHeader:
    return read_sam_header("a.bam", "\n".join(lines) + "\n")


def test_contigs_are_those_of_the_reference() -> None:
    same = header(f"@SQ\tSN:1\tLN:100\tM5:{A.upper()}", "@SQ\tSN:2\tLN:50")
    assert reference_notes("a.bam", same, REFERENCE) == ()
    assert reference_notes("a.bam", same, None) == ()
    more = header("@SQ\tSN:1\tLN:100", "@SQ\tSN:3\tLN:5")
    assert reference_notes("a.bam", more, REFERENCE) == ("1 of its 2 contigs are not in r.fa",)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("@SQ\tSN:1\tLN:99", "contig 1 has 99 bases in the header, 100 in r.fa"),
        (f"@SQ\tSN:1\tLN:100\tM5:{B}", f"contig 1 has M5 {B} in the header, and its bases in r.fa have {A}"),
    ],
)
def test_another_reference_is_refused(line: str, said: str) -> None:
    with pytest.raises(LoadRefused) as caught:
        reference_notes("a.bam", header(line), REFERENCE)
    assert caught.value.message == f"a.bam: {said}: another reference"


def test_files_of_a_dataset_agree() -> None:
    known = {"1": (A, "b.bam")}
    refuse_other_sequences("a.bam", [ReferenceSequenceRow("1", 100, A), ReferenceSequenceRow("2", 5, B)], known)
    with pytest.raises(LoadRefused, match=rf"a\.bam: contig 1 has M5 {B}, and {A} in b\.bam"):
        refuse_other_sequences("a.bam", [ReferenceSequenceRow("1", 100, B)], known)
