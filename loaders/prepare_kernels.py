"""``python -m loaders.prepare_kernels``: compile the kernels now, so that the first load need not wait for it."""

import tempfile
from pathlib import Path

from core.datasets import DatasetCatalogue
from loaders.vcf import load_vcf

_RECORDS = """\
##fileformat=VCFv4.3
##contig=<ID=chr1,length=248956422>
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1
chr1\t5\t.\tG\tA\t.\tPASS\t.\tGT\t0/1
chr1\t5\t.\tG\tA,T\t.\tPASS\t.\tGT\t./2
"""


def main() -> None:
    """Load a tiny file into a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tiny.vcf"
        path.write_text(_RECORDS, encoding="utf-8")
        load_vcf(DatasetCatalogue(Path(folder) / "home"), "tiny", [path])


if __name__ == "__main__":
    main()
