"""Call sets that several tests look at, drawn once a process."""

from functools import lru_cache

from node.demo.cohort import PLANS, make_cohort
from node.demo.genotypes import CallSet, draw_call_set
from node.demo.variants import make_sites

SEED = 11


@lru_cache
def call_sets() -> tuple[CallSet, ...]:
    """The four call sets of one population."""
    cohort, sites = make_cohort(SEED), make_sites(SEED)
    return tuple(draw_call_set(sites, cohort[plan.dataset_id], SEED, index) for index, plan in enumerate(PLANS))


def small_call_set(people: int = 12) -> CallSet:
    """A dozen people of the first dataset."""
    return draw_call_set(make_sites(SEED), make_cohort(SEED, people)[PLANS[0].dataset_id], SEED, 0)
