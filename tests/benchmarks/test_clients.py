"""The clients: what they ask, and that a wrong answer is no measurement."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.clients import Load, Question, ask
from benchmarks.server import Server, bare_endpoint, fetch


@pytest.fixture(params=["wrk", "own client"])
def client(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each kind of client."""
    name = str(request.param)
    if name == "own client":
        monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    elif not shutil.which("wrk"):
        pytest.skip("wrk is not installed")
    return name


@contextmanager
def endpoint(folder: Path) -> Iterator[Server]:
    with bare_endpoint(folder, b'{"exists": true}', workers=1) as server:
        yield server


@pytest.mark.usefixtures("client")
def test_clients_count_what_is_answered_and_refuse_what_fails(tmp_path: Path) -> None:
    with endpoint(tmp_path) as server:
        assert fetch(f"{server.url}/answer") == b'{"exists": true}'
        load = ask(server.url, [Question("/answer?a=1")], clients=2, seconds=1, folder=tmp_path)
        assert load.requests > 20
        assert 0 < load.p50_ms <= load.p99_ms
        with pytest.raises(RuntimeError, match="were not a 200"):
            ask(
                server.url,
                [Question("/answer"), Question("/answer", '{"a": 1}')],
                clients=1,
                seconds=1,
                folder=tmp_path,
            )


def test_only_this_machine_is_asked(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no others"):
        ask("http://example.org", [Question("/")], clients=1, seconds=1, folder=tmp_path)
    with pytest.raises(ValueError, match="no others"):
        fetch("http://127.0.0.1.example.org/")


def test_cost_is_per_request() -> None:
    assert Load(200, 100.0, 1.0, 2.0, 0).figures(0.5)["server_cpu_ms"] == 2.5
