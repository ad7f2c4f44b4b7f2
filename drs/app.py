"""The routes of DRS 1.5, to be mounted at ``/ga4gh/drs/v1``; each hands over to ``DrsService``."""

import time
from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, FastAPI, Query, Request
from starlette.responses import Response

from core.byte_serving import FilePiece, bytes_response
from core.generations import Generations
from core.service_info import NodeIdentity
from core.storage import Storage
from core.strict_json import JsonValue
from core.tickets import TicketSigner
from core.web import Problem, create_api, json_object_body, json_response, path_segment, request_body, status_of
from drs.access import Issuers
from drs.grants import check_unchanged, still_granted
from drs.models import Error, Model
from drs.request import AccessPair, bulk_access_pairs, bulk_object_ids, check_expand, passports_of
from drs.service import VERSION, DrsService
from passports.clearinghouse import Clearinghouse, Credentials
from passports.web import bearer_token

_SECRET_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


def _json_body(request: Request, body: Annotated[bytes, Depends(request_body)]) -> dict[str, JsonValue]:
    return json_object_body(request, body)


JsonBody = Annotated[dict[str, JsonValue], Depends(_json_body)]
Bearer = Annotated[str | None, Depends(bearer_token)]
Expand = Annotated[bool, Query(alias="expand")]


def create_app(
    generations: Generations,
    clearinghouse: Clearinghouse,
    storage: Storage,
    signer: TicketSigner,
    identity: NodeIdentity,
    *,
    issuers: Issuers,
    clock: Callable[[], float] = time.time,
) -> FastAPI:
    """DRS 1.5 over the current generation; ``issuers`` are named to callers who ask which credentials help."""
    app = create_api("DRS", VERSION, render_error)
    service = DrsService(generations, clearinghouse, signer, identity, issuers, status_of, clock)
    _add_service_info(app, service)
    _add_bulk_routes(app, service)
    _add_object_routes(app, service)
    _add_access_routes(app, service)
    _add_bytes_route(app, service, storage)
    return app


def render_error(problem: Problem) -> tuple[JsonValue, str]:
    """Every error as DRS 1.5 has it: ``msg`` and ``status_code``."""
    return Error(problem.message, problem.status).document(), "application/json"


def _answer(model: Model) -> Response:
    return json_response(model.document(), headers={"Cache-Control": "private, no-cache"})


def _secret(model: Model) -> Response:
    return json_response(model.document(), headers=_SECRET_HEADERS)


def _add_service_info(app: FastAPI, service: DrsService) -> None:
    @app.get("/service-info")
    def get_service_info() -> Response:
        return json_response(service.info())


def _add_bulk_routes(app: FastAPI, service: DrsService) -> None:
    """Before the routes of one object: ``/objects/access`` is not the object ``access``."""

    @app.post("/objects")
    def post_objects(bearer: Bearer, body: JsonBody, _expand: Expand = False) -> Response:
        return _answer(service.describe_many(bulk_object_ids(body), Credentials(bearer, passports_of(body))))

    @app.options("/objects")
    def options_objects(body: JsonBody) -> Response:
        return _answer(service.authorizations_of_many(bulk_object_ids(body)))

    @app.post("/objects/access")
    def post_access_many(bearer: Bearer, body: JsonBody) -> Response:
        return _secret(service.access_many(bulk_access_pairs(body), Credentials(bearer, passports_of(body))))


def _add_object_routes(app: FastAPI, service: DrsService) -> None:
    @app.get("/objects/{object_id}")
    def get_object(object_id: str, bearer: Bearer, _expand: Expand = False) -> Response:
        return _answer(service.describe(path_segment(object_id), Credentials(bearer)))

    @app.post("/objects/{object_id}")
    def post_object(object_id: str, bearer: Bearer, body: JsonBody) -> Response:
        check_expand(body)
        return _answer(service.describe(path_segment(object_id), Credentials(bearer, passports_of(body))))

    @app.options("/objects/{object_id}")
    def options_object(object_id: str) -> Response:
        return _answer(service.authorizations(path_segment(object_id)))


def _add_access_routes(app: FastAPI, service: DrsService) -> None:
    @app.get("/objects/{object_id}/access/{access_id}")
    def get_access(object_id: str, access_id: str, bearer: Bearer) -> Response:
        pair = AccessPair(path_segment(object_id), path_segment(access_id))
        return _secret(service.access(pair, Credentials(bearer)))

    @app.post("/objects/{object_id}/access/{access_id}")
    def post_access(object_id: str, access_id: str, bearer: Bearer, body: JsonBody) -> Response:
        pair = AccessPair(path_segment(object_id), path_segment(access_id))
        return _secret(service.access(pair, Credentials(bearer, passports_of(body))))


def _add_bytes_route(app: FastAPI, service: DrsService, storage: Storage) -> None:
    """Not of the standard: what the signed access URLs point at."""

    @app.api_route("/bytes/{token}", methods=["GET", "HEAD"])
    def get_bytes(request: Request, token: str) -> Response:
        stored = service.granted(path_segment(token))
        row = stored.row
        check_unchanged(storage, row)
        return bytes_response(
            request,
            storage,
            [FilePiece(row.location, 0, row.size_bytes)],
            etag=row.sha256,
            media_type=row.mime_type,
            filename=row.name,
            still_granted=lambda: still_granted(service.generations, stored),
        )
