"""The envelopes of answers and errors (pure). Beacon v2.2, framework/json/responses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from beacon.entry_types import BY_ID, EntryType
from beacon.granularity import Released, listed, total_precision
from beacon.query import (
    EVERY_VARIANT,
    BeaconQuery,
    BracketQuestion,
    Granularity,
    Include,
    OntologyFilter,
    RangeQuestion,
    SequenceQuestion,
    VariantQuestion,
)
from core.strict_json import JsonValue

API_VERSION = "v2.2.0"

Document = dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class DatasetResult:
    """What may be told of one dataset; ``records`` is ``None`` where the level allows none."""

    dataset_id: str
    released: Released
    records: Sequence[JsonValue] | None = None
    info: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every data answer says: who answers, at which granularity, what was understood, remarks."""

    beacon_id: str
    query: BeaconQuery
    returned: Granularity
    info: Mapping[str, JsonValue] = field(default_factory=dict)


def results_document(envelope: Envelope, results: Sequence[DatasetResult]) -> Document:
    """The answer by result sets; without sets where the question wants none (include ``NONE``).

    ``responseSummary`` tells of all datasets, whichever are listed; its count is the sum of the released counts.
    """
    document: Document = {"meta": _meta(envelope), "responseSummary": _summary(envelope, results)}
    if envelope.query.include is not Include.NONE:
        sets: list[JsonValue] = [
            _result_set(envelope, result)
            for result in results
            if listed(envelope.query.include, exists=result.released.exists)
        ]
        document["response"] = {"resultSets": sets}
    return _with_info(document, envelope)


def _summary(envelope: Envelope, results: Sequence[DatasetResult]) -> Document:
    summary: Document = {"exists": any(result.released.exists for result in results)}
    if envelope.returned is not Granularity.BOOLEAN:
        summary["numTotalResults"] = sum(result.released.count or 0 for result in results)
        summary["countPrecision"] = total_precision(result.released for result in results)
    return summary


def _result_set(envelope: Envelope, result: DatasetResult) -> Document:
    released = result.released
    document: Document = {
        "id": result.dataset_id,
        "setType": "dataset",
        "exists": released.exists,
        "beaconId": envelope.beacon_id,
    }
    if released.count is not None:
        document["resultsCount"] = released.count
        document["countPrecision"] = released.precision
    if result.records is not None:
        document["results"] = list(result.records)
    if result.info:
        document["info"] = dict(result.info)
    return document


def collections_document(envelope: Envelope, total: int, records: Sequence[JsonValue]) -> Document:
    """The answer about datasets or cohorts."""
    summary: Document = {"exists": total > 0}
    if envelope.returned is not Granularity.BOOLEAN:
        summary["numTotalResults"] = total
        summary["countPrecision"] = "exact"
    document: Document = {"meta": _meta(envelope), "responseSummary": summary}
    if envelope.returned is Granularity.RECORD:
        document["response"] = {"collections": list(records)}
    return _with_info(document, envelope)


def error_document(beacon_id: str, status: int, message: str, request_id: str) -> Document:
    """An error with the full data meta, which the schema wants of informational endpoints too."""
    query = BeaconQuery("", granularity=Granularity.BOOLEAN)
    meta = _meta(Envelope(beacon_id, query, Granularity.BOOLEAN))
    error: Document = {"errorCode": status, "errorMessage": message, "requestId": request_id}
    return {"meta": meta, "error": error}


def informational(beacon_id: str, response: JsonValue) -> Document:
    """The envelope of informational answers."""
    meta: Document = {"beaconId": beacon_id, "apiVersion": API_VERSION, "returnedSchemas": []}
    return {"meta": meta, "response": response}


def _with_info(document: Document, envelope: Envelope) -> Document:
    if envelope.info:
        document["info"] = dict(envelope.info)
    return document


def _meta(envelope: Envelope) -> Document:
    query = envelope.query
    entry = BY_ID.get(query.entry_type)
    meta: Document = {
        "beaconId": envelope.beacon_id,
        "apiVersion": API_VERSION,
        "returnedSchemas": _schemas(entry),
        "returnedGranularity": str(envelope.returned),
        "receivedRequestSummary": _received(query, entry),
    }
    if query.test_mode:
        meta["testMode"] = True
    return meta


def _schemas(entry: EntryType | None) -> list[JsonValue]:
    return [] if entry is None else [{"entityType": entry.id, "schema": entry.schema_id}]


def _received(query: BeaconQuery, entry: EntryType | None) -> Document:
    """The question as it was understood: one spelling for all of its spellings."""
    received: Document = {
        "apiVersion": API_VERSION,
        "requestedSchemas": _schemas(entry),
        "pagination": {"skip": query.page.skip, "limit": query.page.limit},
        "requestedGranularity": str(query.granularity),
        "includeResultsetResponses": str(query.include),
        "testMode": query.test_mode,
    }
    if query.filters:
        received["filters"] = [_filter_text(each) for each in query.filters]
    parameters: Document = {}
    if query.variant not in (None, EVERY_VARIANT):
        parameters["g_variant"] = _parameters(query.variant or EVERY_VARIANT)
    if query.dataset_ids is not None:
        parameters["datasets"] = {"datasetIds": list(query.dataset_ids)}
    if parameters:
        received["requestParameters"] = parameters
    return received


def _filter_text(each: OntologyFilter) -> str:
    return each.term_id


def _parameters(question: VariantQuestion) -> Document:
    place = question.place
    reference, alternate = question.reference, question.alternate
    positions: Document = {}
    if isinstance(place, SequenceQuestion):
        positions["start"] = [place.start_0based]
        reference, alternate = place.reference, place.alternate
    elif isinstance(place, RangeQuestion):
        positions = {"start": [place.start_0based], "end": [place.end_0based]}
    elif isinstance(place, BracketQuestion):
        positions = {"start": [place.first_start, place.start_limit], "end": [place.first_end, place.end_limit]}
    values: Document = {
        "assemblyId": question.assembly,
        "referenceName": question.contig,
        **positions,
        "referenceBases": reference,
        "alternateBases": alternate,
        "variantType": ",".join(question.variant_types) if question.variant_types is not None else None,
        "variantMinLength": question.minimum_length,
        "variantMaxLength": question.maximum_length,
    }
    return {name: value for name, value in values.items() if value is not None}
