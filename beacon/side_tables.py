"""The tables beside ``variants``: one row belongs to one variant, named by its number (pure).

``beacon/schema.sql`` holds the same tables; the order of columns here is the order of columns there.
"""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType


class ColumnKind(Enum):
    """What a column holds."""

    INT32 = "int32"
    UINT8 = "uint8"
    NULLABLE = "int32, NULL where not stated"
    TEXT = "text, empty where not stated"


def _texts(*names: str) -> Mapping[str, ColumnKind]:
    return MappingProxyType(dict.fromkeys(names, ColumnKind.TEXT))


SIDE_TABLES: Mapping[str, Mapping[str, ColumnKind]] = MappingProxyType(
    {
        "carriers": MappingProxyType({"person_index": ColumnKind.INT32, "zygosity": ColumnKind.UINT8}),
        "calls": MappingProxyType({"person_index": ColumnKind.INT32, "copies": ColumnKind.UINT8}),
        "annotations": _texts(
            "gene_symbol", "gene_id", "transcript_id", "consequence", "amino_acid_change",
            "hgvs_coding", "hgvs_protein", "impact", "source",
        ),
        "clinical": _texts(
            "significance", "condition", "condition_id", "review_status", "identifier", "source",
        ),
        "structural": MappingProxyType(
            {
                "length": ColumnKind.NULLABLE,
                "start_low": ColumnKind.NULLABLE,
                "start_high": ColumnKind.NULLABLE,
                "end_low": ColumnKind.NULLABLE,
                "end_high": ColumnKind.NULLABLE,
                "copy_number": ColumnKind.NULLABLE,
                "mate": ColumnKind.TEXT,
            }
        ),
        "frequencies": MappingProxyType(
            {
                "population": ColumnKind.TEXT,
                "allele_count": ColumnKind.INT32,
                "allele_number": ColumnKind.INT32,
                "heterozygous": ColumnKind.NULLABLE,
                "homozygous": ColumnKind.NULLABLE,
                "hemizygous": ColumnKind.NULLABLE,
            }
        ),
    }
)  # fmt: skip
"""Name of the table -> its columns after ``variant_index``."""

ABOUT_PEOPLE = frozenset({"carriers", "calls"})
"""Tables that are ordered by (variant, person); the others keep the order in which their rows came."""
