"""A client for machines without ``wrk``: raw keep-alive HTTP/1.1 over asyncio; ``python -m benchmarks.own_client``."""

import asyncio
import itertools
import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


def _spelled(line: str, host: str) -> bytes:
    path, _, body = line.partition("\t")
    content = body.encode()
    method = "POST" if body else "GET"
    head = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
    return f"{head}\r\n".encode() + content


async def _client(host: str, port: int, questions: Iterator[bytes], until: float, took_s: list[float]) -> int:
    """One connection; returns how many answers were not a 200."""
    reader, writer = await asyncio.open_connection(host, port)
    failures = 0
    try:
        while time.perf_counter() < until:
            began = time.perf_counter()
            writer.write(next(questions))
            head = await reader.readuntil(b"\r\n\r\n")
            length = _LENGTH.search(head)
            await reader.readexactly(int(length.group(1)) if length else 0)
            took_s.append(time.perf_counter() - began)
            failures += not head.startswith(b"HTTP/1.1 200")
    finally:
        writer.close()
    return failures


async def _ask(url: str, lines: list[str], clients: int, seconds: float) -> dict[str, float]:
    parts = urlsplit(url)
    host, port = str(parts.hostname), int(parts.port or 80)
    questions = itertools.cycle([_spelled(line, f"{host}:{port}") for line in lines])
    took_s: list[float] = []
    began = time.perf_counter()
    running = [_client(host, port, questions, began + seconds, took_s) for _ in range(clients)]
    failures = sum(await asyncio.gather(*running))
    elapsed = time.perf_counter() - began
    took_s.sort()
    return {
        "requests": len(took_s),
        "requests_per_s": round(len(took_s) / elapsed, 1),
        "p50_ms": round(took_s[len(took_s) // 2] * 1000, 3),
        "p99_ms": round(took_s[len(took_s) * 99 // 100] * 1000, 3),
        "failures": failures,
    }


def main(url: str, file: str, clients: str, seconds: str) -> None:
    """Print one line of JSON."""
    lines = Path(file).read_text().splitlines()
    print("RESULT", json.dumps(asyncio.run(_ask(url, lines, int(clients), float(seconds)))))


if __name__ == "__main__":
    main(*sys.argv[1:])
