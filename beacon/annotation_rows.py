"""Rows of what is known of a variant beyond its counts: annotation, clinical meaning, structure, frequencies (pure).

``beacon/schema.sql`` holds the tables; the order of fields here is the order of columns there, without
``variant_index``. A text that the source does not state is empty, a number that it does not state is ``None``.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AnnotationRow:
    """What one annotator says of one allele in one transcript (or gene): one Sequence Ontology consequence name.

    ``amino_acid_change``: in one-letter codes without ``p.``, such as ``V600E``. ``hgvs_coding``, ``hgvs_protein``:
    HGVS as the source writes it. ``impact``: HIGH, MODERATE, LOW or MODIFIER. ``source``: the annotator.
    """

    gene_symbol: str = ""
    gene_id: str = ""
    transcript_id: str = ""
    consequence: str = ""
    amino_acid_change: str = ""
    hgvs_coding: str = ""
    hgvs_protein: str = ""
    impact: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class ClinicalRow:
    """What one allele means for one condition: one row a significance and condition.

    ``condition_id``: a CURIE such as ``OMIM:616126``. ``identifier``: of the variant at the source.
    """

    significance: str = ""
    condition: str = ""
    condition_id: str = ""
    review_status: str = ""
    identifier: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class StructuralRow:
    """What a symbolic allele or a breakend has beyond start and end.

    ``length``: INFO/SVLEN in bases, negative for deletions. ``start_low``, ``start_high``, ``end_low``, ``end_high``:
    how far start and end may lie from where they are stated (CIPOS, CIEND), in bases. ``copy_number``: copies of the
    segment on one chromosome copy. ``mate``: ``contig:start_0based`` of the other side of a breakend.
    """

    length: int | None = None
    start_low: int | None = None
    start_high: int | None = None
    end_low: int | None = None
    end_high: int | None = None
    copy_number: int | None = None
    mate: str = ""


@dataclass(frozen=True, slots=True)
class FrequencyRow:
    """Counts of one allele in one population; the last three are numbers of people."""

    population: str
    allele_count: int
    allele_number: int
    heterozygous: int | None = None
    homozygous: int | None = None
    hemizygous: int | None = None
