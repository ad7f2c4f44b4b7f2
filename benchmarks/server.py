"""Servers under measurement: started as their users start them, and ended by their process id."""

import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

_START_S = 120.0
_STOP_S = 20.0
_SETTLE_REQUESTS = 40


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; ``url`` has no slash at the end."""

    url: str
    pid: int


def command_line() -> str:
    """The ``genvej`` beside the running Python."""
    return str(Path(sys.executable).with_name("genvej"))


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(arguments: Sequence[str], port: int, *, ready_path: str, log: Path, cwd: Path) -> Iterator[Server]:
    """Start a server, wait until it answers ``ready_path``, end it when the block ends.

    Raises ``RuntimeError`` with the tail of its log if it does not come up.
    """
    url = f"http://127.0.0.1:{port}"
    with log.open("wb") as output:
        process = subprocess.Popen(arguments, stdout=output, stderr=output, stdin=subprocess.DEVNULL, cwd=cwd)
    try:
        _wait_until_ready(process, f"{url}{ready_path}", log)
        yield Server(url, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def genvej(home: Path, *, workers: int) -> AbstractContextManager[Server]:
    """``genvej serve`` over a home."""
    port = free_port()
    arguments = [command_line(), "serve", "--home", str(home), "--port", str(port), "--workers", str(workers)]
    return running(arguments, port, ready_path="/health/ready", log=home.parent / "serve.log", cwd=home.parent)


def bare_endpoint(folder: Path, content: bytes, *, workers: int) -> AbstractContextManager[Server]:
    """The peer: one FastAPI route that returns the same bytes and does nothing else, under the same server."""
    (folder / "bare_content.json").write_bytes(content)
    port = free_port()
    arguments = [
        sys.executable,
        "-m",
        "benchmarks.bare_endpoint",
        str(folder / "bare_content.json"),
        str(port),
        str(workers),
    ]
    root = Path(__file__).parent.parent
    return running(arguments, port, ready_path="/answer", log=folder / "bare.log", cwd=root)


def fetch(url: str, body: bytes | None = None) -> bytes:
    """One answer; raises ``urllib.error.HTTPError`` for a status that is not 2xx."""
    if not url.startswith("http://127.0.0.1:"):
        message = "benchmarks talk to servers that they started themselves, and to no others"
        raise ValueError(message)
    headers = {"content-type": "application/json"} if body is not None else {}
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=30) as answer:
        return bytes(answer.read())


def _wait_until_ready(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    """Until it answers many times in a row, so that every worker process has begun."""
    deadline = time.monotonic() + _START_S
    answered = 0
    while answered < _SETTLE_REQUESTS:
        if process.poll() is not None or time.monotonic() > deadline:
            message = f"the server did not come up; {log} ends: {log.read_text(errors='replace')[-1500:]}"
            raise RuntimeError(message)
        try:
            fetch(url)
            answered += 1
        except OSError:
            answered = 0
        time.sleep(0.02)
