"""Generated genotypes: what a reader of the files finds in them."""

from pathlib import Path

import numpy as np
import pytest
from cyvcf2 import VCF

from benchmarks.generate_genotypes import Fields, Range, frequencies, genotypes, has_one_copy


@pytest.mark.parametrize("fields", list(Fields))
def test_a_file_has_what_it_says(tmp_path: Path, fields: Fields) -> None:
    file = genotypes(tmp_path, 400, Range(0, 101), fields)
    records, carried, missing, multiallelic, haploid, phased = 0, 0, 0, 0, 0, 0
    last = ("", 0)
    for variant in VCF(str(file.path)):
        assert last[0] != variant.CHROM or last[1] < variant.POS
        last = (variant.CHROM, variant.POS)
        records += 1
        multiallelic += len(variant.ALT) > 1
        array = variant.genotype.array()
        carried += sum(int((array[:, :2] == number).any(axis=1).sum()) for number in (1, 2))
        missing += int((array[:, 0] == -1).sum())
        phased += bool(array[0, 2])
        ones = array[:, 1] == -2
        haploid += int(ones.sum())
        assert ones.tolist() == [variant.CHROM == "chrX" and has_one_copy(person) for person in range(101)]
    assert (records, carried) == (file.records, file.carried) == (400, carried)
    assert file.genotypes == 40_400
    assert 0.002 < missing / file.genotypes < 0.01
    assert haploid == 20 * 50
    assert 0 < multiallelic < 40
    assert 120 < phased < 280


def test_batches_of_people_share_their_sites_and_no_person(tmp_path: Path) -> None:
    first, second = (VCF(str(genotypes(tmp_path, 50, part).path)) for part in (Range(0, 30), Range(30, 60)))
    assert not set(first.samples) & set(second.samples)
    for one, other in zip(first, second, strict=True):
        assert (one.CHROM, one.POS, one.REF, one.ALT) == (other.CHROM, other.POS, other.REF, other.ALT)


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    people = Range(0, 20)
    first, second = (genotypes(tmp_path / name, 60, people) for name in ("a", "b"))
    other = genotypes(tmp_path / "c", 60, people, seed=1)
    assert first.path.read_bytes() == second.path.read_bytes() != other.path.read_bytes()
    assert genotypes(tmp_path / "a", 60, people) == first


def test_most_variants_are_rare() -> None:
    share = frequencies(np.random.default_rng(0), 10_000)
    assert 0.72 < (share < 0.005).mean() < 0.8
    assert 0.08 < (share > 0.05).mean() < 0.12
    assert 0.04 < (1 - (1 - share) ** 2).mean() < 0.08
