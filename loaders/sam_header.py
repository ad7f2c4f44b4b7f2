"""The text header of reads: contigs, samples, sort order (SAM 1.6 §1.3; pure)."""

from dataclasses import dataclass

from core.errors import LoadRefused
from loaders.vcf_header import Contig

_SORTED = frozenset({"", "coordinate", "unknown"})


@dataclass(frozen=True, slots=True)
class SamHeader:
    """Contigs in file order, and the samples of the read groups, each once."""

    contigs: tuple[Contig, ...]
    samples: tuple[str, ...]


def read_sam_header(name: str, text: str) -> SamHeader:
    """Read header text; raises ``LoadRefused`` if it says that the reads are not sorted by coordinate."""
    contigs: list[Contig] = []
    samples: dict[str, None] = {}
    for line in text.splitlines():
        kind, *cells = line.split("\t")
        tags = {cell[:2]: cell[3:] for cell in cells if cell[2:3] == ":"}
        if kind == "@HD" and tags.get("SO", "") not in _SORTED:
            message = f"{name}: sorted by {tags['SO']}; use samtools sort, then samtools index"
            raise LoadRefused(message)
        if kind == "@SQ" and "SN" in tags:
            length = tags.get("LN", "")
            contigs.append(Contig(tags["SN"], int(length) if length.isdigit() else None, tags.get("AS", "")))
        if kind == "@RG" and tags.get("SM"):
            samples[tags["SM"]] = None
    return SamHeader(tuple(contigs), tuple(samples))
