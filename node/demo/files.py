"""Writing the demonstration's files with pysam: VCF, BCF, BAM, CRAM and their indexes.

Every file is the same, byte for byte, for the same content and the same version of htslib.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pysam

from node.demo.cohort import Person
from node.demo.genotypes import CallSet
from node.demo.reads import SimulatedRead
from node.demo.vcf_text import SYNTHETIC_NOTICE, header_lines, record_lines

_PHRED_OFFSET = 33
_LINE_BASES = 60
_CRAM_FILE_ID_OFFSET, _CRAM_FILE_ID_BYTES = 6, 20
_REFERENCE_NAME = "demo-reference.fa"


@dataclass(frozen=True, slots=True)
class ReadFiles:
    """The reads of one person in both formats; ``alias`` is the stem that both share, the biosample's id."""

    alias: str
    individual_id: str
    bam: Path
    bam_index: Path
    cram: Path
    cram_index: Path


def write_variants(call_set: CallSet, path: Path) -> Path:
    """Write a call set as ``.vcf.gz`` or ``.bcf``, by the name of ``path``, and index it; return the index."""
    samples = [person.biosample_id for person in call_set.people]
    text_path = path.with_name(path.name + ".vcf")
    text_path.write_text("\n".join((*header_lines(samples), *record_lines(call_set))) + "\n", encoding="utf-8")
    if path.suffix == ".bcf":
        _convert_to_bcf(text_path, path)
        pysam.tabix_index(str(path), preset="bcf", force=True)  # type: ignore[arg-type] # the stub lacks "bcf"
    else:
        pysam.tabix_compress(str(text_path), str(path), force=True)
        pysam.tabix_index(str(path), preset="vcf", force=True)
    text_path.unlink()
    return path.with_name(path.name + (".csi" if path.suffix == ".bcf" else ".tbi"))


def _convert_to_bcf(text_path: Path, path: Path) -> None:
    with (
        pysam.VariantFile(str(text_path)) as source,
        pysam.VariantFile(str(path), "wb", header=source.header) as target,
    ):
        for record in source:
            target.write(record)


def write_reference(contigs: dict[str, str], folder: Path) -> Path:
    """Write the small reference as FASTA with its index; return the FASTA file."""
    path = folder / _REFERENCE_NAME
    lines = []
    for name, bases in contigs.items():
        lines.append(f">{name} {SYNTHETIC_NOTICE}")
        lines += [bases[start : start + _LINE_BASES] for start in range(0, len(bases), _LINE_BASES)]
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    pysam.faidx(str(path))
    return path


def write_reads(reads: Sequence[SimulatedRead], person: Person, contigs: dict[str, str], folder: Path) -> ReadFiles:
    """Write sorted reads as BAM and as CRAM, with indexes.

    The CRAM carries the reference that it needs, made from the reads themselves: given the FASTA file, htslib would
    write its path on this machine into the header.
    """
    header = _read_header(person, contigs)
    bam, cram = folder / f"{person.biosample_id}.bam", folder / f"{person.biosample_id}.cram"
    with (
        pysam.AlignmentFile(str(bam), "wb", header=header) as bam_file,
        pysam.AlignmentFile(str(cram), "wc", header=header, format_options=["embed_ref=2"]) as cram_file,
    ):
        for read in reads:
            segment = _segment(read, header)
            bam_file.write(segment)
            cram_file.write(segment)
    _name_cram(cram)
    pysam.index(str(bam))
    pysam.index(str(cram))
    return ReadFiles(
        alias=person.biosample_id,
        individual_id=person.individual_id,
        bam=bam,
        bam_index=bam.with_name(bam.name + ".bai"),
        cram=cram,
        cram_index=cram.with_name(cram.name + ".crai"),
    )


def _name_cram(path: Path) -> None:
    """Name the file in its definition (CRAM 3.1 §6) by its stem; htslib writes the beginning of its path there."""
    with path.open("r+b") as file:
        file.seek(_CRAM_FILE_ID_OFFSET)
        file.write(path.stem.encode()[:_CRAM_FILE_ID_BYTES].ljust(_CRAM_FILE_ID_BYTES, b"\0"))


def _read_header(person: Person, contigs: dict[str, str]) -> pysam.AlignmentHeader:
    return pysam.AlignmentHeader.from_dict(
        {
            "HD": {"VN": "1.6", "SO": "coordinate"},
            "SQ": [{"SN": name, "LN": len(bases), "M5": _md5(bases)} for name, bases in contigs.items()],
            "RG": [{"ID": "demo", "SM": person.biosample_id, "LB": "demo", "PL": "ILLUMINA", "DS": SYNTHETIC_NOTICE}],
            "PG": [{"ID": "genvej-demo", "PN": "genvej"}],
            "CO": [SYNTHETIC_NOTICE],
        }
    )


def _md5(bases: str) -> str:
    """The M5 tag is an MD5 by definition (SAM 1.6 §1.3.2), not a protection."""
    return hashlib.md5(bases.encode(), usedforsecurity=False).hexdigest()


def _segment(read: SimulatedRead, header: pysam.AlignmentHeader) -> pysam.AlignedSegment:
    segment = pysam.AlignedSegment(header)
    segment.query_name = read.name
    segment.flag = read.flag
    segment.reference_id = read.contig_index
    segment.reference_start = read.start_0based
    segment.mapping_quality = read.mapping_quality
    segment.cigartuples = list(read.cigar)
    segment.next_reference_id = read.mate_contig_index
    segment.next_reference_start = read.mate_start_0based
    segment.template_length = read.template_length
    segment.query_sequence = read.sequence
    segment.query_qualities = pysam.qualitystring_to_array(_phred_text(read.qualities))
    segment.set_tag("RG", "demo")
    return segment


def _phred_text(qualities: bytes) -> str:
    return bytes(quality + _PHRED_OFFSET for quality in qualities).decode()
