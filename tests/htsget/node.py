"""A small node for tests: real reads and variants under several policies, behind the mounted htsget routes."""

import base64
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from core.generations import Generations
from core.request_guard import RequestGuard
from core.service_info import NodeIdentity
from core.storage import LocalStorage
from core.tickets import TicketKey, TicketSigner
from drs.rows import FileFormat, FileRow
from htsget.app import create_app
from passports.clearinghouse import Clearinghouse
from passports.issuer import DevelopmentIssuer
from passports.visa_specs import parse_visa_specs
from tests.drs.files import Published, file_row, publish, store_bytes
from tests.htsget.genomes import index_bam, index_vcf, recompressed, write_bam, write_vcf

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


class Clock:
    """The time of the tickets of a test."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class HtsgetNode:
    """The node and what a test needs to speak to it."""

    home: Path
    client: TestClient
    issuer: DevelopmentIssuer
    generations: Generations
    clock: Clock
    signer: TicketSigner
    bam: Path
    vcf: Path
    datasets: dict[str, Published]

    def headers(self, user: str | None, *visas: str) -> dict[str, str]:
        if user is None:
            return {}
        return {"Authorization": f"Bearer {self.issuer.mint(user, parse_visa_specs(visas), 3600)}"}

    def urls(self, path: str, headers: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
        """The URLs of a ticket that must be there."""
        answer = self.client.get(path, headers=dict(headers or {}))
        assert answer.status_code == 200, answer.text
        entries: list[dict[str, Any]] = answer.json()["htsget"]["urls"]
        return entries

    def fetch(self, entry: dict[str, Any]) -> bytes:
        """What a client gets for one URL."""
        url = str(entry["url"])
        if url.startswith("data:;base64,"):
            return base64.b64decode(url.removeprefix("data:;base64,"), validate=True)
        answer = self.client.get(url.removeprefix(f"{PUBLIC_URL}/htsget"), headers=entry["headers"])
        assert answer.status_code == 200, answer.text
        return answer.content

    def body(self, path: str, headers: Mapping[str, str] | None = None) -> bytes:
        """What a client puts together."""
        return b"".join(self.fetch(entry) for entry in self.urls(path, headers))

    def post(self, path: str, document: object) -> bytes:
        answer = self.client.post(path, json=document)
        assert answer.status_code == 200, answer.text
        return b"".join(self.fetch(entry) for entry in answer.json()["htsget"]["urls"])

    def error(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, str]:
        answer = self.client.get(path, headers=dict(headers or {}))
        return answer.status_code, answer.json()["htsget"]["error"]


def stored_pair(home: Path, path: Path, index: Path | None, file_format: FileFormat, alias: str) -> list[FileRow]:
    """The rows of a file and its index, whose bytes are put into the home."""
    content = path.read_bytes()
    store_bytes(home, content)
    data = file_row(content, file_format, alias=alias, name=path.name)
    if index is None:
        return [data]
    store_bytes(home, index.read_bytes())
    kind = FileFormat(index.suffix[1:].upper())
    index_row = file_row(index.read_bytes(), kind, samples=(), individual_ids=())
    return [replace(data, index_object_id=index_row.object_id), index_row]


@contextmanager
def htsget_node(home: Path, work: Path) -> Iterator[HtsgetNode]:
    """Publish reads and variants and serve them."""
    home.mkdir(exist_ok=True)
    bam = recompressed(write_bam(work / "plain.bam"), work / "reads.bam", 1500)
    vcf = write_vcf(work / "variants.vcf.gz")
    other = write_bam(work / "other.bam", seed=2, unplaced=0)
    no_index = write_bam(work / "noindex.bam", seed=3)
    cram = work / "only.cram"
    cram.write_bytes(b"CRAM\x03\x00" + bytes(5000))
    rows = [
        *stored_pair(home, bam, index_bam(bam), FileFormat.BAM, "reads"),
        *stored_pair(home, vcf, index_vcf(vcf), FileFormat.VCF, "cohort/variants æ"),
        *stored_pair(home, no_index, None, FileFormat.BAM, "noindex"),
        *stored_pair(home, cram, None, FileFormat.CRAM, "cramonly"),
    ]
    closed = stored_pair(home, other, index_bam(other), FileFormat.BAM, "closed")
    closed[0] = replace(closed[0], individual_ids=("P-9",))
    datasets = {"open": Published(rows), "controlled": Published(closed, 'preset = "controlled"')}
    publish(home, datasets)
    clock = Clock()
    issuer = DevelopmentIssuer(home, PUBLIC_URL, clock=clock)
    clearinghouse = Clearinghouse(issuer.trust(), [issuer], audiences=[PUBLIC_URL], clock=clock)
    generations = Generations(home)
    signer = TicketSigner((TicketKey("k1", bytes(range(32))),))
    root = FastAPI()
    root.mount("/htsget", create_app(generations, clearinghouse, LocalStorage(home), signer, IDENTITY, clock=clock))
    client = TestClient(RequestGuard(root), base_url=f"{PUBLIC_URL}/htsget", raise_server_exceptions=False)
    try:
        yield HtsgetNode(home, client, issuer, generations, clock, signer, bam, vcf, datasets)
    finally:
        client.close()
        generations.stop()
