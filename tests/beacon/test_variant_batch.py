"""Batches of variants: order, splitting, repeats, and the rows of side tables that go along."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from beacon.rows import CarrierRow, VariantRow, VariantType, Zygosity
from beacon.variant_batch import VariantBatch, side_of
from core.genome import position_key

BASES = st.text(alphabet="ACGT", max_size=3)


@st.composite
def rows(draw: st.DrawFn) -> VariantRow:
    start = draw(st.integers(0, 6))
    reference, alternate = draw(BASES), draw(BASES)
    return VariantRow(
        position_key("1", start), start + len(reference), reference, alternate, "", VariantType.INDEL,
        draw(st.integers(0, 3)), 4, draw(st.none() | st.integers(0, 3)), None, 0,
    )  # fmt: skip


def identity(row: VariantRow) -> tuple[int, int, str, str]:
    return row.key, row.end_0based, row.reference_bases, row.alternate_bases


def batch_of(given_rows: list[VariantRow]) -> VariantBatch:
    """Every row with two carriers, given backwards, and an annotation that names the row."""
    carriers = [
        CarrierRow(number, person, Zygosity.HETEROZYGOUS) for number in range(len(given_rows)) for person in (7, number)
    ]
    names = [f"gene{number}" for number in range(len(given_rows))]
    columns = {name: [""] * len(names) for name in ("gene_id", "transcript_id", "consequence", "amino_acid_change")}
    columns |= {name: [""] * len(names) for name in ("hgvs_coding", "hgvs_protein", "impact", "source")}
    side = side_of("annotations", list(range(len(names))), {"gene_symbol": names, **columns})
    return VariantBatch.from_rows(
        given_rows, carriers, sides={"annotations": side}, source_lines=list(range(1, len(given_rows) + 1))
    )


def check_sides(batch: VariantBatch) -> None:
    """The rows of side tables still belong to the variants that they came with."""
    if not len(batch):
        return
    origin = batch.source_line - 1
    annotations, carriers = batch.sides["annotations"], batch.sides["carriers"]
    symbols = annotations["gene_symbol"]
    for place, row in enumerate(np.asarray(annotations["row"])):
        assert symbols[place] == f"gene{origin[row]}"
    found = list(zip(np.asarray(carriers["row"]).tolist(), np.asarray(carriers["person_index"]).tolist(), strict=True))
    assert found == sorted((row, person) for row in range(len(batch)) for person in (7, int(origin[row])))


@given(st.lists(rows(), min_size=1, max_size=12))
def test_ordered_rows_keep_their_side_tables_and_repeats_go(given_rows: list[VariantRow]) -> None:
    ordered = batch_of(given_rows).ordered()
    expected = sorted(range(len(given_rows)), key=lambda n: (*identity(given_rows[n]), -given_rows[n].allele_count, n))
    assert (ordered.source_line - 1).tolist() == expected
    check_sides(ordered)
    kept, dropped = ordered.without_repeats()
    identities = [kept.identity(row) for row in range(len(kept))]
    assert identities == sorted({identity(row) for row in given_rows})
    assert len(dropped) == len(given_rows) - len(kept)
    check_sides(kept)


@given(st.lists(rows(), min_size=1, max_size=12), st.integers(0, 12), st.integers(0, 12))
def test_pieces_put_together_are_the_whole(given_rows: list[VariantRow], one: int, other: int) -> None:
    ordered = batch_of(given_rows).ordered()
    first, last = sorted((min(one, len(ordered)), min(other, len(ordered))))
    pieces = [ordered.between(0, first), ordered.between(first, last), ordered.between(last, len(ordered))]
    for piece in pieces:
        check_sides(piece)
    whole = VariantBatch.concatenated([piece for piece in pieces if len(piece)])
    assert [whole.identity(row) for row in range(len(whole))] == [ordered.identity(row) for row in range(len(ordered))]
    check_sides(whole)
    key = int(ordered.key[min(first, len(ordered) - 1)])
    below, rest = ordered.split_at(key)
    assert all(below.key < key)
    assert all(rest.key >= key)
