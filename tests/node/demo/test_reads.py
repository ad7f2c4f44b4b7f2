from collections import Counter
from functools import lru_cache
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from node.demo.reads import (
    CONTIG_LENGTHS,
    FIRST,
    MATE_UNMAPPED,
    PROPER,
    READ_BASES,
    REVERSE,
    SECOND,
    UNMAPPED,
    UNPLACED_PAIRS,
    SimulatedRead,
    cigar_of,
    make_reference,
    simulate_reads,
)

REFERENCE = make_reference(4)


@lru_cache
def reads() -> tuple[SimulatedRead, ...]:
    return tuple(simulate_reads(REFERENCE, 4, 1))


def test_the_same_seed_gives_the_same_reads_and_another_person_others() -> None:
    assert make_reference(4) == REFERENCE != make_reference(5)
    assert {name: len(bases) for name, bases in REFERENCE.items()} == CONTIG_LENGTHS
    assert tuple(simulate_reads(REFERENCE, 4, 1)) == reads()
    assert tuple(simulate_reads(REFERENCE, 4, 2)) != reads()


def test_reads_are_sorted_with_unplaced_ones_last() -> None:
    places = [(read.contig_index, read.start_0based) for read in reads() if read.contig_index >= 0]
    assert places == sorted(places)
    assert all(read.contig_index == -1 for read in reads()[-2 * UNPLACED_PAIRS :])
    assert len(places) == len(reads()) - 2 * UNPLACED_PAIRS


def test_every_name_is_a_pair_whose_ends_point_at_each_other() -> None:
    pairs: dict[str, list[SimulatedRead]] = {}
    for read in reads():
        pairs.setdefault(read.name, []).append(read)
    for one, two in pairs.values():
        assert {one.flag & (FIRST | SECOND), two.flag & (FIRST | SECOND)} == {FIRST, SECOND}
        assert one.template_length == -two.template_length
        assert (one.mate_start_0based, two.mate_start_0based) == (two.start_0based, one.start_0based)
        assert bool(one.flag & MATE_UNMAPPED) == bool(two.flag & UNMAPPED)
        if one.flag & PROPER:
            assert {one.flag & REVERSE, two.flag & REVERSE} == {0, REVERSE}
    assert sum(bool(read.flag & UNMAPPED) and read.contig_index >= 0 for read in reads()) > 0


def aligned_letters(read: SimulatedRead) -> list[tuple[str, str]]:
    """Read and reference letters at matches; checks that the CIGAR covers the read and stays in the contig."""
    bases = list(REFERENCE.values())[read.contig_index]
    found, in_read, in_contig = [], 0, read.start_0based
    for operation, length in read.cigar:
        if operation == 0:
            found += list(
                zip(read.sequence[in_read : in_read + length], bases[in_contig : in_contig + length], strict=True)
            )
        in_read += length if operation in (0, 1, 4) else 0
        in_contig += length if operation in (0, 2) else 0
    assert in_read == READ_BASES == len(read.sequence) == len(read.qualities)
    return found


def test_alignments_fit_the_reference_but_for_variants_and_errors() -> None:
    letters = Counter(one == two for read in reads() if not read.flag & UNMAPPED for one, two in aligned_letters(read))
    assert 0.002 < letters[False] / letters.total() < 0.006
    operations = {operation for read in reads() for operation, _ in read.cigar}
    assert operations >= {0, 1, 2}


def test_a_variant_on_both_haplotypes_shows_in_all_reads() -> None:
    columns: dict[int, Counter[str]] = {}
    for read in reads():
        if read.contig_index == 0 and read.cigar == ((0, READ_BASES),):
            for offset, letter in enumerate(read.sequence):
                columns.setdefault(read.start_0based + offset, Counter())[letter] += 1
    contig = REFERENCE["demo1"]
    shares = [
        1 - column[contig[position]] / column.total() for position, column in columns.items() if column.total() > 9
    ]
    assert sum(share > 0.9 for share in shares) > 5
    assert sum(0.25 < share < 0.75 for share in shares) > 10


@st.composite
def positions(draw: st.DrawFn) -> list[int]:
    """Rising reference positions with gaps, and inserted bases between."""
    found, here = [], draw(st.integers(0, 50))
    for _ in range(draw(st.integers(1, 40))):
        kind = draw(st.sampled_from(["match"] * 6 + ["gap", "insertion"]))
        here += draw(st.integers(1, 5)) if kind == "gap" else 0
        found += [-1] if kind == "insertion" else [here]
        here += kind != "insertion"
    return found if any(it >= 0 for it in found) else [*found, here]


@given(positions())
def test_a_cigar_spells_the_positions_it_was_made_of(expected: list[int]) -> None:
    cigar = cigar_of(np.array(expected, dtype=np.int32))
    here, spelled = next(it for it in expected if it >= 0), []
    for operation, length in cigar:
        if operation == 0:
            spelled += list(range(here, here + length))
        elif operation in (1, 4):
            spelled += [-1] * length
        here += length if operation in (0, 2) else 0
    assert spelled == expected
    assert all(operation != 1 for operation, _ in (cigar[0], cigar[-1]))
    assert all(one[0] != two[0] for one, two in pairwise(cigar))
