"""What a DRS request body asks: members checked here, once, because the standard marks none of them as required.

Unknown members are ignored. A body that is no JSON object, or names a member twice, was refused before.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import InvalidRequest, RequestTooLarge
from core.strict_json import JsonValue

MAXIMUM_BULK = 1000
"""The number of ids, or of (object, access id) pairs, in one bulk request (DRS 1.5, maxBulkRequestLength)."""

Body = Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class AccessPair:
    """One access URL that is asked for (DRS 1.5, BulkObjectAccessId)."""

    object_id: str
    access_id: str


def passports_of(body: Body) -> tuple[str, ...]:
    """The passports of a body (DRS 1.5, ``passports``); none is allowed, objects may be public."""
    return _texts(body.get("passports", []), "passports")


def check_expand(body: Body) -> None:
    """Refuse an ``expand`` that is no boolean; single blobs have nothing to expand (DRS 1.5, PostObjectBody)."""
    if not isinstance(body.get("expand", False), bool):
        message = "expand: true or false is expected"
        raise InvalidRequest(message, field="expand")


def bulk_object_ids(body: Body) -> tuple[str, ...]:
    """The ids of a bulk request, at least one (DRS 1.5, ``bulk_object_ids``)."""
    name = "bulk_object_ids"
    value = _list(body.get(name), name)
    _check_length(len(value), name)
    return _texts(value, name)


def bulk_access_pairs(body: Body) -> tuple[AccessPair, ...]:
    """The pairs of a bulk access request, at least one (DRS 1.5, ``bulk_object_access_ids``); pairs are counted."""
    name = "bulk_object_access_ids"
    pairs: list[AccessPair] = []
    for item in _list(body.get(name), name):
        if not isinstance(item, dict) or not isinstance(item.get("bulk_object_id"), str):
            message = f"{name}: every entry needs a bulk_object_id"
            raise InvalidRequest(message, field=name)
        access_ids = _texts(item.get("bulk_access_ids"), "bulk_access_ids")
        pairs += [AccessPair(str(item["bulk_object_id"]), access_id) for access_id in access_ids]
        _check_length(len(pairs), name)
    if not pairs:
        message = f"{name}: no access id is asked for"
        raise InvalidRequest(message, field=name)
    return tuple(pairs)


def _check_length(length: int, name: str) -> None:
    if length > MAXIMUM_BULK:
        message = f"{name}: more than {MAXIMUM_BULK} in one request"
        raise RequestTooLarge(message, field=name)


def _list(value: JsonValue, name: str) -> list[JsonValue]:
    if not isinstance(value, list) or not value:
        message = f"{name}: a list with at least one entry is expected"
        raise InvalidRequest(message, field=name)
    return value


def _texts(value: JsonValue, name: str) -> tuple[str, ...]:
    texts = tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
    if not isinstance(value, list) or len(texts) != len(value):
        message = f"{name}: a list of strings is expected"
        raise InvalidRequest(message, field=name)
    return texts
