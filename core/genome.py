"""Assemblies, contig names, regions, position keys: the one place where 0-based meets 1-based.

Inside Genvej every coordinate is 0-based and half-open. VCF, SAM text and HGVS are 1-based and closed; they are
converted here and nowhere else.
"""

import re
from dataclasses import dataclass

MAXIMUM_POSITION = (1 << 31) - 2
"""The last position that SAM, VCF and their indexes can name."""

_PRIMARY = (*(str(number) for number in range(1, 23)), "X", "Y", "MT")
_CONTIG_CODE = {name: code for code, name in enumerate(_PRIMARY, start=1)}
_OTHER_CONTIG_CODE = 31

_GRCH38_VERSIONS = (11, 12, 12, 12, 10, 12, 14, 11, 12, 11, 10, 12, 11, 9, 10, 10, 11, 10, 10, 11, 9, 11, 11, 10)
_GRCH37_VERSIONS = (10, 11, 11, 11, 9, 11, 13, 10, 11, 10, 9, 11, 10, 8, 9, 9, 10, 9, 9, 10, 8, 10, 10, 9)
_MITOCHONDRION = "NC_012920.1"


@dataclass(frozen=True, slots=True)
class Assembly:
    """A reference assembly: names, RefSeq accessions and lengths of its primary contigs, pseudo-autosomal regions.

    ``pseudo_autosomal``: (contig, start_0based, end_0based). Sources: NCBI assembly reports GCF_000001405.25 and .40,
    GCF_009914755.1; regions as published by the Genome Reference Consortium.
    """

    name: str
    synonyms: frozenset[str]
    accessions: dict[str, str]
    lengths: dict[str, int]
    pseudo_autosomal: tuple[tuple[str, int, int], ...]


def _accessions(versions: tuple[int, ...]) -> dict[str, str]:
    names = _PRIMARY[:-1]
    table = {name: f"NC_{number:06d}.{versions[number - 1]}" for number, name in enumerate(names, start=1)}
    return {**table, "MT": _MITOCHONDRION}


def _lengths(*lengths: int) -> dict[str, int]:
    return dict(zip(_PRIMARY, lengths, strict=True))


GRCH37 = Assembly(
    "GRCh37",
    frozenset({"grch37", "hg19", "b37", "hs37d5", "hs37"}),
    _accessions(_GRCH37_VERSIONS),
    _lengths(
        249250621, 243199373, 198022430, 191154276, 180915260, 171115067, 159138663, 146364022, 141213431, 135534747,
        135006516, 133851895, 115169878, 107349540, 102531392, 90354753, 81195210, 78077248, 59128983, 63025520,
        48129895, 51304566, 155270560, 59373566, 16569,
    ),
    (("X", 60000, 2699520), ("X", 154931043, 155260560), ("Y", 10000, 2649520), ("Y", 59034049, 59363566)),
)  # fmt: skip

GRCH38 = Assembly(
    "GRCh38",
    frozenset({"grch38", "hg38", "b38", "hs38", "hs38dh"}),
    _accessions(_GRCH38_VERSIONS),
    _lengths(
        248956422, 242193529, 198295559, 190214555, 181538259, 170805979, 159345973, 145138636, 138394717, 133797422,
        135086622, 133275309, 114364328, 107043718, 101991189, 90338345, 83257441, 80373285, 58617616, 64444167,
        46709983, 50818468, 156040895, 57227415, 16569,
    ),
    (("X", 10000, 2781479), ("X", 155701382, 156030895), ("Y", 10000, 2781479), ("Y", 56887902, 57217415)),
)  # fmt: skip

T2T_CHM13 = Assembly(
    "T2T-CHM13v2.0",
    frozenset({"t2t-chm13v2.0", "chm13v2.0", "chm13", "hs1", "t2t"}),
    {name: f"NC_{60924 + number:06d}.1" for number, name in enumerate(_PRIMARY[:23], start=1)}
    | {"Y": "NC_060948.1"},
    _lengths(
        248387328, 242696752, 201105948, 193574945, 182045439, 172126628, 160567428, 146259331, 150617247, 134758134,
        135127769, 133324548, 113566686, 101161492, 99753195, 96330374, 84276897, 80542538, 61707364, 66210255,
        45090682, 51324926, 154259566, 62460029, 16569,
    ),
    (("X", 0, 2394410), ("X", 153925834, 154259566), ("Y", 0, 2458320), ("Y", 62122809, 62460029)),
)  # fmt: skip

ASSEMBLIES = (GRCH37, GRCH38, T2T_CHM13)
_GCF_VERSIONS = {"GRCh37": range(13, 26), "GRCh38": range(26, 41)}


def find_assembly(name: str) -> Assembly | None:
    """The assembly that a name, patch name (``GRCh38.p14``) or RefSeq assembly accession means; ``None`` if unknown."""
    lowered = name.strip().lower()
    lowered = re.sub(r"^(grch3[78])\.p[0-9]{1,2}$", r"\1", lowered)
    accession = re.fullmatch(r"gcf_000001405\.([0-9]{1,3})", lowered)
    if accession:
        version = int(accession.group(1))
        lowered = next((name.lower() for name, versions in _GCF_VERSIONS.items() if version in versions), "")
    elif re.fullmatch(r"gcf_009914755\.[0-9]{1,2}", lowered):
        return T2T_CHM13
    return next((assembly for assembly in ASSEMBLIES if lowered in assembly.synonyms), None)


def canonical_contig(name: str) -> str:
    """The name under which a contig is stored: ``1`` to ``22``, ``X``, ``Y``, ``MT``; any other name unchanged.

    ``chr1``, ``CHR1`` and ``1`` are one contig; so are ``MT``, ``M``, ``chrM`` and ``chrMT``.
    """
    stripped = name[3:] if name[:3].lower() == "chr" else name
    upper = stripped.upper()
    if upper == "M":
        upper = "MT"
    return upper if upper in _CONTIG_CODE else name


def contig_of_accession(accession: str) -> tuple[Assembly | None, str] | None:
    """Assembly and contig of a RefSeq accession; the assembly is ``None`` where several share the accession (MT)."""
    found = [(a, contig) for a in ASSEMBLIES for contig, known in a.accessions.items() if known == accession]
    if not found:
        return None
    return (found[0][0] if len(found) == 1 else None), found[0][1]


def position_key(contig: str, start_0based: int) -> int:
    """One 64-bit integer that sorts by contig, then start: ``contig code << 32 | start``.

    Contigs that are not primary share one code; they are kept apart by the part of the dataset they lie in.
    """
    return _CONTIG_CODE.get(contig, _OTHER_CONTIG_CODE) << 32 | start_0based


def contig_order(contig: str) -> tuple[int, str]:
    """Sort key of contigs: primary ones in genome order, then the others by name."""
    return _CONTIG_CODE.get(contig, _OTHER_CONTIG_CODE), contig


@dataclass(frozen=True, slots=True)
class Region:
    """A half-open interval ``[start_0based, end_0based)`` of a contig under its canonical name."""

    contig: str
    start_0based: int
    end_0based: int

    def __post_init__(self) -> None:
        """Raise ``ValueError`` for a negative start, or an end before the start."""
        if not 0 <= self.start_0based <= self.end_0based:
            message = "a region needs 0 <= start <= end"
            raise ValueError(message)

    def overlaps(self, other: "Region") -> bool:
        """Whether both share at least one base."""
        shared = min(self.end_0based, other.end_0based) - max(self.start_0based, other.start_0based)
        return self.contig == other.contig and shared > 0


def start_from_1based(position_1based: int) -> int:
    """0-based start of the base that VCF and SAM call ``position_1based``."""
    return position_1based - 1


def position_from_0based(start_0based: int) -> int:
    """What VCF, SAM and HGVS call the base that starts at ``start_0based``."""
    return start_0based + 1


def in_pseudo_autosomal(assembly: Assembly | None, contig: str, start_0based: int) -> bool:
    """Whether a position of X or Y lies in a pseudo-autosomal region, where everybody has two copies."""
    if assembly is None:
        return False
    return any(name == contig and start <= start_0based < end for name, start, end in assembly.pseudo_autosomal)
