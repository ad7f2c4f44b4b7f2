import pytest

from core.errors import LoadRefused
from core.genome import GRCH37, GRCH38, T2T_CHM13
from loaders.vcf_header import Contig, VcfHeader, assembly_by_length, choose_assembly, parse_header

COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"


def header(*lines: str, columns: str = COLUMNS, first: str = "##fileformat=VCFv4.2") -> VcfHeader:
    return parse_header("a.vcf", [first, *lines, columns])


def test_contigs_reference_and_samples_are_read() -> None:
    found = header(
        "##reference=file:///ref/hg38.fa",
        '##contig=<ID=chr1,length=248956422,assembly="hg38, no alt",md5=x>',
        "##contig=<ID=HLA-A*01:01>",
        columns=f"{COLUMNS}\tFORMAT\tS1\tS 2",
    )
    assert found.samples == ("S1", "S 2")
    assert found.contigs == (Contig("chr1", 248956422, "hg38, no alt"), Contig("HLA-A*01:01", None, ""))
    assert (found.reference, found.version, found.lines) == ("file:///ref/hg38.fa", "VCFv4.2", 5)


@pytest.mark.parametrize("version", ["VCFv4.0", "VCFv4.1", "VCFv4.2", "VCFv4.3", "VCFv4.4", "VCFv4.5"])
def test_versions_are_known(version: str) -> None:
    found = header("##source=x", first=f"##fileformat={version}")
    assert (found.version, found.length_first) == (version, version in ("VCFv4.4", "VCFv4.5"))


def test_definitions_are_kept() -> None:
    lines = [
        '##INFO=<ID=CSQ,Number=.,Type=String,Description="Format: Allele">',
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="x">',
        "##GVCFBlock0-1=minGQ=0",
    ]
    assert header(*lines, "##source=x").definitions == tuple(lines)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["##fileformat=VCFv3.3", COLUMNS], "line 1"),
        ([], "line 1"),
        (["##fileformat=VCFv4.2", "#CHROM\tPOS"], "line 2"),
        (["##fileformat=VCFv4.2", f"{COLUMNS}\tS1"], "line 2"),
        (["##fileformat=VCFv4.2", f"{COLUMNS}\tFORMAT"], "without a sample"),
        (["##fileformat=VCFv4.2", f"{COLUMNS}\tFORMAT\tS1\tS1"], "once each"),
        (["##fileformat=VCFv4.2", f"{COLUMNS}\tFORMAT\tS1\t"], "once each"),
        (["##fileformat=VCFv4.2", "##contig=<length=5>", COLUMNS], "line 2"),
        (["##fileformat=VCFv4.2", "##contig=<ID=1,length=-5>", COLUMNS], "line 2"),
        (["##fileformat=VCFv4.2", "##contig=1", COLUMNS], "line 2"),
    ],
)
def test_a_broken_header_is_refused_with_its_line(lines: list[str], said: str) -> None:
    with pytest.raises(LoadRefused, match=said):
        parse_header("a.vcf", lines)


def contigs(*lengths: tuple[str, int | None], assembly: str = "") -> list[Contig]:
    return [Contig(name, length, assembly) for name, length in lengths]


def test_the_assembly_is_told_by_contig_lengths() -> None:
    assert choose_assembly("a", contigs(("chr1", 248956422)), "", None).assembly is GRCH38
    assert choose_assembly("a", contigs(("1", 249250621), ("GL000207.1", 4262)), "", "hg19").assembly is GRCH37
    assert choose_assembly("a", contigs(("chr1", 248387328)), "", None).assembly is T2T_CHM13
    with pytest.raises(LoadRefused, match="GRCh38, not of GRCh37"):
        choose_assembly("a", contigs(("chr1", 248956422)), "", "GRCh37")
    with pytest.raises(LoadRefused, match="different assemblies"):
        assembly_by_length("a", contigs(("chr1", 248956422), ("chr2", 243199373)))


def test_the_assembly_is_told_by_name_where_lengths_are_missing() -> None:
    assert choose_assembly("a", contigs(("1", None)), "GRCh37", None).assembly is GRCH37
    assert choose_assembly("a", contigs(("1", None), assembly="b37"), "", None).assembly is GRCH37
    assert choose_assembly("a", [], "/ref/human_g1k_v37.fasta", None).assembly is GRCH37
    choice = choose_assembly("a", [], "GRCh37_butnotreally", "GRCh38")
    assert choice.assembly is GRCH38
    assert choice.notes == ("the header names grch37; taken as GRCh38",)


def test_unknown_and_older_assemblies_are_refused() -> None:
    with pytest.raises(LoadRefused, match="state it with --assembly"):
        choose_assembly("a", contigs(("1", 5)), "", None)
    with pytest.raises(LoadRefused, match="before GRCh37"):
        choose_assembly("a", contigs(("20", 62435964), assembly="B36"), "", None)
    with pytest.raises(LoadRefused, match="'GRCh39' is unknown"):
        choose_assembly("a", [], "", "GRCh39")


def test_strange_lengths_are_noted() -> None:
    choice = choose_assembly("a", contigs(("22", 20001), ("MT", 5)), "", "GRCh37")
    assert choice.notes == ("contig 22 has a length that GRCh37 does not know",)


def test_the_mitochondrion_of_hg19_keeps_a_name_of_its_own() -> None:
    assert header("##contig=<ID=chrM,length=16571>").renamed_contigs == {"chrM": "NC_001807.4"}
    assert header("##contig=<ID=chrM,length=16569>").renamed_contigs == {}
