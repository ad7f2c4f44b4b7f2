"""What a file of Beacon records holds: told by its name, where that does not say by its first record (pure)."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from core.strict_json import JsonValue


class BeaconKind(StrEnum):
    """Kinds of files in Beacon-friendly format; the value is the usual name of the file."""

    INDIVIDUALS = "individuals"
    BIOSAMPLES = "biosamples"
    RUNS = "runs"
    ANALYSES = "analyses"
    COHORTS = "cohorts"
    DATASETS = "datasets"
    VARIANTS = "genomicVariations"
    CASE_LEVEL = "caseLevelData"
    TARGETS = "targets"
    FILTERING_TERMS = "filtering_terms"


_NAMES: Mapping[str, BeaconKind] = MappingProxyType(
    {re.sub(r"[^a-z]", "", kind.lower()): kind for kind in BeaconKind}
    | {"gvariants": BeaconKind.VARIANTS, "genomicvariants": BeaconKind.VARIANTS}
)
_TELLING: tuple[tuple[BeaconKind, frozenset[str]], ...] = (
    (BeaconKind.VARIANTS, frozenset({"variation", "variantInternalId"})),
    (BeaconKind.TARGETS, frozenset({"biosampleIds"})),
    (BeaconKind.BIOSAMPLES, frozenset({"biosampleStatus", "sampleOriginType"})),
    (BeaconKind.INDIVIDUALS, frozenset({"sex", "phenotypicFeatures", "karyotypicSex", "ethnicity"})),
    (BeaconKind.RUNS, frozenset({"runDate", "libraryLayout", "libraryStrategy", "platformModel"})),
    (BeaconKind.ANALYSES, frozenset({"analysisDate", "pipelineName", "variantCaller"})),
    (BeaconKind.COHORTS, frozenset({"cohortType", "cohortDataTypes", "collectionEvents", "cohortSize"})),
    (BeaconKind.DATASETS, frozenset({"dataUseConditions", "externalUrl", "createDateTime"})),
    (BeaconKind.FILTERING_TERMS, frozenset({"scopes"})),
)


def kind_of_file(name: str, documents: Sequence[JsonValue]) -> BeaconKind | None:
    """The kind of a file; ``None`` where neither its name nor its first record says."""
    letters = re.sub(r"[^a-z]", "", name.lower())
    named = {kind for spelling, kind in _NAMES.items() if spelling in letters}
    if len(named) == 1:
        return named.pop()
    first = documents[0] if documents else None
    if not isinstance(first, dict):
        return None
    if any(key.isdigit() for key in first) and "id" in first:
        return BeaconKind.CASE_LEVEL
    return next((kind for kind, telling in _TELLING if telling & first.keys()), None)
