import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from beacon.rows import VariantType
from core.genome import GRCH38
from loaders.report import RecordRejected
from loaders.vcf_record import BEFORE_THE_CONTIG, COUNT_WITHOUT_NUMBER, WITHOUT_GENOTYPES, RecordReader, VcfRecord
from tests.loaders.vcf_texts import record_line


def read(record: str, samples: int = 0, males: frozenset[int] = frozenset()) -> VcfRecord:
    return RecordReader(GRCH38, samples, males).read(record_line(record))


def test_a_multi_allelic_record_is_split_with_genotypes_mapped() -> None:
    record = read("chr1 101 G A,GT,*,<NON_REF> . GT:DP 0/1:3 1/2:4 2|3:5 ./.:. 0/4", 5)
    assert (record.contig, record.allele_number) == ("1", 8)
    first, second = record.alleles
    assert (first.allele.variant_type, first.allele_count, first.heterozygous) == (VariantType.SNP, 2, 2)
    assert (second.allele.variant_type, second.allele_count, second.heterozygous) == (VariantType.INS, 2, 2)
    assert second.carriers is not None
    assert second.carriers.heterozygous == [1, 2]


def test_gt_may_stand_anywhere_or_be_cut_off() -> None:
    record = read("chr1 101 G A . DP:GT 3:0/1 4 5:1/1", 3)
    assert (record.allele_number, record.alleles[0].allele_count) == (4, 3)


def test_without_gt_the_people_of_the_file_are_not_counted_by_info() -> None:
    record = read("chr1 101 G A AC=2;AN=6;DB DP 3 4 5", 3)
    assert record.genotypes is None
    assert record.alleles[0][1:] == (0, None, None, None, None, None)
    assert record.allele_number == 0
    assert record.notes == (WITHOUT_GENOTYPES,)


def test_a_count_without_a_number_is_remarked() -> None:
    record = read("chr1 101 G A AC=2", 0)
    assert (record.alleles[0].allele_count, record.allele_number, record.notes) == (0, 0, (COUNT_WITHOUT_NUMBER,))


def test_men_have_one_x_outside_the_pseudo_autosomal_regions() -> None:
    males = frozenset({0, 1})
    outside = read("chrX 5000000 G A . GT 1/1 0/1 1/1 0/0", 4, males)
    only = outside.alleles[0]
    assert (outside.allele_number, only.allele_count) == (7, 4)
    assert (only.heterozygous, only.homozygous, only.hemizygous) == (1, 1, 1)
    assert outside.genotypes is not None
    assert outside.genotypes.contradicting == 1
    inside = read("chrX 20000 G A . GT 1/1 0/1 1/1 0/0", 4, males)
    assert (inside.allele_number, inside.alleles[0].homozygous, inside.in_pseudo_autosomal) == (8, 2, True)


def test_a_record_without_alternate_allele_is_a_record() -> None:
    assert read("chr1 101 G . . GT 0/0", 1).alleles == ()
    assert read("chr1 101 G <NON_REF> END=200 GT 0/0", 1).alleles == ()


def test_a_symbolic_allele_with_genotypes_finds_its_end() -> None:
    record = read("chr1 1000 N <DEL> END=6000 GT 0/1", 1)
    assert record.alleles[0].allele[:2] == (1000, 6000)


def test_a_telomere_breakend_is_kept() -> None:
    assert read("chr1 0 N ]chr2:5]N .").alleles[0].allele[:2] == (0, 1)
    assert read("chr1 0 N <BND> .").alleles[0].allele[:2] == (0, 1)


def test_a_contig_may_keep_a_name_of_its_own() -> None:
    reader = RecordReader(None, 0, renamed={"chrM": "NC_001807.4"})
    assert reader.read(record_line("chrM 5 G A .")).contig == "NC_001807.4"
    assert reader.read(record_line("chr2 5 G A .")).contig == "2"


def test_bases_at_the_telomere_have_no_place() -> None:
    record = read("chr1 0 N A .")
    assert (record.alleles, record.notes) == ((), (BEFORE_THE_CONTIG,))
    assert read("chr1 0 N NACG .").alleles[0].allele[:4] == (0, 0, "", "ACG")
    assert read("chr1 0 NA N .").alleles[0].allele[:4] == (0, 1, "A", "")


def test_called_copies_are_told_against_what_is_expected() -> None:
    expected = {("X", False): (1, 2, 2), ("X", True): (2, 2, 2)}
    reader = RecordReader(GRCH38, 3, frozenset({0}), expected=expected)
    outside = reader.read(record_line("chrX 5000000 G A . GT 1/1 0/1 ./."))
    inside = reader.read(record_line("chrX 20000 G A . GT 1/1 0 0/0"))
    other = reader.read(record_line("chr1 20000 G A . GT 0 0/1/1 0/."))
    found = [record.genotypes.called for record in (outside, inside, other) if record.genotypes]
    assert found == [((2, 0),), ((1, 1),), ((0, 1), (1, 3), (2, 1))]
    contradicting = reader.read(record_line("chrX 5000000 G A . GT 0/1 0/1 0/0"))
    assert contradicting.genotypes
    assert contradicting.genotypes.called == ((0, 2),)


def test_a_reference_is_compared_and_aligned_to() -> None:
    class Reference:
        def fetch(self, contig: str, start_0based: int, end_0based: int) -> str | None:
            return "AGCCCATT"[start_0based:end_0based] if contig == "1" else None

    reader = RecordReader(None, 0, reference=Reference())
    assert reader.read(record_line("1 4 CC C .")).alleles[0].allele[:5] == (2, 3, "C", "", "G")
    assert reader.read(record_line("1 4 C T,CC .")).alleles[1].allele[:5] == (2, 2, "", "C", "G")
    assert reader.read(record_line("1 4 N <DEL> END=6")).alleles[0].allele[:2] == (4, 6)
    with pytest.raises(RecordRejected, match="REF is not what the reference"):
        reader.read(record_line("1 4 G A ."))


def test_filter_is_told() -> None:
    assert read("chr1 5 G A .").passed
    assert not RecordReader(None, 0).read("chr1\t5\t.\tG\tA\t.\tq10\t.").passed


@pytest.mark.parametrize(
    ("record", "samples", "field"),
    [
        ("chr1 x G A .", 0, "POS"),
        ("chr1 -1 G A .", 0, "POS"),
        ("chr1 248956423 G A .", 0, "POS"),
        ("chr1 99999999999 G A .", 0, "POS"),
        ("chr1 5 G <DEL> END=248956423", 0, "POS"),
        ("chr1 5 . A .", 0, "REF"),
        ("chr1 5 G A,? .", 0, "ALT"),
        (" 5 G A .", 0, "CHROM"),
        ("chr1 5 G A . GT", 2, "columns"),
        ("chr1 5 G A . GT 0/1 0/2", 2, "GT"),
        ("chr1 5 G A . GT 0/1 x", 2, "GT"),
        ("chr1 5 G", 0, "columns"),
    ],
)
def test_what_cannot_be_understood_is_rejected_by_field(record: str, samples: int, field: str) -> None:
    line = record_line(record) if record.count(" ") > 3 else record.replace(" ", "\t")
    with pytest.raises(RecordRejected) as error:
        RecordReader(GRCH38, samples).read(line)
    assert error.value.field_name == field


@settings(max_examples=300)
@given(st.text(st.sampled_from("\t\n01chrXACGT.,;:=/|<>[]N*END"), max_size=60), st.integers(0, 2))
def test_any_line_is_read_or_rejected(line: str, samples: int) -> None:
    try:
        record = RecordReader(GRCH38, samples).read(line)
    except RecordRejected:
        return
    assert all(0 <= counted.allele.start_0based <= counted.allele.end_0based for counted in record.alleles)
