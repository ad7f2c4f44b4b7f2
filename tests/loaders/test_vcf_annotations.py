import subprocess
from collections import Counter

import hypothesis.strategies as st
import pytest
from hypothesis import given

from beacon.annotation_rows import AnnotationRow, ClinicalRow, FrequencyRow
from core.genome import GRCH38
from loaders.clinvar_info import WHICH_ALLELE
from loaders.effect_annotations import NO_SUCH_ALLELE, NOT_UNDERSTOOD
from loaders.frequency_map import read_frequency_map
from loaders.vcf_annotations import AlleleInfo, InfoReader
from loaders.vcf_columns import info_mapping
from loaders.vcf_lines import open_vcf
from loaders.vcf_record import RecordReader
from tests.loaders.vcf_texts import record_line
from tests.support.shared import shared

CSQ = (
    '##INFO=<ID=CSQ,Number=.,Type=String,Description="Consequence annotations from Ensembl VEP. Format: '
    "Allele|Consequence|IMPACT|SYMBOL|Gene|Feature_type|Feature|BIOTYPE|HGVSc|HGVSp|Protein_position|Amino_acids|"
    'ALLELE_NUM">'
)
ANN = "##INFO=<ID=ANN,Number=.,Type=String,Description=\"Functional annotations: 'Allele | Annotation | ...'\">"
EFF = (
    "##INFO=<ID=EFF,Number=.,Type=String,Description=\"Predicted effects.Format: 'Effect ( Effect_Impact | "
    "Functional_Class | Codon_Change | Amino_Acid_change| Amino_Acid_length | Gene_Name | Gene_BioType | Coding | "
    "Transcript | Exon | Genotype_Number [ | ERRORS | WARNINGS ] )'\">"
)
AC = '##INFO=<ID=AC,Number=A,Type=Integer,Description="x">'
BRAF = (
    "T|missense_variant&splice_region_variant|MODERATE|BRAF|ENSG00000157764|Transcript|ENST00000288602|protein_coding|"
    "ENST00000288602.6:c.1799T>A|ENSP00000288602.6:p.Val600Glu|600|V/E|1"
)


def read(
    header: list[str], info: str, reference: str = "A", *alternates: str
) -> tuple[tuple[AlleleInfo, ...], tuple[str, ...]]:
    found = InfoReader(header).read(info_mapping(info), reference, alternates or ("T",))
    return found.alleles, found.notes


def test_vep() -> None:
    alleles, notes = read([CSQ], f"CSQ={BRAF}")
    shared_fields = ("BRAF", "ENSG00000157764", "ENST00000288602")
    rest = ("V600E", "ENST00000288602.6:c.1799T>A", "ENSP00000288602.6:p.Val600Glu", "MODERATE", "VEP")
    assert alleles[0].annotations == (
        AnnotationRow(*shared_fields, "missense_variant", *rest),
        AnnotationRow(*shared_fields, "splice_region_variant", *rest),
    )
    assert notes == ()


def test_vep_entries_go_to_their_alleles() -> None:
    entries = "-|frameshift_variant|HIGH|A1||||||||,AA|inframe_insertion|MODERATE|A1||||||||,G|x|LOW|A1||||||||"
    entries = ",".join(entry + "|" for entry in entries.split(","))
    alleles, notes = read([CSQ], f"CSQ={entries}", "CA", "C", "CAA")
    assert [row.consequence for row in alleles[0].annotations] == ["frameshift_variant"]
    assert [row.consequence for row in alleles[1].annotations] == ["inframe_insertion"]
    assert notes == (NO_SUCH_ALLELE,)


def test_entries_of_alleles_that_were_split_off_are_left_out() -> None:
    entries = "A|inframe_deletion|HIGH|G1||||||||,-|frameshift_variant|HIGH|G2||||||||"
    entries = ",".join(entry + "|" for entry in entries.split(","))
    alleles, notes = read([CSQ], f"CSQ={entries}", "CAA", "CA")
    assert [row.gene_symbol for row in alleles[0].annotations] == ["G1"]
    assert notes == (NO_SUCH_ALLELE,)
    minimal, _ = read([CSQ], f"CSQ={entries}", "CAAG", "CG")
    assert [row.gene_symbol for row in minimal[0].annotations] == ["G2"]


def test_percent_encoding_and_changes() -> None:
    entry = "T|synonymous_variant|LOW|G%3B1||Transcript|NM_1.2||NM_1.2:c.3A>T|NP_1.1:p.Leu1%3D|1|L|1"
    alleles, _ = read([CSQ], f"CSQ={entry}")
    row = alleles[0].annotations[0]
    assert (row.gene_symbol, row.hgvs_protein, row.amino_acid_change) == ("G;1", "NP_1.1:p.Leu1=", "")
    stop, _ = read([CSQ], "CSQ=T|stop_gained|HIGH|G||Transcript|NM_1.2|||NP_1.1:p.(Gln12Ter)|12|Q/*|1")
    assert stop[0].annotations[0].amino_acid_change == "Q12*"
    only, _ = read([CSQ], "CSQ=T|missense_variant|HIGH|G||Transcript|NM_1.2||||12/40|Q/R|1")
    assert only[0].annotations[0].amino_acid_change == "Q12R"


def test_what_is_not_understood_is_remarked() -> None:
    alleles, notes = read([CSQ], "CSQ=T|missense_variant,garbage")
    assert alleles == (AlleleInfo(),)
    assert notes == (NOT_UNDERSTOOD, NOT_UNDERSTOOD)
    without = '##INFO=<ID=CSQ,Number=.,Type=String,Description="nothing">'
    assert read([without], f"CSQ={BRAF}")[1] == (NOT_UNDERSTOOD,)


def test_snpeff() -> None:
    entry = (
        "T|stop_gained|HIGH|DEFB125|ENSG00000178591|transcript|ENST00000382410.3|protein_coding|1/2|c.21G>A|p.Trp7*|"
        "21/471|21/471|7/156||"
    )
    alleles, notes = read([ANN], f"ANN={entry}")
    assert alleles[0].annotations == (
        AnnotationRow(
            "DEFB125",
            "ENSG00000178591",
            "ENST00000382410.3",
            "stop_gained",
            "W7*",
            "c.21G>A",
            "p.Trp7*",
            "HIGH",
            "SnpEff",
        ),
    )
    assert notes == ()


def test_old_snpeff() -> None:
    entry = "NON_SYNONYMOUS_CODING(MODERATE|MISSENSE|gTg/gAg|V600E|766|BRAF|protein_coding|CODING|ENST1|15|2)"
    alleles, notes = read([EFF], f"EFF={entry},broken", "A", "C", "T")
    assert alleles[0].annotations == ()
    assert alleles[1].annotations == (
        AnnotationRow("BRAF", "", "ENST1", "missense_variant", "V600E", "", "", "MODERATE", "SnpEff"),
    )
    assert notes == (NOT_UNDERSTOOD,)


CLINVAR = [
    f'##INFO=<ID={key},Number=.,Type=String,Description="x">'
    for key in ("CLNSIG", "CLNDN", "CLNDISDB", "CLNREVSTAT", "ALLELEID", "GENEINFO", "MC")
]


def test_clinvar() -> None:
    info = (
        "ALLELEID=446939;CLNDISDB=MedGen:C4015293,OMIM:616126,Orphanet:ORPHA319563|MONDO:MONDO:0005071,MedGen:C1;"
        "CLNDN=Immunodeficiency_38|not_provided;CLNREVSTAT=criteria_provided,_single_submitter;"
        "CLNSIG=Pathogenic/Likely_pathogenic|drug_response;GENEINFO=ISG15:9636;MC=SO:0001583|missense_variant"
    )
    found = InfoReader(CLINVAR).read(info_mapping(info), "A", ["T"], "475283")
    review = "criteria provided, single submitter"
    assert found.alleles[0].clinical == tuple(
        ClinicalRow(significance, condition, number, review, "ClinVar:475283", "ClinVar")
        for significance in ("Pathogenic/Likely pathogenic", "drug response")
        for condition, number in (("Immunodeficiency 38", "OMIM:616126"), ("not provided", "MONDO:0005071"))
    )
    assert found.alleles[0].annotations == (
        AnnotationRow("ISG15", "NCBIGene:9636", consequence="missense_variant", source="ClinVar"),
    )
    assert (
        InfoReader(CLINVAR).read(info_mapping(info), "A", ["T"]).alleles[0].clinical[0].identifier
        == "ClinVarAllele:446939"
    )


def test_clinvar_lists_of_different_length() -> None:
    found = InfoReader(CLINVAR).read(info_mapping("CLNSIG=Benign;CLNDN=a|b;CLNDISDB=OMIM:1"), "A", ["T"])
    assert [row.condition_id for row in found.alleles[0].clinical] == ["", ""]
    assert len(found.notes) == 1
    bare = InfoReader(CLINVAR).read(info_mapping("CLNSIG=Pathogenic,_risk_factor"), "A", ["T"])
    assert [row.significance for row in bare.alleles[0].clinical] == ["Pathogenic", "risk factor"]


def test_clinvar_values_are_not_given_to_an_allele_by_guess() -> None:
    reader = InfoReader(CLINVAR)
    info = info_mapping("CLNSIG=Pathogenic;GENEINFO=A:1")
    assert reader.read(info, "A", ["T", "C"]) == ((AlleleInfo(), AlleleInfo()), (WHICH_ALLELE,))
    found = reader.read(info, "A", ["*", "C"])
    assert [len(allele.clinical) for allele in found.alleles] == [0, 1]


def test_consequences_are_not_given_to_genes_by_guess() -> None:
    info = "GENEINFO=A:1|B:2;MC=SO:0001583|missense_variant,SO:0001627|intron_variant"
    rows = InfoReader(CLINVAR).read(info_mapping(info), "A", ["T"]).alleles[0].annotations
    assert [(row.gene_symbol, row.consequence) for row in rows] == [
        ("A", ""), ("B", ""), ("", "missense_variant"), ("", "intron_variant"),
    ]  # fmt: skip


def test_clinvar_of_dbsnp() -> None:
    keys = ("CLNSIG", "CLNDBN", "CLNDSDB", "CLNDSDBID", "CLNALLE")
    header = [f'##INFO=<ID={key},Number=.,Type=String,Description="x">' for key in keys]
    info = "CLNALLE=0,2,7;CLNSIG=2,5|4,1;CLNDBN=x,Disease_one|Disease_two,y;CLNDSDB=.,MedGen:OMIM|.,.;CLNDSDBID=.,C1:12|.,."
    found = InfoReader(header).read(info_mapping(info), "A", ["C", "T"])
    assert found.alleles[0].clinical == ()
    assert found.alleles[1].clinical == (
        ClinicalRow("Pathogenic", "Disease one", "OMIM:12", "", "", "ClinVar"),
        ClinicalRow("Likely pathogenic", "Disease two", "", "", "", "ClinVar"),
    )
    assert len(found.notes) == 1


def test_keys_are_those_that_the_header_declares() -> None:
    assert InfoReader([AC]).keys == ()
    assert InfoReader([CSQ, AC, "##reference=x"]).keys == ("CSQ",)
    assert InfoReader([*CLINVAR, AC]).keys == (
        "CLNSIG",
        "CLNDN",
        "CLNDISDB",
        "CLNREVSTAT",
        "ALLELEID",
        "GENEINFO",
        "MC",
    )
    assert InfoReader([CLINVAR[5]]).keys == ()


def test_a_record_carries_what_info_says_of_its_alleles() -> None:
    reader = RecordReader(GRCH38, 1, info_reader=InfoReader([CSQ]))
    record = reader.read(record_line(f"chr7 140753336 A *,T CSQ={BRAF.removesuffix('1')}2,G|x GT 0/2"))
    assert len(record.alleles) == len(record.info) == 1
    assert record.info[0].annotations[0].amino_acid_change == "V600E"
    assert record.notes == (NOT_UNDERSTOOD,)


def rows_of(name: str, folder: str) -> tuple[Counter[str], list[AlleleInfo]]:
    notes: Counter[str] = Counter()
    found: list[AlleleInfo] = []
    with open_vcf(shared("data", folder, name)) as text:
        info_reader = InfoReader(text.header.definitions, read_frequency_map("fill-tags"))
        reader = RecordReader(None, len(text.header.samples), info_reader=info_reader)
        for _, line in text.records:
            record = reader.read(line.decode())
            notes.update(record.notes)
            found += record.info
    return notes, found


def test_real_annotations_of_snpeff_and_vep() -> None:
    notes, found = rows_of("1kg_2020_chr20_annotations.bcf", "variants")
    assert not notes
    assert all(info.annotations for info in found)
    first = found[0]
    assert first.annotations[0] == AnnotationRow(
        "DEFB125", "ENSG00000178591", "", "intergenic_region", "", "n.60070G>A", "", "MODIFIER", "SnpEff"
    )
    sas = next(row for row in first.frequencies if row.population == "SAS")
    assert sas == FrequencyRow("SAS", 1, 1202, 1, 0, None)
    notes, found = rows_of("csi-test.vcf.gz", "variants")
    assert not notes
    assert {row.source for info in found for row in info.annotations} == {"VEP", "SnpEff"}


@pytest.mark.parametrize("name", ["clinvar_chr1_2000.vcf.gz", "clinvar_20191007.vcf.gz"])
def test_real_clinvar_files(name: str) -> None:
    notes, found = rows_of(name, "clinvar")
    path = shared("data", "clinvar", name)
    stated = subprocess.run(
        ["bcftools", "query", "-f", "%ID %CLNSIG\\n", "-e", 'ALT="."', str(path)], capture_output=True, text=True, check=True
    ).stdout.splitlines()  # fmt: skip
    assert not notes
    expected = {tuple(line.split(" ", 1)) for line in stated if not line.endswith(" .")}
    assert {(row.identifier.removeprefix("ClinVar:")) for info in found for row in info.clinical} >= {
        identifier for identifier, _ in expected
    }
    words = {part.replace("_", " ").strip() for _, text in expected for part in text.replace(",", "|").split("|")}
    assert {row.significance for info in found for row in info.clinical} - {""} == words


@given(
    st.dictionaries(
        st.sampled_from(["CSQ", "ANN", "EFF", "CLNSIG", "CLNDN", "CLNDISDB", "GENEINFO", "MC", "CLNREVSTAT"]),
        st.text("ACGT|,&()%3B:._-/TV600p", max_size=40),
    ),
    st.lists(st.sampled_from(["A", "T", "<DEL>", "*", "GA"]), min_size=1, max_size=3, unique=True),
)
def test_no_annotation_makes_a_record_invalid(info: dict[str, str], alternates: list[str]) -> None:
    found = InfoReader([CSQ, ANN, EFF, *CLINVAR]).read(info, "G", alternates, "5")
    assert len(found.alleles) == len(alternates)
