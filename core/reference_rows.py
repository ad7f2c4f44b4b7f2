"""Rows of the reference parts (pure): ontology terms, their edges, genes, their other names, cytobands."""

from dataclasses import dataclass
from enum import StrEnum


class SynonymScope(StrEnum):
    """How close a synonym is (OBO 1.4, section 3.3)."""

    EXACT = "EXACT"
    NARROW = "NARROW"
    BROAD = "BROAD"
    RELATED = "RELATED"


class Relation(StrEnum):
    """An edge from a term to what is above it; the closure follows ``is_a`` alone."""

    IS_A = "is_a"
    PART_OF = "part_of"


class NameKind(StrEnum):
    """What another name of a gene is, in the order in which names are tried after the symbol itself."""

    APPROVED = "approved"
    PREVIOUS = "previous"
    ALIAS = "alias"
    IDENTIFIER = "identifier"


@dataclass(frozen=True, slots=True)
class Synonym:
    """Another text for a term."""

    text: str
    scope: SynonymScope


@dataclass(frozen=True, slots=True)
class Link:
    """An edge to a term above."""

    parent_id: str
    relation: Relation


@dataclass(frozen=True, slots=True)
class OntologyTerm:
    """A term by its CURIE; texts that are not stated are empty.

    ``alternative_ids``: ids of terms that were merged into this one. ``replaced_by``: what an obsolete term's makers
    say stands for it now.
    """

    id: str
    label: str = ""
    definition: str = ""
    obsolete: bool = False
    synonyms: tuple[Synonym, ...] = ()
    links: tuple[Link, ...] = ()
    alternative_ids: tuple[str, ...] = ()
    replaced_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GeneRow:
    """A gene at one place of the genome; strand is ``+``, ``-`` or empty, as is every text that is not stated."""

    contig: str
    start_0based: int
    end_0based: int
    strand: str
    symbol: str
    gene_id: str = ""
    transcript_id: str = ""
    biotype: str = ""


@dataclass(frozen=True, slots=True)
class GeneName:
    """Another name of the gene that stands in the table under ``symbol``."""

    alias: str
    symbol: str
    kind: NameKind


@dataclass(frozen=True, slots=True)
class Band:
    """A cytoband; ``stain`` as UCSC writes it (``gneg``, ``gpos50``)."""

    contig: str
    start_0based: int
    end_0based: int
    name: str
    stain: str
