"""The server process: uvicorn with one or several workers, and nothing left behind when it ends."""

import json
import logging
import os
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from types import FrameType

import uvicorn
from starlette.types import ASGIApp
from uvicorn.supervisors import Multiprocess

from core.durable import write_atomically
from core.errors import GenvejError, OperatorError
from core.processes import allow_many_open_files, die_with_parent
from node.app import create_node
from node.logs import configure_logging, logging_configuration
from node.settings import HOME_VARIABLE, Settings, home_folder, read_settings

_PARENT_VARIABLE = "_GENVEJ_PARENT_PROCESS"
_RUNNING_FOLDER = "run"
_KEEP_ALIVE_S = 65
_SHUTDOWN_S = 10
_STARTUP_FAILURE = 3
"""The exit code that tells uvicorn's supervisor not to start a worker again."""
_UNRESPONSIVE_S = 60
"""A worker that says nothing for so long is replaced; starting one takes seconds on a busy machine."""


def application() -> ASGIApp:
    """Uvicorn's factory: the node of the home that the environment names."""
    parent = os.environ.get(_PARENT_VARIABLE)
    if parent is not None and int(parent) != os.getpid():
        die_with_parent(int(parent))
    allow_many_open_files()
    configure_logging()
    home = home_folder(None)
    try:
        return create_node(read_settings(home), home).app
    except GenvejError as error:
        logging.getLogger("genvej").error("cannot start: %s", error)  # noqa: TRY400 - said to the operator
        sys.exit(_STARTUP_FAILURE)


def serve(home: Path, settings: Settings) -> None:
    """Serve a home until SIGINT or SIGTERM; settings were read (and overridden) by the caller.

    Raises ``OperatorError`` if the address is taken.
    """
    _hand_down(home, settings)
    # A mistake is said here, once, and not by every worker again and again.
    create_node(settings, home).generations.stop()
    config = _configuration(settings)
    listener = _listen(settings)
    running = home / _RUNNING_FOLDER / f"{os.getpid()}.json"
    running.parent.mkdir(parents=True, exist_ok=True)
    document = {"pid": os.getpid(), "public_url": settings.effective_public_url}
    write_atomically(running, json.dumps(document).encode())
    # uvicorn raises the signal that ended it once more: it must not end this process before the file is gone.
    signal.signal(signal.SIGTERM, _end)
    server = uvicorn.Server(config)
    try:
        with suppress(KeyboardInterrupt):
            if settings.server.workers > 1:
                Multiprocess(config, sockets=[listener]).run()
            else:
                server.run(sockets=[listener])
    finally:
        listener.close()
        running.unlink(missing_ok=True)


def _end(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.server.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.server.host, settings.server.port))
    except OSError as error:
        listener.close()
        where = f"{settings.server.host}:{settings.server.port}"
        message = f"cannot listen at {where}: {error.strerror}; choose another --port"
        raise OperatorError(message) from error
    listener.set_inheritable(True)
    return listener


def _configuration(settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        "node.serve:application",
        factory=True,
        workers=settings.server.workers,
        access_log=False,
        log_config=logging_configuration(),
        server_header=False,
        limit_concurrency=settings.server.maximum_connections,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_SHUTDOWN_S,
        timeout_worker_healthcheck=_UNRESPONSIVE_S,
        http="httptools",
        ws="none",
        loop="uvloop" if sys.platform != "win32" else "asyncio",
    )


def running_public_url(home: Path) -> str | None:
    """The public URL of a server that runs on this home right now, of several the newest; ``None`` if none does."""
    files = sorted((home / _RUNNING_FOLDER).glob("*.json"), key=lambda path: path.name)
    found = [(path.stat().st_mtime_ns, url) for path in files if (url := _public_url_in(path)) is not None]
    return max(found)[1] if found else None


def _public_url_in(path: Path) -> str | None:
    try:
        document = json.loads(path.read_bytes())
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
