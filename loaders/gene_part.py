"""Writing genes, their names and cytobands into a reference part."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.columns import TextColumn
from core.parts import FinishedPart, PartWriter
from loaders.gene_merge import GeneTables
from loaders.ontology_part import reference_schema


def build_gene_part(path: Path, tables: GeneTables) -> FinishedPart:
    """Write the tables, which are in their final order."""
    with PartWriter(path, reference_schema("genes")) as writer:
        genes, names, bands = tables.genes, tables.names, tables.bands
        writer.append(
            "genes",
            {
                "contig": _texts([gene.contig for gene in genes]),
                "start_0based": np.array([gene.start_0based for gene in genes], dtype=np.int32),
                "end_0based": np.array([gene.end_0based for gene in genes], dtype=np.int32),
                "strand": _texts([gene.strand for gene in genes]),
                "symbol": _texts([gene.symbol for gene in genes]),
                "gene_id": _texts([gene.gene_id for gene in genes]),
                "transcript_id": _texts([gene.transcript_id for gene in genes]),
                "biotype": _texts([gene.biotype for gene in genes]),
            },
        )
        writer.append(
            "aliases",
            {
                "alias_upper": _texts([name.alias.upper() for name in names]),
                "alias": _texts([name.alias for name in names]),
                "symbol": _texts([name.symbol for name in names]),
                "kind": _texts([name.kind.value for name in names]),
            },
        )
        writer.append(
            "bands",
            {
                "contig": _texts([band.contig for band in bands]),
                "start_0based": np.array([band.start_0based for band in bands], dtype=np.int32),
                "end_0based": np.array([band.end_0based for band in bands], dtype=np.int32),
                "band": _texts([band.name for band in bands]),
                "stain": _texts([band.stain for band in bands]),
            },
        )
        return writer.finish()


def _texts(values: Sequence[str]) -> TextColumn:
    return TextColumn.from_texts(values)
