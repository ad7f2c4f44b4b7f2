"""The VCF test files of hts-specs: what is valid is read whole; what is not is refused, or htslib takes it too."""

import subprocess
from collections import Counter
from pathlib import Path

import pytest

from core.errors import LoadRefused
from loaders.vcf_annotations import InfoReader
from loaders.vcf_lines import open_vcf
from loaders.vcf_record import RecordReader, VcfRecord
from loaders.vcf_sample_fields import SampleFieldCheck
from tests.support.shared import SHARED, needs_shared, shared

pytestmark = needs_shared

_FOLDER = SHARED / "data" / "vcf-conformance" if SHARED else Path()
PASSED = sorted(_FOLDER.glob("*/passed/*.vcf"))
FAILED = sorted(_FOLDER.glob("4.3/failed/*.vcf"))

SYNTAX = "is ##key=value|=<key=value,...> is expected"
NOT_A_HEADER = "no #CHROM line before the first record"
BAD_ID = "the ID has blanks, commas or angle brackets"
NOT_AN_ALLELE = "neither bases nor a symbolic allele nor a breakend"
REFUSED = {
    "body_alt_001": NOT_AN_ALLELE,
    "body_alt_002": NOT_AN_ALLELE,
    "body_alt_003": NOT_AN_ALLELE,
    "body_alt_005": NOT_AN_ALLELE,
    "body_chrom_000": "not the name of a contig",
    "body_chrom_002": "not the name of a contig",
    "body_chrom_003": "not the name of a contig",
    "body_format_000": "a sub-field without a name",
    "body_format_002": "'0.000' is not a genotype",
    "body_format_006": "'0/|1' is not a genotype",
    "body_pos_000": "not a position",
    "body_pos_001": "not a position",
    "body_pos_002": "not a position",
    "body_ref_000": "REF is not a sequence of bases",
    "body_ref_002": "REF is not a sequence of bases",
    "body_sample_000": "'1/C' is not a genotype",
    "body_sample_001": "'0/3' names an allele that the record does not have",
    "body_sample_002": "'0.000' is not a genotype",
    "body_sample_003": "more values than FORMAT has names",
    "body_sample_007": "not of the type which the header states",
    "body_sample_008": "not of the type which the header states",
    "body_sample_011": "sample names must be there once each",
    "empty": NOT_A_HEADER,
    "empty_sample": NOT_A_HEADER,
    "fileformat_000": "##fileformat=VCFv4.x is expected",
    "fileformat_001": "##fileformat=VCFv4.x is expected",
    "header_000": "the columns #CHROM to INFO",
    "header_001": "FORMAT without a sample",
    "meta_000": SYNTAX,
    "meta_001": SYNTAX,
    "meta_002": NOT_A_HEADER,
    "meta_003": SYNTAX,
    "meta_004": NOT_A_HEADER,
    "meta_005": NOT_A_HEADER,
    "meta_006": SYNTAX,
    "meta_007": SYNTAX,
    "meta_008": SYNTAX,
    "meta_009": SYNTAX,
    "meta_alt_006": BAD_ID,
    "meta_alt_007": SYNTAX,
    "meta_alt_008": BAD_ID,
    "meta_alt_009": BAD_ID,
    "meta_assembly_000": SYNTAX,
    "meta_contig_000": "##contig without ID",
    "meta_contig_001": BAD_ID,
    "meta_contig_002": SYNTAX,
    "meta_format_000": "##FORMAT: no such Number",
    "meta_format_001": "##FORMAT: no such Type",
    "meta_format_022": "GT is Number=1, Type=String",
    "meta_format_023": "GT is Number=1, Type=String",
    "meta_info_000": "##INFO: no such Number",
    "meta_info_001": "##INFO: no such Type",
    "meta_info_006": "not a count",
    "meta_info_016": "not a count",
    "meta_meta_000": "##META: no such Number",
    "meta_meta_001": "##META: no such Number",
    "meta_meta_002": "Values=.* is expected",
    "meta_meta_003": "Values=.* is expected",
    "meta_pedigree_002": SYNTAX,
    "meta_pedigree_003": "##PEDIGREE without ID",
    "meta_pedigreedb_000": SYNTAX,
    "meta_pedigreedb_001": "names no database",
    "meta_sample_000": "##SAMPLE without ID",
    "meta_sample_001": BAD_ID,
    "meta_sample_002": SYNTAX,
}
"""What is refused, and how."""

TOLERATED = {
    "body_alt_000": "an IUPAC code in ALT: kept, it is what the caller saw",
    "body_chrom_001": "a colon in a contig: SAM allows it, HLA contigs have it",
    "body_chrom_004": "an asterisk in a contig: SAM allows it, HLA contigs have it",
    "body_contiguous_": "contigs that come again: the pipeline sorts",
    "body_duplicated_": "alleles given twice: the record that counts most is kept, and reported",
    "body_filter_": "FILTER: only whether it is PASS matters",
    "body_format_001": "names of sub-fields that are not read",
    "body_format_003": "names of sub-fields that are not read",
    "body_format_004": "names of sub-fields that are not read",
    "body_format_005": "names of sub-fields that are not read",
    "body_format_007": "names of sub-fields that are not read",
    "body_id_": "ID is read for ClinVar's number only",
    "body_info_": "INFO keys that are not read; AC, AN, AF and END of records whose genotypes or bases tell them",
    "body_no_newline_": "the last line without its end: whole all the same",
    "body_qual_": "QUAL is not read",
    "body_ref_001": "an IUPAC code in REF: kept, the reference has some",
    "body_sample_004": "numbers of values of sub-fields that are not read",
    "body_sample_005": "numbers of values of sub-fields that are not read",
    "body_sample_006": "numbers of values of sub-fields that are not read",
    "body_sample_009": "a Character of several letters, not read",
    "body_sample_010": "numbers of values of sub-fields that are not read",
    "body_samples_ploidy_": "numbers of values of PL, which is not read",
    "body_unsorted_": "records out of order: the pipeline sorts",
    "meta_alt_001": "attributes that ##ALT does not have",
    "meta_alt_002": "attributes that ##ALT does not have",
    "meta_alt_003": "a Description without quotation marks: real callers write it",
    "meta_alt_004": "order of attributes",
    "meta_alt_005": "kinds of symbolic alleles that VCF does not name: taken as SV",
    "meta_assembly_001": "addresses are not looked up",
    "meta_contig_003": "an asterisk in a contig: HLA contigs have it",
    "meta_format_": "reserved Number and Type of sub-fields that are not read, quotation marks, order of attributes",
    "meta_info_": "reserved Number and Type: values are checked where they are used; quotation marks, order",
    "meta_pedigree_000": "values of PEDIGREE are not read",
    "meta_pedigree_001": "values of PEDIGREE are not read",
    "meta_pedigreedb_002": "addresses are not looked up",
    "meta_sample_003": "values of SAMPLE are not read",
}
"""What is taken although it breaks the specification, by the beginning of the file's name; htslib takes it as well."""


def read_whole(path: Path) -> tuple[list[VcfRecord], Counter[str]]:
    with open_vcf(path) as text:
        header = text.header
        check = SampleFieldCheck(header.definitions)
        reader = RecordReader(
            None,
            len(header.samples),
            length_first=header.length_first,
            info_reader=InfoReader(header.definitions),
        )
        records = []
        for _, line in text.records:
            check.check(line.decode())
            records.append(reader.read(line.decode()))
        return records, Counter(note for record in records for note in record.notes)


@pytest.mark.parametrize("path", PASSED, ids=lambda path: path.stem)
def test_what_is_valid_is_read_whole(path: Path) -> None:
    with path.open(encoding="utf-8") as file:
        expected = sum(1 for line in file if not line.startswith("#"))
    records, _ = read_whole(path)
    assert len(records) == expected


def test_what_is_valid_but_has_no_extent_is_remarked() -> None:
    _, notes = read_whole(shared("data", "vcf-conformance", "4.3", "passed", "passed_body_alt.vcf"))
    assert notes == {"symbolic alleles without END and SVLEN, kept as a point": 6}
    _, notes = read_whole(shared("data", "vcf-conformance", "4.3", "passed", "passed_body_pos.vcf"))
    assert notes == {"alleles at POS 0 that have no place on the contig, left out": 1}


@pytest.mark.parametrize("path", FAILED, ids=lambda path: path.stem.removeprefix("failed_"))
def test_what_is_broken_is_refused_or_htslib_takes_it_too(path: Path) -> None:
    name = path.stem.removeprefix("failed_")
    if name in REFUSED:
        with pytest.raises(LoadRefused, match=REFUSED[name]):
            read_whole(path)
        return
    assert [start for start in TOLERATED if name.startswith(start)], "neither refused nor named as tolerated"
    read_whole(path)
    taken = subprocess.run(["bcftools", "view", str(path)], capture_output=True, check=False)
    assert taken.returncode == 0
