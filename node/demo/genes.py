"""Where the demonstration's variants lie: genes on GRCh38, well-known variants, copy-number changes (pure data)."""

from dataclasses import dataclass

from core.genome import GRCH38, in_pseudo_autosomal

ASSEMBLY = GRCH38


@dataclass(frozen=True, slots=True)
class Gene:
    """A gene of GRCh38 (0-based, half-open) and the number of sites that the population has in it."""

    symbol: str
    contig: str
    start_0based: int
    end_0based: int
    sites: int

    @property
    def pseudo_autosomal(self) -> bool:
        """Whether males carry two copies although the contig is X."""
        return in_pseudo_autosomal(ASSEMBLY, self.contig, self.start_0based)


GENES = (
    Gene("PCSK9", "1", 55039446, 55064852, 280),
    Gene("HFE", "6", 26087280, 26098343, 160),
    Gene("CFTR", "7", 117287119, 117715971, 480),
    Gene("HBB", "11", 5225463, 5229395, 90),
    Gene("BRCA2", "13", 32315085, 32400268, 430),
    Gene("BRCA1", "17", 43044294, 43170245, 430),
    Gene("LDLR", "19", 11089461, 11133820, 330),
    Gene("SHOX", "X", 624343, 659411, 90),
    Gene("DMD", "X", 31097676, 33339609, 420),
    Gene("G6PD", "X", 154531390, 154547572, 130),
    Gene("UTY", "Y", 13234576, 13480673, 70),
    Gene("MT-RNR1", "MT", 647, 1601, 35),
    Gene("MT-CYB", "MT", 14746, 15887, 45),
)


@dataclass(frozen=True, slots=True)
class NamedVariant:
    """A variant that people know by name, as a VCF line writes it; ``frequency`` is about that of Northern Europe."""

    name: str
    gene: str
    rs_id: str
    contig: str
    position_1based: int
    reference: str
    alternate: str
    frequency: float


HFE_C282Y = "HFE C282Y"
HFE_H63D = "HFE H63D"
CFTR_F508DEL = "CFTR F508del"
LDLR_DELETION = "LDLR exon deletion"
BRCA1_5382INSC = "BRCA1 5382insC"
BRCA2_6174DELT = "BRCA2 6174delT"
DMD_DELETION = "DMD exon deletion"

NAMED_VARIANTS = (
    NamedVariant("PCSK9 R46L", "PCSK9", "rs11591147", "1", 55039974, "G", "T", 0.014),
    NamedVariant(HFE_H63D, "HFE", "rs1799945", "6", 26090951, "C", "G", 0.13),
    NamedVariant(HFE_C282Y, "HFE", "rs1800562", "6", 26092913, "G", "A", 0.057),
    NamedVariant(CFTR_F508DEL, "CFTR", "rs113993960", "7", 117559590, "ATCT", "A", 0.014),
    NamedVariant("HBB E6V", "HBB", "rs334", "11", 5227002, "T", "A", 0.002),
    NamedVariant(BRCA2_6174DELT, "BRCA2", "rs80359550", "13", 32340300, "GT", "G", 0.003),
    NamedVariant(BRCA1_5382INSC, "BRCA1", "rs80357906", "17", 43057062, "T", "TG", 0.003),
    NamedVariant("LDLR intron 1", "LDLR", "rs6511720", "19", 11091630, "G", "T", 0.11),
    NamedVariant("G6PD V68M", "G6PD", "rs1050828", "X", 154536002, "C", "T", 0.004),
    NamedVariant("MT-RNR1 1555A>G", "MT-RNR1", "rs267606617", "MT", 1555, "A", "G", 0.006),
)


@dataclass(frozen=True, slots=True)
class CopyNumberChange:
    """An invented copy-number change: ``<DEL>`` or ``<DUP>`` of ``[start_0based, end_0based)``."""

    name: str
    gene: str
    contig: str
    alternate: str
    start_0based: int
    end_0based: int
    frequency: float


COPY_NUMBER_CHANGES = (
    CopyNumberChange("PCSK9 duplication", "PCSK9", "1", "<DUP>", 55041200, 55062400, 0.012),
    CopyNumberChange("HFE intron deletion", "HFE", "6", "<DEL>", 26094100, 26095350, 0.06),
    CopyNumberChange("CFTR dele2,3", "CFTR", "7", "<DEL>", 117501500, 117522580, 0.006),
    CopyNumberChange("BRCA1 exon duplication", "BRCA1", "17", "<DUP>", 43080400, 43086480, 0.006),
    CopyNumberChange(LDLR_DELETION, "LDLR", "19", "<DEL>", 11104300, 11109900, 0.008),
    CopyNumberChange("SHOX deletion", "SHOX", "X", "<DEL>", 633100, 655900, 0.008),
    CopyNumberChange(DMD_DELETION, "DMD", "X", "<DEL>", 31729700, 31968500, 0.005),
    CopyNumberChange("DMD exon duplication", "DMD", "X", "<DUP>", 32455100, 32502900, 0.008),
)


def file_contig(contig: str) -> str:
    """The name of a contig in the files, as GRCh38 files have it: ``chr1``, ``chrX``, ``chrM``."""
    return "chrM" if contig == "MT" else f"chr{contig}"
