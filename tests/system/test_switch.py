"""Publishing under load: every answer is wholly old or wholly new, and none fails."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from beacon.rows import VariantRow, VariantType
from core.datasets import DatasetCatalogue
from core.genome import position_key
from tests.support.homes import make_home, publish_variants
from tests.support.proof import proof_volume
from tests.support.servers import Server, running_server

CLIENTS = 16
SITES = 40
SWITCHES = proof_volume(4, 25)


def rows_of(version: int) -> list[VariantRow]:
    """In version n every site has allele count n: an answer that mixes versions shows two counts."""
    return [
        VariantRow(
            key=position_key("22", 20_000_000 + 10 * site),
            end_0based=20_000_001 + 10 * site,
            reference_bases="A",
            alternate_bases="G",
            anchor="",
            variant_type=VariantType.SNP,
            allele_count=version,
            allele_number=1000,
            heterozygous=version,
            homozygous=0,
            hemizygous=0,
        )
        for site in range(SITES)
    ]


def prepare(home: Path) -> None:
    """Publish one version after the other, each in place of the one before."""
    for version in range(1, SWITCHES + 2):
        catalogue = DatasetCatalogue(home)
        if version > 1:
            with catalogue.open_draft("d1", fresh=True) as draft:
                draft.drop(draft.manifest.parts)
        publish_variants(home, "d1", rows_of(version), contig="22", batch=f"batch-{version}")


QUESTION = {
    "assemblyId": "GRCh38", "referenceName": "22", "start": "20000000", "end": "20001000",
    "requestedGranularity": "record", "limit": "100",
}  # fmt: skip


def counts(document: dict[str, object]) -> tuple[int, set[int]]:
    """How many variants an answer holds, and the allele counts that stand in it."""
    text = json.dumps(document)
    (results,) = [found["results"] for found in json.loads(text)["response"]["resultSets"]]
    frequencies = [entry["frequencyInPopulations"][0]["frequencies"][0] for entry in results]
    return len(results), {int(frequency["alleleCount"]) for frequency in frequencies}


@pytest.fixture(params=[1, 2], ids=["one worker", "two workers"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    home = make_home(tmp_path / "home")
    prepare(home)
    DatasetCatalogue(home).rollback("d1", "1")
    with running_server(home, workers=request.param) as running:
        yield running


def test_every_answer_is_wholly_old_or_wholly_new(server: Server, tmp_path: Path) -> None:
    catalogue = DatasetCatalogue(tmp_path / "home")
    stop = threading.Event()

    def ask() -> list[tuple[int, set[int]]]:
        seen = []
        with httpx2.Client(base_url=server.url, timeout=30.0) as client:
            while not stop.is_set():
                answer = client.get("/beacon/g_variants", params=QUESTION)
                assert answer.status_code == 200, answer.text
                seen.append(counts(answer.json()))
        return seen

    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(ask) for _ in range(CLIENTS)]
        try:
            for version in range(2, SWITCHES + 2):
                time.sleep(0.8)
                catalogue.rollback("d1", str(version))
            time.sleep(2.5)
        finally:
            stop.set()
        answers = [answer for client in clients for answer in client.result()]
    assert len(answers) > CLIENTS
    assert all(number == SITES and len(versions) == 1 for number, versions in answers)
    seen_versions = set().union(*(versions for _, versions in answers))
    assert {1, SWITCHES + 1} <= seen_versions
    latest = counts(server.client.get("/beacon/g_variants", params=QUESTION).json())
    assert latest == (SITES, {SWITCHES + 1})


def test_a_withdrawn_dataset_is_gone_within_two_seconds(server: Server, tmp_path: Path) -> None:
    assert server.client.get("/beacon/datasets/d1").status_code == 200
    DatasetCatalogue(tmp_path / "home").withdraw("d1", "test")
    time.sleep(2.0)
    for _ in range(8):
        assert server.client.get("/beacon/datasets/d1").status_code == 404
