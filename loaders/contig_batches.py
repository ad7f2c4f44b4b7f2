"""Variants of one contig as they were read, with what is needed to put them beside others (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from beacon.variant_batch import Side, VariantBatch
from loaders.contig_copies import CallTally, Copies, rebased_calls
from loaders.coverage import Coverage

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class ContigBatch:
    """Variants of one contig, ordered, with what is needed to put them beside others.

    ``first_key``: no variant of a later record of a sorted file lies further left than this record's successor; the
    key of the first record's POS. ``told``: copies that calls are relative to. ``rows_inside``: per variant, whether
    its record begins inside a pseudo-autosomal region. ``covered``: where people are called, of gVCF files only.
    """

    contig: str
    first_key: int
    last_key: int
    batch: VariantBatch
    told: Copies
    rows_inside: Array
    tally: CallTally
    covered: Coverage


def in_order(batch: VariantBatch, inside: Array) -> tuple[VariantBatch, Array]:
    """The batch in the order of variants, and a column of its rows along with it."""
    order = batch.order()
    return batch.put_in(order), inside[order]


def joined(batches: Sequence[ContigBatch]) -> ContigBatch:
    """The batches of one contig as one; their calls are relative to the same copies where these are equal.

    Raises ``ValueError`` for batches of different contigs.
    """
    if len(batches) == 1:
        return batches[0]
    first = batches[0]
    if any(each.contig != first.contig for each in batches):
        message = "batches of different contigs"
        raise ValueError(message)
    whole = VariantBatch.concatenated([_relative_to(each, first.told) for each in batches])
    inside = np.concatenate([each.rows_inside for each in batches])
    tally = first.tally
    for each in batches[1:]:
        tally = tally.added(each.tally)
    batch, inside = in_order(whole, inside)
    return ContigBatch(
        first.contig,
        min(each.first_key for each in batches),
        max(each.last_key for each in batches),
        batch,
        first.told,
        inside,
        tally,
        Coverage.joined([each.covered for each in batches]),
    )


def _relative_to(found: ContigBatch, told: Copies) -> VariantBatch:
    """The variants, with calls relative to these copies."""
    batch, inside = found.batch, found.rows_inside
    calls = rebased_calls(batch.sides.get("calls"), inside, found.told, inside, told)
    sides = {table: side for table, side in batch.sides.items() if table != "calls"}
    return replace(batch, sides={**sides, **({} if calls is None else {"calls": calls})})


def calls_by_allele(calls: Array, first: Array, alleles: int) -> dict[str, Side]:
    """The side table of calls, int32[n, 3] of (record, person, copies): every allele of a record has those of it.

    ``first``: the first allele of each record, of so many ``alleles``.
    """
    numbers = np.diff(np.append(first, alleles))
    repeats = numbers[calls[:, 0]]
    if not repeats.any():
        return {}
    total = np.repeat(np.arange(len(calls)), repeats)
    within = np.arange(len(total)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    return {
        "calls": {
            "row": (first[calls[total, 0]] + within).astype(np.int32),
            "person_index": calls[total, 1].copy(),
            "copies": calls[total, 2].astype(np.uint8),
        }
    }
