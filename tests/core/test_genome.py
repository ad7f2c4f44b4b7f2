"""Assemblies, contig names, regions, position keys; tables compared with headers of real files."""

import re

import pysam
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.genome import (
    ASSEMBLIES,
    GRCH37,
    GRCH38,
    MAXIMUM_POSITION,
    T2T_CHM13,
    Assembly,
    Region,
    canonical_contig,
    contig_of_accession,
    contig_order,
    find_assembly,
    in_pseudo_autosomal,
    position_from_0based,
    position_key,
    start_from_1based,
)
from tests.support.shared import needs_shared, shared

PRIMARY = [*map(str, range(1, 23)), "X", "Y", "MT"]
CONTIGS = st.sampled_from([*PRIMARY, "GL000192.1", "chrUn_KI270302v1", "HLA-A*01:01:01:01"])
STARTS = st.integers(0, MAXIMUM_POSITION)


@pytest.mark.parametrize(
    ("name", "assembly"),
    [
        ("GRCh38", GRCH38),
        ("grch38", GRCH38),
        (" hg38 ", GRCH38),
        ("GRCh38.p14", GRCH38),
        ("GCF_000001405.26", GRCH38),
        ("GCF_000001405.40", GRCH38),
        ("GCF_000001405.25", GRCH37),
        ("GCF_000001405.13", GRCH37),
        ("hg19", GRCH37),
        ("hs37d5", GRCH37),
        ("GRCh37.p13", GRCH37),
        ("T2T-CHM13v2.0", T2T_CHM13),
        ("GCF_009914755.1", T2T_CHM13),
        ("hs1", T2T_CHM13),
        ("GCF_000001405.12", None),
        ("GCF_000001405.41", None),
        ("GRCh36", None),
        ("GRCh38.p140", None),
        ("GRCh38.p\N{ARABIC-INDIC DIGIT ONE}", None),
        ("GRCh38p14", None),
        ("", None),
        ("mm10", None),
    ],
)
def test_an_assembly_has_many_names(name: str, assembly: Assembly | None) -> None:
    assert find_assembly(name) is assembly


@pytest.mark.parametrize("assembly", ASSEMBLIES, ids=lambda assembly: assembly.name)
def test_an_assembly_is_found_by_its_own_names(assembly: Assembly) -> None:
    assert all(find_assembly(name) is assembly for name in (assembly.name, *assembly.synonyms))


@pytest.mark.parametrize("assembly", ASSEMBLIES, ids=lambda assembly: assembly.name)
def test_tables_are_complete_and_consistent(assembly: Assembly) -> None:
    assert list(assembly.lengths) == PRIMARY
    assert set(assembly.accessions) >= set(PRIMARY) - {"MT"}
    assert len(set(assembly.accessions.values())) == len(assembly.accessions)
    assert all(re.fullmatch(r"NC_\d{6}\.\d{1,2}", accession) for accession in assembly.accessions.values())
    for contig, start, end in assembly.pseudo_autosomal:
        assert 0 <= start < end <= assembly.lengths[contig]


@pytest.mark.parametrize("assembly", [GRCH37, GRCH38], ids=lambda assembly: assembly.name)
def test_pseudo_autosomal_regions_of_x_and_y_are_equally_long(assembly: Assembly) -> None:
    sizes = [(contig, end - start) for contig, start, end in assembly.pseudo_autosomal]

    assert [size for contig, size in sizes if contig == "X"] == [size for contig, size in sizes if contig == "Y"]


@pytest.mark.parametrize(
    ("accession", "found"),
    [
        ("NC_000001.11", (GRCH38, "1")),
        ("NC_000001.10", (GRCH37, "1")),
        ("NC_000007.14", (GRCH38, "7")),
        ("NC_000014.9", (GRCH38, "14")),
        ("NC_000022.11", (GRCH38, "22")),
        ("NC_000023.11", (GRCH38, "X")),
        ("NC_000024.10", (GRCH38, "Y")),
        ("NC_000023.10", (GRCH37, "X")),
        ("NC_060925.1", (T2T_CHM13, "1")),
        ("NC_060941.1", (T2T_CHM13, "17")),
        ("NC_060947.1", (T2T_CHM13, "X")),
        ("NC_060948.1", (T2T_CHM13, "Y")),
        ("NC_012920.1", (None, "MT")),
        ("NC_000001.9", None),
        ("nc_000001.11", None),
        ("", None),
    ],
)
def test_contigs_by_accession(accession: str, found: tuple[Assembly | None, str] | None) -> None:
    assert contig_of_accession(accession) == found


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("chr1", "1"),
        ("CHR22", "22"),
        ("1", "1"),
        ("chrx", "X"),
        ("Y", "Y"),
        ("M", "MT"),
        ("chrM", "MT"),
        ("chrMT", "MT"),
        ("mt", "MT"),
        ("chr23", "chr23"),
        ("chr01", "chr01"),
        ("chrUn_KI270302v1", "chrUn_KI270302v1"),
        ("chrchr1", "chrchr1"),
        ("chr", "chr"),
        ("", ""),
        ("GL000192.1", "GL000192.1"),
        ("HLA-A*01:01", "HLA-A*01:01"),
    ],
)
def test_names_of_contigs(name: str, canonical: str) -> None:
    assert canonical_contig(name) == canonical


@given(
    st.text(max_size=6)
    | st.sampled_from(["chr", "CHR", ""]).flatmap(lambda p: st.text("0123456789MTXYmtxy").map(p.__add__))
)
def test_canonical_names_stay_as_they_are(name: str) -> None:
    assert canonical_contig(canonical_contig(name)) == canonical_contig(name)


@given(CONTIGS, STARTS, CONTIGS, STARTS)
def test_keys_sort_by_contig_then_start(one: str, start: int, other: str, other_start: int) -> None:
    key, other_key = position_key(one, start), position_key(other, other_start)

    assert 0 <= key < 1 << 63
    if one == other or {one, other} & set(PRIMARY):
        assert (key < other_key) == ((contig_order(one), start) < (contig_order(other), other_start))


def test_contigs_sort_in_genome_order_then_by_name() -> None:
    names = ["GL1", "MT", "Y", "X", "10", "2", "GL0"]

    assert sorted(names, key=contig_order) == ["2", "10", "X", "Y", "MT", "GL0", "GL1"]


@pytest.mark.parametrize(("start", "end"), [(-1, 5), (5, 4), (-2, -1)])
def test_a_region_runs_forward(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="start"):
        Region("1", start, end)


SMALL = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(sorted)


@given(SMALL, SMALL, st.booleans())
def test_regions_overlap_where_they_share_a_base(one: list[int], other: list[int], same: bool) -> None:
    first, second = Region("1", *one), Region("1" if same else "2", *other)
    shared_bases = set(range(*one)) & set(range(*other)) if same else set()

    assert first.overlaps(second) == second.overlaps(first) == bool(shared_bases)


def test_text_for_samtools_is_1based_and_closed() -> None:
    assert position_from_0based(99) == 100
    assert start_from_1based(1) == 0


@pytest.mark.parametrize(
    ("assembly", "contig", "position_1based", "inside"),
    [
        (GRCH38, "X", 10_000, False),
        (GRCH38, "X", 10_001, True),
        (GRCH38, "X", 2_781_479, True),
        (GRCH38, "X", 2_781_480, False),
        (GRCH38, "X", 155_701_383, True),
        (GRCH38, "X", 156_030_896, False),
        (GRCH38, "Y", 56_887_903, True),
        (GRCH38, "Y", 57_217_415, True),
        (GRCH38, "Y", 57_217_416, False),
        (GRCH37, "X", 60_001, True),
        (GRCH37, "X", 2_699_520, True),
        (GRCH37, "X", 2_699_521, False),
        (GRCH37, "Y", 10_001, True),
        (GRCH37, "Y", 59_034_050, True),
        (T2T_CHM13, "X", 1, True),
        (T2T_CHM13, "X", 2_394_410, True),
        (T2T_CHM13, "Y", 2_458_321, False),
        (T2T_CHM13, "Y", 62_460_029, True),
        (GRCH38, "1", 10_001, False),
        (None, "X", 10_001, False),
    ],
)
def test_edges_of_pseudo_autosomal_regions(
    assembly: Assembly | None,
    contig: str,
    position_1based: int,
    inside: bool,
) -> None:
    assert in_pseudo_autosomal(assembly, contig, start_from_1based(position_1based)) == inside


@needs_shared
@pytest.mark.parametrize(
    ("assembly", "folder", "name", "at_least"),
    [
        (GRCH37, "reads", "htsnexus_test_NA12878.bam", 25),
        (GRCH37, "reads", "HG02450.bam", 25),
        (GRCH38, "reads", "NA12878_PacBioCCS_GRCh38_chr21.bam", 25),
        (GRCH38, "reads", "HG002_PacBio_GRCh38_chr11.bam", 25),
        (GRCH38, "variants", "1000G_NYGC_GRCh38_chr22_100samples.vcf.gz", 25),
    ],
)
def test_lengths_are_those_of_real_headers(assembly: Assembly, folder: str, name: str, at_least: int) -> None:
    path = str(shared("data", folder, name))
    if folder == "reads":
        with pysam.AlignmentFile(path) as reads:
            lengths: dict[str, int] = dict(zip(reads.references, reads.lengths, strict=True))
    else:
        with pysam.VariantFile(path) as variants:
            lengths = {str(contig): record.length or 0 for contig, record in variants.header.contigs.items()}
    stated = {canonical_contig(contig): length for contig, length in lengths.items()}
    compared = {contig: stated[contig] for contig in PRIMARY if contig in stated}

    assert len(compared) >= at_least
    assert compared == {contig: assembly.lengths[contig] for contig in compared}
