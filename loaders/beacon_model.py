"""The entity types of Beacon v2.2 by their schemas: which members each has, and what they are (pure).

``models/json/beacon-v2-default-model``: individuals, biosamples, runs, analyses, cohorts and the common types.
"""

from collections.abc import Mapping
from types import MappingProxyType

from core.strict_json import JsonValue
from loaders.beacon_shapes import (
    Cleaning,
    Members,
    Shape,
    Unfit,
    date,
    duration,
    either,
    listed,
    number,
    record,
    term,
    terms,
    text,
    timestamp,
    truth,
    whole,
    word_of,
)

AGE = record({"iso8601duration": duration})
_AGE_RANGE = record({"start": AGE, "end": AGE})
_INTERVAL = record({"start": timestamp, "end": timestamp})
_TIME_NAMES = ("age", "ageRange", "gestationalAge", "timestamp", "interval", "ontologyClass")


def _gestational_age(value: JsonValue, path: str, cleaning: Cleaning) -> JsonValue:
    """Weeks and days; days alone are no week and so many days."""
    if not isinstance(value, dict) or not value.keys() & {"weeks", "days"}:
        raise Unfit(path, "weeks are expected")
    return record({"weeks": whole}, {"days": whole})({"weeks": 0, **value}, path, cleaning)


def time_element(value: JsonValue, path: str, cleaning: Cleaning) -> JsonValue:
    """An age, an age range, a gestational age, a time, an interval or a term; an outer name of its kind is dropped."""
    if isinstance(value, dict) and len(value) == 1 and next(iter(value)) in _TIME_NAMES:
        cleaning.remark(path, "the kind of time, which Beacon does not name, left out")
        value = next(iter(value.values()))
    if isinstance(value, str):
        given = timestamp if "T" in value and ":" in value else duration
        found = given(value, path, cleaning)
        return found if given is timestamp else {"iso8601duration": found}
    return either(AGE, _AGE_RANGE, _gestational_age, _INTERVAL, term)(value, path, cleaning)


_REFERENCE_RANGE = record({"unit": term, "low": number, "high": number})
_QUANTITY = record({"unit": term, "value": number}, {"referenceRange": _REFERENCE_RANGE})
_COMPLEX_VALUE = record({"typedQuantities": listed(record({"quantityType": term, "quantity": _QUANTITY}))})
_EVIDENCE = record({"evidenceCode": term}, {"reference": record({}, {"id": text, "notes": text, "reference": text})})
_PROCEDURE = record(
    {"procedureCode": term}, {"ageAtProcedure": time_element, "bodySite": term, "dateOfProcedure": date}
)
DISEASE = record(
    {"diseaseCode": term},
    {"ageOfOnset": time_element, "familyHistory": truth, "notes": text, "severity": term, "stage": term},
)
PHENOTYPIC_FEATURE = record(
    {"featureType": term},
    {
        "evidence": _EVIDENCE,
        "excluded": truth,
        "modifiers": terms,
        "notes": text,
        "onset": time_element,
        "resolution": time_element,
        "severity": term,
    },
)


def _measured(value: JsonValue, path: str, cleaning: Cleaning) -> JsonValue:
    """An amount, several typed amounts, or a term; ``{"quantity": {...}}`` is the amount itself."""
    if isinstance(value, dict) and value.keys() == {"quantity"}:
        value = value["quantity"]
    return either(_QUANTITY, _COMPLEX_VALUE, term)(value, path, cleaning)


_MEASUREMENT = record(
    {"assayCode": term, "measurementValue": _measured},
    {"date": date, "notes": text, "observationMoment": time_element, "procedure": _PROCEDURE},
)
_EXPOSURE = record(
    {"exposureCode": term, "ageAtExposure": AGE, "unit": term, "duration": duration}, {"date": date, "value": number}
)
_TREATMENT = record(
    {"treatmentCode": term},
    {
        "ageAtOnset": AGE,
        "cumulativeDose": _QUANTITY,
        "doseIntervals": listed(record({"quantity": _QUANTITY, "interval": _INTERVAL, "scheduleFrequency": term})),
        "routeOfAdministration": term,
    },
)
_PEDIGREE = record(
    {
        "id": text,
        "disease": DISEASE,
        "members": listed(record({"memberId": text, "role": term, "affected": truth})),
    },
    {"numSubjects": whole},
)
_KARYOTYPES = (
    "UNKNOWN_KARYOTYPE", "XX", "XY", "XO", "XXY", "XXX", "XXYY", "XXXY", "XXXX", "XYY", "OTHER_KARYOTYPE",
)  # fmt: skip

INDIVIDUAL: Mapping[str, Shape] = MappingProxyType(
    {
        "diseases": listed(DISEASE),
        "ethnicity": term,
        "exposures": listed(_EXPOSURE),
        "geographicOrigin": term,
        "interventionsOrProcedures": listed(_PROCEDURE),
        "karyotypicSex": word_of(_KARYOTYPES),
        "measurements": listed(_MEASUREMENT),
        "pedigrees": listed(_PEDIGREE),
        "phenotypicFeatures": listed(PHENOTYPIC_FEATURE),
        "treatments": listed(_TREATMENT),
    }
)
BIOSAMPLE: Mapping[str, Shape] = MappingProxyType(
    {
        "biosampleStatus": term,
        "collectionDate": date,
        "collectionMoment": duration,
        "diagnosticMarkers": terms,
        "histologicalDiagnosis": term,
        "measurements": listed(_MEASUREMENT),
        "notes": text,
        "obtentionProcedure": _PROCEDURE,
        "pathologicalStage": term,
        "pathologicalTnmFinding": terms,
        "phenotypicFeatures": listed(PHENOTYPIC_FEATURE),
        "sampleOriginDetail": term,
        "sampleOriginType": term,
        "sampleProcessing": term,
        "sampleStorage": term,
        "tumorGrade": term,
        "tumorProgression": term,
    }
)
RUN: Mapping[str, Shape] = MappingProxyType(
    {
        "libraryLayout": word_of(("PAIRED", "SINGLE")),
        "librarySelection": text,
        "librarySource": term,
        "libraryStrategy": text,
        "platform": text,
        "platformModel": term,
        "runDate": date,
    }
)
ANALYSIS: Mapping[str, Shape] = MappingProxyType(
    {
        "aligner": text,
        "analysisDate": date,
        "pipelineName": text,
        "pipelineRef": text,
        "runId": text,
        "variantCaller": text,
    }
)


def _distribution(value: JsonValue, path: str, cleaning: Cleaning) -> JsonValue:
    """Numbers by category, under the name of what is distributed; where that name is missing it is the event's."""
    if not isinstance(value, dict):
        raise Unfit(path, "numbers by category are expected")
    if all(isinstance(count, int | float) for count in value.values()):
        event = path.split(".")[-2].removeprefix("event")
        value = {event[:1].lower() + event[1:]: value}
        cleaning.remark(path, "counts put under the name of what they count")
    found: Members = {}
    for name, counts in value.items():
        child = f"{path}.{name}"
        if not isinstance(counts, dict):
            raise Unfit(child, "numbers by category are expected")
        found[name] = {key: number(count, child, cleaning) for key, count in counts.items()}
    return found


_AVAILABILITY = record({"availability": truth}, {"availabilityCount": whole, "distribution": _distribution})
_CRITERIA = record(
    {},
    {
        "ageRange": _AGE_RANGE,
        "diseaseConditions": listed(DISEASE),
        "ethnicities": terms,
        "genders": terms,
        "locations": terms,
        "phenotypicConditions": listed(PHENOTYPIC_FEATURE),
    },
)
_EVENTS = ("AgeRange", "DataTypes", "Diseases", "Ethnicities", "Genders", "Locations", "Phenotypes")
_COLLECTION_EVENT = record(
    {},
    {
        "eventCases": whole,
        "eventControls": whole,
        "eventDate": timestamp,
        "eventNum": whole,
        "eventSize": whole,
        "eventTimeline": record({}, {"start": timestamp, "end": timestamp}),
        **{f"event{name}": _AVAILABILITY for name in _EVENTS},
    },
)
COHORT: Mapping[str, Shape] = MappingProxyType(
    {
        "cohortDataTypes": terms,
        "cohortDesign": term,
        "cohortSize": whole,
        "cohortType": word_of(("study-defined", "beacon-defined", "user-defined")),
        "collectionEvents": listed(_COLLECTION_EVENT),
        "exclusionCriteria": _CRITERIA,
        "inclusionCriteria": _CRITERIA,
        "name": text,
    }
)
