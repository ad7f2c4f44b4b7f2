"""The peer of the query benchmark: a FastAPI route that returns fixed bytes; ``python -m benchmarks.bare_endpoint``."""

import os
import sys
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from starlette.responses import Response

_CONTENT = "GENVEJ_BENCHMARK_CONTENT"


def application() -> FastAPI:
    """Uvicorn's factory."""
    content = Path(os.environ[_CONTENT]).read_bytes()
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/answer")
    async def answer() -> Response:
        return Response(content, media_type="application/json")

    return app


def main(content: str, port: str, workers: str) -> None:
    """Serve until SIGTERM."""
    os.environ[_CONTENT] = content
    uvicorn.run(
        "benchmarks.bare_endpoint:application",
        factory=True,
        host="127.0.0.1",
        port=int(port),
        workers=int(workers),
        access_log=False,
        log_level="warning",
        http="httptools",
        loop="uvloop",
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
