"""The service registry of the node: which GA4GH services are here, and at which address (Service Registry 1.0.0)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import FastAPI
from starlette.responses import Response

from core.errors import NotFound
from core.service_info import NodeIdentity, service_info
from core.strict_json import JsonValue
from core.web import Problem, create_api, json_response, path_segment

VERSION = "1.0.0"

_SERVICE_MEMBERS = (
    "id", "name", "type", "description", "organization", "contactUrl", "documentationUrl", "createdAt", "updatedAt",
    "environment", "version",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RegisteredService:
    """A service: the document of its own ``/service-info``, and the base address that its specification counts from.

    DRS: everything before ``/ga4gh/drs/v1``. htsget: one entry a data type, ending in ``/reads`` or ``/variants``.
    """

    info: Mapping[str, JsonValue]
    url: str

    def document(self) -> dict[str, JsonValue]:
        """The entry: members of service-info 1.0.0 only, equal to the service's own, and ``url`` (ExternalService)."""
        members = {name: self.info[name] for name in _SERVICE_MEMBERS if name in self.info}
        return {**members, "url": self.url}


def create_app(identity: NodeIdentity, services: Sequence[RegisteredService]) -> FastAPI:
    """The registry over these services; raises ``ValueError`` where two of them have one id."""
    entries = {str(service.info["id"]): service.document() for service in services}
    if len(entries) != len(services):
        message = "two services of the registry have the same id"
        raise ValueError(message)
    own = service_info(identity, suffix="registry", artifact="service-registry", artifact_version=VERSION)
    app = create_api("Service registry", VERSION, render_error)
    _add_routes(app, entries, own)
    return app


def render_error(problem: Problem) -> tuple[JsonValue, str]:
    """Every error as Service Registry 1.0.0 has it: ``status``, a ``title`` that stays the same, ``detail``."""
    title = HTTPStatus(problem.status).phrase
    return {"status": problem.status, "title": title, "detail": problem.message}, "application/json"


def _add_routes(app: FastAPI, entries: Mapping[str, dict[str, JsonValue]], own: Mapping[str, JsonValue]) -> None:
    @app.get("/service-info")
    def get_service_info() -> Response:
        return json_response(own)

    @app.get("/services")
    def get_services() -> Response:
        return json_response(list(entries.values()))

    @app.get("/services/types")
    def get_service_types() -> Response:
        """Before ``/services/{service_id}``: ``types`` is no service."""
        return json_response(_distinct_types(list(entries.values())))

    @app.get("/services/{service_id}")
    def get_service(service_id: str) -> Response:
        entry = entries.get(path_segment(service_id))
        if entry is None:
            message = "no such service"
            raise NotFound(message)
        return json_response(entry)


def _distinct_types(entries: Sequence[Mapping[str, JsonValue]]) -> list[JsonValue]:
    """Each type once, in the order of the services."""
    types: list[JsonValue] = []
    for entry in entries:
        if entry["type"] not in types:
            types.append(entry["type"])
    return types
