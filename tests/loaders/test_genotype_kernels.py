"""Genotypes of many people, most of them of the reference: the compiled reader against the exact one."""

import hypothesis.strategies as st
from hypothesis import given, settings

from tests.loaders.test_record_batches import read

CONTIGS = st.sampled_from(["chr1\t3000000", "chrX\t3000000", "chrX\t20000", "chrY\t3000000"])
SEXES = st.sampled_from([["MALE"], ["FEMALE"], ["UNKNOWN_SEX"], ["MALE", "FEMALE", "UNKNOWN_SEX"]])
OTHERS = st.sampled_from(["0/1", "1|0", "1/1", "./.", ".", "0", "1", "0/.", "0|2", "0/0:7", "0/0/0", "x", ""])


@settings(max_examples=300, deadline=None)
@given(
    place=CONTIGS,
    sexes=SEXES,
    people=st.integers(1, 70),
    extra=st.sampled_from([0, 0, 0, 0, 1, -1]),
    reference=st.sampled_from(["0/0", "0|0"]),
    form=st.sampled_from(["GT", "GT", "GT", "GT:DP", "DP:GT"]),
    others=st.dictionaries(st.integers(0, 69), OTHERS, max_size=4),
    records=st.integers(1, 3),
)
def test_runs_of_reference_calls_are_what_each_call_is(
    place: str, sexes: list[str], people: int, extra: int, reference: str, form: str, others: dict[int, str],
    records: int,
) -> None:  # fmt: skip
    cells = [others.get(person, reference) for person in range(people + extra)]
    if form == "DP:GT":
        cells = [f"7:{cell}" for cell in cells]
    lines = ["\t".join([f"{place}\t.\tA\tG,T\t.\tPASS\t.", form, *cells])]
    lines += ["\t".join([f"{place}\t.\tA\tC\t.\tPASS\t.\tGT", *[reference] * people])] * (records - 1)
    of_all = (sexes * people)[:people]
    assert read(lines, of_all) == read(lines, of_all, exactly=True)
