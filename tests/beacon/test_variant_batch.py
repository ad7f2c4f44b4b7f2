import hypothesis.strategies as st
import numpy as np
from hypothesis import given

from beacon.rows import CarrierRow, Zygosity
from beacon.variant_batch import UNKNOWN_COUNT, VariantBatch
from tests.beacon.test_part_builder import ROWS, variant


def identities(batch: VariantBatch) -> list[tuple[int, int, str, str]]:
    return [batch.identity(row) for row in range(len(batch))]


@given(st.lists(ROWS, max_size=20), st.integers(0, 1 << 33))
def test_order_split_and_repetition(rows: list[object], key: int) -> None:
    batch = VariantBatch.from_rows(rows)  # type: ignore[arg-type]  # a strategy of rows
    ordered = batch.ordered()
    found = identities(ordered)
    assert found == sorted(identities(batch))
    low, high = ordered.split_at(key)
    assert identities(low) + identities(high) == found
    assert all(identity[0] < key for identity in identities(low))
    assert ordered.repeated().tolist() == [row for row in range(1, len(found)) if found[row] == found[row - 1]]


def test_carriers_follow_their_variants() -> None:
    rows = [variant(9), variant(5), variant(7)]
    carriers = [
        CarrierRow(0, 2, Zygosity.HOMOZYGOUS),
        CarrierRow(0, 1, Zygosity.HEMIZYGOUS),
        CarrierRow(1, 0, Zygosity.HETEROZYGOUS),
    ]
    batch = VariantBatch.from_rows(rows, carriers)
    twice = VariantBatch.concatenated([batch, batch])
    assert twice.carrier_row.tolist() == [0, 0, 1, 3, 3, 4]
    ordered = batch.ordered()
    assert ordered.carrier_row.tolist() == [0, 2, 2]
    assert ordered.carrier_person.tolist() == [0, 1, 2]
    assert ordered.carrier_zygosity.tolist() == [1, 3, 2]
    kept = ordered.taken(np.array([2]))
    assert (kept.carrier_row.tolist(), kept.carrier_person.tolist()) == ([0, 0], [1, 2])


def test_unknown_counts_have_a_mark() -> None:
    batch = VariantBatch.from_rows([variant(5, heterozygous=None)])
    assert batch.heterozygous.tolist() == [UNKNOWN_COUNT]
    assert len(VariantBatch.from_columns({"key": ()})) == 0
