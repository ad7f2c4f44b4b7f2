import hypothesis.strategies as st
import pytest
from hypothesis import given

from core.errors import LoadRefused
from loaders.vcf_meta import check_meta_lines, read_attributes


def check(*lines: str, version: str = "VCFv4.3") -> None:
    check_meta_lines("a.vcf", [f"##fileformat={version}", *lines, "#CHROM"], version)


@pytest.mark.parametrize(
    "line",
    [
        '##INFO=<ID=AC,Number=A,Type=Integer,Description="x, \\"y\\" <z>">',
        "##INFO=<ID=LA,Number=LA,Type=Integer,Description=\"local\">",
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype",Extra="1">',
        "##FORMAT=<ID=DP,Number=1,Type=Integer,Description='test'>",
        "##contig=<ID=HLA-A*01:01,length=100,assembly=b37>",
        "##META=<ID=Assay,Number=.,Type=String,Values=[WholeGenome, Exome]>",
        "##SAMPLE=<ID=A,Genomes=G1;G2,Description=\"x\">",
        "##GATKCommandLine=<anything \"goes\" here",
        "##reference=file:///a=b",
    ],
)  # fmt: skip
def test_what_is_right(line: str) -> None:
    check(line)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("##nothing", "line 2: a header line is"),
        ("##=x", "a header line is"),
        ("#source=x", "a header line is"),
        ('##INFO=<ID=AC,Number=A,Type=Integer,Description="x"', "##INFO=<key=value,...> is expected"),
        ('##INFO=<ID=AC,Number=A,Type=Integer,Description="x>', "##INFO=<key=value,...> is expected"),
        ("##INFO=<ID=AC,Number=A,Type=Integer>", "##INFO without Description"),
        ('##FORMAT=<ID=F,Number=1,Type=Flag,Description="x">', "no such Type"),
        ('##FORMAT=<ID=GT,Number=2,Type=String,Description="x">', "GT is Number=1"),
        ("##contig=<ID=1,length=x>", "no such length"),
    ],
)
def test_what_is_wrong_is_named_by_line(line: str, said: str) -> None:
    with pytest.raises(LoadRefused, match=said):
        check(line)


def test_definitions_that_contradict_each_other_are_refused() -> None:
    line = '##INFO=<ID=X,Number=1,Type=Integer,Description="a">'
    check(line, line.replace('"a"', '"b"'), line.replace("INFO", "FORMAT").replace("Number=1", "Number=2"))
    with pytest.raises(LoadRefused, match="line 3: ##INFO X contradicts line 2"):
        check(line, line.replace("Number=1", "Number=2"))
    with pytest.raises(LoadRefused, match="line 3: ##contig 1 contradicts line 2"):
        check("##contig=<ID=1,length=5>", "##contig=<ID=1,length=6>")


def test_older_versions_know_pedigrees_without_identifier() -> None:
    check("##PEDIGREE=<Name_0=G0,Name_1=G1>", version="VCFv4.2")
    with pytest.raises(LoadRefused, match="PEDIGREE without ID"):
        check("##PEDIGREE=<Name_0=G0,Name_1=G1>")


@given(st.text('<>=,"\\[]abID ', max_size=30))
def test_any_attributes_are_read_or_none(text: str) -> None:
    found = read_attributes(f"<{text}>")
    assert found is None or all(found)
