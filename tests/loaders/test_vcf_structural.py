import hypothesis.strategies as st
import pytest
from hypothesis import given

from beacon.annotation_rows import StructuralRow
from beacon.rows import VariantType
from core.genome import GRCH38
from loaders.report import RecordRejected
from loaders.vcf_record import RecordReader, VcfRecord
from loaders.vcf_structural import (
    BREAKEND,
    NOT_A_COPY_NUMBER,
    NOT_AN_INTERVAL,
    WITHOUT_END,
    Place,
    place_symbolic,
    structural_row,
)
from tests.loaders.vcf_texts import record_line


def read(record: str, *, length_first: bool = False) -> VcfRecord:
    return RecordReader(GRCH38, 0, length_first=length_first).read(record_line(record))


def row(record: str, *, length_first: bool = False) -> StructuralRow | None:
    return read(record, length_first=length_first).alleles[0].structural


def test_end_comes_first_until_4_3_and_length_from_4_4_on() -> None:
    info = {"END": "2000", "SVLEN": "-500"}
    assert place_symbolic(1000, "<DEL>", info, 0) == (1000, 2000, VariantType.DEL)
    assert place_symbolic(1000, "<DEL>", info, 0, length_first=True) == (1000, 1500, VariantType.DEL)
    assert place_symbolic(1000, "<DEL>", {"END": "2000"}, 0, length_first=True) == (1000, 2000, VariantType.DEL)


def test_each_allele_has_its_own_length() -> None:
    record = read("chr1 1000 N <DEL>,<DUP>,<CNV> SVLEN=100,.,300", length_first=False)
    assert [counted.allele.end_0based for counted in record.alleles] == [1100, 1000, 1300]
    assert [counted.structural.length for counted in record.alleles if counted.structural] == [-100, None, 300]
    assert record.notes == (WITHOUT_END,)


def test_later_versions_need_a_length() -> None:
    with pytest.raises(RecordRejected, match="where it ends is not known") as error:
        read("chr1 1000 N <DUP> .", length_first=True)
    assert error.value.field_name == "INFO/SVLEN"
    assert read("chr1 1000 N <INS> .", length_first=True).notes == ()


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ("chr1 1000 N <DEL> END=1500;CIPOS=-10,20;CIEND=-5,5", StructuralRow(-500, -10, 20, -5, 5)),
        ("chr1 1000 N <DUP:TANDEM> END=1500;SVLEN=500;CIPOS=0,3", StructuralRow(500, 0, 3)),
        ("chr1 1000 N <INS:ME:ALU> SVLEN=280", StructuralRow(280)),
        ("chr1 1000 N <CN0> END=1500", StructuralRow(500, copy_number=0)),
        ("chr1 1000 N <CNV> END=1500;CN=3", StructuralRow(500, copy_number=3)),
        ("chr1 1000 N <CNV> END=1500;CN=3.0", StructuralRow(500, copy_number=3)),
        ("chr1 1000 N N[chr2:321681[ CIPOS=-1,1;SVLEN=7", StructuralRow(None, -1, 1, mate="2:321680")),
        ("chr1 1000 N ]chrUn_KI270744v1:1]N .", StructuralRow(mate="chrUn_KI270744v1:0")),
        ("chr1 1000 N N]chrX:0] .", StructuralRow(mate="X:0")),
        ("chr1 1000 N N. .", StructuralRow()),
        ("chr1 1000 N <BND> CHR2=chr5;END=70", StructuralRow(mate="5:69")),
        ("chr1 1000 N <TRA> CHR2=chr5;END=70", StructuralRow(mate="5:69")),
        ("chr1 1000 N <BND> CHR2=chr5;POS2=71;END=1000", StructuralRow(mate="5:70")),
        ("chr1 1000 N <INV> SVLEN=40;CIPOS=.,.", StructuralRow(40)),
    ],
)
def test_structure_is_read(record: str, expected: StructuralRow) -> None:
    assert row(record) == expected
    assert read(record).notes == ()


def test_intervals_of_several_alleles_are_pairs() -> None:
    record = read("chr1 1000 N <DEL>,<DUP> SVLEN=5,9;CIPOS=-1,1,-2,2;CN=0,4", length_first=True)
    assert [counted.structural for counted in record.alleles] == [
        StructuralRow(-5, -1, 1, copy_number=0),
        StructuralRow(9, -2, 2, copy_number=4),
    ]


@pytest.mark.parametrize(
    ("info", "note"),
    [
        ("CIPOS=5,-5", NOT_AN_INTERVAL),
        ("CIPOS=x,1", NOT_AN_INTERVAL),
        ("CIPOS=1", NOT_AN_INTERVAL),
        ("CIEND=1,.", NOT_AN_INTERVAL),
        ("CN=-1", NOT_A_COPY_NUMBER),
        ("CN=2.5", NOT_A_COPY_NUMBER),
    ],
)
def test_what_is_said_badly_is_left_out_with_a_remark(info: str, note: str) -> None:
    record = read(f"chr1 1000 N <DEL> END=1500;{info}")
    assert record.notes == (note,)
    assert record.alleles[0].structural == StructuralRow(-500)


@pytest.mark.parametrize(
    ("info", "field", "said"),
    [
        ("END=-5", "INFO/END", "END is negative"),
        ("END=999", "INFO/END", "END lies before POS"),
        ("END=99999999999", "INFO/END", "not a whole number"),
        ("SVLEN=99999999999", "INFO/SVLEN", "not a whole number"),
        ("SVLEN=2000000000", "POS", "beyond the end"),
    ],
)
def test_an_extent_that_cannot_be_is_rejected(info: str, field: str, said: str) -> None:
    with pytest.raises(RecordRejected, match=said) as error:
        read(f"chr1 1000 N <DEL> {info}")
    assert error.value.field_name == field


def test_telomeres() -> None:
    last = GRCH38.lengths["1"]
    assert read(f"chr1 {last + 1} N N. .").alleles[0].allele[:2] == (last - 1, last)
    assert read("chr1 0 N .N .").alleles[0].allele[:2] == (0, 1)
    with pytest.raises(RecordRejected, match="beyond the end"):
        read(f"chr1 {last + 1} N A .")
    with pytest.raises(RecordRejected, match="beyond the end"):
        read(f"chr1 {last + 2} N N. .")


@pytest.mark.parametrize("text", ["[1:100[", "A]1:5]T", "N[1:5]", "N[1[", "N[1:x[", ".", "..", "N[1:5[[", "AB"])
def test_what_is_no_breakend(text: str) -> None:
    assert not BREAKEND.fullmatch(text)


@given(
    st.dictionaries(st.sampled_from(["END", "SVLEN", "CIPOS", "CIEND", "CN", "CHR2"]), st.text("-.,0123456789x", max_size=9)),
    st.sampled_from(["<DEL>", "<INS>", "<CN3>", "<TRA>", "<BND>"]),
    st.integers(0, 2),
)  # fmt: skip
def test_any_info_is_read_or_rejected(info: dict[str, str], alternate: str, number: int) -> None:
    try:
        place = place_symbolic(100, alternate, info, number)
        found, _ = structural_row(alternate, Place(*place), info, number)
    except RecordRejected:
        return
    assert place.end_0based >= place.start_0based
    assert found.start_low is None or (found.start_high is not None and found.start_low <= found.start_high)
