"""Small BAM and CRAM files with their indexes, for tests."""

import random
from collections.abc import Sequence
from pathlib import Path

import pysam

CONTIGS = (("chr20", 64444167), ("chr21", 46709983))


def write_bam(
    path: Path, *, reads: int = 50, sample: str = "S1", seed: int = 1, index: str = "bai", order: str = "coordinate"
) -> Path:
    """A BAM sorted by coordinate, with unplaced reads at its end; ``index`` empty: none."""
    header: dict[str, object] = {
        "HD": {"VN": "1.6", "SO": order},
        "SQ": [{"SN": name, "LN": length} for name, length in CONTIGS],
    }
    if sample:
        header["RG"] = [{"ID": "g1", "SM": sample}]
    chance = random.Random(seed)
    places = sorted((chance.randrange(2), chance.randrange(1, 4_000_000)) for _ in range(reads))
    with pysam.AlignmentFile(str(path), "wb", header=header) as out:
        for number, (contig, start) in enumerate([*places, (-1, -1), (-1, -1)]):
            out.write(_read(out.header, number, contig, start, chance))
    if index:
        pysam.index(*(["-c"] if index == "csi" else []), str(path))
    return path


def _read(
    header: pysam.AlignmentHeader, number: int, contig: int, start: int, chance: random.Random
) -> pysam.AlignedSegment:
    read = pysam.AlignedSegment(header)
    read.query_name = f"r{100_000 - number}"
    read.query_sequence = "".join(chance.choices("ACGT", k=100))
    read.query_qualities = pysam.qualitystring_to_array("I" * 100)
    read.reference_id = contig
    read.reference_start = start
    read.flag = 0 if contig >= 0 else 4
    if contig >= 0:
        read.cigarstring = "100M"
        read.mapping_quality = 60
    return read


def write_cram(path: Path, bam: Path, options: Sequence[str] = ("no_ref=1",)) -> Path:
    """A CRAM of a BAM that needs no reference."""
    arguments = [item for option in options for item in ("--output-fmt-option", option)]
    pysam.view("-C", *arguments, "-o", str(path), str(bam), catch_stdout=False)
    pysam.index(str(path))
    return path
