"""Tallies of real files against ``bcftools stats``."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from beacon.rows import VariantType
from core.datasets import DatasetCatalogue
from loaders.qc.alleles import INDEL, LONGEST, TRANSITION, TRANSVERSION
from loaders.qc.quality import variant_quality
from loaders.vcf import load_vcf
from loaders.vcf_plan import VcfOptions
from tests.loaders.qc.real_batches import tally_file
from tests.support.shared import needs_shared, shared

pytestmark = needs_shared

WITH_SAMPLES = (
    "1000G_NYGC_GRCh38_chr22_100samples.vcf.gz",
    "ashk-trio.vcf.gz",
    "HG002_GIAB.filtered.vcf.gz",
    "NA20787.vcf.gz",
    "TSVC.vcf.gz",
)
COMPLEX = frozenset({VariantType.INDEL})
"""Bases for other bases and of another number: bcftools calls them neither SNP nor indel."""
SITES = ("YRI.trio.2010_07.indel.sites.vcf.gz", "csi-test.vcf.gz", "1kg_2020_chr20_annotations.bcf")


def split(path: Path, folder: Path) -> Path:
    """One allele a record, so that a record counts what an allele counts, and SNPs without bases around them.

    Of ``CG`` to ``CC`` bcftools compares the first bases and counts neither a transition nor a transversion.
    """
    ran = subprocess.run(["bcftools", "norm", "-m", "-any", str(path)], check=True, capture_output=True, text=True)
    target = folder / "split.vcf"
    target.write_text("".join(_bare(line) for line in ran.stdout.splitlines(keepends=True)), encoding="utf-8")
    return target


def _bare(line: str) -> str:
    if line.startswith("#"):
        return line
    fields = line.split("\t")
    reference, alternate = fields[3], fields[4]
    different = [n for n, (a, b) in enumerate(zip(reference, alternate, strict=False)) if a != b]
    if len(reference) == len(alternate) and len(different) == 1:
        fields[3], fields[4] = reference[different[0]], alternate[different[0]]
    return "\t".join(fields)


def statistics(path: Path, *options: str) -> dict[str, list[list[str]]]:
    """Rows of ``bcftools stats`` by section."""
    ran = subprocess.run(["bcftools", "stats", *options, str(path)], check=True, capture_output=True, text=True)
    found: dict[str, list[list[str]]] = {}
    for line in ran.stdout.splitlines():
        if not line.startswith("#"):
            section, *values = line.split("\t")
            found.setdefault(section, []).append(values)
    return found


@pytest.mark.parametrize("name", [*WITH_SAMPLES, *SITES])
def test_transitions_and_indel_lengths_are_those_of_bcftools(name: str, tmp_path: Path) -> None:
    path = shared("data", "variants", name)
    quality = variant_quality([tally_file(path, without=COMPLEX)])
    expected = statistics(split(path, tmp_path))
    transitions, transversions = expected["TSTV"][0][1:3]
    assert (quality.alleles.transitions, quality.alleles.transversions) == (int(transitions), int(transversions))
    lengths = {int(row[1]): int(row[2]) for row in expected.get("IDD", [])}
    ours = dict(quality.indel_lengths)
    inner = range(-LONGEST, LONGEST + 1)
    assert {n: ours[n] for n in inner if n in ours} == {n: lengths[n] for n in inner if n in lengths}


@pytest.mark.parametrize("name", WITH_SAMPLES)
def test_people_have_what_bcftools_counts(name: str, tmp_path: Path) -> None:
    path = shared("data", "variants", name)
    batch = tally_file(path, without=COMPLEX)
    expected = statistics(split(path, tmp_path), "-s", "-")
    genotypes = sum((tally.genotypes.sum(axis=1) for tally in batch.contigs), np.zeros((len(batch.people), 3, 4), int))
    for row in expected["PSC"]:
        sample, _, homozygous, heterozygous, transitions, transversions, indels = row[1:8]
        person = next(person for person in batch.people if person.sample == sample)
        found = genotypes[person.person_index]
        snps = found[:, : TRANSVERSION + 1].sum(axis=1)
        assert (snps[0], snps[1]) == (int(heterozygous), int(homozygous))
        diploid = found[:2].sum(axis=0)
        assert (diploid[TRANSITION], diploid[TRANSVERSION]) == (int(transitions), int(transversions))
        assert diploid[INDEL] == int(indels)


@pytest.mark.parametrize(
    "name",
    ["variants/ashk-trio.vcf.gz", "variants/NA20787.vcf.gz", "structural/3sample_longread_GRCh38_chr20.vcf.gz"],
)
def test_missing_calls_are_those_of_bcftools(name: str, tmp_path: Path) -> None:
    path = shared("data", *name.split("/"))
    expected = statistics(split(path, tmp_path), "-s", "-")
    rows = {row.sample: row for row in variant_quality([tally_file(path)]).samples}
    assert {row[1]: 2 * int(row[12]) for row in expected["PSC"]} == {
        name: row.missing_copies for name, row in rows.items()
    }


@pytest.mark.parametrize(("name", "assembly"), [("ashk-trio.vcf.gz", "GRCh37"), ("NA20787.vcf.gz", "GRCh37")])
def test_a_load_finds_the_same(name: str, assembly: str, tmp_path: Path) -> None:
    """The whole way: read in ranges by worker processes, merged, tallied where the parts are built."""
    path = shared("data", "variants", name)
    report = load_vcf(DatasetCatalogue(tmp_path / "home"), "d", [path], options=VcfOptions(assembly=assembly))
    assert report.quality is not None
    assert report.quality.variants is not None
    expected = statistics(split(path, tmp_path), "-s", "-")
    rows = {row.sample: row for row in report.quality.variants.samples}
    for row in expected["PSC"]:
        found = rows[row[1]]
        counts = (found.snp_homozygous, found.snp_heterozygous, found.missing_copies)
        assert counts == (int(row[3]), int(row[4]), 2 * int(row[12]))
