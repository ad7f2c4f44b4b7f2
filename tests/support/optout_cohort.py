"""A cohort from real files through the real loaders, with or without some of its people; and many questions to it."""

import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

import beacon.app
import drs.app
import htsget.app
from core.datasets import DatasetCatalogue
from core.generations import Generations
from core.optouts import OptOutRules
from core.request_guard import RequestGuard
from core.service_info import NodeIdentity
from core.storage import LocalStorage
from core.strict_json import JsonValue
from core.tickets import TicketKey, TicketSigner
from drs.access import Issuers
from drs.objects import _catalogue
from drs.paths import MOUNT_PATH
from loaders.phenopackets import load_phenopackets
from loaders.reads import load_reads
from loaders.vcf import load_vcf
from passports.clearinghouse import Clearinghouse
from passports.issuer import DevelopmentIssuer
from passports.visa_specs import parse_visa_specs
from tests.loaders.read_files import write_bam
from tests.support.optout_other import OTHER, build_other
from tests.support.pools import InProcessPool

URL = "https://node.example.dk"
DATASET = "cohort"
IDENTITY = NodeIdentity("dk.example.genvej", "Genvej", "dk.example", "Example", "https://example.dk", URL, "0.1.0")
CALLERS: Mapping[str, tuple[str, ...]] = {
    "nobody": (),
    "registered": ("registered",),
    "granted": (f"ControlledAccessGrants:{DATASET}", f"ControlledAccessGrants:{OTHER}"),
}
TERMS = ("HP:0001250", "HP:0000717", "HP:0002664")
CONTIGS = {"22": 50_818_468, "X": 156_040_895, "1": 248_956_422}

Answers = dict[str, Any]


@dataclass(frozen=True)
class Member:
    """One of the cohort: sample column, phenopacket with the subject id it uses, whether a BAM is there."""

    number: int
    batch: int
    subject: str
    has_packet: bool = True
    has_reads: bool = False

    @property
    def sample(self) -> str:
        return f"S{self.number:02d}"

    @property
    def packet(self) -> str:
        return f"packet-{self.number:02d}"

    @property
    def male(self) -> bool:
        return self.number % 2 == 0

    @property
    def names(self) -> tuple[str, ...]:
        """Every id under which the person is stored."""
        return (self.subject, self.sample, self.packet)


def members() -> tuple[Member, ...]:
    """Thirty-six people in two batches: some without phenopacket, two pairs under one subject id, six with reads."""
    return tuple(
        Member(
            number,
            number % 3 // 2,
            subject={7: "II-1", 11: "II-1", 13: "III-2", 17: "III-2"}.get(number, f"P{number:02d}"),
            has_packet=number not in (4, 8, 20),
            has_reads=number in (0, 3, 4, 7, 13, 30),
        )
        for number in range(36)
    )


@dataclass(frozen=True)
class Site:
    """A place in a batch's file, with a genotype of each member."""

    contig: str
    position: int
    reference: str
    alternates: str
    genotypes: Mapping[int, str] = field(default_factory=dict)


def sites(batch: int) -> tuple[Site, ...]:
    """Rare and common alleles, several at one place, missing calls; the batches share some of the places."""
    chance = random.Random(11)
    made = []
    for contig, first in (("1", 1000), ("22", 20_000_000), ("X", 9_000), ("X", 5_000_000)):
        for place in range(9):
            alternates = "G,T" if place % 4 == 3 else "G"
            position = first + 250 * place
            rate = (0.02, 0.1, 0.3, 0.6)[place % 4]
            site = Site(contig, position, "A", alternates)
            carried = {member.number: _genotype(chance, member, site, rate) for member in members()}
            if place % 3 != batch + 1:
                made.append(replace(site, genotypes=carried))
    return tuple(made)


def _genotype(chance: random.Random, member: Member, site: Site, rate: float) -> str:
    shared = site.contig == "X" and 10_001 <= site.position <= 2_781_479
    haploid = site.contig == "X" and member.male and not shared
    last = site.alternates.count(",") + 1
    alleles = [str(chance.randint(1, last)) if chance.random() < rate else "0" for _ in range(2 - haploid)]
    if chance.random() < 0.08:
        return "." if haploid else "./."
    if chance.random() < 0.04 and not haploid:
        return f"./{alleles[0]}"
    return "/".join(alleles)


def vcf_of(batch: int, people: Iterable[Member]) -> str:
    """The file of a batch, with the columns of these people."""
    own = [member for member in people if member.batch == batch]
    lines = ["##fileformat=VCFv4.3", '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">']
    lines += [f"##contig=<ID={name},length={length},assembly=GRCh38>" for name, length in CONTIGS.items()]
    head = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT"]
    lines.append("\t".join((*head, *(member.sample for member in own))))
    for site in sites(batch):
        fixed = [site.contig, str(site.position), ".", site.reference, site.alternates, ".", ".", ".", "GT"]
        lines.append("\t".join((*fixed, *(site.genotypes[member.number] for member in own))))
    return "\n".join(lines) + "\n"


def packet_of(member: Member) -> JsonValue:
    """A phenopacket: one or two features, a biosample that is the sample column."""
    features: list[JsonValue] = [
        {"type": {"id": term, "label": term}} for place, term in enumerate(TERMS) if member.number % (place + 2) == 0
    ]
    return {
        "id": member.packet,
        "subject": {"id": member.subject, "sex": "MALE" if member.male else "FEMALE"},
        "phenotypicFeatures": features,
        "biosamples": [{"id": member.sample, "sampledTissue": {"id": "UBERON:0000178", "label": "blood"}}],
        "metaData": {"created": "2026-01-01T00:00:00Z", "createdBy": "t", "phenopacketSchemaVersion": "2.0"},
    }


def build(home: Path, work: Path, *, without: Iterable[Member] = ()) -> None:
    """Load and publish the cohort, as if some people had never been in it."""
    work.mkdir(parents=True)
    gone = frozenset(member.number for member in without)
    people = [member for member in members() if member.number not in gone]
    packets = work / "people.jsonl"
    packets.write_text("".join(f"{json.dumps(packet_of(member))}\n" for member in people if member.has_packet))
    files = []
    for batch in (0, 1):
        path = work / f"batch-{batch}.vcf"
        path.write_text(vcf_of(batch, people))
        files.append(path)
    reads = [
        write_bam(work / f"reads-{member.number}.bam", sample=member.sample, seed=member.number, reads=20)
        for member in people
        if member.has_reads
    ]
    catalogue = DatasetCatalogue(home)
    load_phenopackets(catalogue, DATASET, [packets], preset="open")
    load_vcf(catalogue, DATASET, files, pool=InProcessPool.made)
    load_reads(catalogue, DATASET, reads, processes=1)
    catalogue.publish(DATASET)
    build_other(home, work, gone=gone)


def use_policy(home: Path, preset: str) -> None:
    """Put another policy in force."""
    for dataset_id in (DATASET, OTHER):
        DatasetCatalogue(home).describe(dataset_id, f'title = "Cohort"\n[policy]\npreset = "{preset}"\n')


@dataclass
class Clock:
    """A clock that is set by hand."""

    now: float

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Node:
    """All three APIs over one home, with a clock that is set by hand."""

    home: Path
    client: TestClient
    issuer: DevelopmentIssuer
    generations: Generations
    clock: Clock
    tokens: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, caller: str = "nobody") -> tuple[int, Any]:
        """Status and document of a GET."""
        answer = self.client.get(path, headers=self._headers(caller))
        return answer.status_code, answer.json()

    def data(self, path: str, caller: str) -> tuple[int, Any]:
        """Status and bytes of an htsget ticket: what a client puts together."""
        status, document = self.get(path, caller)
        if status != 200:
            return status, None
        parts = []
        for entry in document["htsget"]["urls"]:
            if entry["url"].startswith("data:"):
                parts.append(entry["url"])
            else:
                answer = self.client.get(entry["url"].removeprefix(URL), headers=entry.get("headers", {}))
                parts.append((answer.status_code, answer.content))
        return status, parts

    def _headers(self, caller: str) -> dict[str, str]:
        visas = CALLERS[caller]
        if not visas:
            return {}
        if caller not in self.tokens:
            self.tokens[caller] = self.issuer.mint("somebody", parse_visa_specs(visas), 3600)
        return {"Authorization": f"Bearer {self.tokens[caller]}"}


@contextmanager
def serving(home: Path, clock: Clock, rules: OptOutRules | None = None) -> Iterator[Node]:
    """Serve a home; it is looked at when the test says so (``generations.refresh``)."""
    issuer = DevelopmentIssuer(home, URL)
    clearinghouse = Clearinghouse(issuer.trust(), [issuer], audiences=[URL])
    generations = Generations(home, wall_clock=clock, rules=rules or OptOutRules())
    storage = LocalStorage(home)
    signer = TicketSigner((TicketKey("k1", bytes(range(32))),))
    root = FastAPI()
    root.mount("/beacon", beacon.app.create_app(generations, clearinghouse, IDENTITY))
    root.mount("/htsget", htsget.app.create_app(generations, clearinghouse, storage, signer, IDENTITY))
    root.mount(MOUNT_PATH, drs.app.create_app(generations, clearinghouse, storage, signer, IDENTITY, issuers=Issuers()))
    client = TestClient(RequestGuard(root), base_url=URL, raise_server_exceptions=False)
    try:
        yield Node(home, client, issuer, generations, clock)
    finally:
        client.close()
        generations.stop()


_PLACES = (
    "referenceName=22&start=19999999&end=20002500",
    "referenceName=X&start=8000&end=12000",
    "referenceName=X&start=0&end=6000000",
    "referenceName=1&start=500,600&end=2500,3000",
)
_LISTS = ("/g_variants", "/individuals", "/biosamples", "/runs", "/analyses", "/cohorts")
_BELOW = tuple(f"/datasets/{each}/{path}" for each in (DATASET, OTHER) for path in ("individuals", "g_variants"))
_FILTERS = (TERMS[0], TERMS[1], f"{TERMS[0]},{TERMS[1]}", "NCIT:C16576", f"NCIT:C20197,{TERMS[2]}", "UBERON:0000178")
_ALLELES = ("NC_000022.11:20000249:A:G", "NC_000001.11:1749:A:T", "NC_000023.11:5000749:A:G")


def beacon_questions() -> Iterator[str]:
    """Counts and records of every kind; no question names a person."""
    yield from ("/filtering_terms", "/datasets", f"/datasets/{DATASET}")
    yield from (f"{path}&requestedGranularity=record" for path in _exact())
    yield from (f"/g_variants?assemblyId=GRCh38&{place}&requestedGranularity=boolean" for place in _PLACES)
    for granularity in ("count", "record"):
        yield from (f"{path}&requestedGranularity={granularity}&limit=100" for path in _aggregates())
        yield from (f"{path}?requestedGranularity={granularity}&limit=7&skip=1" for path in (*_LISTS, *_BELOW))


def _exact() -> Iterator[str]:
    """Every allele that any file has, named exactly."""
    for place in sorted({(site.contig, site.position, site.alternates) for batch in (0, 1) for site in sites(batch)}):
        contig, position, alternates = place
        for alternate in alternates.split(","):
            allele = f"referenceName={contig}&start={position - 1}&referenceBases=A&alternateBases={alternate}"
            yield f"/g_variants?assemblyId=GRCh38&{allele}&includeResultsetResponses=ALL"


def _aggregates() -> Iterator[str]:
    """Places, lists, filters, and people who carry an allele."""
    for place in _PLACES:
        yield f"/g_variants?assemblyId=GRCh38&{place}"
        yield f"/individuals?assemblyId=GRCh38&{place}"
        yield f"/individuals?assemblyId=GRCh38&{place}&filters={TERMS[0]}"
    yield from (f"{path}?testMode=false" for path in _LISTS)
    yield from (f"{path}?filters={terms}" for path in ("/individuals", "/biosamples") for terms in _FILTERS)
    for allele in _ALLELES:
        yield from (f"/g_variants/{allele}{path}?testMode=false" for path in ("", "/individuals", "/biosamples"))


def person_questions(people: Iterable[Member]) -> Iterator[str]:
    """Whatever can be asked about people under any of their ids."""
    for name in sorted({name for member in people for name in member.names}):
        for granularity in ("boolean", "record"):
            end = f"?requestedGranularity={granularity}&limit=100"
            for path in ("", "/g_variants", "/biosamples"):
                yield f"/individuals/{name}{path}{end}"
            yield f"/biosamples/{name}{end}"
            yield f"/biosamples/{name}/g_variants{end}"


_TIMES = re.compile(r'"(createDateTime|updateDateTime|datasetVersion|requestId|created_time|updated_time)":"[^"]*",?')


def _plain(document: object) -> Any:  # noqa: ANN401 - a JSON document
    """A document without times, versions and ids of requests."""
    return json.loads(_TIMES.sub("", json.dumps(document, separators=(",", ":"))).replace(",}", "}"))


def asked(node: Node, caller: str, paths: Iterable[str], prefix: str = "/beacon") -> Answers:
    """The answers to many questions, without times and ids of requests."""
    return {path: _plain(node.get(f"{prefix}{path}", caller)) for path in paths}


def files_asked(node: Node, caller: str) -> Answers:
    """What htsget and DRS give of every file that any member has."""
    found: Answers = {}
    status, _ = node.get("/beacon/info")
    assert status == 200
    for member in members():
        if member.has_reads:
            alias = f"reads-{member.number}"
            for query in ("", "?class=header", "?referenceName=chr20&start=0&end=3000000"):
                found[f"{alias}{query}"] = node.data(f"/htsget/reads/{alias}{query}", caller)
    return found


def drs_asked(node: Node, caller: str) -> Answers:
    """What DRS tells of the whole store and of every file that any member has: documents and credentials."""
    found: Answers = {"totals": node.get("/ga4gh/drs/v1/service-info")[1]["drs"]}
    with node.generations.pin() as generation:
        object_ids = _catalogue(generation).ids
    for object_id in object_ids:
        path = f"/ga4gh/drs/v1/objects/{object_id}"
        found[path] = _plain(node.get(path, caller))
        found[f"OPTIONS {path}"] = node.client.options(path).status_code
    return found


def is_aggregate(document: object) -> bool:
    """Whether an answer holds no record of a person."""
    text = json.dumps(document)
    return not re.search(r"caseLevelData|\"individualId\"|phenopacketId|\"biosampleId\"", text)


def names_in(answers: Answers, people: Iterable[Member]) -> set[str]:
    """Ids of these people that stand anywhere in the answers (not in the questions)."""
    text = json.dumps(list(answers.values()), default=repr)
    return {name for member in people for name in member.names if re.search(rf'"{re.escape(name)}"', text)}
