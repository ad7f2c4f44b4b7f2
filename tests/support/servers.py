"""A real server: ``genvej serve`` in a process of its own, on a free port, ended by its id."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

START_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its address, its process, and a client."""

    url: str
    pid: int
    client: httpx2.Client


def free_port() -> int:
    """A port of the loopback address that nobody listens at."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def genvej(*arguments: str) -> list[str]:
    """The command line of ``genvej`` in this environment."""
    return [sys.executable, "-m", "node.cli", *arguments]


@contextmanager
def running_server(home: Path, *, workers: int = 1, arguments: Sequence[str] = ()) -> Iterator[Server]:
    """Serve a home until the block ends."""
    port = free_port()
    command = genvej("serve", "--home", str(home), "--port", str(port), "--workers", str(workers), *arguments)
    log = home.parent / f"server-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=os.environ.copy())
    url = f"http://127.0.0.1:{port}"
    try:
        with httpx2.Client(base_url=url, timeout=30.0) as client:
            _wait(client, process, log)
            yield Server(url, process.pid, client)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def _wait(client: httpx2.Client, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if client.get("/health/ready").status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.1)
    message = f"the server did not start: {log.read_text(errors='replace')[-2000:]}"
    raise AssertionError(message)
