"""Genes by place, for variants that no annotation names any of."""

import numpy as np

from beacon.rows import VariantRow, VariantType
from beacon.side_tables import SIDE_TABLES
from beacon.variant_batch import VariantBatch, side_of
from core.columns import TextColumn
from core.genome import position_key
from core.reference_rows import GeneRow
from loaders.gene_annotation import SOURCE, GeneAnnotator
from loaders.gene_lookup import GeneLookup


def row(start: int, reference: str, alternate: str) -> VariantRow:
    return VariantRow(
        position_key("1", start), start + len(reference), reference, alternate, "", VariantType.INDEL, 1, 2, 1, 0, 0
    )


def annotator() -> GeneAnnotator:
    genes = [("GENE1", "G:1", 100, 200), ("GENE2", "G:2", 150, 300)]
    rows = [
        GeneRow(
            contig="1", start_0based=start, end_0based=end, strand="+", symbol=symbol, gene_id=identifier,
            transcript_id="", biotype="",
        )
        for symbol, identifier, start, end in genes
    ]  # fmt: skip
    return GeneAnnotator(GeneLookup.from_rows(rows))


def named(batch: VariantBatch) -> list[tuple[int, str, str, str]]:
    side = batch.sides["annotations"]
    texts = [column for name in ("gene_symbol", "gene_id", "source") if isinstance(column := side[name], TextColumn)]
    rows = np.asarray(side["row"]).tolist()
    return [(row, texts[0][place], texts[1][place], texts[2][place]) for place, row in enumerate(rows)]


def test_variants_get_the_genes_that_they_lie_in() -> None:
    batch = VariantBatch.from_rows([row(50, "A", "C"), row(120, "A", ""), row(160, "", "G"), row(300, "A", "C")])
    assert named(annotator().annotated("1", batch)) == [
        (1, "GENE1", "G:1", SOURCE),
        (2, "GENE1", "G:1", SOURCE),
        (2, "GENE2", "G:2", SOURCE),
    ]
    assert annotator().annotated("2", batch) is batch


def test_annotations_of_the_source_stay_alone() -> None:
    columns = {name: ["OWN" if name == "gene_symbol" else ""] for name in SIDE_TABLES["annotations"]}
    side = side_of("annotations", [1], columns)
    batch = VariantBatch.from_rows([row(120, "A", "C"), row(121, "A", "C")], sides={"annotations": side})
    assert named(annotator().annotated("1", batch)) == [(0, "GENE1", "G:1", SOURCE), (1, "OWN", "", "")]
