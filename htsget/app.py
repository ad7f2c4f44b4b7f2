"""The routes of htsget 1.3, to be mounted at ``/htsget``; each hands over to ``HtsgetService``."""

import time
from collections.abc import Callable
from functools import partial
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from starlette.responses import Response

from core.byte_serving import bytes_response
from core.errors import InvalidRequest, UnsupportedMediaType
from core.generations import Generations
from core.service_info import NodeIdentity
from core.storage import Storage
from core.strict_json import JsonValue
from core.tickets import TicketSigner
from core.web import Problem, create_api, json_object_body, json_response, path_segment, request_body
from htsget.files import Files
from htsget.request import DataType, TicketRequest, error_name, from_body, from_query
from htsget.service import VERSION, HtsgetService
from htsget.ticket import MEDIA_TYPE
from passports.clearinghouse import Clearinghouse, Credentials
from passports.web import bearer_token

_TICKET_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}

Bearer = Annotated[str | None, Depends(bearer_token)]
Body = Annotated[bytes, Depends(request_body)]


def create_app(
    generations: Generations,
    clearinghouse: Clearinghouse,
    storage: Storage,
    signer: TicketSigner,
    identity: NodeIdentity,
    *,
    clock: Callable[[], float] = time.time,
) -> FastAPI:
    """Htsget 1.3 over the current generation; links are made from ``identity.public_url``."""
    app = create_api("htsget", VERSION, render_error)
    service = HtsgetService(generations, clearinghouse, Files(storage), signer, identity, clock)
    for data_type in DataType:
        _add_service_info(app, service, data_type)
        _add_ticket_routes(app, service, data_type)
    _add_data_route(app, service, storage)
    return app


def render_error(problem: Problem) -> tuple[JsonValue, str]:
    """Every error as htsget 1.3 has it ("Response on error")."""
    name = error_name(problem.error, problem.status)
    return {"htsget": {"error": name, "message": problem.message}}, "application/json"


def _add_service_info(app: FastAPI, service: HtsgetService, data_type: DataType) -> None:
    """Before the routes of ids: ``service-info`` is not an id."""

    @app.get(f"/{data_type}/service-info", name=f"{data_type}_service_info")
    def get_service_info() -> Response:
        return json_response(service.info(data_type))


def _add_ticket_routes(app: FastAPI, service: HtsgetService, data_type: DataType) -> None:
    """An id may hold slashes, encoded or not: all that follows the endpoint is the id."""

    @app.get(f"/{data_type}/{{identifier:path}}", name=f"get_{data_type}_ticket")
    def get_ticket(request: Request, identifier: str, bearer: Bearer) -> Response:
        read = partial(from_query, data_type, request.query_params.multi_items())
        return _ticket(service.ticket(path_segment(identifier), Credentials(bearer), read))

    @app.post(f"/{data_type}/{{identifier:path}}", name=f"post_{data_type}_ticket")
    def post_ticket(request: Request, identifier: str, bearer: Bearer, body: Body) -> Response:
        read = partial(_read_body, request, body, data_type)
        return _ticket(service.ticket(path_segment(identifier), Credentials(bearer), read))


def _read_body(request: Request, body: bytes, data_type: DataType) -> TicketRequest:
    """The standard has no 415: a body of another type is invalid input, which htsjdk takes as a sign to use GET."""
    try:
        document = json_object_body(request, body)
    except UnsupportedMediaType as error:
        raise InvalidRequest(error.message) from error
    return from_body(data_type, [name for name, _ in request.query_params.multi_items()], document)


def _ticket(document: dict[str, JsonValue]) -> Response:
    return json_response(document, media_type=MEDIA_TYPE, headers=_TICKET_HEADERS)


def _add_data_route(app: FastAPI, service: HtsgetService, storage: Storage) -> None:
    """Not of the standard: what the signed URLs of a ticket point at."""

    @app.api_route("/data/{token}", methods=["GET", "HEAD"])
    def get_data(request: Request, token: str, bearer: Bearer) -> Response:
        granted = service.granted(path_segment(token), bearer)
        return bytes_response(
            request,
            storage,
            granted.pieces,
            etag=granted.etag,
            media_type="application/octet-stream",
            still_granted=granted.still_granted,
        )
