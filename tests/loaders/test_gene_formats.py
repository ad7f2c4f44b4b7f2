import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import LoadRefused
from core.genome import GRCH37
from core.reference_rows import Band, GeneRow
from loaders.gene_document import GeneNames, Places
from tests.loaders import gene_texts
from tests.loaders.gene_texts import TP53, parse
from tests.loaders.ontology_texts import refusal_of

REFSEQ = GeneRow("17", 7668420, 7687490, "-", "TP53", "NCBIGene:7157", "NM_000546.6", "protein_coding")
UCSC = GeneRow("17", 7668420, 7687490, "-", "TP53", "", "NM_000546.6", "")
WHOLE = GeneRow("17", 7661778, 7687550, "-", "TP53", "ENSG00000141510.18", "ENST00000269305.9", "protein_coding")


@pytest.mark.parametrize(
    ("text", "genes"),
    [
        (gene_texts.GENCODE, [WHOLE]),
        (
            gene_texts.ENSEMBL_GFF3,
            [
                GeneRow("17", 7661778, 7687550, "-", "TP53", "ENSG00000141510", "ENST00000269305", "protein_coding"),
                GeneRow("17", 99, 200, "", "ENSG2", "ENSG2", "", "lncRNA"),
            ],
        ),
        (gene_texts.REFSEQ_GFF3, [REFSEQ]),
        (gene_texts.REFSEQ_GTF, [REFSEQ]),
        (
            gene_texts.WITHOUT_GENES,
            [GeneRow("17", 100, 600, "-", "A", "A"), GeneRow("17", 900, 950, "-", "A", "A", "T3")],
        ),
        (gene_texts.MANE, [GeneRow("17", 7668420, 7687490, "-", "TP53", "ENSG00000141510.18", "NM_000546.6")]),
        (gene_texts.REF_FLAT, [GeneRow("17", 7668410, 7687490, "-", "TP53")]),
        (gene_texts.GENE_PREDICTION, [UCSC]),
        (gene_texts.GENE_PREDICTION_HEADER + gene_texts.GENE_PREDICTION, [UCSC]),
        (gene_texts.GENE_PREDICTION_WITHOUT_BIN, [UCSC]),
        ("# a remark\n" + gene_texts.SHORT, [GeneRow("17", 7668420, 7687490, "", "TP53", "", "NM_000546.6")]),
        (
            "# a remark\n" + gene_texts.PLAIN,
            [GeneRow("17", 7661778, 7687550, "", "TP53", "ENSG00000141510.18", "", "protein_coding")],
        ),
    ],
)
def test_every_format_tells_the_same_place(text: str, genes: list[GeneRow]) -> None:
    assert parse(text).genes == genes
    assert parse(text.replace("\n", "\n\n")).genes == genes


def test_what_a_file_says_of_itself_and_other_names_are_kept() -> None:
    gencode, ensembl, refseq = (
        parse(text) for text in (gene_texts.GENCODE, gene_texts.ENSEMBL_GFF3, gene_texts.REFSEQ_GFF3)
    )
    assert (gencode.version, gencode.stated_assembly) == ("44 (Ensembl 110)", "GRCh38")
    assert (ensembl.version, ensembl.stated_assembly) == ("2023-03", "GRCh38")
    assert refseq.version == "NCBI RefSeq GCF_000001405.40-RS_2023_03"
    assert refseq.names == [
        GeneNames("TP53", aliases=("BCC7", "BMFS5", "LFS1, x"), identifiers=("NCBIGene:7157", "HGNC:11998"))
    ]
    assert parse(gene_texts.REFSEQ_GTF).names[0].aliases == ("BCC7", "LFS1")
    assert parse(gene_texts.MANE).names == [GeneNames("TP53", identifiers=("HGNC:11998", "NCBIGene:7157"))]
    assert parse(gene_texts.BANDS).bands == [
        Band("17", 0, 3400000, "p13.3", "gneg"),
        Band("17", 3400000, 6500000, "p13.2", "gpos50"),
    ]
    for text in (gene_texts.HGNC, gene_texts.HGNC_CUSTOM):
        assert parse(text).names[0].aliases == ("p53", "LFS1")


TEXTS = {name: text for name, text in vars(gene_texts).items() if name.isupper() and isinstance(text, str)}


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(sorted(TEXTS)), st.integers(0), st.characters(codec="utf-8") | st.sampled_from('\t\n0-#"'))
def test_changed_files_are_read_or_refused(name: str, place: int, character: str) -> None:
    text = TEXTS[name]
    place %= len(text)
    assert (refusal_of(parse, text[:place] + character + text[place + 1 :]) or "x.txt: ").startswith("x.txt: ")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("hello\n", "not a file of genes that is known here"),
        ("", "not a file of genes"),
        ("#\n" * 2000, "not a file of genes"),
        (gene_texts.SHORT + "NM_1\tchr1\t5\t4\tA\n", "line 2: no interval: start 5, end 4"),
        (gene_texts.SHORT + "NM_1\tchr1\t5\t5\tA\n", "line 2: no interval"),
        (gene_texts.SHORT + "NM_1\tchr1\t-5\t5\tA\n", "line 2: start and end must be whole numbers"),
        (gene_texts.SHORT + "NM_1\tchr1\t5\t249000000\tA\n", "line 2: end 249000000 lies beyond contig 1 of GRCh38"),
        (gene_texts.SHORT + "NM_1\tchr1\t5\t9999999999\tA\n", "line 2: no interval"),
        (gene_texts.SHORT + "NM_1\tchr1\t5\t6\n", "line 2: 4 columns where 5 are expected"),
        (gene_texts.SHORT + "NM_1\tchr1\t5\t6\t \n", "line 2: no gene symbol"),
        (gene_texts.BANDS + "chr1\t5\t6\n", "3 columns where 5 are expected"),
        (gene_texts.HGNC + "HGNC:5\n", "1 columns where 9 are expected"),
        (gene_texts.GENCODE + "chr1\tx\tgene\n", "3 columns, not the 9"),
        (gene_texts.gtf(("chr1", "gene", 0, 5, "+", 'gene_id "A";')), "line 1: no interval: start 0, end 5"),
        (gene_texts.gtf(("chr1", "gene", 1, 5, "+", "nothing")), "line 1: the last column names no gene"),
        (gene_texts.gtf(("NC_000017.10", "gene", 1, 5, "+", 'gene_id "A";')), "NC_000017.10 is a contig of GRCh37"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(text: str, reason: str) -> None:
    with pytest.raises(LoadRefused, match=reason):
        parse(text)


def test_contigs_of_the_other_assembly_have_its_places() -> None:
    row = gene_texts.gtf(("NC_000017.10", "gene", 7571720, 7590868, "-", 'gene_id "TP53";'))
    assert parse(row, Places(GRCH37)).genes[0].contig == "17"
    assert TP53.contig == "17"


def test_a_table_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loaders.gene_document.MAXIMUM_ROWS", 1)
    for text in (gene_texts.PLAIN + gene_texts.PLAIN.split("\n")[1] + "\n", gene_texts.BANDS, gene_texts.HGNC):
        with pytest.raises(LoadRefused, match="more than 1 rows"):
            parse(text)
