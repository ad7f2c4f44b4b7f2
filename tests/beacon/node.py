"""A small Beacon for tests: variants with known answers, people with terms, one dataset per policy."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from beacon.app import create_app
from beacon.rows import CarrierRow, EntityRow, EntityType, PersonRow, TermRow, VariantRow, VariantType, Zygosity
from conformance.schemas import BeaconSchemas
from core.datasets import DatasetCatalogue
from core.generations import Generations
from core.genome import position_key
from core.manifest import AbsentSite
from core.request_guard import RequestGuard
from core.service_info import NodeIdentity
from passports.clearinghouse import Clearinghouse
from passports.issuer import DevelopmentIssuer
from passports.visa_specs import parse_visa_specs
from tests.support.homes import publish_entities, publish_variants
from tests.support.shared import SHARED

PUBLIC_URL = "https://node.example.dk"
IDENTITY = NodeIdentity(
    id="dk.example.genvej",
    name="Genvej",
    organization_id="dk.example",
    organization_name="Example",
    organization_url="https://example.dk",
    public_url=PUBLIC_URL,
    version="0.1.0",
    description="A node for tests",
    contact_url="mailto:node@example.dk",
    logo_url="https://example.dk/logo.png",
)
CALLERS: Mapping[str, tuple[str, ...]] = {"nobody": (), "registered": ("registered",)}
SCHEMAS = BeaconSchemas(SHARED / "specs") if SHARED is not None else None
HET, HOM, HEMI = Zygosity.HETEROZYGOUS, Zygosity.HOMOZYGOUS, Zygosity.HEMIZYGOUS

Document = dict[str, Any]


def variant(
    start: int,
    reference: str,
    alternate: str,
    *,
    contig: str = "17",
    end: int | None = None,
    anchor: str = "",
    kind: VariantType = VariantType.SNP,
    counts: tuple[int, int, int | None, int | None, int | None] = (3, 100, 1, 1, 0),
) -> VariantRow:
    """A row; ``counts`` are AC, AN, het, hom, hemi."""
    stop = start + len(reference) if end is None else end
    return VariantRow(position_key(contig, start), stop, reference, alternate, anchor, kind, *counts)


V1 = variant(100, "G", "A")
FIXTURE_ROWS = (
    V1,
    variant(201, "CGT", "", anchor="A", kind=VariantType.DEL),
    variant(301, "", "AA", anchor="T", kind=VariantType.INS),
    variant(400, "ACG", "TTT", kind=VariantType.MNP),
    variant(501, "", "CCT", anchor="A", kind=VariantType.INS),
    variant(1000, "", "<DEL>", end=6000, kind=VariantType.DEL, counts=(1, 100, None, None, None)),
    variant(5500, "", "<DUP>", end=7500, kind=VariantType.DUP, counts=(1, 100, None, None, None)),
)
"""Chromosome 17 of DS_PUB: V1 to V7."""


def people(count: int, prefix: str = "P") -> tuple[PersonRow, ...]:
    """People ``P000``... with alternating sexes; sample and biosample are named after them."""
    return tuple(
        PersonRow(n, f"S-{prefix}{n:03d}", f"{prefix}{n:03d}", f"B-{prefix}{n:03d}", "FEMALE" if n % 2 else "MALE")
        for n in range(count)
    )


def called(
    rows: Sequence[VariantRow], genotypes: Sequence[Mapping[int, Zygosity]], allele_number: int
) -> tuple[tuple[VariantRow, ...], tuple[CarrierRow, ...]]:
    """Rows with the counts of their genotypes (person index to zygosity), and the carriers."""
    made, carriers = [], []
    for index, (row, carried) in enumerate(zip(rows, genotypes, strict=True)):
        het, hom, hemi = (sum(1 for zygosity in carried.values() if zygosity is kind) for kind in (HET, HOM, HEMI))
        made.append(
            VariantRow(
                row.key, row.end_0based, row.reference_bases, row.alternate_bases, row.anchor, row.variant_type,
                het + 2 * hom + hemi, allele_number, het, hom, hemi,
            )
        )  # fmt: skip
        carriers += [CarrierRow(index, person, zygosity) for person, zygosity in sorted(carried.items())]
    return tuple(made), tuple(carriers)


def individual(identifier: str, sex: str, *terms: str, excluded: Sequence[str] = ()) -> tuple[EntityRow, list[TermRow]]:
    """An individual with phenotypic features, as Beacon shows it, and its terms."""
    sex_term = {"FEMALE": ("NCIT:C16576", "female"), "MALE": ("NCIT:C20197", "male")}[sex]
    features: list[Document] = [{"featureType": {"id": term}} for term in terms]
    features += [{"featureType": {"id": term}, "excluded": True} for term in excluded]
    document = {"id": identifier, "sex": {"id": sex_term[0], "label": sex_term[1]}, "phenotypicFeatures": features}
    kind = EntityType.INDIVIDUAL
    rows = [TermRow(kind, identifier, identifier, "sex", *sex_term, excluded=False)]
    rows += [TermRow(kind, identifier, identifier, "phenotypicFeatures", term, "", excluded=False) for term in terms]
    rows += [TermRow(kind, identifier, identifier, "phenotypicFeatures", term, "", excluded=True) for term in excluded]
    return EntityRow(kind, identifier, identifier, sex, json.dumps(document)), rows


def biosample(identifier: str, individual_id: str, term: str) -> tuple[EntityRow, list[TermRow]]:
    """A biosample with a histological diagnosis."""
    document = {
        "id": identifier,
        "individualId": individual_id,
        "biosampleStatus": {"id": "EFO:0009654", "label": "reference sample"},
        "sampleOriginType": {"id": "UBERON:0000178", "label": "blood"},
        "histologicalDiagnosis": {"id": term},
    }
    row = EntityRow(EntityType.BIOSAMPLE, identifier, individual_id, "", json.dumps(document))
    return row, [TermRow(row.entity, identifier, individual_id, "histologicalDiagnosis", term, "", excluded=False)]


@dataclass(frozen=True)
class BeaconNode:
    """The node and what a test needs to speak to it."""

    home: Path
    client: TestClient
    issuer: DevelopmentIssuer
    generations: Generations

    def headers(self, *visas: str) -> dict[str, str]:
        token = self.issuer.mint("somebody", parse_visa_specs(visas), 3600)
        return {"Authorization": f"Bearer {token}"}

    def get(self, path: str, *visas: str, status: int = 200, **parameters: object) -> Document:
        """GET, judged by the official schema where it is at hand."""
        query = {name: str(value) for name, value in parameters.items()}
        answer = self.client.get(path, params=query, headers=self.headers(*visas) if visas else {})
        return self._judged(answer.status_code, answer.json(), status)

    def post(self, path: str, query: object, *visas: str, status: int = 200) -> Document:
        """POST of a query, judged likewise."""
        body = {"meta": {"apiVersion": "2.0"}, "query": query}
        answer = self.client.post(path, json=body, headers=self.headers(*visas) if visas else {})
        return self._judged(answer.status_code, answer.json(), status)

    def _judged(self, status: int, document: Document, expected: int) -> Document:
        assert status == expected, document
        if SCHEMAS is not None:
            errors = SCHEMAS.errors("error", document) if status >= 400 else SCHEMAS.answer_errors(document)
            assert errors == ()
        return document


@contextmanager
def beacon_node(home: Path) -> Iterator[BeaconNode]:
    """Serve a home that has its datasets, as production mounts it."""
    issuer = DevelopmentIssuer(home, PUBLIC_URL)
    clearinghouse = Clearinghouse(issuer.trust(), [issuer], audiences=[PUBLIC_URL])
    generations = Generations(home)
    root = FastAPI()
    root.mount("/beacon", create_app(generations, clearinghouse, IDENTITY))
    client = TestClient(RequestGuard(root), base_url=f"{PUBLIC_URL}/beacon", raise_server_exceptions=False)
    try:
        yield BeaconNode(home, client, issuer, generations)
    finally:
        client.close()
        generations.stop()


def describe(home: Path, dataset_id: str, policy: str) -> None:
    """Give a dataset another policy."""
    text = f'title = "{dataset_id}"\nduo_terms = ["DUO:0000007 MONDO:0005015", "DUO:0000042"]\n[policy]\n{policy}\n'
    DatasetCatalogue(home).describe(dataset_id, text)


def publish_fixture(home: Path) -> None:
    """DS_PUB (GRCh38, open), DS_PUB2, DS_37 (GRCh37), DS_REG, DS_CTL and DS_HID (unlisted)."""
    publish_variants(home, "DS_PUB", FIXTURE_ROWS, contig="17")
    mitochondrial = variant(8992, "T", "G", contig="MT", counts=(2, 30, 0, 0, 2))
    publish_variants(home, "DS_PUB", (mitochondrial,), contig="MT")
    publish_variants(home, "DS_PUB2", (variant(9000, "T", "C"),), contig="17")
    publish_variants(home, "DS_37", (variant(99, "C", "T"),), contig="17", assembly="GRCh37")
    rows, carriers = called((V1, variant(150, "C", "T")), (dict.fromkeys(range(12), HET) | {12: HOM}, {3: HET}), 60)
    for dataset_id, preset in (("DS_REG", "registered"), ("DS_CTL", "controlled"), ("DS_HID", "controlled")):
        prefix = dataset_id[-1]
        publish_variants(
            home, dataset_id, rows, contig="17", preset=preset, people=people(30, prefix), carriers=carriers,
            absent_site=AbsentSite.REFERENCE, absent_allele_number=60,
        )  # fmt: skip
    describe(home, "DS_HID", 'preset = "controlled"\nlisted = false')
    _publish_people(home)


def _publish_people(home: Path) -> None:
    """People of DS_PUB (open): six; of DS_REG: thirty, of whom twelve are affected and two have another term."""
    entities, terms = [], []
    for number in range(6):
        features = ["HP:0001250"] if number < 3 else []
        entity, own = individual(
            f"I{number}", "FEMALE" if number % 2 else "MALE", *features, excluded=["HP:0000717"] if number == 5 else ()
        )
        sample, diagnosis = biosample(f"I{number}-b", f"I{number}", "NCIT:C27966" if number == 1 else "NCIT:C27970")
        entities += [entity, sample]
        terms += [*own, *diagnosis]
    publish_entities(home, "DS_PUB", entities, terms)
    entities, terms = [], []
    for number in range(30):
        features = ["HP:0001250"] if number < 12 else ["HP:0002664"] if number < 14 else []
        entity, own = individual(f"G{number:03d}", "FEMALE" if number % 2 else "MALE", *features)
        entities.append(entity)
        terms += own
    publish_entities(home, "DS_REG", entities, terms, preset="registered")
