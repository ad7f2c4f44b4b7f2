"""Files with each kind of index."""

from collections.abc import Callable
from pathlib import Path

from drs.rows import FileFormat
from tests.htsget.genomes import index_bam, index_vcf, recompressed, write_bam, write_vcf

Make = Callable[[Path], tuple[Path, Path, FileFormat]]


def bam_with(shift: int | None) -> Make:
    def make(folder: Path) -> tuple[Path, Path, FileFormat]:
        path = recompressed(write_bam(folder / "whole.bam"), folder / "cut.bam", 900)
        return path, index_bam(path, shift), FileFormat.BAM

    return make


def vcf_with(*, csi: bool) -> Make:
    def make(folder: Path) -> tuple[Path, Path, FileFormat]:
        path = write_vcf(folder / "calls.vcf.gz", contig_lines=False)
        return path, index_vcf(path, csi=csi), FileFormat.VCF

    return make


KINDS = {"bai": bam_with(None), "csi-10": bam_with(10), "csi-14": bam_with(14), "tbi": vcf_with(csi=False)}
KINDS["vcf-csi"] = vcf_with(csi=True)
