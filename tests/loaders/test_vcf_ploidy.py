import pytest

from core.genome import GRCH38
from loaders.vcf_ploidy import PloidyTally
from loaders.vcf_record import RecordReader
from tests.loaders.vcf_texts import record_line

SEXES = ["MALE", "FEMALE", "UNKNOWN_SEX", "UNKNOWN_SEX"]


@pytest.mark.parametrize(
    ("contig", "records", "expected", "expected_par"),
    [
        ("1", [], 8, 0),
        ("1", ["chr1 5 G A . GT 0/0 0/1 0 ./."], 7, 0),
        ("X", [], 1 + 2 + 2 + 2, 8),
        ("X", ["chrX 5000000 G A . GT 0/0 0/1 0 ./."], 1 + 2 + 1 + 2, 8),
        ("X", ["chrX 20000 G A . GT 0/0 0/1 0 ./."], 7, 7),
        ("Y", [], 1, 8),
        ("Y", ["chrY 5000000 G A . GT 0 . 0 ."], 2, 8),
        ("MT", [], 4, 0),
        ("MT", ["chrM 5 G A . GT 0 0 1 ."], 4, 0),
        ("MT", ["chrM 5 G A . GT 0/0 0/1 1/1 ./."], 8, 0),
        ("1", ["chr1 5 G A AC=1;AN=4 DP 1 1 1 1"], 8, 0),
    ],
)
def test_alleles_of_absent_sites(contig: str, records: list[str], expected: int, expected_par: int) -> None:
    tally = PloidyTally(contig, SEXES)
    reader = RecordReader(GRCH38, 4, frozenset({0}))
    for record in records:
        tally.note(reader.read(record_line(record)))
    assert (tally.allele_number(), tally.allele_number_par()) == (expected, expected_par)
