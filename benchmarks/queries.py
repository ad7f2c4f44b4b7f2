"""How fast ``genvej serve`` answers questions for one variant and for a range, over HTTP, beside a bare endpoint."""

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import orjson

from benchmarks.clients import Question, ask, clients_text, measured
from benchmarks.generate import SEED, Site, Sites
from benchmarks.process_tree import PeakMemory
from benchmarks.results import AIMED_AT, Aim, Measurement
from benchmarks.server import Server, bare_endpoint, fetch, genvej

CLIENTS = (1, 16, 32)
WORKERS = 2
_QUESTIONS = 20_000
_CHECKED = 100
_RANGE_BASES = 1000
_BEACON = "/beacon/g_variants"
_AIMS = {1: (Aim("p50_ms", at_most=4),), 16: (Aim("requests_per_s", at_least=600),)}


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of question, made of one site."""

    name: str
    make: Callable[[Site], Question]
    present_share: float = 0.5
    has_aims: bool = False


def _members(site: Site) -> dict[str, str | int]:
    return {
        "assemblyId": "GRCh38",
        "referenceName": f"chr{site.contig}",
        "start": site.position_1based - 1,
        "referenceBases": site.reference,
        "alternateBases": site.alternate,
    }


def _exact_get(site: Site) -> Question:
    return Question(f"{_BEACON}?{urlencode(_members(site))}")


def _exact_boolean(site: Site) -> Question:
    return Question(f"{_BEACON}?{urlencode({**_members(site), 'requestedGranularity': 'boolean'})}")


def _exact_post(site: Site) -> Question:
    return Question(_BEACON, json.dumps({"query": {"requestParameters": {"g_variant": _members(site)}}}))


def _range_get(site: Site) -> Question:
    members = {
        "assemblyId": "GRCh38",
        "referenceName": f"chr{site.contig}",
        "start": site.position_1based - 1,
        "end": site.position_1based - 1 + _RANGE_BASES,
    }
    return Question(f"{_BEACON}?{urlencode(members)}")


_KINDS = (
    _Kind("exact GET", _exact_get, has_aims=True),
    _Kind("exact POST", _exact_post),
    _Kind("exact GET boolean", _exact_boolean),
    _Kind("range 1 kb GET", _range_get, present_share=1.0),
)


def measure(
    home: Path, sites: Sites, *, seconds: float, clients: Sequence[int], command: str, progress: Callable[[str], None]
) -> Iterator[Measurement]:
    """Every kind of question at every number of clients, then the peer with an answer of the same size."""
    folder = home.parent
    exact: dict[int, float] = {}
    with genvej(home, workers=WORKERS) as server, PeakMemory(server.pid) as memory:
        _check(server, sites)
        sample = fetch(server.url + _exact_get(sites.present[0]).path)
        for kind in _KINDS:
            questions = [kind.make(site) for site in _mixed(sites, kind.present_share)]
            ask(server.url, questions, clients=8, seconds=2, folder=folder)
            for number in clients:
                progress(f"{kind.name}, {number} clients")
                figures, others = measured(server, questions, clients=number, seconds=seconds, folder=folder)
                exact.setdefault(number, figures["requests_per_s"])
                aims = _AIMS.get(number, ()) if kind.has_aims and sites.variants >= AIMED_AT else ()
                yield Measurement(
                    f"{kind.name}, {clients_text(number)}", sites.variants, figures, command, others, aims
                )
    needs = {"peak_mb": round(memory.peak_bytes / 1e6), "workers": WORKERS}
    yield Measurement("server memory while queried", sites.variants, needs, command, 0.0)
    yield from _peer(folder, sample, sites, exact, seconds=seconds, command=command)


def _peer(
    folder: Path, content: bytes, sites: Sites, exact: Mapping[int, float], *, seconds: float, command: str
) -> Iterator[Measurement]:
    """The bare endpoint; ``times_exact_get``: how many of its answers fit into the time of one exact GET."""
    with bare_endpoint(folder, content, workers=WORKERS) as server:
        questions = [Question("/answer")]
        ask(server.url, questions, clients=8, seconds=1, folder=folder)
        for number, rate in exact.items():
            figures, others = measured(server, questions, clients=number, seconds=min(seconds, 4), folder=folder)
            figures["times_exact_get"] = round(figures["requests_per_s"] / rate, 1)
            name = f"peer: bare FastAPI, {len(content)} bytes, {clients_text(number)}"
            yield Measurement(name, sites.variants, figures, command, others)


def _mixed(sites: Sites, present_share: float) -> list[Site]:
    """Present and absent variants in a random order that is the same every time."""
    chance = random.Random(SEED)
    present = round(_QUESTIONS * present_share)
    chosen = chance.choices(sites.present, k=present) + chance.choices(sites.absent, k=_QUESTIONS - present)
    chance.shuffle(chosen)
    return chosen


def _check(server: Server, sites: Sites) -> None:
    """What is measured must be right: raises ``RuntimeError`` for a wrong answer."""
    chance = random.Random(SEED)
    for chosen, expected in ((sites.present, True), (sites.absent, False)):
        for site in chance.sample(chosen, min(_CHECKED, len(chosen))):
            for question in (_exact_get(site), _exact_post(site)):
                answer = orjson.loads(fetch(server.url + question.path, question.body.encode() or None))
                if answer["responseSummary"]["exists"] is not expected:
                    message = f"a wrong answer to {question.line}: {answer['responseSummary']}"
                    raise RuntimeError(message)
