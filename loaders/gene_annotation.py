"""Genes by place for variants of which the source names none."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

import numpy as np

from beacon.side_tables import SIDE_TABLES
from beacon.variant_batch import SideColumn, VariantBatch, side_in_order
from core.columns import TextColumn
from loaders.gene_lookup import GeneLookup
from loaders.gene_reference import load_gene_lookup

SOURCE = "gene table"
"""What ``annotations.source`` says of genes that were found by place."""


class GeneAnnotator:
    """Adds the genes that variants lie in, from the node's installed gene tables."""

    def __init__(self, lookup: GeneLookup) -> None:
        """``lookup``: genes of the assembly that variants are on."""
        self._lookup = lookup
        self._symbols = TextColumn.from_texts([hit.symbol for hit in lookup.hits])
        self._ids = TextColumn.from_texts([hit.gene_id for hit in lookup.hits])

    @classmethod
    def of_home(cls, home: Path, assembly: str) -> Self | None:
        """The annotator of a node; ``None`` where no genes of the assembly are installed."""
        lookup = load_gene_lookup(home, assembly)
        return None if lookup is None else cls(lookup)

    def annotated(self, contig: str, batch: VariantBatch) -> VariantBatch:
        """The batch, with the genes of the variants that have no annotation."""
        known = batch.sides.get("annotations")
        bare = np.ones(len(batch), dtype=np.bool_)
        if known is not None:
            bare[np.asarray(known["row"])] = False
        rows = np.flatnonzero(bare)
        found, hits = self._lookup.annotate(contig, batch.start_0based[rows], batch.end_0based[rows].astype(np.int64))
        if not len(found):
            return batch
        empty = TextColumn.from_codes(np.zeros(len(found), dtype=np.int64), ("",))
        side: dict[str, SideColumn] = {"row": rows[found].astype(np.int32)}
        side |= dict.fromkeys(SIDE_TABLES["annotations"], empty)
        side["gene_symbol"], side["gene_id"] = self._symbols.taken(hits), self._ids.taken(hits)
        side["source"] = TextColumn.from_codes(np.zeros(len(found), dtype=np.int64), (SOURCE,))
        if known is not None:
            side = {name: _joined((known[name], column)) for name, column in side.items()}
        return replace(batch, sides={**batch.sides, "annotations": side_in_order("annotations", side)})


def _joined(columns: Sequence[SideColumn]) -> SideColumn:
    texts = [column for column in columns if isinstance(column, TextColumn)]
    return TextColumn.concatenated(texts) if texts else np.concatenate([np.asarray(column) for column in columns])
