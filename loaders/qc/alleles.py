"""What the variants of a batch are, without regard to who carries them: kinds, frequencies, lengths (pure)."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from beacon.rows import VariantType
from beacon.variant_batch import TYPE_CODES, VARIANT_TYPES, VariantBatch
from core.columns import TextColumn

Counts = npt.NDArray[np.int64]
Numbers = npt.NDArray[Any]
Kinds = npt.NDArray[np.uint8]

TRANSITION, TRANSVERSION, INDEL, OTHER = range(4)
"""Kinds of allele: SNP between A and G or C and T; any other SNP of plain bases; sequence that changes the length;
everything else (MNP, symbolic alleles, breakends, ambiguous bases)."""
KINDS = 4

FREQUENCY_EDGES = (1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.2, 0.5, 0.9)
"""Upper ends, included, of the bins of allele frequencies; one more bin lies above the last."""
UNKNOWN_BIN, ABSENT_BIN, FIRST_BIN = range(3)
"""Before the bins of ``FREQUENCY_EDGES``: frequency not known, nobody carries the allele, the first of them."""
BINS = FIRST_BIN + len(FREQUENCY_EDGES) + 1
COUNT_CLASSES = 4
"""Allele count 0 or unknown, 1, 2, more."""
LONGEST = 50
"""Changes of length beyond this many bases are counted together."""
LENGTHS = 2 * LONGEST + 3

_SNP = TYPE_CODES[VariantType.SNP]


def _table(values: Mapping[int, int], rest: int, size: int = 256) -> Kinds:
    found = np.full(size, rest, dtype=np.uint8)
    for place, value in values.items():
        found[place] = value
    found.setflags(write=False)
    return found


_KIND_OF_TYPE = _table(
    {TYPE_CODES[kind]: INDEL for kind in (VariantType.INS, VariantType.DEL, VariantType.INDEL)}, OTHER
)
_BASE_BIT = _table({ord(base): 1 << place for place, base in enumerate("AGCT")} | {ord("U"): 8}, 128)
_SNP_KIND = _table(
    {0b0011: TRANSITION, 0b1100: TRANSITION} | dict.fromkeys((0b0101, 0b1001, 0b0110, 0b1010), TRANSVERSION), OTHER
)


def kinds_of(batch: VariantBatch) -> Kinds:
    """The kind of each allele."""
    kinds = _KIND_OF_TYPE[batch.variant_type]
    snps = np.flatnonzero(batch.variant_type == _SNP)
    bits = _BASE_BIT[_first_bytes(batch.reference_bases, snps)] | _BASE_BIT[_first_bytes(batch.alternate_bases, snps)]
    kinds[snps] = _SNP_KIND[bits]
    indels = np.flatnonzero(kinds == INDEL)
    inserting = indels[batch.alternate_bases.offsets[indels + 1] > batch.alternate_bases.offsets[indels]]
    kinds[inserting[_first_bytes(batch.alternate_bases, inserting) == ord("<")]] = OTHER
    return kinds


def _first_bytes(column: TextColumn, rows: Counts) -> Kinds:
    """The first byte of each text; none of them is empty."""
    return column.data[column.offsets[rows]]


def spectrum_of(batch: VariantBatch, kinds: Numbers) -> Counts:
    """Variants by [frequency bin, class of allele count, kind]."""
    count, number = batch.allele_count, batch.allele_number
    unknown = (number <= 0) | (count < 0)
    bins = exceeded(count / np.maximum(number, 1), FREQUENCY_EDGES) + np.uint8(FIRST_BIN)
    bins[count == 0] = ABSENT_BIN
    bins[unknown] = UNKNOWN_BIN
    classes = np.clip(count, 0, COUNT_CLASSES - 1).astype(np.uint8)
    classes[unknown] = 0
    codes = (bins * np.uint8(COUNT_CLASSES) + classes) * np.uint8(KINDS) + kinds
    return histogram(codes, BINS * COUNT_CLASSES * KINDS).reshape(BINS, COUNT_CLASSES, KINDS)


def lengths_of(batch: VariantBatch, kinds: Numbers) -> Counts:
    """Indels by their change of length."""
    indels = np.flatnonzero(kinds == INDEL)
    after, before = batch.alternate_bases.offsets, batch.reference_bases.offsets
    change = (after[indels + 1] - after[indels]) - (before[indels + 1] - before[indels])
    return histogram(np.clip(change, -LONGEST - 1, LONGEST + 1) + LONGEST + 1, LENGTHS)


def exceeded(values: npt.NDArray[np.float64], edges: Sequence[float]) -> Kinds:
    """How many of the edges each value exceeds."""
    found = np.zeros(len(values), dtype=np.uint8)
    for edge in edges:
        found += values > edge
    return found


def histogram(codes: Numbers, size: int) -> Counts:
    """How often each code below ``size`` occurs."""
    return np.bincount(codes, minlength=size)


def types_of(batch: VariantBatch) -> Counts:
    """Variants by ``VariantType``."""
    return histogram(batch.variant_type, len(VARIANT_TYPES))
