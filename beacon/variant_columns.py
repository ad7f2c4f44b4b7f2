"""Batches of variants and people as the columns of a part's tables."""

from collections.abc import Sequence

import numpy as np

from beacon.part_columns import columns_of
from beacon.rows import PersonRow
from beacon.side_tables import SIDE_TABLES, ColumnKind
from beacon.variant_batch import VARIANT_TYPES, Side, VariantBatch
from core.columns import Column, Nullable, TextColumn


def people_columns(people: Sequence[PersonRow]) -> dict[str, Column]:
    """People as the columns of table ``people``."""
    columns: dict[str, Column] = {}
    for name, values in columns_of(people, PersonRow).items():
        if name == "person_index":
            columns[name] = np.asarray(values, dtype=np.int32)
        elif name in ("copies", "copies_par"):
            columns[name] = np.asarray(values, dtype=np.uint8)
        else:
            columns[name] = TextColumn.from_texts([str(value) for value in values])
    return columns


def variant_columns(batch: VariantBatch) -> dict[str, Column]:
    """A batch as the columns of table ``variants``."""
    return {
        "key": batch.key,
        "end_0based": batch.end_0based,
        "reference_bases": batch.reference_bases,
        "alternate_bases": batch.alternate_bases,
        "anchor": batch.anchor,
        "variant_type": TextColumn.from_codes(batch.variant_type, VARIANT_TYPES),
        "allele_count": batch.allele_count,
        "allele_number": batch.allele_number,
        "heterozygous": Nullable(batch.heterozygous),
        "homozygous": Nullable(batch.homozygous),
        "hemizygous": Nullable(batch.hemizygous),
    }


def side_columns(table: str, side: Side, first: int) -> dict[str, Column]:
    """A side table as its columns; ``first``: number in the part of the first variant of the batch."""
    rows = side["row"]
    columns: dict[str, Column] = {"variant_index": rows + np.int32(first) if isinstance(rows, np.ndarray) else rows}
    for name, kind in SIDE_TABLES[table].items():
        column = side[name]
        nullable = kind is ColumnKind.NULLABLE and isinstance(column, np.ndarray)
        columns[name] = Nullable(column) if nullable and isinstance(column, np.ndarray) else column
    return columns
