"""The informational documents, derived from the table of entry types: they claim what is served, nothing more (pure).

Beacon v2.2, framework/json/responses and configuration.
"""

from collections.abc import Sequence

from beacon.entry_types import BY_ID, SERVED, SPECIFICATION, EntryType
from beacon.query import Granularity
from beacon.response import API_VERSION, Document, informational
from core.service_info import NodeIdentity, service_info
from core.strict_json import JsonValue

MOUNT = "/beacon"
_SUFFIX = "beacon"
_CONFIGURATION_SCHEMAS = "https://raw.githubusercontent.com/ga4gh-beacon/beacon-v2/v2.2.0/framework/json/configuration"
_ENVIRONMENTS = {"prod": "PROD", "test": "TEST", "staging": "TEST"}


def beacon_id(identity: NodeIdentity) -> str:
    """The id under which this Beacon answers; the same as in service-info."""
    return f"{identity.id}.{_SUFFIX}"


def base_url(identity: NodeIdentity) -> str:
    """The public address of the Beacon, without a slash at the end."""
    return identity.public_url + MOUNT


def service_info_document(identity: NodeIdentity) -> Document:
    """``/service-info``: the bare GA4GH document, without an envelope."""
    return service_info(identity, suffix=_SUFFIX, artifact="beacon", artifact_version=API_VERSION)


def info_document(identity: NodeIdentity) -> Document:
    """``/`` and ``/info`` (beaconInfoResponse)."""
    organization: Document = {"id": identity.organization_id, "name": identity.organization_name}
    details = {
        "welcomeUrl": identity.organization_url,
        "contactUrl": identity.contact_url,
        "logoUrl": identity.logo_url,
    }
    organization.update({name: text for name, text in details.items() if text})
    response: Document = {
        "id": beacon_id(identity),
        "name": f"{identity.name} {_SUFFIX}",
        "apiVersion": API_VERSION,
        "environment": identity.environment,
        "organization": organization,
        "version": f"v{identity.version.removeprefix('v')}",
        "alternativeUrl": base_url(identity),
        "welcomeUrl": identity.documentation_url or identity.public_url,
    }
    if identity.description:
        response["description"] = identity.description
    return informational(beacon_id(identity), response)


def configuration_document(identity: NodeIdentity) -> Document:
    """``/configuration`` (beaconConfigurationResponse)."""
    response: Document = {
        "$schema": f"{_CONFIGURATION_SCHEMAS}/beaconConfigurationSchema.json",
        "maturityAttributes": {"productionStatus": _ENVIRONMENTS.get(identity.environment, "DEV")},
        "securityAttributes": {
            "defaultGranularity": str(Granularity.RECORD),
            "securityLevels": ["PUBLIC", "REGISTERED", "CONTROLLED"],
        },
        "entryTypes": _entry_types(),
    }
    return informational(beacon_id(identity), response)


def entry_types_document(identity: NodeIdentity) -> Document:
    """``/entry_types`` (beaconEntryTypesResponse)."""
    return informational(beacon_id(identity), {"entryTypes": _entry_types()})


def _entry_types() -> Document:
    return {entry.id: _definition(entry) for entry in SERVED}


def _definition(entry: EntryType) -> Document:
    definition: Document = {
        "id": entry.id,
        "name": entry.name,
        "description": entry.description,
        "ontologyTermForThisType": {"id": entry.ontology_id, "label": entry.ontology_label},
        "partOfSpecification": SPECIFICATION,
        "defaultSchema": {
            "id": entry.schema_id,
            "name": f"Default schema of {entry.name.lower()}",
            "referenceToSchemaDefinition": entry.schema_url,
            "schemaVersion": "v2.0.0",
        },
        "additionallySupportedSchemas": [],
        "nonFilteredQueriesAllowed": True,
    }
    if entry.collection_of:
        collected: list[JsonValue] = [{"id": each, "name": BY_ID[each].name} for each in entry.collection_of]
        definition["aCollectionOf"] = collected
    return definition


def map_document(identity: NodeIdentity) -> Document:
    """``/map`` (beaconMapResponse): absolute addresses of every route that answers with records."""
    base = base_url(identity)
    sets: Document = {entry.id: _endpoints(base, entry) for entry in SERVED}
    response: Document = {"$schema": f"{_CONFIGURATION_SCHEMAS}/beaconMapSchema.json", "endpointSets": sets}
    return informational(beacon_id(identity), response)


def _endpoints(base: str, entry: EntryType) -> Document:
    root = f"{base}/{entry.path}"
    related: Document = {
        other: {"returnedEntryType": other, "url": f"{root}/{{id}}/{BY_ID[other].path}"} for other in entry.related
    }
    endpoints: Document = {
        "entryType": entry.id,
        "rootUrl": root,
        "singleEntryUrl": f"{root}/{{id}}",
        "openAPIEndpointsDefinition": f"{base}/openapi.json",
    }
    if related:
        endpoints["endpoints"] = related
    return endpoints


def filtering_terms_document(identity: NodeIdentity, terms: Sequence[Document], prefixes: Sequence[str]) -> Document:
    """``/filtering_terms`` (beaconFilteringTermsResponse): terms to filter by, and their ontologies."""
    resources: list[JsonValue] = [{"id": prefix.lower(), "nameSpacePrefix": prefix} for prefix in prefixes]
    return informational(beacon_id(identity), {"filteringTerms": list(terms), "resources": resources})
