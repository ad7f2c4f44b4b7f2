from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beacon.rows import PersonRow, VariantType
from loaders.qc.samples import observed_sex, outliers, sample_table, sex_mismatch
from loaders.qc.tally import BatchTally, ContigTally
from tests.loaders.qc.batches import Variant, batch_of, people_of, setting
from tests.loaders.qc.qualities import sample


def tallied(contig: str, people: tuple[PersonRow, ...], variants: list[Variant]) -> ContigTally:
    tally = ContigTally.empty(contig, len(people))
    tally.add(batch_of(contig, people, variants), setting(contig, people))
    return tally


@pytest.mark.parametrize(
    ("x", "y", "sex"),
    [
        ((300, 500), (0, 0), "FEMALE"),
        ((2, 500), (0, 0), "MALE"),
        ((75, 500), (0, 0), "UNCLEAR"),
        ((300, 500), (1, 100), "FEMALE"),
        ((2, 500), (98, 100), "MALE"),
        ((300, 500), (98, 100), "UNCLEAR"),
        ((2, 500), (1, 100), "UNCLEAR"),
        ((20, 49), (49, 49), "UNKNOWN_SEX"),
        ((0, 0), (90, 100), "MALE"),
        ((0, 0), (1, 100), "FEMALE"),
    ],
)
def test_the_chromosomes_show_a_sex(x: tuple[int, int], y: tuple[int, int], sex: str) -> None:
    assert observed_sex(*x, *y) == sex


def test_only_a_declared_sex_can_be_wrong() -> None:
    man = sample("DK-1", 1)
    assert not sex_mismatch(man)
    assert sex_mismatch(replace(man, sex="FEMALE"))
    assert not sex_mismatch(replace(man, sex="UNKNOWN_SEX"))
    assert not sex_mismatch(replace(man, sex="FEMALE", sex_check=replace(man.sex_check, observed="UNCLEAR")))


def test_outliers_lie_five_deviations_off() -> None:
    values: list[float | None] = [1.0, 1.1, 0.9, 1.0, 1.05, 0.95, 1.0, 1.1, 0.9, 1.0, None, 1.26, 1.6, 0.2]
    assert outliers(values, 0.01, 0.0, ".2f") == {
        12: "1.60 is high, the median is 1.00",
        13: "0.20 is low, the median is 1.00",
    }


def test_few_or_equal_values_have_no_outliers() -> None:
    assert outliers([1.0] * 8 + [99.0], 0.01, 0.0, ".2f") == {}
    assert outliers([0.0] * 20 + [0.0004], 0.001, 0.0, ".2%") == {}
    assert list(outliers([0.0] * 20 + [0.0051], 0.001, 0.0, ".2%")) == [20]


@given(st.lists(st.floats(-1e6, 1e6), max_size=30), st.floats(0, 10))
def test_the_middle_half_never_stands_out(values: list[float], floor: float) -> None:
    far = outliers(values, floor, 0.0, ".2f")
    assert len(far) <= len(values) / 2


def test_files_a_chromosome_add_up_by_sample() -> None:
    people = people_of("1", ("FEMALE", "MALE"))
    turned = (replace(people[1], person_index=0), replace(people[0], person_index=1))
    het_hom = Variant(100, "A", "G", VariantType.SNP, ((2, 1), (2, 2)))
    missing = Variant(200, "A", "C", VariantType.SNP, ((0, 0), (2, 1)))
    first = BatchTally("one", people, True, (tallied("1", people, [het_hom, missing]),))
    second = BatchTally("two", turned, True, (tallied("2", turned, [het_hom]),))
    table = {row.sample: row for row in sample_table([first, second])}
    assert [(row.heterozygous, row.homozygous, row.missing_copies) for row in table.values()] == [(1, 1, 2), (2, 1, 0)]
    assert [row.sex for row in table.values()] == ["FEMALE", "MALE"]
    assert (table["DK-1"].alleles.transitions, table["DK-1"].alleles.transversions) == (2, 1)


def cohort(men: int, women: int, rng: np.random.Generator, *, swapped: bool) -> tuple[BatchTally, str]:
    """People with 300 SNPs on X and 80 on Y; the first woman may be a man."""
    sexes = ("FEMALE",) * women + ("MALE",) * men
    true = ("MALE", *sexes[1:]) if swapped else sexes
    tallies = []
    for contig, number in (("X", 300), ("Y", 80)):
        people, variants = people_of(contig, sexes), []
        for place in range(number):
            share, calls = rng.uniform(0.1, 0.6), []
            for declared, sex in zip(sexes, true, strict=True):
                copies = {"X": {"FEMALE": 2, "MALE": 1}, "Y": {"FEMALE": 0, "MALE": 1}}[contig][sex]
                carried = int(rng.binomial(copies, share))
                # A caller that takes a man for a woman writes two equal copies.
                double = 2 if declared == "FEMALE" and sex == "MALE" and contig == "X" else 1
                calls.append((copies * double, carried * double))
            variants.append(Variant(20_000_000 + place, "A", "G", VariantType.SNP, tuple(calls)))
        tallies.append(tallied(contig, people, variants))
    return BatchTally("x", people_of("1", sexes), True, tuple(tallies)), "DK-0"


def test_a_man_declared_a_woman_is_found() -> None:
    batch, name = cohort(12, 12, np.random.default_rng(1), swapped=True)
    table = sample_table([batch])
    assert [row.sample for row in table if sex_mismatch(row)] == [name]
    assert "declared FEMALE, chromosomes look MALE" in table[0].flags
    women = [row.sex_check.x_inbreeding for row in table[1:12]]
    men = [row.sex_check.x_inbreeding for row in table[12:]]
    assert all(value is not None and abs(value) < 0.35 for value in women)
    assert men == [1.0] * 12
    assert {row.sex_check.y_share for row in table[1:12]} == {0.0}
    assert {row.sex_check.y_share for row in table[12:]} == {1.0}


def test_nobody_is_found_where_all_is_well() -> None:
    batch, _ = cohort(6, 6, np.random.default_rng(2), swapped=False)
    table = sample_table([batch])
    assert [row.flags for row in table] == [()] * 12
    assert {row.sex_check.x_inbreeding for row in table} == {None}


def test_y_says_nothing_where_only_carriers_are_listed() -> None:
    variants = [Variant(20_000_000 + n, "A", "G", VariantType.SNP, ((1, 1), (0, 0))) for n in range(60)]
    people = people_of("Y", ("MALE", "FEMALE"), known=False)
    rows = sample_table([BatchTally("b", people, False, (tallied("Y", people, variants),))])
    alone = people[:1]
    lone = [replace(variant, calls=variant.calls[:1]) for variant in variants]
    rows += sample_table([BatchTally("b", alone, True, (tallied("Y", alone, lone),))])
    assert {(row.sex_check.y_variants, row.sex_check.observed) for row in rows} == {(0, "UNKNOWN_SEX")}


def test_a_sample_with_many_missing_calls_stands_out() -> None:
    people = people_of("1", ("FEMALE",) * 12)
    variants = [
        Variant(n, "A", "G", VariantType.SNP, tuple((0, 0) if p == 3 and n % 2 else (2, 1) for p in range(12)))
        for n in range(300)
    ]
    table = sample_table([BatchTally("b", people, True, (tallied("1", people, variants),))])
    assert [row.sample for row in table if row.outlier] == ["DK-3"]
    assert table[3].flags[0] == "missing copies 50.00% is high, the median is 0.00%"
