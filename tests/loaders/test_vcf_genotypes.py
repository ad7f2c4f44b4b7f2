from collections.abc import Sequence

import hypothesis.strategies as st
import pytest
from hypothesis import given

from loaders.report import RecordRejected
from loaders.vcf_genotypes import GenotypeCounts, GenotypeReader, parse_genotype

COPY = st.sampled_from([".", "0", "1", "2", "3"])
GENOTYPES = st.builds(
    lambda copies, phase: phase.join(copies), st.lists(COPY, min_size=1, max_size=3), st.sampled_from("/|")
)


def model(texts: Sequence[str], one_copy: frozenset[int]) -> tuple[int, list[tuple[int, set[int], set[int], set[int]]]]:
    """Allele number, and per allele: count, heterozygous, homozygous, hemizygous columns; person by person."""
    number = 0
    counts = dict.fromkeys((1, 2, 3), 0)
    groups: dict[int, tuple[set[int], set[int], set[int]]] = {allele: (set(), set(), set()) for allele in (1, 2, 3)}
    for column, text in enumerate(texts):
        called = [int(copy) for copy in text.replace("|", "/").split("/") if copy != "."]
        if column in one_copy and len(set(called)) == 1:
            called = called[:1]
        number += len(called)
        for allele in (1, 2, 3):
            copies = called.count(allele)
            counts[allele] += copies
            if copies and len(called) == 1:
                groups[allele][2].add(column)
            elif copies and copies == len(called):
                groups[allele][1].add(column)
            elif copies:
                groups[allele][0].add(column)
    return number, [(counts[allele], *groups[allele]) for allele in (1, 2, 3)]


def spelled(counts: GenotypeCounts) -> tuple[int, list[tuple[int, set[int], set[int], set[int]]]]:
    return counts.allele_number, [
        (allele.allele_count, set(allele.heterozygous), set(allele.homozygous), set(allele.hemizygous))
        for allele in counts.alleles
    ]


@given(st.lists(GENOTYPES, min_size=1, max_size=60), st.sets(st.integers(0, 59), max_size=20))
def test_counts_equal_the_model(texts: list[str], males: set[int]) -> None:
    one_copy = frozenset(male for male in males if male < len(texts))
    counts = GenotypeReader().count(texts, 3, one_copy)
    assert spelled(counts) == model(texts, one_copy)
    lists = [
        columns for allele in counts.alleles for columns in (allele.heterozygous, allele.homozygous, allele.hemizygous)
    ]
    assert all(len(columns) == len(set(columns)) for columns in lists)


def test_many_equal_calls_are_found_in_order() -> None:
    texts = ["0/1" if column % 2 else "0/0" for column in range(100)]
    counts = GenotypeReader().count(texts, 1)
    assert counts.alleles[0].heterozygous == list(range(1, 100, 2))


def test_unusual_ploidy_and_contradictions_are_told() -> None:
    counts = GenotypeReader().count(["0", "0/0", "0/1", "0/0/1", ".", "0/1"], 1, frozenset({2}))
    assert sorted(counts.unusual) == [(0, 1), (3, 3)]
    assert counts.contradicting == 1


@pytest.mark.parametrize("text", ["", "a", "0/", "0//1", "-1/0", "0\\1", "0/1:3", "00000/1"])
def test_what_is_no_genotype_is_rejected(text: str) -> None:
    with pytest.raises(RecordRejected, match="not a genotype"):
        parse_genotype(text)


def test_an_allele_that_is_not_there_is_rejected() -> None:
    with pytest.raises(RecordRejected, match="does not have"):
        GenotypeReader().count(["0/2"], 1)


def test_a_leading_phase_sign_is_read() -> None:
    assert parse_genotype("|0|1") == parse_genotype("0|1")
