"""The server process: uvicorn with one or several workers, and nothing left behind when it ends."""

import json
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from core.durable import write_atomically
from core.processes import allow_many_open_files, die_with_parent
from node.app import create_node
from node.logs import configure_logging, logging_configuration
from node.settings import HOME_VARIABLE, Settings, home_folder, read_settings

_PARENT_VARIABLE = "_GENVEJ_PARENT_PROCESS"
_RUNNING_FILE = "run/server.json"
_KEEP_ALIVE_S = 65
_SHUTDOWN_S = 10


def application() -> ASGIApp:
    """Uvicorn's factory: the node of the home that the environment names."""
    parent = os.environ.get(_PARENT_VARIABLE)
    if parent is not None and int(parent) != os.getpid():
        die_with_parent(int(parent))
    allow_many_open_files()
    configure_logging()
    home = home_folder(None)
    return create_node(read_settings(home), home).app


def serve(home: Path, settings: Settings) -> None:
    """Serve a home until SIGINT or SIGTERM; settings were read (and overridden) by the caller."""
    _hand_down(home, settings)
    running = home / _RUNNING_FILE
    running.parent.mkdir(parents=True, exist_ok=True)
    document = {"pid": os.getpid(), "public_url": settings.effective_public_url}
    write_atomically(running, json.dumps(document).encode())
    # uvicorn raises the signal that ended it once more: it must not end this process before the file is gone.
    signal.signal(signal.SIGTERM, _end)
    with suppress(KeyboardInterrupt):
        _run(settings, running)


def _end(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _run(settings: Settings, running: Path) -> None:
    try:
        uvicorn.run(
            "node.serve:application",
            factory=True,
            host=settings.server.host,
            port=settings.server.port,
            workers=settings.server.workers,
            access_log=False,
            log_config=logging_configuration(),
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE_S,
            timeout_graceful_shutdown=_SHUTDOWN_S,
            http="httptools",
            loop="uvloop" if sys.platform != "win32" else "asyncio",
        )
    finally:
        running.unlink(missing_ok=True)


def running_public_url(home: Path) -> str | None:
    """The public URL of a server that runs on this home right now; ``None`` if none does."""
    try:
        document = json.loads((home / _RUNNING_FILE).read_bytes())
        os.kill(int(document["pid"]), 0)
        return str(document["public_url"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _hand_down(home: Path, settings: Settings) -> None:
    """Tell worker processes, by the environment, what the command line changed."""
    os.environ[HOME_VARIABLE] = str(home)
    os.environ["GENVEJ_SERVER__HOST"] = settings.server.host
    os.environ["GENVEJ_SERVER__PORT"] = str(settings.server.port)
    os.environ["GENVEJ_PUBLIC_URL"] = settings.effective_public_url
    os.environ["GENVEJ_ISSUER__ENABLED"] = "true" if settings.issuer.enabled else "false"
    os.environ[_PARENT_VARIABLE] = str(os.getpid())
