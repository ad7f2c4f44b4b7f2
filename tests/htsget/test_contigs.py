import pytest

from core.errors import NotFound
from htsget.contigs import ABSENT_NUMBER, Contig, contig_table

BAM = contig_table({"chr1": 0, "chrM": 1, "HLA-A*01+02": 2, "NC_000003.12": 3}, ())
VCF = contig_table({"1": b"1", "2": b"2"}, ("2", "X"))


@pytest.mark.parametrize(
    ("asked", "assembly", "name"),
    [
        ("chr1", "GRCh38", "chr1"),
        ("1", "GRCh38", "chr1"),
        ("MT", "GRCh38", "chrM"),
        ("HLA-A*01 02", "GRCh38", "HLA-A*01+02"),
        ("NC_000001.11", "GRCh38", "chr1"),
        ("NC_000001.11", "made up", "chr1"),
        ("NC_012920.1", "GRCh37", "chrM"),
        ("NC_000003.12", "GRCh37", "NC_000003.12"),
    ],
)
def test_usual_names_find_the_files_own(asked: str, assembly: str, name: str) -> None:
    assert BAM.resolve(asked, assembly).name == name


@pytest.mark.parametrize(("asked", "assembly"), [("2", "GRCh38"), ("", "GRCh38"), ("NC_000001.11", "GRCh37")])
def test_unknown_names_are_not_found(asked: str, assembly: str) -> None:
    with pytest.raises(NotFound) as caught:
        BAM.resolve(asked, assembly)
    assert caught.value.field == "referenceName"


def test_two_contigs_of_one_canonical_name_are_found_by_their_own_names_only() -> None:
    table = contig_table({"chrM": 0, "MT": 1}, ())
    assert table.resolve("MT", "GRCh37").number == 1
    with pytest.raises(NotFound):
        table.resolve("M", "GRCh37")


def test_names_of_a_vcf_come_from_header_and_index() -> None:
    assert VCF.resolve("chr2", "GRCh38") == Contig("2", 0, b"2")
    assert VCF.resolve("X", "GRCh38") == Contig("X", 1, b"X")
    assert VCF.resolve("1", "GRCh38") == Contig("1", ABSENT_NUMBER, b"1")
