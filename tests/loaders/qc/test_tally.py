import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beacon.rows import PersonRow
from loaders.qc.tally import ContigTally
from tests.loaders.qc.batches import Variant, batch_of, cohorts, model, same, setting

Cohort = tuple[str, tuple[PersonRow, ...], list[Variant]]


def counted(contig: str, people: tuple[PersonRow, ...], variants: list[Variant]) -> ContigTally:
    tally = ContigTally.empty(contig, len(people))
    tally.add(batch_of(contig, people, variants), setting(contig, people))
    return tally


@given(cohorts())
def test_a_tally_counts_what_a_plain_count_counts(cohort: Cohort) -> None:
    contig, people, variants = cohort
    assert same(counted(contig, people, variants), model(contig, people, variants))


@given(cohorts(), st.data())
def test_any_split_and_any_order_give_the_same_tally(cohort: Cohort, data: st.DataObject) -> None:
    contig, people, variants = cohort
    shuffled = data.draw(st.permutations(variants))
    cut, other = sorted(data.draw(st.tuples(*[st.integers(0, len(variants))] * 2)))
    pieces = [counted(contig, people, piece) for piece in (shuffled[:cut], shuffled[cut:other], shuffled[other:])]
    whole = counted(contig, people, variants)
    assert same(pieces[0].merged(pieces[1]).merged(pieces[2]), whole)
    assert same(pieces[2].merged(pieces[0].merged(pieces[1])), whole)
    one_by_one = ContigTally.empty(contig, len(people))
    batch = batch_of(contig, people, variants)
    for row in range(len(variants)):
        one_by_one.add(batch.taken(np.array([row])), setting(contig, people))
    assert same(one_by_one, whole)


@given(cohorts())
def test_a_tally_comes_home_from_another_process(cohort: Cohort) -> None:
    contig, people, variants = cohort
    tally = counted(contig, people, variants)
    assert same(pickle.loads(pickle.dumps(tally)), tally)  # noqa: S301 - our own bytes


def test_tallies_of_different_people_do_not_add_up() -> None:
    with pytest.raises(ValueError, match="do not add up"):
        ContigTally.empty("1", 2).merged(ContigTally.empty("1", 3))
    with pytest.raises(ValueError, match="do not add up"):
        ContigTally.empty("1", 2).merged(ContigTally.empty("2", 2))


def test_the_size_does_not_grow_with_the_number_of_variants() -> None:
    assert len(pickle.dumps(ContigTally.empty("1", 0))) < 6000
    assert len(pickle.dumps(ContigTally.empty("1", 1000))) < 200_000
