"""Three genes in the words of every format that is read: one place, told from 0 and from 1."""

from collections.abc import Sequence

from core.genome import GRCH38
from core.reference_rows import GeneRow
from loaders.gene_document import GeneDocument, Places
from loaders.gene_formats import parse_genes

PLACES = Places(GRCH38)
TP53 = GeneRow("17", 7661778, 7687550, "-", "TP53", "ENSG00000141510.18", "NM_000546.6", "protein_coding")


def parse(text: str, places: Places = PLACES) -> GeneDocument:
    return parse_genes(enumerate(text.split("\n"), 1), "x.txt", places)


def lines(*rows: Sequence[object]) -> str:
    return "\n".join("\t".join(str(cell) for cell in row) for row in rows) + "\n"


def gtf(*features: tuple[str, str, int, int, str, str]) -> str:
    return lines(
        *(
            (contig, "HAVANA", kind, start, end, ".", strand, ".", attributes)
            for contig, kind, start, end, strand, attributes in features
        )
    )


GENCODE = "##description: evidence-based annotation of the human genome (GRCh38), version 44 (Ensembl 110)\n" + gtf(
    (
        "chr17",
        "gene",
        7661779,
        7687550,
        "-",
        'gene_id "ENSG00000141510.18"; gene_type "protein_coding"; gene_name "TP53";',
    ),
    (
        "chr17",
        "transcript",
        7668421,
        7687490,
        "-",
        'gene_id "ENSG00000141510.18"; transcript_id "ENST00000269305.9"; gene_name "TP53"; tag "basic"; tag "MANE_Select";',
    ),
    ("chr17", "exon", 7687377, 7687490, "-", 'gene_id "ENSG00000141510.18"; transcript_id "ENST00000269305.9";'),
)
ENSEMBL_GFF3 = "##gff-version 3\n#!genome-build GRCh38.p14\n#!genebuild-last-updated 2023-03\n" + lines(
    (
        "17",
        "ensembl",
        "gene",
        7661779,
        7687550,
        ".",
        "-",
        ".",
        "ID=gene:ENSG00000141510;Name=TP53;biotype=protein_coding;gene_id=ENSG00000141510",
    ),
    (
        "17",
        "ensembl",
        "mRNA",
        7668421,
        7687490,
        ".",
        "-",
        ".",
        "ID=transcript:ENST00000269305;Parent=gene:ENSG00000141510;tag=Ensembl_canonical;transcript_id=ENST00000269305",
    ),
    ("17", "ensembl", "CDS", 1, 2, ".", "-", ".", "ID=x"),
    ("17", "ensembl", "ncRNA_gene", 100, 200, ".", ".", ".", "ID=gene:ENSG2;biotype=lncRNA;gene_id=ENSG2"),
)
REFSEQ_GFF3 = (
    "##gff-version 3\n#!annotation-source NCBI RefSeq GCF_000001405.40-RS_2023_03\n"
    + lines(
        (
            "NC_000017.11",
            "BestRefSeq",
            "gene",
            7668421,
            7687490,
            ".",
            "-",
            ".",
            "ID=gene-TP53;Dbxref=GeneID:7157,HGNC:HGNC:11998,MIM:191170;Name=TP53;gbkey=Gene;gene=TP53;gene_biotype=protein_coding;gene_synonym=BCC7,BMFS5,LFS1%2C x",
        ),
        (
            "NC_000017.11",
            "BestRefSeq",
            "mRNA",
            7668421,
            7687490,
            ".",
            "-",
            ".",
            "ID=rna-NM_000546.6;Parent=gene-TP53;Dbxref=GeneID:7157;Name=NM_000546.6;tag=MANE Select;transcript_id=NM_000546.6",
        ),
    )
    + "##FASTA\n>x\nACGT\n"
)
REFSEQ_GTF = gtf(
    (
        "NC_000017.11",
        "gene",
        7668421,
        7687490,
        "-",
        'gene_id "TP53"; transcript_id ""; db_xref "GeneID:7157"; db_xref "HGNC:HGNC:11998"; gene "TP53"; gene_biotype "protein_coding"; gene_synonym "BCC7"; gene_synonym "LFS1";',
    ),
    (
        "NC_000017.11",
        "transcript",
        7668421,
        7687490,
        "-",
        'gene_id "TP53"; transcript_id "NM_000546.6"; db_xref "GeneID:7157"; gene "TP53"; tag "MANE Select";',
    ),
)
WITHOUT_GENES = gtf(
    ("chr17", "exon", 101, 200, "-", 'gene_id "A"; transcript_id "T1"; gene_name "A";'),
    ("chr17", "exon", 401, 500, "-", 'gene_id "A"; transcript_id "T1"; gene_name "A";'),
    ("chr17", "exon", 451, 600, "-", 'gene_id "A"; transcript_id "T2"; gene_name "A";'),
    ("chr17", "exon", 901, 950, "-", 'gene_id "A"; transcript_id "T3"; gene_name "A";'),
)
MANE = lines(
    ("#NCBI_GeneID", "Ensembl_Gene", "HGNC_ID", "symbol", "name", "RefSeq_nuc", "RefSeq_prot", "Ensembl_nuc", "Ensembl_prot", "MANE_status", "GRCh38_chr", "chr_start", "chr_end", "chr_strand"),
    ("GeneID:7157", "ENSG00000141510.18", "HGNC:11998", "TP53", "tumor protein p53", "NM_000546.6", "NP", "ENST", "ENSP", "MANE Select", "NC_000017.11", 7668421, 7687490, "-"),
    ("GeneID:7157", "ENSG00000141510.18", "HGNC:11998", "TP53", "tumor protein p53", "NM_1", "NP", "ENST", "ENSP", "MANE Plus Clinical", "NC_000017.11", 7668421, 7687490, "-"),
)  # fmt: skip
REF_FLAT = lines(
    ("TP53", "NM_000546", "chr17", "-", 7668420, 7687490, 7669608, 7676594, 2, "7668420,7669608,", "7669690,7687490,"),
    ("TP53", "NM_001276", "chr17", "-", 7668410, 7687400, 7669608, 7676594, 1, "7668410,", "7687400,"),
)
GENE_PREDICTION = lines(
    (
        585,
        "NM_000546.6",
        "chr17",
        "-",
        7668420,
        7687490,
        7669608,
        7676594,
        1,
        "7668420,",
        "7687490,",
        0,
        "TP53",
        "cmpl",
        "cmpl",
        "0,",
    )
)
GENE_PREDICTION_HEADER = lines(
    ("#bin", "name", "chrom", "strand", "txStart", "txEnd", "cdsStart", "cdsEnd", "exonCount", "exonStarts", "exonEnds", "score", "name2", "cdsStartStat", "cdsEndStat", "exonFrames")
)  # fmt: skip
GENE_PREDICTION_WITHOUT_BIN = GENE_PREDICTION.removeprefix("585\t")
SHORT = lines(("NM_000546.6", "chr17", 7668420, 7687490, "TP53"))
PLAIN = lines(
    ("gene_id", "gene_symbol", "gene_type", "chrom", "start", "end"),
    ("ENSG00000141510.18", "TP53", "protein_coding", 17, 7661778, 7687550),
)
BANDS = lines(
    ("chr17", 0, 3400000, "p13.3", "gneg"),
    ("chr17", 3400000, 6500000, "p13.2", "gpos50"),
    ("chrUn_1", 0, 5, "", "gneg"),
)
HGNC = lines(
    (
        "hgnc_id",
        "symbol",
        "name",
        "status",
        "alias_symbol",
        "prev_symbol",
        "entrez_id",
        "ensembl_gene_id",
        "mane_select",
    ),
    (
        "HGNC:11998",
        "TP53",
        "tumor protein p53",
        "Approved",
        '"p53|LFS1"',
        "",
        7157,
        "ENSG00000141510",
        "ENST00000269305.9|NM_000546.6",
    ),
    ("HGNC:28960", "BLTP2", "x", "Approved", "", "KIAA0100", 9703, "ENSG00000007202", ""),
    ("HGNC:1", "OLD~withdrawn", "x", "Entry Withdrawn", "", "", "", "", ""),
    ("HGNC:2", "NOWHERE", "x", "Approved", "NW", "", "", "", ""),
)
HGNC_CUSTOM = lines(
    ("HGNC ID", "Approved symbol", "Status", "Previous symbols", "Alias symbols", "NCBI Gene ID", "Ensembl gene ID"),
    ("HGNC:11998", "TP53", "Approved", "", "p53, LFS1", 7157, "ENSG00000141510"),
)
