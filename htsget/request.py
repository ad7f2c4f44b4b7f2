"""From the parameters of a request to one ``TicketRequest`` (htsget 1.3, "Ticket Request" and "POST request").

The rules of GET and of POST differ where the standard has them differ: in how a list is written, and in whether a
region may be empty. Unknown parameters are ignored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NoReturn

from core.errors import (
    CredentialRequired,
    GenvejError,
    Gone,
    InvalidCredential,
    InvalidRange,
    InvalidRequest,
    NotFound,
    PermissionDenied,
    RangeNotSatisfiable,
    RequestTooLarge,
    UnsupportedFormat,
    UnsupportedMediaType,
)
from core.strict_json import JsonValue
from drs.rows import FileFormat

MAXIMUM_POSITION = (1 << 32) - 1
UNPLACED_NAME = "*"
"""The reference name of reads without a place."""

FIELDS: Final = ("QNAME", "FLAG", "RNAME", "POS", "MAPQ", "CIGAR", "RNEXT", "PNEXT", "TLEN", "SEQ", "QUAL")
"""What ``fields`` may name; a superset may be returned, so they are checked and not needed."""

ERROR_NAMES: Final[Mapping[type[GenvejError], str]] = {
    InvalidCredential: "InvalidAuthentication",
    CredentialRequired: "InvalidAuthentication",
    PermissionDenied: "PermissionDenied",
    NotFound: "NotFound",
    Gone: "NotFound",
    RequestTooLarge: "PayloadTooLarge",
    UnsupportedFormat: "UnsupportedFormat",
    InvalidRange: "InvalidRange",
    RangeNotSatisfiable: "InvalidRange",
    InvalidRequest: "InvalidInput",
    UnsupportedMediaType: "InvalidInput",
}
"""Names of the standard (htsget 1.3, "Response on error"); a subclass has its parent's, all else is internal."""

_NAMES_OF_STATUS: Final = {404: "NotFound", 405: "InvalidInput", 400: "InvalidInput"}
_INTERNAL: Final = "InternalServerError"

_PARAMETERS: Final = frozenset(
    {"format", "class", "referenceName", "start", "end", "fields", "tags", "notags", "regions"}
)
_MAXIMUM_DIGITS = 10
_TAG_CHARACTERS = 2


class DataType(StrEnum):
    """The two endpoints."""

    READS = "reads"
    VARIANTS = "variants"

    @property
    def formats(self) -> tuple[FileFormat, ...]:
        """Formats that may be asked for; the first one is meant where none is named."""
        if self is DataType.READS:
            return FileFormat.BAM, FileFormat.CRAM
        return FileFormat.VCF, FileFormat.BCF


@dataclass(frozen=True, slots=True)
class AskedRegion:
    """A region as it was asked for: a reference name, 0-based and half-open positions."""

    reference_name: str
    start_0based: int = 0
    end_0based: int | None = None


@dataclass(frozen=True, slots=True)
class TicketRequest:
    """What is asked of one id; the same value for GET and POST. ``regions``: ``None`` means the whole file."""

    data_type: DataType
    file_format: FileFormat
    header_only: bool = False
    regions: tuple[AskedRegion, ...] | None = None


def error_name(error: GenvejError | None, status: int) -> str:
    """The standard's name of an error; ``None`` stands for a refusal of the framework, known by its status."""
    if error is None:
        return _NAMES_OF_STATUS.get(status, _INTERNAL)
    return next((ERROR_NAMES[kind] for kind in type(error).__mro__ if kind in ERROR_NAMES), _INTERNAL)


def from_query(data_type: DataType, pairs: Sequence[tuple[str, str]]) -> TicketRequest:
    """A GET request; raises ``InvalidRequest``, ``InvalidRange``, ``UnsupportedFormat``."""
    known = [(name, value) for name, value in pairs if name in _PARAMETERS and name != "regions"]
    values = dict(known)
    for name in values:
        if sum(other == name for other, _ in known) > 1:
            _refuse(f"{name} is given twice", name)
    file_format = _format(data_type, values.get("format"))
    header_only = _header_only(values)
    _check_lists(data_type, {name: values[name].split(",") for name in ("fields", "tags", "notags") if name in values})
    regions = _query_regions(data_type, values)
    return TicketRequest(data_type, file_format, header_only, regions)


def from_body(data_type: DataType, query_names: Sequence[str], document: Mapping[str, JsonValue]) -> TicketRequest:
    """A POST request; raises ``InvalidRequest``, ``InvalidRange``, ``UnsupportedFormat``."""
    misplaced = [name for name in query_names if name in _PARAMETERS]
    if misplaced:
        _refuse(f"{misplaced[0]} belongs in the body of a POST, not in its URL", misplaced[0])
    document = {name: value for name, value in document.items() if name in _PARAMETERS}
    file_format = _format(data_type, document.get("format"))
    header_only = _header_only(document)
    for name in ("referenceName", "start", "end"):
        if name in document:
            _refuse(f"{name} belongs inside regions", name)
    _check_lists(
        data_type, {name: _texts(name, document[name]) for name in ("fields", "tags", "notags") if name in document}
    )
    regions = _body_regions(data_type, document["regions"]) if "regions" in document else None
    return TicketRequest(data_type, file_format, header_only, regions)


def _format(data_type: DataType, value: JsonValue) -> FileFormat:
    if value is None:
        return data_type.formats[0]
    asked = value.upper() if isinstance(value, str) else ""
    for file_format in data_type.formats:
        if asked == file_format:
            return file_format
    message = f"format must be one of {', '.join(data_type.formats)} here"
    raise UnsupportedFormat(message, field="format")


def _header_only(values: Mapping[str, JsonValue]) -> bool:
    if "class" not in values:
        return False
    if values["class"] != "header":
        _refuse("class can only be header", "class")
    others = sorted(values.keys() - {"class", "format"})
    if others:
        _refuse(f"class=header goes with format only, not with {others[0]}", "class")
    return True


def _query_regions(data_type: DataType, values: Mapping[str, str]) -> tuple[AskedRegion, ...] | None:
    name = values.get("referenceName")
    start, end = (_query_position(values, position) for position in ("start", "end"))
    if name is None:
        if start is not None or end is not None:
            _refuse("start and end need a referenceName", "referenceName")
        return None
    region = _region(data_type, name, start, end)
    if region.end_0based is not None and region.start_0based > region.end_0based:
        _refuse_range("start lies behind end")
    return (region,)


def _query_position(values: Mapping[str, str], name: str) -> int | None:
    text = values.get(name)
    if text is None:
        return None
    digits = text.lstrip("0") or text[:1]
    if not text.isascii() or not text.isdigit() or len(digits) > _MAXIMUM_DIGITS:
        _refuse(f"{name} must be a whole number from 0 to {MAXIMUM_POSITION}", name)
    return _in_range(int(digits), name)


def _body_regions(data_type: DataType, value: JsonValue) -> tuple[AskedRegion, ...]:
    if not isinstance(value, list) or not value:
        _refuse("regions must be a list of at least one region", "regions")
    return tuple(_body_region(data_type, item) for item in value)


def _body_region(data_type: DataType, item: JsonValue) -> AskedRegion:
    if not isinstance(item, dict) or not isinstance(name := item.get("referenceName"), str):
        _refuse("a region must be an object with a referenceName", "regions")
    start, end = (_body_position(item, position) for position in ("start", "end"))
    region = _region(data_type, name, start, end)
    if region.end_0based is not None and region.start_0based >= region.end_0based:
        _refuse_range("the start of a region must lie before its end")
    return region


def _body_position(item: Mapping[str, JsonValue], name: str) -> int | None:
    value = item.get(name)
    if value is None and name not in item:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        _refuse(f"{name} must be a whole number from 0 to {MAXIMUM_POSITION}", name)
    return _in_range(value, name)


def _in_range(value: int, name: str) -> int:
    if not 0 <= value <= MAXIMUM_POSITION:
        _refuse(f"{name} must be a whole number from 0 to {MAXIMUM_POSITION}", name)
    return value


def _region(data_type: DataType, name: str, start: int | None, end: int | None) -> AskedRegion:
    if name == UNPLACED_NAME and data_type is DataType.READS and (start is not None or end is not None):
        _refuse("reads without a place have no start and end", "referenceName")
    return AskedRegion(name, start or 0, end)


def _texts(name: str, value: JsonValue) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        _refuse(f"{name} must be a list of texts", name)
    return [str(item) for item in value]


def _check_lists(data_type: DataType, lists: Mapping[str, list[str]]) -> None:
    """Fields and tags are checked, though all are returned: a superset is allowed (htsget 1.3, "fields")."""
    if data_type is not DataType.READS:
        return
    unknown = [name for name in lists.get("fields", ()) if name not in FIELDS]
    if unknown or lists.get("fields") == []:
        _refuse(f"fields are some of {', '.join(FIELDS)}", "fields")
    tags, left_out = ({tag for tag in lists.get(name, ()) if tag} for name in ("tags", "notags"))
    if any(len(tag) != _TAG_CHARACTERS for tag in tags | left_out):
        _refuse("tags have two characters", "tags")
    if tags & left_out:
        _refuse("tags and notags share a tag", "notags")


def _refuse(message: str, field: str) -> NoReturn:
    raise InvalidRequest(message, field=field)


def _refuse_range(message: str) -> NoReturn:
    raise InvalidRange(message, field="start")
