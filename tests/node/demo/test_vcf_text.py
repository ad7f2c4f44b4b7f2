import re

from core.genome import GRCH38
from node.demo.vcf_text import header_lines, record_lines
from tests.node.demo.populations import small_call_set

GENOTYPE = re.compile(r"[0-3]|\.|\./\.|[0-3]/[0-3]")


def test_the_header_states_contigs_with_lengths_and_that_the_data_are_synthetic() -> None:
    lines = list(header_lines(["a", "b"]))
    assert lines[0] == "##fileformat=VCFv4.3"
    assert "##contig=<ID=chr6,length=170805979,assembly=GRCh38>" in lines
    assert "##contig=<ID=chrM,length=16569,assembly=GRCh38>" in lines
    assert sum(line.startswith("##contig") for line in lines) == len(GRCH38.lengths)
    assert any("synthetic" in line for line in lines)
    assert lines[-1].split("\t")[8:] == ["FORMAT", "a", "b"]


def test_records_have_a_genotype_for_each_person_and_the_counts_of_them() -> None:
    call_set = small_call_set()
    rows = [line.split("\t") for line in record_lines(call_set)]
    assert len(rows) == len(call_set.sites)
    for row in rows:
        assert len(row) == 9 + len(call_set.people)
        assert all(GENOTYPE.fullmatch(genotype) for genotype in row[9:])
        alleles = [allele for genotype in row[9:] for allele in genotype.split("/") if allele != "."]
        counts = [str(alleles.count(str(number))) for number in range(1, row[4].count(",") + 2)]
        assert row[7].startswith(f"AC={','.join(counts)};AN={len(alleles)};AF=")


def test_copy_number_changes_have_end_and_signed_length() -> None:
    rows = [line.split("\t") for line in record_lines(small_call_set(120))]
    symbolic = {row[4]: (int(row[1]), row[7]) for row in rows if row[4].startswith("<")}
    assert symbolic.keys() == {"<DEL>", "<DUP>"}
    for alternate, (position, info) in symbolic.items():
        fields = dict(field.split("=") for field in info.split(";"))
        length = int(fields["END"]) - position
        assert int(fields["SVLEN"]) == (-length if alternate == "<DEL>" else length)
        assert fields["SVTYPE"] == alternate.strip("<>")
