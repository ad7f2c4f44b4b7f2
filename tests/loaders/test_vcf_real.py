"""Real files against bcftools: what is counted, and which alleles there are."""

import subprocess
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from core.datasets import DatasetCatalogue
from core.genome import canonical_contig
from loaders.vcf import load_vcf
from loaders.vcf_alleles import NOT_ALLELES, read_allele
from loaders.vcf_plan import VcfOptions
from tests.support.pools import InProcessPool
from tests.support.shared import needs_shared, shared

pytestmark = needs_shared

Counts = tuple[int, int, int, int, int]


def bcftools_counts(path: Path) -> dict[tuple[str, int, str, str], Counts]:
    """AC, AN, het, hom, hemi per trimmed allele; of a repeated allele the record that counts most."""
    tags = "AN,AC,AC_Hom,AC_Het,AC_Hemi"
    filled = subprocess.run(
        ["bcftools", "+fill-tags", str(path), "-Ou", "--", "-t", tags], check=True, capture_output=True
    ).stdout
    form = "%CHROM\\t%POS\\t%REF\\t%ALT\\t%AN\\t%AC\\t%AC_Het\\t%AC_Hom\\t%AC_Hemi\\t%END\\t%SVLEN\\n"
    lines = subprocess.run(
        ["bcftools", "query", "-u", "-f", form], input=filled, check=True, capture_output=True
    ).stdout.decode().splitlines()  # fmt: skip
    found: dict[tuple[str, int, str, str], Counts] = {}
    for line in lines:
        contig, position, reference, alternates, number, *per_allele, end, length = line.split("\t")
        counts = [column.split(",") for column in per_allele]
        for index, alternate in enumerate(alternates.split(",")):
            if alternate in NOT_ALLELES:
                continue
            info = {"END": end, "SVLEN": length}
            allele = read_allele(int(position), reference.upper(), alternate, info, index)
            key = (canonical_contig(contig), allele.start_0based, allele.reference_bases, allele.alternate_bases)
            copies, heterozygous, homozygous, hemizygous = (int(column[index]) for column in counts)
            if key not in found or copies > found[key][0]:
                found[key] = (copies, int(number), heterozygous, homozygous // 2, hemizygous)
    return found


def loaded_counts(path: Path, home: Path, assembly: str) -> dict[tuple[str, int, str, str], Counts]:
    catalogue = DatasetCatalogue(home)
    load_vcf(catalogue, "d", [path], options=VcfOptions(assembly=assembly), pool=InProcessPool.made)
    draft = catalogue.status("d").draft
    assert draft
    found: dict[tuple[str, int, str, str], Counts] = {}
    for part in draft.parts:
        with duckdb.connect(str(catalogue.part_file("d", part.file)), read_only=True) as connection:
            for key, reference, alternate, *counts in connection.execute(
                "SELECT key & 4294967295, reference_bases, alternate_bases, allele_count, allele_number, "
                "heterozygous, homozygous, hemizygous FROM variants"
            ).fetchall():
                found[part.contig, key, reference, alternate] = tuple(counts)
            carriers = Counter(row[0] for row in connection.execute("SELECT zygosity FROM carriers").fetchall())
        sums = [sum(counts[index] for place, counts in found.items() if place[0] == part.contig) for index in (2, 3, 4)]
        assert [carriers[1], carriers[2], carriers[3]] == sums
    return found


@pytest.mark.parametrize(
    ("name", "assembly"),
    [
        ("variants/1000G_GRCh38_chr22_2548samples.vcf.gz", "GRCh38"),
        ("variants/1000G_NYGC_GRCh38_chr22_100samples.vcf.gz", "GRCh38"),
        ("variants/chr_m_indels.vcf.gz", "GRCh38"),
        ("variants/pg-hg38.bcf", "GRCh38"),
        ("variants/NA18537.vcf.gz", "GRCh37"),
        ("variants/NA20787.vcf.gz", "GRCh37"),
        ("variants/HG002_GIAB.filtered.vcf.gz", "GRCh37"),
        ("variants/ashk-trio.vcf.gz", "GRCh37"),
        ("variants/NA12878_CEUTrio_20_21.g.vcf.gz", "GRCh37"),
        ("structural/3sample_longread_GRCh38_chr20.vcf.gz", "GRCh38"),
        ("structural/3202sample_SV_chr1.vcf.gz", "GRCh38"),
        ("structural/HG008_severus_GRCh38.vcf.gz", "GRCh38"),
    ],
)
def test_counts_equal_bcftools(tmp_path: Path, name: str, assembly: str) -> None:
    path = shared("data", name)
    expected = bcftools_counts(path)
    assert expected
    assert loaded_counts(path, tmp_path, assembly) == expected
