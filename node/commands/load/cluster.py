"""``--cluster`` and ``--tls-*``: options of loads whose tasks may run on a Dask cluster."""

import functools
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import click

from core.errors import OperatorError
from loaders.progress import Progress
from loaders.task_pool import TaskPool

Result = TypeVar("Result")
PoolMaker = Callable[[int, Progress], TaskPool]
"""Makes the pool for so many files."""

_FILE = click.Path(exists=True, dir_okay=False, resolve_path=True, path_type=Path)


def cluster_options(command: Callable[..., Result]) -> Callable[..., Result]:
    """Options that the command receives as one argument: ``pool``, a ``PoolMaker``, ``None`` without ``--cluster``."""

    @click.option(
        "--cluster", metavar="ADDRESS", help="Run the tasks on this Dask scheduler: tcp://host:port or tls://."
    )
    @click.option("--tls-ca", type=_FILE, help="With tls://: certificate of the authority that all parts trust (PEM).")
    @click.option("--tls-cert", type=_FILE, help="With tls://: certificate of this command (PEM).")
    @click.option("--tls-key", type=_FILE, help="With tls://: key of this command (PEM).")
    @functools.wraps(command)
    def with_pool(
        *,
        cluster: str | None,
        tls_ca: Path | None,
        tls_cert: Path | None,
        tls_key: Path | None,
        **others: Any,  # noqa: ANN401 - whatever else the command takes
    ) -> Result:
        return command(pool=_pool_maker(cluster, (tls_ca, tls_cert, tls_key)), **others)

    return with_pool


def _pool_maker(address: str | None, files: tuple[Path | None, Path | None, Path | None]) -> PoolMaker | None:
    if address is None:
        if any(files):
            message = "--tls-ca, --tls-cert and --tls-key go with --cluster tls://host:port"
            raise OperatorError(message)
        return None
    try:
        cluster = import_module("loaders.cluster")
    except ModuleNotFoundError as error:
        message = "--cluster needs Dask, which is not installed: pip install 'genvej[cluster]'"
        raise OperatorError(message) from error

    def make(_files: int, progress: Progress) -> TaskPool:
        pool: TaskPool = cluster.ClusterPool(address, tls=cluster.ClusterTls.of(*files), progress=progress)
        for note in pool.notes:
            click.echo(f"note: {note}", err=True)
        return pool

    return make
