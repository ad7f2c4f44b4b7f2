"""Clients: N keep-alive connections that each ask the next question as soon as the last is answered.

``wrk`` where it is installed, else a client of our own in a process of its own, which is slower and says so.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.process_tree import Neighbours, tree_cpu_s
from benchmarks.server import Server

_SCRIPT = Path(__file__).with_name("questions.lua")


@dataclass(frozen=True, slots=True)
class Question:
    """One request: GET without a body, POST with one; ``path`` with its query string."""

    path: str
    body: str = ""

    @property
    def line(self) -> str:
        """As the clients read it from a file."""
        return f"{self.path}\t{self.body}" if self.body else self.path


@dataclass(frozen=True, slots=True)
class Load:
    """What N clients saw."""

    requests: int
    requests_per_s: float
    p50_ms: float
    p99_ms: float
    failures: int

    def figures(self, server_cpu_s: float) -> dict[str, float]:
        """By the names that results use, with what one request cost the server."""
        cost_ms = round(server_cpu_s * 1000 / self.requests, 3)
        return {
            "p50_ms": self.p50_ms,
            "p99_ms": self.p99_ms,
            "requests_per_s": self.requests_per_s,
            "server_cpu_ms": cost_ms,
        }


def client_name() -> str:
    """Which client is used here."""
    return "wrk" if shutil.which("wrk") else "own client"


def measured(
    server: Server, questions: Sequence[Question], *, clients: int, seconds: float, folder: Path
) -> tuple[dict[str, float], float]:
    """Figures of a run, and the processors that others kept busy meanwhile."""
    neighbours, before = Neighbours(), tree_cpu_s(server.pid)
    load = ask(server.url, questions, clients=clients, seconds=seconds, folder=folder)
    return load.figures(tree_cpu_s(server.pid) - before), neighbours.cores()


def clients_text(number: int) -> str:
    """How many clients asked, and which ones."""
    return f"{number} client{'s' * (number > 1)} ({client_name()})"


def ask(url: str, questions: Sequence[Question], *, clients: int, seconds: float, folder: Path) -> Load:
    """Ask the questions round and round; raises ``RuntimeError`` if any answer was not a 200."""
    if not url.startswith("http://127.0.0.1:"):
        message = "benchmarks talk to servers that they started themselves, and to no others"
        raise ValueError(message)
    file = folder / "questions.txt"
    file.write_text("\n".join(question.line for question in questions) + "\n")
    if shutil.which("wrk"):
        timing = ["-t1", f"-c{clients}", f"-d{max(1, round(seconds))}s", "--timeout", "30s", "--latency"]
        arguments = ["wrk", *timing, "-s", str(_SCRIPT), url, "--", str(file)]
    else:
        arguments = [sys.executable, "-m", "benchmarks.own_client", url, str(file), str(clients), str(seconds)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True, cwd=_SCRIPT.parent.parent)
    load = Load(**json.loads(done.stdout.rpartition("RESULT ")[2]))
    if load.failures or not load.requests:
        message = f"{load.failures} of {load.requests} answers of {url} were not a 200"
        raise RuntimeError(message)
    return load
