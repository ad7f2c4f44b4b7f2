"""Access methods: which ways lead to an object's bytes, and which credentials they take (DRS 1.5, AccessMethod)."""

from dataclasses import dataclass

from core.access import Tier
from drs.models import AccessMethod, AccessUrl, Authorizations
from drs.paths import htsget_url
from drs.rows import FileFormat

HTTPS_ACCESS_ID = "https"
"""The access id of the node's own signed bytes endpoint; unique within an object, as the standard wants it."""

HTSGET_DATA_TYPES = {FileFormat.BAM: "reads", FileFormat.VCF: "variants"}
"""Formats that an htsget ticket without further parameters is answered for, and the endpoint."""


@dataclass(frozen=True, slots=True)
class Issuers:
    """Whom the node believes: issuers of visas, and of access tokens (``iss`` values)."""

    visas: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()


def authorizations(object_id: str, bytes_from: Tier, issuers: Issuers) -> Authorizations:
    """Credentials for ``/access``: none for open bytes, a bearer token or passports otherwise."""
    if bytes_from == Tier.ANONYMOUS:
        return Authorizations(object_id, ("None",))
    return Authorizations(object_id, ("BearerAuth", "PassportAuth"), issuers.visas, issuers.tokens)


def access_methods(
    object_id: str, alias: str, file_format: FileFormat, bytes_from: Tier, *, public_url: str, issuers: Issuers
) -> tuple[AccessMethod, ...]:
    """Signed bytes for every object; htsget first where the object has an htsget id (``alias``).

    An access URL of htsget is no secret: the ticket endpoint asks for a bearer token itself and takes no passports.
    """
    needed = authorizations(object_id, bytes_from, issuers)
    https = AccessMethod("https", access_id=HTTPS_ACCESS_ID, available=True, authorizations=needed)
    data_type = HTSGET_DATA_TYPES.get(file_format)
    if not alias or data_type is None:
        return (https,)
    bearer = needed
    if bytes_from > Tier.ANONYMOUS:
        bearer = Authorizations(object_id, ("BearerAuth",), bearer_auth_issuers=issuers.tokens)
    url = AccessUrl(htsget_url(public_url, data_type, alias))
    return AccessMethod("htsget", access_url=url, available=True, authorizations=bearer), https
