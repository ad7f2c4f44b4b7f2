from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from node.demo.cohort import Sex
from node.demo.genes import CFTR_F508DEL, HFE_C282Y
from node.demo.genotypes import ABSENT, MISSING, CallSet, find_named, find_rare
from tests.node.demo.populations import call_sets, small_call_set


def sites_of(call_set: CallSet, contig: str, gene: str | None = None) -> list[int]:
    return [
        index
        for index, site in enumerate(call_set.sites)
        if site.contig == contig and (gene is None or site.gene == gene)
    ]


def test_the_same_seed_gives_the_same_genotypes() -> None:
    one, two = small_call_set(), small_call_set()
    assert one.sites == two.sites
    assert np.array_equal(one.copies, two.copies)


def test_datasets_are_different_samples_of_one_population() -> None:
    """Common variants are shared, and of about the same frequency; singletons mostly are not."""
    first, second = call_sets()[:2]
    frequency = [
        {
            (site.contig, site.start_0based, site.alternates): it.allele_counts(index)[0] / it.allele_number(index)
            for index, site in enumerate(it.sites)
        }
        for it in (first, second)
    ]
    common = {key: value for key, value in frequency[0].items() if value > 0.1}
    assert all(abs(frequency[1][key] - value) < 0.25 for key, value in common.items())
    singletons = {key for key, value in frequency[0].items() if value <= 1 / 490}
    assert len(singletons - frequency[1].keys()) > 0.3 * len(singletons)


def test_the_number_of_sites_is_that_of_a_demonstration() -> None:
    assert all(1_500 < len(call_set.sites) < 2_500 for call_set in call_sets())


def test_rare_variants_are_the_most_common_kind() -> None:
    """Neutral expectation: as many sites with i copies as singletons divided by i."""
    classes: Counter[int] = Counter()
    for call_set in call_sets():
        classes.update(call_set.allele_counts(index)[0] for index in range(len(call_set.sites)))
    assert classes[1] / classes[2] == pytest.approx(2, rel=0.2)
    assert classes[1] / classes[3] == pytest.approx(3, rel=0.3)
    assert sum(classes[count] for count in range(50, 501)) > classes[1]


def inbreeding(call_set: CallSet, index: int) -> tuple[float, int] | None:
    """One minus observed by expected heterozygosity, and the people read; ``None`` unless autosomal and common."""
    site = call_set.sites[index]
    if site.contig in {"X", "Y", "MT"} or len(site.alternates) > 1:
        return None
    copies = call_set.copies[index]
    read = copies[(copies >= 0).all(axis=1)]
    frequency = float((read > 0).mean())
    if not 0.05 < frequency < 0.95:
        return None
    heterozygous = float(((read > 0).sum(axis=1) == 1).mean())
    return 1 - heterozygous / (2 * frequency * (1 - frequency)), len(read)


def test_common_autosomal_sites_are_in_hardy_weinberg_equilibrium() -> None:
    """The mean coefficient is about nought; few sites exceed 10.83, the chi-squared value of one in a thousand."""
    measured = [inbreeding(call_set, index) for call_set in call_sets() for index in range(len(call_set.sites))]
    found = [it for it in measured if it is not None]
    assert len(found) > 1_000
    assert np.mean([coefficient for coefficient, _ in found]) == pytest.approx(0, abs=0.01)
    assert sum(people * coefficient**2 > 10.83 for coefficient, people in found) / len(found) < 0.005


def test_people_have_as_many_copies_as_their_sex_gives_them() -> None:
    for call_set in call_sets():
        male = np.array([person.sex is Sex.MALE for person in call_set.people])
        beyond = [index for gene in ("DMD", "G6PD") for index in sites_of(call_set, "X", gene)]
        assert (call_set.copies[beyond][:, male, 0] == ABSENT).all()
        assert (call_set.copies[beyond][:, male, 1] != ABSENT).all()
        assert (call_set.copies[beyond][:, ~male] != ABSENT).all()
        within = sites_of(call_set, "X", "SHOX")
        assert within
        assert (call_set.copies[within] != ABSENT).all()
        y_sites, mt_sites = sites_of(call_set, "Y"), sites_of(call_set, "MT")
        assert (call_set.copies[y_sites][:, ~male] == ABSENT).all()
        assert (call_set.copies[y_sites][:, male, 1] != ABSENT).all()
        assert (call_set.copies[mt_sites][:, :, 0] == ABSENT).all()
        assert (call_set.copies[mt_sites][:, :, 1] != ABSENT).all()


def test_some_genotypes_are_missing_as_a_whole() -> None:
    copies = call_sets()[0].copies
    missing = copies == MISSING
    assert 0.001 < missing.any(axis=2).mean() < 0.02
    assert (missing[:, :, 0] & ~missing[:, :, 1]).sum() == 0
    assert (copies[:, :, 0] <= copies[:, :, 1]).all()


def test_counts_and_carriers_agree() -> None:
    call_set = call_sets()[2]
    for index in range(0, len(call_set.sites), 50):
        counts = call_set.allele_counts(index)
        assert any(counts)
        assert sum(counts) <= call_set.allele_number(index)
        for allele, count in enumerate(counts, start=1):
            assert len(call_set.carriers(index, allele)) <= count <= 2 * len(call_set.carriers(index, allele))


def test_known_variants_are_common_and_rare() -> None:
    for call_set in call_sets():
        common, rare = find_named(call_set, HFE_C282Y), find_rare(call_set, "BRCA2")
        assert (common.contig, common.start_0based, common.reference_bases, common.alternate_bases) == (
            "6",
            26092912,
            "G",
            "A",
        )
        assert len(common.carriers) > 10
        assert 1 <= len(rare.carriers) == rare.allele_count < 5


def test_what_nobody_has_is_not_found() -> None:
    call_set = small_call_set()
    nobody = replace(call_set, sites=(), copies=call_set.copies[:0])
    with pytest.raises(LookupError, match="F508del"):
        find_named(nobody, CFTR_F508DEL)
    with pytest.raises(LookupError, match="no rare variant"):
        find_rare(nobody, "BRCA2")
