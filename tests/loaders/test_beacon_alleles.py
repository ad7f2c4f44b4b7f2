import pytest

from core.errors import LoadRefused
from core.genome import GRCH37, GRCH38
from loaders.beacon_alleles import (
    NOT_IN_TABLE,
    TABLE_ONLY_DIFFERS,
    UNSPELLED,
    UNSPELLED_DELETION,
    choose_beacon_assembly,
    merge_alleles,
)
from loaders.beacon_variants import HETEROZYGOUS, HOMOZYGOUS, StatedVariant

V37, V38, BARE, MT = "NC_000022.10", "NC_000022.11", "22", "NC_012920.1"


def stated(
    sequence: str = BARE, start: int = 99, reference: str | None = "A", alternate: str = "G", *carriers: tuple[str, str]
) -> StatedVariant:
    return StatedVariant(1, sequence, start, start + len(reference or "NNN"), reference, alternate, carriers)


def test_accessions_decide_where_every_variant_has_one() -> None:
    assert choose_beacon_assembly([stated(V38), stated(V38), stated(MT)], None, "").assembly is GRCH38
    assert choose_beacon_assembly([stated(BARE)], "hg19", "").assembly is GRCH37
    assert choose_beacon_assembly([stated(BARE)], None, "GRCh37").assembly is GRCH37
    choice = choose_beacon_assembly([stated(V38), stated(BARE)], "GRCh37", "")
    assert choice.assembly is GRCH37
    assert choice.notes == ("variants named by accessions (1 of GRCh38) are taken as GRCh37, as was stated",)


@pytest.mark.parametrize(
    ("sequences", "assembly", "dataset", "reason"),
    [
        ([V38, BARE], None, "", "cannot be told"), ([BARE], None, "", "cannot be told"), ([V37, V38], None, "", "cannot be told"),
        ([MT], None, "", "cannot be told"), ([V38], None, "GRCh37", "the dataset is on GRCh37"), ([BARE], "hg99", "", "known are"),
    ],
)  # fmt: skip
def test_an_assembly_is_never_guessed(sequences: list[str], assembly: str | None, dataset: str, reason: str) -> None:
    with pytest.raises(LoadRefused, match=reason):
        choose_beacon_assembly([stated(sequence) for sequence in sequences], assembly, dataset)


def test_one_allele_in_two_spellings_is_one_allele() -> None:
    merger, rejected = merge_alleles(
        [
            (stated(BARE, 99, "TA", "T", ("a", HETEROZYGOUS)), False),
            (stated(V37, 100, "A", "", ("b", HOMOZYGOUS)), False),
        ],
        GRCH37,
    )
    (allele,) = merger.alleles()
    assert not rejected
    assert (allele.allele.start_0based, allele.allele.reference_bases, allele.allele.anchor) == (100, "A", "T")
    assert allele.carriers == {"a": HETEROZYGOUS, "b": HOMOZYGOUS}


def test_bases_that_are_not_spelled_are_found_in_other_records() -> None:
    merger, _ = merge_alleles(
        [(stated(V37, 99, None, "", ("a", HETEROZYGOUS)), True), (stated(BARE, 98, "TACG", "T"), False)], GRCH37
    )
    (allele,) = merger.alleles()
    assert allele.allele.reference_bases == "ACG"
    assert allele.carriers == {"a": HETEROZYGOUS}


def test_bases_that_nobody_spells_are_kept_as_what_is_known() -> None:
    merger, _ = merge_alleles([(stated(BARE, 99, None, ""), True), (stated(BARE, 99, None, "G"), True)], GRCH37)
    deletion, replacement = merger.alleles()
    assert (deletion.allele.alternate_bases, deletion.allele.start_0based, deletion.allele.end_0based) == (
        "<DEL>",
        99,
        102,
    )
    assert (replacement.allele.reference_bases, replacement.allele.alternate_bases) == ("NNN", "G")
    assert merger.remarks[UNSPELLED_DELETION] == merger.remarks[UNSPELLED] == 1


def test_the_table_is_followed_and_differences_are_said() -> None:
    merger, _ = merge_alleles(
        [
            (stated(BARE, 99, "A", "G", ("a", HETEROZYGOUS), ("c", HETEROZYGOUS)), False),
            (stated(BARE, 99, "A", "G", ("a", HOMOZYGOUS), ("b", HETEROZYGOUS)), True),
        ],
        GRCH37,
    )
    (allele,) = merger.alleles()
    assert allele.carriers == {"a": HOMOZYGOUS, "b": HETEROZYGOUS, "c": HETEROZYGOUS}
    assert merger.remarks == {TABLE_ONLY_DIFFERS: 1, NOT_IN_TABLE: 1}


def test_positions_beyond_the_contig_and_equal_alleles_are_rejected() -> None:
    beyond, equal = stated(BARE, 51_304_566), stated(BARE, 9, "A", "A")
    _, rejected = merge_alleles([(beyond, False), (equal, False)], GRCH37)
    assert [variant for variant, _ in rejected] == [beyond, equal]
    assert "beyond the end of contig 22 of GRCh37" in rejected[0][1].message
