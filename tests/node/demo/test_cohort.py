from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.policy import PRESETS
from loaders.personal_data import personal_data_in
from node.demo.cohort import PEOPLE_PER_DATASET, PLANS, REGIONS, Person, Sex, make_cohort


def everybody(seed: int) -> list[Person]:
    return [person for people in make_cohort(seed).values() for person in people]


def test_the_same_seed_gives_the_same_people() -> None:
    assert make_cohort(5) == make_cohort(5)
    assert make_cohort(5) != make_cohort(6)


def test_a_thousand_people_in_one_dataset_for_each_preset() -> None:
    cohort = make_cohort(1)
    assert {plan.preset for plan in PLANS} == set(PRESETS)
    assert {dataset_id: len(people) for dataset_id, people in cohort.items()} == {
        plan.dataset_id: PEOPLE_PER_DATASET for plan in PLANS
    }
    assert all(person.dataset_id == dataset_id for dataset_id, people in cohort.items() for person in people)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32))
def test_pseudonyms_are_unique_and_tell_nothing(seed: int) -> None:
    people = [person for group in make_cohort(seed, 30).values() for person in group]
    names = {person.individual_id for person in people}
    assert len(names) == len(people)
    assert not any(character.isdigit() for name in names for character in name)
    assert all(personal_data_in(f"{person.individual_id} {person.biosample_id}") is None for person in people)


def test_regions_sexes_and_ages_are_those_of_adults_in_denmark() -> None:
    people = everybody(3)
    assert sum(region.share for region in REGIONS) == pytest.approx(1)
    regions = Counter(person.region for person in people)
    assert all(regions[region] / len(people) == pytest.approx(region.share, abs=0.05) for region in REGIONS)
    assert Counter(person.sex for person in people)[Sex.FEMALE] / len(people) == pytest.approx(0.5, abs=0.06)
    assert all(18 <= person.age_years <= 89 for person in people)
    assert all(1936 <= person.birth_year <= 2007 for person in people)
