"""The assembly: the only place where stores, clearinghouse and APIs are built and put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import anyio.to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

import beacon.app
import beacon.framework
import drs.access
import drs.app
import drs.paths
import drs.service
import htsget.app
import passports.app
from core.generations import Generations
from core.request_guard import RequestGuard
from core.service_info import NodeIdentity, service_info
from core.storage import LocalStorage, S3Storage, StorageByScheme
from core.ticket_keys import load_or_create_ticket_keys
from core.tickets import TicketSigner
from core.web import json_response
from htsget.request import DataType
from htsget.service import service_info_of
from node import registry
from node.access_log import AccessLog
from node.metrics import CONTENT_TYPE, Metrics
from node.settings import Settings, optout_rules
from passports.clearinghouse import Clearinghouse
from passports.issuer import DevelopmentIssuer
from passports.trust import TrustStore

HANDLER_THREADS = 8
"""Handlers that run at once in one process: as many as there are cursors."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node that is ready to answer: the ASGI application, and what it answers from."""

    app: ASGIApp
    generations: Generations
    routes: tuple[BaseRoute, ...]


def node_identity(settings: Settings) -> NodeIdentity:
    """Who the node says it is."""
    return NodeIdentity(
        id=settings.node.id,
        name=settings.node.name,
        organization_id=settings.organization.id,
        organization_name=settings.organization.name,
        organization_url=settings.organization.url,
        public_url=settings.effective_public_url,
        version=version("genvej"),
        description=settings.node.description,
        environment=settings.node.environment,
        contact_url=settings.node.contact_url,
        documentation_url=settings.node.documentation_url,
        logo_url=settings.organization.logo_url,
    )


def development_issuer(settings: Settings, home: Path) -> DevelopmentIssuer:
    """The issuer of this node's home, under the address that the settings give."""
    return DevelopmentIssuer(home, settings.effective_public_url)


def create_node(settings: Settings, home: Path) -> Node:
    """Build everything; nothing is listened to yet. The watch over the home starts with the application's lifespan."""
    identity = node_identity(settings)
    generations = Generations(home, rules=optout_rules(settings))
    issuer = development_issuer(settings, home) if settings.issuer.enabled else None
    clearinghouse = _clearinghouse(issuer, identity)
    storage = StorageByScheme(
        LocalStorage(home),
        S3Storage(endpoint_url=settings.storage.s3_endpoint_url or None, region=settings.storage.s3_region),
    )
    signer = TicketSigner(load_or_create_ticket_keys(home / settings.tickets.key_file))
    issuers = drs.access.Issuers(visas=(issuer.issuer,), tokens=(issuer.issuer,)) if issuer else drs.access.Issuers()
    mounts = [
        Mount("/beacon", beacon.app.create_app(generations, clearinghouse, identity)),
        Mount("/htsget", htsget.app.create_app(generations, clearinghouse, storage, signer, identity)),
        Mount(
            drs.paths.MOUNT_PATH,
            drs.app.create_app(generations, clearinghouse, storage, signer, identity, issuers=issuers),
        ),
    ]
    if issuer is not None:
        mounts.append(Mount("/passports", passports.app.create_app(issuer, clearinghouse, identity)))
    metrics = Metrics()
    routes = [
        *_operations(generations, metrics),
        *mounts,
        Mount("/", registry.create_app(identity, _services(identity))),
    ]
    root = Starlette(routes=routes, lifespan=_lifespan(generations))
    root.router.redirect_slashes = False
    reached = _BareMounts(root, tuple(mount.path for mount in mounts))
    logged = AccessLog(reached, metrics, lines=settings.server.access_log)
    return Node(RequestGuard(logged), generations, tuple(routes))


class _BareMounts:
    """Lets ``/beacon`` mean ``/beacon/``: what is registered with a network is used with and without the slash."""

    def __init__(self, app: ASGIApp, paths: tuple[str, ...]) -> None:
        self._app = app
        self._paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("path") in self._paths:
            scope["path"] += "/"
        await self._app(scope, receive, send)


def _clearinghouse(issuer: DevelopmentIssuer | None, identity: NodeIdentity) -> Clearinghouse:
    audiences = (identity.public_url,)
    if issuer is None:
        return Clearinghouse(TrustStore(), audiences=audiences)
    return Clearinghouse(issuer.trust(), (issuer,), audiences=audiences)


def _services(identity: NodeIdentity) -> list[registry.RegisteredService]:
    """What the registry lists: the services that are mounted, with the documents that they give of themselves."""
    url = identity.public_url
    drs_info = service_info(identity, suffix="drs", artifact="drs", artifact_version=drs.service.VERSION)
    return [
        registry.RegisteredService(beacon.framework.service_info_document(identity), f"{url}/beacon"),
        registry.RegisteredService(drs_info, url),
        *(
            registry.RegisteredService(service_info_of(identity, kind), f"{url}/htsget/{kind.value}")
            for kind in DataType
        ),
    ]


def _lifespan(generations: Generations):  # type: ignore[no-untyped-def]  # noqa: ANN202 - Starlette's own type is private
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        # More threads than queries that run at once only wait for each other.
        anyio.to_thread.current_default_thread_limiter().total_tokens = HANDLER_THREADS
        generations.start()
        try:
            yield
        finally:
            generations.stop()

    return lifespan


def _operations(generations: Generations, metrics: Metrics) -> list[Route]:
    """Health and metrics: for the operator's tools, without a word about unlisted datasets."""

    def live(_: Request) -> Response:
        return json_response({"status": "alive"})

    def ready(_: Request) -> Response:
        with generations.pin() as generation:
            degraded = bool(generation.problems or generations.last_error or generations.overdue or generations.refusal)
        document = {"status": "ready", "degraded": degraded}
        return json_response(document, headers={"cache-control": "no-store"})

    def exposition(_: Request) -> Response:
        with generations.pin() as generation:
            listed = sum(policy.listed for policy in generation.policies.values())
            degraded = bool(generation.problems or generations.last_error or generations.overdue or generations.refusal)
            text = metrics.text(datasets=listed, degraded=degraded)
        return Response(text, headers={"content-type": CONTENT_TYPE, "cache-control": "no-store"})

    return [Route("/health/live", live), Route("/health/ready", ready), Route("/metrics", exposition)]
