"""GET string or POST body, any spelling, to the same canonical ``BeaconQuery`` (pure). Beacon v2.2, beaconRequestBody.

Lenient in shape: nested and flat parameters, text for numbers, ``null``, members beside ``query`` instead of in it.
Strict in meaning: what is not understood is refused and named, never ignored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from beacon.entry_types import VARIANT, EntryType
from beacon.filters import read_filters
from beacon.query import EVERY_VARIANT, MAXIMUM_LIMIT, BeaconQuery, Granularity, Include, Page, VariantQuestion
from beacon.values import MAXIMUM_INTEGER, read_boolean, read_integer, read_text, read_texts, refuse
from beacon.variants import NOT_OFFERED, OFFERED, Genome, read_variant_question
from core.errors import InvalidRequest, UnsupportedRequest
from core.strict_json import JsonValue

Members = Mapping[str, JsonValue]

_CONTROLS = frozenset(
    {"filters", "includeResultsetResponses", "requestedGranularity", "testMode", "datasetIds", "skip", "limit"}
)
_SCHEMA_NAMES = frozenset({"requestedSchema", "requestedSchemas", "apiVersion"})
_NESTED_NAMES = ("g_variant", "g_variants", "genomicVariant", "genomicVariation")
_BODY_NAMES = frozenset({"$schema", "meta", "query", "pagination"}) | _CONTROLS
_PAGE_NAMES = frozenset({"skip", "limit", "currentPage", "nextPage", "previousPage"})
_MAXIMUM_PARAMETERS = 100


@dataclass(frozen=True, slots=True)
class RawRequest:
    """A request of one shape, values still as they came: ``controls`` steer the answer, ``parameters`` ask."""

    controls: Mapping[str, JsonValue] = field(default_factory=dict)
    parameters: Mapping[str, JsonValue] = field(default_factory=dict)


def read_query_string(text: str) -> RawRequest:
    """A GET request; of a repeated parameter the last one counts. Raises ``InvalidRequest`` for unknown names."""
    try:
        pairs = parse_qsl(
            text, keep_blank_values=True, errors="strict", max_num_fields=_MAXIMUM_PARAMETERS, strict_parsing=bool(text)
        )
    except ValueError as error:
        message = "the query string is not a list of parameters"
        raise InvalidRequest(message) from error
    controls: dict[str, JsonValue] = {}
    parameters: dict[str, JsonValue] = {}
    for name, value in pairs:
        if name in _CONTROLS:
            controls[name] = value
        elif name in OFFERED or name in NOT_OFFERED:
            parameters[name] = value
        elif name not in _SCHEMA_NAMES:
            refuse(name[:60], "unknown parameter")
    return RawRequest({name: value for name, value in controls.items() if value or name == "datasetIds"}, parameters)


def read_page(text: str) -> Page | None:
    """The page of an informational list; ``limit=0`` is the whole list. Raises ``InvalidRequest``."""
    raw = read_query_string(text)
    for name in (*raw.controls, *raw.parameters):
        if name not in ("skip", "limit"):
            refuse(name, "unknown parameter")
    if str(raw.controls.get("limit", "")).strip() == "0":
        return None
    return _page_of(raw.controls)


def overlaid(below: RawRequest, above: RawRequest) -> RawRequest:
    """Two halves of one request: what ``above`` says counts."""
    return RawRequest({**below.controls, **above.controls}, {**below.parameters, **above.parameters})


def read_body(body: Members) -> RawRequest:
    """A POST request. Raises ``InvalidRequest`` for unknown members and for members of the wrong kind."""
    for name in body:
        if name not in _BODY_NAMES:
            refuse(name[:60], "unknown member of the request")
    _object(body.get("meta"), "meta")
    query = _object(body.get("query"), "query")
    beside = {name: value for name, value in body.items() if name not in ("$schema", "meta", "query")}
    controls = _controls(beside) | _controls(query)
    parameters = _parameters(query.get("requestParameters"))
    controls |= {"datasetIds": parameters.pop("datasetIds")} if "datasetIds" in parameters else {}
    return RawRequest(controls, parameters)


def _object(value: JsonValue, name: str) -> Members:
    if value is None:
        return {}
    if not isinstance(value, dict):
        refuse(name, "an object is expected")
    return value


def _controls(members: Members) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    for name, value in members.items():
        if name in _CONTROLS:
            if value is not None:
                found[name] = value
        elif name == "pagination":
            found |= _page(_object(value, "pagination"))
        elif name != "requestParameters":
            refuse(f"query.{name[:60]}", "unknown member of the request")
    return found


def _page(members: Members) -> dict[str, JsonValue]:
    for name, value in members.items():
        if name not in _PAGE_NAMES:
            refuse(f"pagination.{name[:60]}", "unknown member")
        if name not in _CONTROLS and value not in (None, ""):
            message = f"pagination.{name}: pages are asked for by skip and limit"
            raise UnsupportedRequest(message, field=f"pagination.{name}")
    return {name: value for name, value in members.items() if name in _CONTROLS and value is not None}


def _parameters(value: JsonValue) -> dict[str, JsonValue]:
    """Request parameters, flat: nested ones win; a list of one object is that object, an empty list is nothing."""
    if isinstance(value, list) and len(value) <= 1:
        value = value[0] if value else None
    flat = dict(_object(value, "requestParameters"))
    nested: dict[str, JsonValue] = {}
    for name in _NESTED_NAMES:
        nested |= {key: item for key, item in _object(flat.pop(name, None), name).items() if item is not None}
    datasets = flat.pop("datasets", None)
    if isinstance(datasets, dict):
        datasets = datasets.get("datasetIds")
    merged = {name: item for name, item in flat.items() if item is not None} | nested
    if datasets is not None:
        merged["datasetIds"] = datasets
    for name in merged:
        if name not in OFFERED and name not in NOT_OFFERED and name != "datasetIds":
            refuse(name[:60], "unknown request parameter")
    return merged


@dataclass(frozen=True, slots=True)
class Target:
    """What the path of a request names: the entry type of the answer, and what it is narrowed to."""

    entry: EntryType
    entry_id: str | None = None
    individual_id: str | None = None
    biosample_id: str | None = None
    dataset_id: str | None = None
    variant: VariantQuestion | None = None


def canonical_query(target: Target, raw: RawRequest, genome: Genome) -> BeaconQuery:
    """The canonical question; raises ``InvalidRequest`` naming the field that cannot be understood."""
    controls = raw.controls
    variant = read_variant_question(raw.parameters, genome)
    if target.variant is not None:
        if variant is not None:
            refuse("requestParameters", "the path names the variant already")
        variant = target.variant
    filters = read_filters(controls.get("filters"))
    if target.entry is VARIANT:
        variant = variant or EVERY_VARIANT
    _check_offered(target.entry, asks_variant=variant is not None, filters=bool(filters))
    return BeaconQuery(
        entry_type=target.entry.id,
        entry_id=target.entry_id,
        individual_id=target.individual_id,
        biosample_id=target.biosample_id,
        variant=variant,
        filters=filters,
        dataset_ids=_dataset_ids(controls, target.dataset_id),
        granularity=_granularity(controls),
        include=_include(controls),
        page=_page_of(controls),
        test_mode=read_boolean(controls.get("testMode", False), "testMode"),
    )


def _check_offered(entry: EntryType, *, asks_variant: bool, filters: bool) -> None:
    if filters and not entry.of_people:
        message = f"filters: not offered for {entry.path}"
        raise UnsupportedRequest(message, field="filters")
    if asks_variant and entry.is_collection:
        message = f"requestParameters: questions about variants are not offered for {entry.path}"
        raise UnsupportedRequest(message, field="requestParameters")


def _dataset_ids(controls: Members, dataset_id: str | None) -> tuple[str, ...] | None:
    asked = set(read_texts(controls["datasetIds"], "datasetIds")) if "datasetIds" in controls else None
    if dataset_id is not None:
        asked = {dataset_id} if asked is None else asked & {dataset_id}
    return None if asked is None else tuple(sorted(asked))


def _granularity(controls: Members) -> Granularity:
    text = read_text(controls.get("requestedGranularity", Granularity.RECORD), "requestedGranularity")
    try:
        return Granularity(text)
    except ValueError:
        refuse("requestedGranularity", f"one of {', '.join(Granularity)} is expected")


def _include(controls: Members) -> Include:
    text = read_text(controls.get("includeResultsetResponses", Include.HIT), "includeResultsetResponses")
    try:
        return Include(text)
    except ValueError:
        refuse("includeResultsetResponses", f"one of {', '.join(Include)} is expected")


def _page_of(controls: Members) -> Page:
    limit = read_integer(controls.get("limit", Page().limit), "limit")
    limit = min(limit or MAXIMUM_LIMIT, MAXIMUM_LIMIT)
    return Page(read_integer(controls.get("skip", 0), "skip", maximum=MAXIMUM_INTEGER // limit), limit)
