"""Small VCF texts for tests."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

CONTIGS = (
    "##contig=<ID=chr1,length=248956422>",
    "##contig=<ID=chrX,length=156040895>",
    "##contig=<ID=chrY,length=57227415>",
)


def vcf_text(records: Sequence[str], samples: Sequence[str] = (), contigs: Sequence[str] = CONTIGS) -> str:
    """A VCF of records whose columns are separated by spaces; QUAL and FILTER are filled in.

    A record is ``CHROM POS REF ALT INFO [FORMAT sample...]``.
    """
    columns = [
        "#CHROM",
        "POS",
        "ID",
        "REF",
        "ALT",
        "QUAL",
        "FILTER",
        "INFO",
        *(["FORMAT", *samples] if samples else []),
    ]
    lines = [
        "##fileformat=VCFv4.3",
        *contigs,
        '##INFO=<ID=AC,Number=A,Type=Integer,Description="x">',
        '##INFO=<ID=AN,Number=1,Type=Integer,Description="x">',
        '##INFO=<ID=END,Number=1,Type=Integer,Description="x">',
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="x">',
        '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="x">',
        "\t".join(columns),
    ]
    return "\n".join([*lines, *(record_line(record) for record in records)]) + "\n"


def record_line(record: str) -> str:
    """One record line from its short form."""
    contig, position, reference, alternate, *rest = record.split(" ")
    return "\t".join([contig, position, ".", reference, alternate, ".", "PASS", *rest])


def write_vcf(path: Path, text: str) -> Path:
    """Write a VCF, compressed with bgzip where the name ends in ``.gz``."""
    plain = path.with_suffix("") if path.suffix == ".gz" else path
    plain.write_text(text, encoding="utf-8")
    if path.suffix == ".gz":
        subprocess.run(["bgzip", "-f", str(plain)], check=True)
    return path
