"""The synthetic people of the demonstration: datasets, regions, sexes, birth years, pseudonyms (pure).

Nobody in it exists. Pseudonyms are consonants only, so that none can be taken for a CPR number or a name.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

REFERENCE_YEAR = 2025
"""The year in which everybody was seen last: ages follow from it and from the birth year."""

CREATED_AT = "2025-01-01T00:00:00Z"
"""The time stamp of everything in the demonstration."""

PEOPLE_PER_DATASET = 250
_CONSONANTS = "BCDFGHJKLMNPQRSTVWXZ"
_PSEUDONYM_LENGTH = 6
_YOUNGEST, _OLDEST = 18, 89


class Sex(StrEnum):
    """Sex as Phenopackets v2 spells it (Sex)."""

    FEMALE = "FEMALE"
    MALE = "MALE"


@dataclass(frozen=True, slots=True)
class HealthRegion:
    """One of the five Danish regions; ``share`` of the population, ``nuts`` code of the European statistics."""

    name: str
    nuts: str
    share: float


REGIONS = (
    HealthRegion("Hovedstaden", "DK01", 0.32),
    HealthRegion("Sjælland", "DK02", 0.14),
    HealthRegion("Syddanmark", "DK03", 0.21),
    HealthRegion("Midtjylland", "DK04", 0.23),
    HealthRegion("Nordjylland", "DK05", 0.10),
)


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """What a demonstration dataset is made of: policy preset, format of its genotypes, number of people with reads."""

    dataset_id: str
    preset: str
    title: str
    duo_terms: tuple[str, ...]
    variant_suffix: str
    people_with_reads: int


PLANS = (
    DemoPlan("dk-demo-open", "open", "Open demonstration cohort", ("DUO:0000004",), ".vcf.gz", 3),
    DemoPlan("dk-demo-public", "public", "Public demonstration cohort", ("DUO:0000042",), ".vcf.gz", 2),
    DemoPlan("dk-demo-registered", "registered", "Registered-access demonstration cohort", ("DUO:0000042",), ".bcf", 2),
    DemoPlan("dk-demo-controlled", "controlled", "Controlled demonstration cohort", ("DUO:0000006",), ".vcf.gz", 3),
)


@dataclass(frozen=True, slots=True)
class Person:
    """A synthetic person; ``biosample_id`` is also the name of the sample column and of the read group's sample."""

    individual_id: str
    dataset_id: str
    sex: Sex
    birth_year: int
    region_index: int

    @property
    def biosample_id(self) -> str:
        """The one blood sample of the person."""
        return f"{self.individual_id}-dna"

    @property
    def region(self) -> HealthRegion:
        """The region where the person lives."""
        return REGIONS[self.region_index]

    @property
    def age_years(self) -> int:
        """Age at the end of the reference year."""
        return REFERENCE_YEAR - self.birth_year


def make_cohort(seed: int, people_per_dataset: int = PEOPLE_PER_DATASET) -> dict[str, tuple[Person, ...]]:
    """The people of every dataset, by dataset id: the same for the same seed."""
    random = np.random.default_rng((seed, 1))
    pseudonyms = iter(_pseudonyms(random, people_per_dataset * len(PLANS)))
    shares = [region.share for region in REGIONS]
    cohort = {}
    for plan in PLANS:
        regions = random.choice(len(REGIONS), size=people_per_dataset, p=shares)
        females = random.random(people_per_dataset) < 0.5
        ages = random.integers(_YOUNGEST, _OLDEST, size=people_per_dataset, endpoint=True)
        cohort[plan.dataset_id] = tuple(
            Person(
                individual_id=f"DKSYN-{next(pseudonyms)}",
                dataset_id=plan.dataset_id,
                sex=Sex.FEMALE if female else Sex.MALE,
                birth_year=REFERENCE_YEAR - int(age),
                region_index=int(region),
            )
            for region, female, age in zip(regions, females, ages, strict=True)
        )
    return cohort


def _pseudonyms(random: np.random.Generator, number: int) -> list[str]:
    """Different pseudonyms: letters drawn at random, repeated ones drawn again."""
    found: dict[str, None] = {}
    while len(found) < number:
        letters = random.integers(0, len(_CONSONANTS), size=_PSEUDONYM_LENGTH)
        found["".join(_CONSONANTS[letter] for letter in letters)] = None
    return list(found)
