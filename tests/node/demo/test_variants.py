from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.genome import contig_order
from node.demo.genes import GENES
from node.demo.variants import HIGHEST_FREQUENCY, LOWEST_FREQUENCY, Site, make_sites

GENE_OF = {gene.symbol: gene for gene in GENES}


def test_the_same_seed_gives_the_same_sites() -> None:
    assert make_sites(5) == make_sites(5)
    assert make_sites(5) != make_sites(6)


def check_bases(site: Site) -> None:
    assert set(site.reference) <= set("ACGT")
    assert len({site.reference, *site.alternates}) == 1 + len(site.alternates)
    if site.symbolic:
        assert site.alternates[0] in {"<DEL>", "<DUP>"}
        assert len(site.reference) == 1
        return
    assert site.end_0based == site.start_0based + len(site.reference)
    assert all(set(alternate) <= set("ACGT") and alternate for alternate in site.alternates)
    for alternate in site.alternates:
        assert len(alternate) == len(site.reference) or alternate[0] == site.reference[0]


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32))
def test_sites_are_sorted_disjoint_and_sound(seed: int) -> None:
    sites = make_sites(seed)
    assert [(contig_order(it.contig), it.start_0based) for it in sites] == sorted(
        (contig_order(it.contig), it.start_0based) for it in sites
    )
    bases = [site for site in sites if not site.symbolic]
    assert all(one.contig != two.contig or one.end_0based <= two.start_0based for one, two in pairwise(bases))
    for site in sites:
        gene = GENE_OF[site.gene]
        assert gene.start_0based <= site.start_0based < site.end_0based <= gene.end_0based
        assert len(site.frequencies) == len(site.alternates)
        assert all(frequency > 0 for frequency in site.frequencies)
        assert sum(site.frequencies) < 1
        check_bases(site)


def test_frequencies_have_the_neutral_spectrum() -> None:
    """With density 1/f every decade holds the same share of sites."""
    frequencies = [site.frequencies[0] for seed in range(4) for site in make_sites(seed) if not site.name]
    assert min(frequencies) >= LOWEST_FREQUENCY
    assert max(frequencies) <= HIGHEST_FREQUENCY
    decades = Counter(
        min(3, int(frequency >= 1e-3) + int(frequency >= 1e-2) + int(frequency >= 1e-1)) for frequency in frequencies
    )
    expected = {0: 1 / 3.978, 1: 1 / 3.978, 2: 1 / 3.978, 3: 0.978 / 3.978}
    assert {key: decades[key] / len(frequencies) for key in expected} == pytest.approx(expected, abs=0.02)


def test_kinds_of_site_come_in_about_the_shares_of_a_genome() -> None:
    sites = [site for site in make_sites(2) if not site.symbolic]
    several = [site for site in sites if len(site.alternates) > 1]
    lengths = [len(site.alternates[0]) - len(site.reference) for site in sites if len(site.alternates) == 1]
    assert 0.03 < len(several) / len(sites) < 0.07
    assert 0.8 < sum(site.single_nucleotide for site in sites) / len(sites) < 0.92
    assert min(lengths) < 0 < max(lengths)
    assert max(len(site.alternates) for site in sites) == 3


def test_transitions_are_about_twice_as_common_as_transversions() -> None:
    changes = [{site.reference, site.alternates[0]} for site in make_sites(2) if site.single_nucleotide]
    transitions = sum(change in ({"A", "G"}, {"C", "T"}) for change in changes)
    assert 1.8 < transitions / (len(changes) - transitions) < 2.5
