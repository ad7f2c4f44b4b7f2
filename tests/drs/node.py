"""A small node for tests: five datasets, one per policy, behind the DRS routes as they are mounted in production."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI
from starlette.testclient import TestClient

from core.generations import Generations
from core.request_guard import RequestGuard
from core.service_info import NodeIdentity
from core.storage import LocalStorage
from core.tickets import TicketKey, TicketSigner
from drs.access import Issuers
from drs.app import create_app
from drs.paths import MOUNT_PATH
from drs.rows import FileRow
from passports.clearinghouse import Clearinghouse
from passports.issuer import DevelopmentIssuer
from passports.tokens import TokenKind
from passports.visa_specs import parse_visa_specs
from tests.drs.files import Published, file_row, indexed_pair, publish, store_bytes

PUBLIC_URL = "https://node.example.dk"
IDENTITY = NodeIdentity(
    id="dk.example.genvej",
    name="Genvej",
    organization_id="dk.example",
    organization_name="Example",
    organization_url="https://example.dk",
    public_url=PUBLIC_URL,
    version="0.1.0",
)
POLICIES = {
    "open": 'preset = "open"',
    "public": 'preset = "public"',
    "registered": 'preset = "registered"',
    "controlled": 'preset = "controlled"',
    "unlisted": 'preset = "controlled"\nlisted = false',
}
CALLERS: Mapping[str, tuple[str, ...]] = {
    "nobody": (),
    "registered": ("registered",),
    "granted": tuple(f"ControlledAccessGrants:{name}" for name in POLICIES),
}
"""Callers and the visas that they hold; ``nobody`` is a known person without any."""


def content_of(dataset_id: str) -> bytes:
    return f"reads of the dataset {dataset_id} ".encode() * 10


FILES: Mapping[str, tuple[FileRow, FileRow]] = {
    dataset_id: indexed_pair(content_of(dataset_id), f"sample-{dataset_id}") for dataset_id in POLICIES
}
DATASETS = {dataset_id: Published(FILES[dataset_id], policy) for dataset_id, policy in POLICIES.items()}
DAMAGED = file_row(b"these bytes are not there")


class Clock:
    """The time of the signed URLs of a test."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class DrsNode:
    """The node and what a test needs to speak to it."""

    home: Path
    client: TestClient
    issuer: DevelopmentIssuer
    generations: Generations
    clock: Clock

    def token(self, caller: str, kind: TokenKind = TokenKind.ACCESS_TOKEN) -> str:
        return self.issuer.mint(caller, parse_visa_specs(CALLERS[caller]), 3600, kind)

    def headers(self, caller: str | None) -> dict[str, str]:
        return {} if caller is None else {"Authorization": f"Bearer {self.token(caller)}"}

    def passport(self, caller: str) -> str:
        return self.token(caller, TokenKind.PASSPORT)


@contextmanager
def drs_node(home: Path) -> Iterator[DrsNode]:
    """Publish the datasets and serve them."""
    publish(home, DATASETS)
    for dataset_id in POLICIES:
        store_bytes(home, content_of(dataset_id))
        store_bytes(home, b"index of " + content_of(dataset_id))
    clock = Clock()
    issuer = DevelopmentIssuer(home, PUBLIC_URL, clock=clock)
    clearinghouse = Clearinghouse(issuer.trust(), [issuer], audiences=[PUBLIC_URL], clock=clock)
    generations = Generations(home)
    signer = TicketSigner((TicketKey("k1", bytes(range(32))),))
    issuers = Issuers((issuer.issuer,), (issuer.issuer,))
    root = FastAPI()
    root.mount(
        MOUNT_PATH,
        create_app(generations, clearinghouse, LocalStorage(home), signer, IDENTITY, issuers=issuers, clock=clock),
    )
    client = TestClient(RequestGuard(root), base_url=f"{PUBLIC_URL}{MOUNT_PATH}", raise_server_exceptions=False)
    try:
        yield DrsNode(home, client, issuer, generations, clock)
    finally:
        client.close()
        generations.stop()
