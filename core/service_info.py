"""GA4GH service-info 1.0.0: one model for the documents of all APIs (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from core.strict_json import JsonValue


@dataclass(frozen=True, slots=True)
class NodeIdentity:
    """Who runs this node and where it is reached; every link and every document is made from it.

    ``id``: reverse domain name, for example ``dk.example.genvej``. ``public_url``: without a slash at the end.
    """

    id: str
    name: str
    organization_id: str
    organization_name: str
    organization_url: str
    public_url: str
    version: str
    description: str = ""
    environment: str = "dev"
    contact_url: str = ""
    documentation_url: str = ""
    logo_url: str = ""

    @property
    def public_host(self) -> str:
        """The host name of the public URL, without port."""
        return urlsplit(self.public_url).hostname or "localhost"


def service_info(
    identity: NodeIdentity,
    *,
    suffix: str,
    artifact: str,
    artifact_version: str,
    group: str = "org.ga4gh",
    extra: Mapping[str, JsonValue] | None = None,
) -> dict[str, JsonValue]:
    """The service-info document of one API of the node (ga4gh-service-info 1.0.0, Service).

    ``suffix`` names the API in the id and the name; ``extra`` holds what the API's own specification adds.
    """
    document: dict[str, JsonValue] = {
        "id": f"{identity.id}.{suffix}",
        "name": f"{identity.name} {suffix}",
        "type": {"group": group, "artifact": artifact, "version": artifact_version},
        "organization": {"name": identity.organization_name, "url": identity.organization_url},
        "version": identity.version,
        "environment": identity.environment,
    }
    optional = {
        "description": identity.description,
        "contactUrl": identity.contact_url,
        "documentationUrl": identity.documentation_url,
    }
    document.update({name: value for name, value in optional.items() if value})
    document.update(extra or {})
    return document
