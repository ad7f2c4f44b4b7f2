"""One typed row a table: what loaders produce and the store takes (pure).

``beacon/schema.sql`` holds the tables; the order of fields here is the order of columns there. All coordinates are
0-based and half-open; alleles are trimmed (common suffix first, then common prefix), so that one allele has one
spelling.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class VariantType(StrEnum):
    """Kinds of variant (Beacon v2.2, variantType; VCF 4.3 §1.4.5 for the symbolic ones)."""

    SNP = "SNP"
    MNP = "MNP"
    INS = "INS"
    DEL = "DEL"
    INDEL = "INDEL"
    DUP = "DUP"
    INV = "INV"
    CNV = "CNV"
    BND = "BND"
    SV = "SV"


class Zygosity(IntEnum):
    """How a person carries an allele: on one of two copies, on both, or on the only one."""

    HETEROZYGOUS = 1
    HOMOZYGOUS = 2
    HEMIZYGOUS = 3


@dataclass(frozen=True, slots=True)
class VariantRow:
    """One allele at one place, with the counts of the people of one part.

    ``key``: ``core.genome.position_key(contig, start_0based)``, the sort order of the table. ``start_0based`` is its
    low half. ``alternate_bases``: bases, or a symbolic allele such as ``<DEL>`` (then ``reference_bases`` is empty).
    ``anchor``: the base before a trimmed insertion or deletion as the file had it, empty where unknown.
    ``heterozygous``, ``homozygous``, ``hemizygous``: numbers of people, ``None`` where the source does not say
    (sites-only files).
    """

    key: int
    end_0based: int
    reference_bases: str
    alternate_bases: str
    anchor: str
    variant_type: VariantType
    allele_count: int
    allele_number: int
    heterozygous: int | None
    homozygous: int | None
    hemizygous: int | None

    @property
    def start_0based(self) -> int:
        """First base of the trimmed allele; for an insertion the base that it stands before."""
        return self.key & 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class CarrierRow:
    """One carrier: ``variant_index`` is the 0-based row number in ``variants``, ``person_index`` that in ``people``."""

    variant_index: int
    person_index: int
    zygosity: Zygosity


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person of a variant part: the sample column, and the individual and biosample it belongs to.

    ``copies``: how many copies of the part's contig the person has, ``copies_par`` inside pseudo-autosomal regions.
    """

    person_index: int
    sample: str
    individual_id: str
    biosample_id: str
    sex: str
    copies: int = 2
    copies_par: int = 2


@dataclass(frozen=True, slots=True)
class CallRow:
    """Called copies of one person at a variant's place where they are not the expected ones (see ``schema.sql``)."""

    variant_index: int
    person_index: int
    copies: int


class EntityType(StrEnum):
    """Entity tables of an entities part; the value is the table's name."""

    INDIVIDUAL = "individuals"
    BIOSAMPLE = "biosamples"
    RUN = "runs"
    ANALYSIS = "analyses"
    COHORT = "cohorts"


@dataclass(frozen=True, slots=True)
class EntityRow:
    """One individual, biosample, run, analysis or cohort.

    ``document``: the record as Beacon v2.2 shows it (JSON text, without personal data). ``individual_id``: whom it is
    about, empty for cohorts. ``sex``: ``FEMALE``, ``MALE``, ``OTHER_SEX`` or ``UNKNOWN_SEX`` (Phenopackets v2, Sex),
    filled for individuals only.
    """

    entity: EntityType
    id: str
    individual_id: str
    sex: str
    document: str


@dataclass(frozen=True, slots=True)
class TermRow:
    """An ontology term that an entity carries: the filter index.

    ``field``: the property that holds it: ``diseases``, ``phenotypicFeatures``, ``sex`` and so on. ``excluded``: the
    person was examined and does not have it.
    """

    entity: EntityType
    entity_id: str
    individual_id: str
    field: str
    term_id: str
    label: str
    excluded: bool
