"""The routes of Beacon v2.2, made by a loop over the table of entry types; to be mounted at ``/beacon``."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from starlette.responses import Response

from beacon.alleles import parse_variant_id
from beacon.answers import Answers
from beacon.entry_types import BY_ID, DATASET, SERVED, VARIANT, EntryType
from beacon.framework import (
    beacon_id,
    configuration_document,
    entry_types_document,
    info_document,
    map_document,
    service_info_document,
)
from beacon.openapi import PARAMETERS, responses
from beacon.query import Page
from beacon.request import RawRequest, Target, canonical_query, overlaid, read_body, read_page, read_query_string
from beacon.response import API_VERSION, Document, error_document
from beacon.rows import EntityType
from beacon.store import GenerationStore
from beacon.variants import question_of_allele
from core.errors import NotFound
from core.generations import Generations
from core.service_info import NodeIdentity
from core.web import Problem, create_api, json_object_body, json_response, path_segment, request_body
from passports.clearinghouse import Clearinghouse, Credentials
from passports.web import bearer_token

_NOT_STORED = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

Bearer = Annotated[str | None, Depends(bearer_token)]
Body = Annotated[bytes, Depends(request_body)]
Handler = Callable[..., Response | Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class _Service:
    """What every route needs; made once by ``create_app``."""

    generations: Generations
    clearinghouse: Clearinghouse
    identity: NodeIdentity

    def answer(self, path: "_Path", raw: RawRequest, bearer: str | None) -> Response:
        """One data answer: pin a generation, decide, understand, answer, serialise once."""
        # What datasets there are tells of nobody: it stays up where answers from people's data must not be given.
        kept = self.generations.pin() if path.entry is DATASET else self.generations.research()
        with kept as generation:
            decision = self.clearinghouse.decide(Credentials(bearer), generation.policies)
            answers = Answers(generation, GenerationStore(generation), decision, self.identity)
            if path.dataset_id is not None and not answers.knows(path.dataset_id):
                message = f"{DATASET.path}: no such record"
                raise NotFound(message)
            query = canonical_query(path.target(), raw, answers.genome())
            return json_response(answers.answer(query), headers=_NOT_STORED)

    def filtering_terms(self, page: Page | None, bearer: str | None) -> Response:
        """The terms that this caller can filter by."""
        with self.generations.research() as generation:
            decision = self.clearinghouse.decide(Credentials(bearer), generation.policies)
            answers = Answers(generation, GenerationStore(generation), decision, self.identity)
            return json_response(answers.filtering_terms(page), headers=_NOT_STORED)


@dataclass(frozen=True, slots=True)
class _Path:
    """A route's place in the table, and the id in its path: ``/{root}``, ``/{root}/{id}``, ``/{root}/{id}/{entry}``."""

    root: EntryType
    entry: EntryType
    identifier: str | None = None

    @property
    def dataset_id(self) -> str | None:
        """The dataset below which the records lie."""
        return self.identifier if self.root is DATASET and self.entry is not DATASET else None

    def target(self) -> Target:
        """What the path narrows the question to; raises ``NotFound`` for an id that cannot be one."""
        if self.identifier is None:
            return Target(self.entry)
        if self.root is VARIANT:
            parsed = parse_variant_id(self.identifier)
            if parsed is None:
                message = f"{VARIANT.path}: no such record"
                raise NotFound(message)
            own = self.entry is VARIANT
            return Target(self.entry, self.identifier if own else None, variant=question_of_allele(*parsed))
        if self.root is self.entry:
            return Target(self.entry, self.identifier)
        if self.root is DATASET:
            return Target(self.entry, dataset_id=self.identifier)
        if self.root.entity is EntityType.BIOSAMPLE:
            return Target(self.entry, biosample_id=self.identifier)
        return Target(self.entry, individual_id=self.identifier)


def create_app(generations: Generations, clearinghouse: Clearinghouse, identity: NodeIdentity) -> FastAPI:
    """Beacon v2.2 over the current generation; the clearinghouse decides for each request what may leave."""

    def render(problem: Problem) -> tuple[object, str]:
        document = error_document(beacon_id(identity), problem.status, problem.message, problem.request_id)
        return document, "application/json"

    app = create_api("Beacon", API_VERSION, render)
    service = _Service(generations, clearinghouse, identity)
    _add_framework(app, service)
    for entry in SERVED:
        _add_entry(app, service, entry)
    return app


_INFORMATIONAL: Mapping[str, Callable[[NodeIdentity], Document]] = {
    "": info_document,
    "/": info_document,
    "/info": info_document,
    "/service-info": service_info_document,
    "/configuration": configuration_document,
    "/entry_types": entry_types_document,
    "/map": map_document,
}


def _add_framework(app: FastAPI, service: _Service) -> None:
    def informational(build: Callable[[NodeIdentity], Document]) -> Handler:
        document = build(service.identity)

        async def handler() -> Response:
            return json_response(document, headers={"X-Content-Type-Options": "nosniff"})

        return handler

    def filtering_terms(request: Request, bearer: Bearer) -> Response:
        return service.filtering_terms(read_page(request.url.query), bearer)

    for path, build in _INFORMATIONAL.items():
        app.add_api_route(
            path,
            informational(build),
            methods=["GET"],
            name=path.strip("/") or "root",
            include_in_schema=path not in ("", "/"),
        )
    app.add_api_route("/filtering_terms", filtering_terms, methods=["GET"], name="filtering_terms")


def _add_entry(app: FastAPI, service: _Service, entry: EntryType) -> None:
    """The list of an entry type, one record, and what lies below one record."""
    _add_route(app, service, f"/{entry.path}", entry, entry)
    _add_route(app, service, f"/{entry.path}/{{record_id}}", entry, entry)
    for related in entry.related:
        other = BY_ID[related]
        _add_route(app, service, f"/{entry.path}/{{record_id}}/{other.path}", entry, other)


def _add_route(app: FastAPI, service: _Service, path: str, root: EntryType, entry: EntryType) -> None:
    def place(request: Request) -> _Path:
        raw_id = request.path_params.get("record_id")
        return _Path(root, entry, None if raw_id is None else path_segment(raw_id))

    def get(request: Request, bearer: Bearer) -> Response:
        return service.answer(place(request), read_query_string(request.url.query), bearer)

    def post(request: Request, bearer: Bearer, body: Body) -> Response:
        raw = overlaid(read_query_string(request.url.query), read_body(json_object_body(request, body)))
        return service.answer(place(request), raw, bearer)

    name = path.strip("/")
    for method, handler in (("GET", get), ("POST", post)):
        app.add_api_route(
            path,
            handler,
            methods=[method],
            name=f"{method} {name}",
            responses=responses(),
            openapi_extra=_extra(path, method),
        )


def _extra(path: str, method: str) -> dict[str, Any]:
    identifier = [{"name": "record_id", "in": "path", "required": True, "schema": {"type": "string"}}]
    extra: dict[str, Any] = {"parameters": [*(identifier if "{" in path else []), *PARAMETERS]}
    if method == "POST":
        extra["requestBody"] = {"content": {"application/json": {"schema": {"type": "object"}}}}
    return extra
