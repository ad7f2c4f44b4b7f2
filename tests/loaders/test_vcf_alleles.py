import hypothesis.strategies as st
import pytest
from hypothesis import given

from beacon.rows import VariantType
from loaders.report import RecordRejected
from loaders.vcf_alleles import Allele, check_reference_bases, read_allele, trim


@pytest.mark.parametrize(
    ("position", "reference", "alternate", "expected"),
    [
        (101, "G", "A", (100, 101, "G", "A", "", VariantType.SNP)),
        (201, "ACGT", "A", (201, 204, "CGT", "", "A", VariantType.DEL)),
        (301, "T", "TAA", (301, 301, "", "AA", "T", VariantType.INS)),
        (401, "ACG", "TTT", (400, 403, "ACG", "TTT", "", VariantType.MNP)),
        (501, "A", "ACCT", (501, 501, "", "CCT", "A", VariantType.INS)),
        (10, "AA", "A", (9, 10, "A", "", "", VariantType.DEL)),
        (10, "ACGT", "ATGT", (10, 11, "C", "T", "", VariantType.SNP)),
        (10, "ACC", "GT", (9, 12, "ACC", "GT", "", VariantType.INDEL)),
    ],
)
def test_sequence_alleles_are_trimmed(
    position: int, reference: str, alternate: str, expected: tuple[object, ...]
) -> None:
    assert read_allele(position, reference, alternate, {}, 0) == expected


BASES = st.text("ACGT", min_size=1, max_size=8)


@given(st.integers(1, 50), BASES, BASES)
def test_trimming_keeps_the_change_and_leaves_nothing_to_trim(position: int, reference: str, alternate: str) -> None:
    if reference == alternate:
        with pytest.raises(RecordRejected, match="equals"):
            trim(position, reference, alternate)
        return
    allele = trim(position, reference, alternate)
    first = allele.start_0based - (position - 1)
    changed = reference[:first] + allele.alternate_bases + reference[first + len(allele.reference_bases) :]
    assert changed == alternate
    assert reference[first : first + len(allele.reference_bases)] == allele.reference_bases
    assert allele.end_0based - allele.start_0based == len(allele.reference_bases)
    short, long = sorted((allele.reference_bases, allele.alternate_bases), key=len)
    assert not short or (short[0] != long[0] and short[-1] != long[-1])
    if allele.anchor:
        assert allele.anchor == reference[first - 1]


@pytest.mark.parametrize(
    ("alternate", "info", "expected"),
    [
        ("<DEL>", {"END": "6000"}, (1000, 6000, VariantType.DEL)),
        ("<DEL>", {"SVLEN": "-500"}, (1000, 1500, VariantType.DEL)),
        ("<DUP:TANDEM>", {"END": ".", "SVLEN": "20,30"}, (1000, 1030, VariantType.DUP)),
        ("<INV>", {"SVLEN": "7"}, (1000, 1007, VariantType.INV)),
        ("<CN0>", {"END": "1100"}, (1000, 1100, VariantType.CNV)),
        ("<CNV>", {"END": "1100"}, (1000, 1100, VariantType.CNV)),
        ("<INS:ME:ALU>", {"END": "1280"}, (1000, 1000, VariantType.INS)),
        ("<FOO>", {}, (1000, 1000, VariantType.SV)),
        ("<BND>", {}, (999, 1000, VariantType.BND)),
        ("N[chr2:321681[", {}, (999, 1000, VariantType.BND)),
        ("]13:123456]T", {}, (999, 1000, VariantType.BND)),
        ("G.", {}, (999, 1000, VariantType.BND)),
        (".TC", {}, (999, 1000, VariantType.BND)),
    ],
)
def test_symbolic_alleles_and_breakends(
    alternate: str, info: dict[str, str], expected: tuple[int, int, VariantType]
) -> None:
    start, end, kind = expected
    assert read_allele(1000, "N", alternate, info, 1) == Allele(start, end, "", alternate, "N", kind)


@pytest.mark.parametrize(
    ("alternate", "info", "field"),
    [
        ("<DEL>", {"END": "999"}, "INFO/END"),
        ("<DEL>", {"END": "-5"}, "INFO/END"),
        ("<DEL>", {"END": "x"}, "INFO/END"),
        ("<DEL>", {"SVLEN": "x"}, "INFO/SVLEN"),
        ("A-C", {}, "ALT"),
        ("<A B>", {}, "ALT"),
        ("", {}, "ALT"),
        ("N[chr2:5]", {}, "ALT"),
    ],
)
def test_what_cannot_be_placed_is_rejected(alternate: str, info: dict[str, str], field: str) -> None:
    with pytest.raises(RecordRejected) as error:
        read_allele(1000, "N", alternate, info, 0)
    assert error.value.field_name == field


def test_reference_bases() -> None:
    assert check_reference_bases("acgn") == "ACGN"
    with pytest.raises(RecordRejected):
        check_reference_bases("A,C")
