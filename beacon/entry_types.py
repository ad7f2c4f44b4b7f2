"""The table of entry types: routes, `/map`, `/entry_types`, `/configuration` and tests are derived from it (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from beacon.rows import EntityType

SPECIFICATION = "Beacon v2.2.0"
_SCHEMAS = "https://raw.githubusercontent.com/ga4gh-beacon/beacon-v2/v2.2.0/models/json/beacon-v2-default-model"


@dataclass(frozen=True, slots=True)
class EntryType:
    """One entry type of Beacon's default model (Beacon v2.2, entryTypeDefinition).

    ``path``: first segment of its routes. ``schema_folder``: folder of its schema in the specification. ``entity``: the
    table of ``beacon.rows`` that holds its records, ``None`` for variants and datasets. ``related``: entry types that
    are served below ``/{path}/{id}/``. ``of_people``: whether a record belongs to a person, so that its counts are
    counts of people. ``served``: whether it has routes here.
    """

    id: str
    path: str
    name: str
    description: str
    schema_id: str
    schema_folder: str
    ontology_id: str
    ontology_label: str
    entity: EntityType | None = None
    collection_of: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    of_people: bool = False
    served: bool = True

    @property
    def is_collection(self) -> bool:
        """Whether answers hold ``collections`` instead of result sets."""
        return bool(self.collection_of)

    @property
    def schema_url(self) -> str:
        """Address of the JSON Schema of its records."""
        return f"{_SCHEMAS}/{self.schema_folder}/defaultSchema.json"


VARIANT = EntryType(
    id="genomicVariant",
    path="g_variants",
    name="Genomic variants",
    description="Sequence and structural variants, one record an allele.",
    schema_id="ga4gh-beacon-variant-v2.0.0",
    schema_folder="genomicVariations",
    ontology_id="ENSGLOSSARY:0000092",
    ontology_label="Variant",
    related=("individual", "biosample", "run", "analysis"),
)
DATASET = EntryType(
    id="dataset",
    path="datasets",
    name="Datasets",
    description="Data that are published, described and governed together.",
    schema_id="ga4gh-beacon-dataset-v2.0.0",
    schema_folder="datasets",
    ontology_id="NCIT:C47824",
    ontology_label="Data set",
    collection_of=("genomicVariant", "individual"),
    related=("genomicVariant", "individual", "biosample", "run", "analysis"),
)
_INDIVIDUAL = EntryType(
    id="individual",
    path="individuals",
    name="Individuals",
    description="People, by pseudonym: sex, diseases, phenotypic features, measurements.",
    schema_id="ga4gh-beacon-individual-v2.0.0",
    schema_folder="individuals",
    ontology_id="NCIT:C25190",
    ontology_label="Person",
    entity=EntityType.INDIVIDUAL,
    related=("genomicVariant", "biosample", "run", "analysis"),
    of_people=True,
)
_BIOSAMPLE = EntryType(
    id="biosample",
    path="biosamples",
    name="Biological samples",
    description="Samples taken from people.",
    schema_id="ga4gh-beacon-biosample-v2.0.0",
    schema_folder="biosamples",
    ontology_id="NCIT:C70699",
    ontology_label="Biospecimen",
    entity=EntityType.BIOSAMPLE,
    related=("genomicVariant",),
    of_people=True,
)
_RUN = EntryType(
    id="run",
    path="runs",
    name="Sequencing runs",
    description="Sequencing experiments on samples.",
    schema_id="ga4gh-beacon-run-v2.0.0",
    schema_folder="runs",
    ontology_id="NCIT:C148088",
    ontology_label="Sequencing run",
    entity=EntityType.RUN,
    of_people=True,
)
_ANALYSIS = EntryType(
    id="analysis",
    path="analyses",
    name="Bioinformatics analyses",
    description="Analyses of sequencing data.",
    schema_id="ga4gh-beacon-analysis-v2.0.0",
    schema_folder="analyses",
    ontology_id="edam:operation_2945",
    ontology_label="Analysis",
    entity=EntityType.ANALYSIS,
    of_people=True,
)
_COHORT = EntryType(
    id="cohort",
    path="cohorts",
    name="Cohorts",
    description="Groups of people that share a trait or a study.",
    schema_id="ga4gh-beacon-cohort-v2.0.0",
    schema_folder="cohorts",
    ontology_id="NCIT:C61512",
    ontology_label="Cohort",
    entity=EntityType.COHORT,
    collection_of=("individual",),
)

ENTRY_TYPES: tuple[EntryType, ...] = (_ANALYSIS, _BIOSAMPLE, _COHORT, DATASET, VARIANT, _INDIVIDUAL, _RUN)
"""All entry types of the default model."""

SERVED: tuple[EntryType, ...] = tuple(entry for entry in ENTRY_TYPES if entry.served)
"""Those that have routes."""

BY_ID: Mapping[str, EntryType] = MappingProxyType({entry.id: entry for entry in ENTRY_TYPES})
"""The table by id."""

_OTHER_SCOPE_NAMES = {
    "g_variant": "genomicVariant",
    "genomicVariation": "genomicVariant",
    "genomicVariations": "genomicVariant",
    "genomicVariants": "genomicVariant",
}


def entry_of_scope(scope: str) -> EntryType | None:
    """The entry type that a filter's ``scope`` means: its id or its path, singular or plural; ``None`` if unknown."""
    if scope in _OTHER_SCOPE_NAMES:
        return BY_ID[_OTHER_SCOPE_NAMES[scope]]
    return next((entry for entry in ENTRY_TYPES if scope in (entry.id, entry.path)), None)
