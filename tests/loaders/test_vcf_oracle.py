"""The exact reader against bcftools: variant sets of real files, and counts of generated records."""

import subprocess
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from core.genome import canonical_contig
from loaders.vcf_alleles import NOT_ALLELES, read_allele
from loaders.vcf_lines import open_vcf
from loaders.vcf_record import RecordReader
from tests.loaders.vcf_strategies import record_lines
from tests.loaders.vcf_texts import vcf_text
from tests.support.shared import needs_shared, shared

Identity = tuple[str, int, int, str, str]

REAL = (
    "variants/1000G_NYGC_GRCh38_chr22_100samples.vcf.gz",
    "variants/1kg_2020_chr20_annotations.bcf",
    "variants/HG002_GIAB.filtered.vcf.gz",
    "variants/NA12878_CEUTrio_20_21.g.vcf.gz",
    "variants/NA12878_complex_b37_allchroms.vcf.gz",
    "variants/NA18537.vcf.gz",
    "variants/NA20787.vcf.gz",
    "variants/PG_NA12878_hg38-chr21.vcf.gz",
    "variants/TSVC.vcf.gz",
    "variants/YRI.trio.2010_07.indel.sites.vcf.gz",
    "variants/ashk-trio.vcf.gz",
    "variants/chr_m_indels.vcf.gz",
    "variants/csi-test.vcf.gz",
    "variants/sample1-bcbio-cancer.vcf.gz",
    "variants/spec-v4.3.vcf.gz",
    "structural/3202sample_SV_chr1.vcf.gz",
    "structural/3sample_longread_GRCh38_chr20.vcf.gz",
    "structural/GIAB_SV_chr20.vcf.gz",
    "structural/HG008_severus_GRCh38.vcf.gz",
    "structural/HG008_truth_GRCh38.vcf.gz",
    "structural/structuralvariants.vcf",
    "clinvar/clinvar_chr1_2000.vcf.gz",
    "clinvar/clinvar_20191007.vcf.gz",
)


def split_by_bcftools(path: Path) -> set[Identity]:
    """Trimmed alleles of ``bcftools norm -m -any``; END and SVLEN are of the allele then."""
    split = subprocess.run(["bcftools", "norm", "-m", "-any", str(path)], check=True, capture_output=True).stdout
    found: set[Identity] = set()
    for line in split.decode().splitlines():
        if line.startswith("#"):
            continue
        contig, position, _, reference, alternate, _, _, text = line.split("\t")[:8]
        if alternate in NOT_ALLELES:
            continue
        info = {}
        for item in text.split(";"):
            key, _, value = item.partition("=")
            info[key] = value
        allele = read_allele(int(position), reference.upper(), alternate, info, 0)
        found.add((canonical_contig(contig), *allele[:4]))
    return found


@needs_shared
@pytest.mark.parametrize("name", REAL)
def test_variant_sets_equal_bcftools_norm(name: str) -> None:
    path = shared("data", name)
    found: set[Identity] = set()
    with open_vcf(path) as text:
        reader = RecordReader(None, len(text.header.samples), length_first=text.header.length_first)
        for _, line in text.records:
            record = reader.read(line.decode())
            found.update((record.contig, *counted.allele[:4]) for counted in record.alleles)
    assert found
    assert found == split_by_bcftools(path)


def counted_by_bcftools(path: Path) -> list[tuple[int, list[tuple[int, int, int, int]]]]:
    """AN, and (AC, het, hom, hemi) of each alternate allele, record by record."""
    tags = "AN,AC,AC_Hom,AC_Het,AC_Hemi"
    filled = subprocess.run(
        ["bcftools", "+fill-tags", str(path), "-Ou", "--", "-t", tags], check=True, capture_output=True
    ).stdout
    form = "%AN\\t%AC\\t%AC_Het\\t%AC_Hom\\t%AC_Hemi\\n"
    lines = subprocess.run(
        ["bcftools", "query", "-u", "-f", form], input=filled, check=True, capture_output=True
    ).stdout
    found = []
    for line in lines.decode().splitlines():
        number, *columns = line.split("\t")
        values = zip(*([int(text) for text in column.split(",")] for column in columns), strict=True)
        found.append((int(number), [(ac, het, hom // 2, hemi) for ac, het, hom, hemi in values]))
    return found


DEFINED = "".join(
    [
        *(f'##FORMAT=<ID={key},Number=.,Type=Integer,Description="x">\n' for key in ("AD", "GQ")),
        *(f'##FILTER=<ID={key},Description="x">\n' for key in ("q10", "s50")),
    ]
)


def diploid_or_less(line: str) -> bool:
    """What bcftools 1.16 counts as its documentation says: records with GT first, no leading sign, not polyploid."""
    columns = line.split("\t")
    calls = [cell.split(":")[0] for cell in columns[9:]]
    plain = all(call[:1] not in "/|" and call.replace("|", "/").count("/") < 2 for call in calls)
    return columns[8].startswith("GT") and plain and columns[4] != "."


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)
@given(st.lists(record_lines(4).filter(diploid_or_less), min_size=1, max_size=5))
def test_generated_records_are_counted_as_bcftools_counts(tmp_path: Path, lines: list[str]) -> None:
    lines = ["\t".join(["chr1", *line.split("\t")[1:7], ".", *line.split("\t")[8:]]) for line in lines]
    head = vcf_text([], [f"S{number}" for number in range(4)]).replace("#CHROM", f"{DEFINED}#CHROM")
    path = tmp_path / "a.vcf"
    path.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    reader = RecordReader(None, 4)
    for line, (number, alleles) in zip(lines, counted_by_bcftools(path), strict=True):
        record = reader.read(line)
        assert record.allele_number == number
        assert record.genotypes
        assert [
            (each.allele_count, len(each.heterozygous), len(each.homozygous), len(each.hemizygous))
            for each in record.genotypes.alleles
        ] == alleles
