"""The demonstration as its users see it: built by its command, served, asked by curl's, samtools' and bcftools' ways."""

import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from node.demo.hints import UNENCRYPTED
from node.demo.run import MARKER, Remembered
from passports.issuer import DevelopmentIssuer
from passports.visa_specs import parse_visa_specs
from tests.support.servers import Server, genvej, running_server

needs_samtools = pytest.mark.skipif(shutil.which("samtools") is None, reason="samtools is not installed")
needs_bcftools = pytest.mark.skipif(shutil.which("bcftools") is None, reason="bcftools is not installed")


@dataclass(frozen=True, slots=True)
class Demo:
    """A served demonstration."""

    home: Path
    server: Server
    shown: Remembered

    def token(self, *visas: str, home: Path | None = None, issuer_url: str | None = None, hours_ago: int = 0) -> str:
        """An access token of the demonstration's issuer, or one that is wrong in the way asked for."""
        issuer = DevelopmentIssuer(
            home or self.home, issuer_url or self.server.url, clock=lambda: time.time() - hours_ago * 3600
        )
        return issuer.mint("alice", parse_visa_specs(visas), 600)

    def headers(self, *visas: str) -> dict[str, str]:
        """An Authorization header."""
        return {"authorization": f"Bearer {self.token(*visas)}"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    home = tmp_path_factory.mktemp("demo") / "home"
    subprocess.run(genvej("demo", "--home", str(home), "--no-serve"), check=True, capture_output=True)
    shown = TypeAdapter(Remembered).validate_json((home / MARKER).read_bytes())
    with running_server(home) as server:
        yield Demo(home, server, shown)


def variant_question(demo: Demo, dataset_id: str, granularity: str) -> dict[str, str]:
    examples = {
        example.dataset_id: example
        for example in (
            demo.shown.examples.open, demo.shown.examples.public,
            demo.shown.examples.registered, demo.shown.examples.controlled,
        )
    }  # fmt: skip
    variant = examples[dataset_id].common
    return {
        "assemblyId": variant.assembly,
        "referenceName": variant.contig,
        "start": str(variant.start_0based),
        "referenceBases": variant.reference_bases,
        "alternateBases": variant.alternate_bases,
        "datasetIds": dataset_id,
        "requestedGranularity": granularity,
    }


def ask(demo: Demo, dataset_id: str, granularity: str, headers: Mapping[str, str] | None = None) -> dict[str, object]:
    answer = demo.server.client.get(
        "/beacon/g_variants", params=variant_question(demo, dataset_id, granularity), headers=dict(headers or {})
    )
    assert answer.status_code == 200, answer.text
    document: dict[str, object] = answer.json()
    return document


def result_sets(document: Mapping[str, object]) -> list[dict[str, object]]:
    response = document["response"]
    assert isinstance(response, dict)
    sets: list[dict[str, object]] = response["resultSets"]
    return sets


def test_anybody_gets_boolean_and_count_of_a_public_variant(demo: Demo) -> None:
    public = demo.shown.examples.public.dataset_id
    assert ask(demo, public, "boolean")["responseSummary"] == {"exists": True}
    summary = ask(demo, public, "count")["responseSummary"]
    assert isinstance(summary, dict)
    assert summary["numTotalResults"] == 1


def test_a_grant_gives_records_and_nobody_else_gets_any(demo: Demo) -> None:
    controlled = demo.shown.examples.controlled.dataset_id
    (found,) = result_sets(ask(demo, controlled, "record", demo.headers(f"ControlledAccessGrants:{controlled}")))
    records = found["results"]
    assert isinstance(records, list)
    (record,) = records
    assert record["caseLevelData"]
    assert result_sets(ask(demo, controlled, "record")) == []
    assert result_sets(ask(demo, controlled, "record", demo.headers("registered"))) == []
    assert result_sets(ask(demo, controlled, "record", demo.headers("ControlledAccessGrants:another"))) == []


def test_a_wrong_token_is_401_on_every_api(demo: Demo, tmp_path: Path) -> None:
    good = demo.token("registered")
    head, payload, signature = good.split(".")
    flipped = signature[:-2] + ("AA" if signature[-2:] != "AA" else "BB")
    wrong = {
        "signature": f"{head}.{payload}.{flipped}",
        "issuer": demo.token("registered", issuer_url="https://evil.example"),
        "expiry": demo.token("registered", hours_ago=2),
        "kid": demo.token("registered", home=tmp_path),
    }
    alias = demo.shown.examples.open.reads_alias
    object_id = demo.shown.drs_object.object_id
    for name, token in wrong.items():
        headers = {"authorization": f"Bearer {token}"}
        for path in ("/beacon/g_variants", f"/htsget/reads/{alias}", f"/ga4gh/drs/v1/objects/{object_id}"):
            answer = demo.server.client.get(path, headers=headers)
            assert answer.status_code == 401, (name, path, answer.text)
            assert "www-authenticate" in answer.headers


def htslib_environment(demo: Demo, folder: Path, *visas: str) -> dict[str, str]:
    token_file = folder / "token"
    token_file.write_text(demo.token(*visas), encoding="utf-8")
    name, _, value = UNENCRYPTED.partition("=")
    return {**os.environ, "HTS_AUTH_LOCATION": str(token_file), name: value.strip("'")}


def local_file(demo: Demo, dataset_id: str, name: str) -> Path:
    (path,) = (demo.home / "demo-files" / dataset_id).rglob(name)
    return path


@needs_samtools
def test_samtools_counts_as_on_the_local_file(demo: Demo, tmp_path: Path) -> None:
    for example, visas in (
        (demo.shown.examples.open, ()),
        (demo.shown.examples.controlled, (f"ControlledAccessGrants:{demo.shown.examples.controlled.dataset_id}",)),
    ):
        url = f"{demo.server.url}/htsget/reads/{example.reads_alias}"
        local = str(local_file(demo, example.dataset_id, f"{example.reads_alias}.bam"))
        environment = htslib_environment(demo, tmp_path, *visas) if visas else dict(os.environ)
        for start, end in ((0, example.reads_end), (1234, 1235), (5000, 9000), (example.reads_end - 1, 10**6)):
            region = f"{example.reads_contig}:{start + 1}-{end}"
            streamed = f"{url}?referenceName={example.reads_contig}&start={start}&end={end}"
            assert _output(["samtools", "view", "-c", streamed], environment) == _output(
                ["samtools", "view", "-c", local, region], environment
            )
        assert _output(["samtools", "view", "-c", url], environment) == _output(["samtools", "view", "-c", local])


@needs_bcftools
def test_bcftools_reads_the_same_records_as_locally(demo: Demo) -> None:
    example = demo.shown.examples.open
    variant = example.common
    local = str(local_file(demo, example.dataset_id, f"{example.variants_alias}.vcf.gz"))
    url = f"{demo.server.url}/htsget/variants/{example.variants_alias}"
    start, end = variant.start_0based - 3000, variant.start_0based + 3000
    streamed = f"{url}?referenceName={variant.contig_in_file}&start={start}&end={end}"
    region = f"{variant.contig_in_file}:{start + 1}-{end}"
    expected = _output(["bcftools", "view", "-H", "-r", region, local])
    assert expected.strip()
    assert _output(["bcftools", "view", "-H", streamed]) == expected
    assert _output(["bcftools", "view", "-H", url]) == _output(["bcftools", "view", "-H", local])


def test_bytes_of_a_drs_object_match_its_checksum(demo: Demo) -> None:
    client = demo.server.client
    path = f"/ga4gh/drs/v1/objects/{demo.shown.drs_object.object_id}"
    described = client.get(path).json()
    checksums = {entry["type"]: entry["checksum"] for entry in described["checksums"]}
    url = client.get(f"{path}/access/https").json()["url"]
    whole = client.get(url)
    assert whole.status_code == 200
    assert len(whole.content) == described["size"]
    assert hashlib.sha256(whole.content).hexdigest() == checksums["sha-256"]
    assert hashlib.md5(whole.content, usedforsecurity=False).hexdigest() == checksums["md5"]
    part = client.get(url, headers={"range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, whole.content[100:200])


def test_the_demonstration_is_not_built_twice(demo: Demo) -> None:
    again = subprocess.run(genvej("demo", "--home", str(demo.home), "--no-serve"), check=True, capture_output=True)
    assert b"curl" in again.stdout
    elsewhere = demo.home.parent / "other"
    elsewhere.mkdir()
    (elsewhere / "precious").touch()
    refused = subprocess.run(genvej("demo", "--home", str(elsewhere), "--no-serve"), check=False, capture_output=True)
    assert refused.returncode == 1
    assert b"holds something else" in refused.stderr


def _output(command: list[str], environment: Mapping[str, str] | None = None) -> str:
    finished = subprocess.run(
        command, check=True, capture_output=True, env=None if environment is None else dict(environment)
    )
    return finished.stdout.decode()
