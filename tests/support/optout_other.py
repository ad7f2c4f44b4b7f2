"""A second dataset beside the cohort: some of its people again, in files that say less of them than a joint call."""

from collections.abc import Collection
from pathlib import Path

from core.datasets import DatasetCatalogue
from loaders.vcf import load_vcf
from tests.support.pools import InProcessPool

OTHER = "other"
_LISTED = ("chr1 1001 A G", "chr1 4001 A G")
_LONE = {
    3: ("chr1 3001 A G GT 0/1", "chr1 4001 A G GT 1/1"),
    15: ("chr1 3001 A G GT 0/1",),
    30: ("chr1 1001 A G GT 0/1", "chr1 2001 A G GT 0/1", "chr1 3001 A G GT 1/1"),
}
"""Alleles that only one of them has, that a list names without counts, that others share."""

_BLOCKS = {
    9: ("chr1 1001 A <NON_REF> GT 0/0 END=2500", "chr1 3001 A G,<NON_REF> GT 0/1"),
    13: ("chr1 2001 A G,<NON_REF> GT 0/1", "chr1 2901 A <NON_REF> GT 0/0 END=3500"),
}


def build_other(home: Path, work: Path, *, gone: Collection[int]) -> None:
    """Load and publish the dataset: sites without people, single files, gVCF files; without those who are gone."""
    catalogue = DatasetCatalogue(home)
    sites = _written(work / "sites.vcf", "", _LISTED)
    lone = [_written(work / f"lone-{number}.vcf", f"S{number:02d}", _LONE[number]) for number in _LONE.keys() - gone]
    blocks = [_written(work / f"g-{number}.vcf", f"S{number:02d}", _BLOCKS[number]) for number in _BLOCKS.keys() - gone]
    for files in ([sites], sorted(lone), sorted(blocks)):
        load_vcf(catalogue, OTHER, files, preset="open", pool=InProcessPool.made)
    catalogue.publish(OTHER)


def _written(path: Path, sample: str, records: Collection[str]) -> Path:
    lines = ["##fileformat=VCFv4.3", '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">']
    lines += ['##INFO=<ID=END,Number=1,Type=Integer,Description="End">', '##ALT=<ID=NON_REF,Description="Any">']
    lines += ["##contig=<ID=chr1,length=248956422,assembly=GRCh38>"]
    head = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"]
    lines.append("\t".join([*head, *(["FORMAT", sample] if sample else [])]))
    for record in records:
        contig, position, reference, alternates, *rest = record.split()
        fields = [contig, position, ".", reference, alternates, ".", ".", rest[2] if len(rest) > 2 else "."]
        lines.append("\t".join([*fields, *rest[:2]]))
    path.write_text("\n".join(lines) + "\n")
    return path
