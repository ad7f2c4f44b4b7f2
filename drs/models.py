"""DRS 1.5 documents as frozen values: field names as in the specification, ``None`` means the member is absent."""

from dataclasses import dataclass, fields

from core.strict_json import JsonValue


@dataclass(frozen=True, slots=True)
class Model:
    """A value that becomes a JSON object, its fields the members."""

    def document(self) -> dict[str, JsonValue]:
        """The JSON object; absent members are left out, empty lists are kept."""
        values = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: _json(value) for name, value in values if value is not None}


def _json(value: object) -> JsonValue:
    if isinstance(value, Model):
        return value.document()
    if isinstance(value, tuple):
        return [_json(item) for item in value]
    if isinstance(value, str | int | float):
        return value
    message = f"{type(value).__name__} has no place in a DRS document"
    raise TypeError(message)


@dataclass(frozen=True, slots=True)
class Checksum(Model):
    """Hex digest and its name in the IANA registry of named information (DRS 1.5, Checksum)."""

    checksum: str
    type: str


@dataclass(frozen=True, slots=True)
class AccessUrl(Model):
    """A URL to fetch bytes with, and headers to send: ``"Name: value"`` each (DRS 1.5, AccessURL)."""

    url: str
    headers: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Authorizations(Model):
    """Which credentials give access to an object, and from which issuers (DRS 1.5, Authorizations).

    ``supported_types``: of ``None``, ``BasicAuth``, ``BearerAuth``, ``PassportAuth``. ``passport_auth_issuers``:
    issuers of visas, not of passports.
    """

    drs_object_id: str
    supported_types: tuple[str, ...]
    passport_auth_issuers: tuple[str, ...] | None = None
    bearer_auth_issuers: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class AccessMethod(Model):
    """One way to the bytes: by ``access_url`` at once, or by ``access_id`` through ``/access`` (DRS 1.5, AccessMethod).

    ``type``: of ``s3``, ``gs``, ``ftp``, ``gsiftp``, ``globus``, ``htsget``, ``https``, ``file``.
    """

    type: str
    access_url: AccessUrl | None = None
    access_id: str | None = None
    cloud: str | None = None
    region: str | None = None
    available: bool | None = None
    authorizations: Authorizations | None = None


@dataclass(frozen=True, slots=True)
class DrsObject(Model):
    """A single blob (DRS 1.5, DrsObject); ``created_time`` is that of the content, RFC 3339."""

    id: str
    self_uri: str
    size: int
    created_time: str
    checksums: tuple[Checksum, ...]
    name: str | None = None
    updated_time: str | None = None
    version: str | None = None
    mime_type: str | None = None
    access_methods: tuple[AccessMethod, ...] | None = None
    description: str | None = None
    aliases: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Summary(Model):
    """How many items of a bulk request were resolved (DRS 1.5, summary)."""

    requested: int
    resolved: int
    unresolved: int


@dataclass(frozen=True, slots=True)
class Unresolved(Model):
    """Objects that one status code kept from being resolved (DRS 1.5, unresolved)."""

    error_code: int
    object_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BulkObjects(Model):
    """Answer of ``POST /objects``; the list's name is singular in the specification (DRS 1.5, 200OkDrsObjects)."""

    summary: Summary
    unresolved_drs_objects: tuple[Unresolved, ...]
    resolved_drs_object: tuple[DrsObject, ...]


@dataclass(frozen=True, slots=True)
class BulkAuthorizations(Model):
    """Answer of ``OPTIONS /objects`` (DRS 1.5, 200OkBulkAuthorizations)."""

    summary: Summary
    unresolved_drs_objects: tuple[Unresolved, ...]
    resolved_drs_object: tuple[Authorizations, ...]


@dataclass(frozen=True, slots=True)
class BulkAccessUrl(Model):
    """One URL of a bulk answer, with the pair that asked for it (DRS 1.5, BulkAccessURL)."""

    drs_object_id: str
    drs_access_id: str
    url: str
    headers: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class BulkAccessUrls(Model):
    """Answer of ``POST /objects/access`` (DRS 1.5, 200OkAccesses)."""

    summary: Summary
    unresolved_drs_objects: tuple[Unresolved, ...]
    resolved_drs_object_access_urls: tuple[BulkAccessUrl, ...]


@dataclass(frozen=True, slots=True)
class ServiceLimits(Model):
    """The ``drs`` member of service-info (DRS 1.5, DrsService.drs): totals of what anybody may know of."""

    maxBulkRequestLength: int  # noqa: N815 - the specification's name
    objectCount: int  # noqa: N815 - the specification's name
    totalObjectSize: int  # noqa: N815 - the specification's name


@dataclass(frozen=True, slots=True)
class Error(Model):
    """Body of every error (DRS 1.5, Error)."""

    msg: str
    status_code: int
