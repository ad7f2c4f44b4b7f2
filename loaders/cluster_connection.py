"""The connection of a load to a Dask cluster, and what is made sure of before any work: reach, software, files."""

# mypy: untyped-calls-exclude=distributed

import importlib.util
import ipaddress
import logging
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from distributed import Client, Security
from distributed.client import ClosedClientError

from core.errors import OperatorError
from loaders.cluster_worker import Probe, Sight, look, software

FAILURES = (OSError, RuntimeError, ClosedClientError)
"""What the library raises when network, TLS or scheduler fail."""

_SHOWN = 10
_LOGGERS = ("distributed", "distributed.client", "tornado.application")


@dataclass(frozen=True, slots=True)
class ClusterTls:
    """Files in PEM format: the authority that all parts trust, and certificate and key of the command."""

    ca: Path
    certificate: Path
    key: Path

    @classmethod
    def of(cls, ca: Path | None, certificate: Path | None, key: Path | None) -> "ClusterTls | None":
        """All three, or none; raises ``OperatorError`` for a part of them."""
        if ca and certificate and key:
            return cls(ca, certificate, key)
        if ca or certificate or key:
            message = "--tls-ca, --tls-cert and --tls-key go together"
            raise OperatorError(message)
        return None


@dataclass(frozen=True, slots=True)
class ClusterAddress:
    """Where a scheduler listens: ``tcp://host:port`` or ``tls://host:port``."""

    text: str
    scheme: str
    host: str

    @classmethod
    def parse(cls, text: str) -> "ClusterAddress":
        """Raises ``OperatorError`` for anything else."""
        try:
            parts = urlsplit(text)
            sound = parts.scheme in ("tcp", "tls") and parts.hostname and parts.port
        except ValueError:
            sound = None
        if not sound or parts.path or parts.query or parts.fragment or "@" in parts.netloc:
            message = f"{text!r} is no address of a Dask scheduler: tcp://host:port or tls://host:port"
            raise OperatorError(message)
        return cls(text, parts.scheme, parts.hostname or "")

    @property
    def crosses_network_in_clear(self) -> bool:
        """Whether others may read what goes there: without TLS, and to another machine."""
        if self.scheme == "tls" or self.host == "localhost":
            return False
        try:
            return not ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return True


@contextmanager
def cluster_failures(what: str) -> Iterator[None]:
    """Turn failures of the network or of TLS into an ``OperatorError`` that begins with ``what``."""
    try:
        yield
    except FAILURES as error:
        message = f"{what}: {str(error) or type(error).__name__}"
        raise OperatorError(message) from error


@contextmanager
def quiet_library() -> Iterator[None]:
    """Meanwhile the library logs no tracebacks of connections that fail: we raise an error of ours for each."""
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    levels = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.CRITICAL)
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def connect(address: ClusterAddress, tls: ClusterTls | None, patience_s: float) -> Client:
    """A client of the scheduler; raises ``OperatorError`` if it does not answer."""
    with cluster_failures(f"no scheduler answers at {address.text} within {patience_s:g} s"):
        security = None
        if tls is not None:
            security = Security(
                require_encryption=True,
                tls_ca_file=str(tls.ca),
                tls_client_cert=str(tls.certificate),
                tls_client_key=str(tls.key),
            )
        return Client(address.text, security=security, timeout=patience_s, set_as_default=False, name="genvej")


def check_workers(client: Client, address: ClusterAddress, patience_s: float) -> None:
    """Raise ``OperatorError`` if the cluster has no workers, or one of them has other software than this process."""
    with cluster_failures(f"the cluster at {address.text} has no workers"):
        client.wait_for_workers(1, timeout=patience_s)
    with cluster_failures(f"the workers of {address.text} cannot be asked for their software"):
        there = client.run(importlib.util.find_spec, "loaders", on_error="return")
        without = sorted(worker for worker, found in there.items() if found is None)
        _refuse("genvej is not installed for every worker", [f"{worker}: not found" for worker in without])

        found: Mapping[str, object] = client.run(software, on_error="return")
    _refuse("the workers need the same software as this machine", differences(software(), found))


def differences(here: Mapping[str, str], workers: Mapping[str, object]) -> list[str]:
    """One line for each worker whose versions (or what it said instead) are not those of ``here``."""
    lines = []
    for worker, there in sorted(workers.items()):
        if not isinstance(there, Mapping):
            lines.append(f"{worker}: {type(there).__name__}: {there}")
            continue
        other = [
            f"{name} {there.get(name, 'none')}, here {here[name]}" for name in here if there.get(name) != here[name]
        ]
        if other:
            lines.append(f"{worker}: {'; '.join(other)}")
    return lines


def check_sight(client: Client, address: ClusterAddress, files: Sequence[Path], folder: Path) -> None:
    """Raise ``OperatorError`` naming hosts that cannot read the files, or do not share the folder with this process."""
    probe = Probe(tuple((path, path.stat().st_size) for path in files), folder, secrets.token_hex(8))
    try:
        probe.marker("").touch()
        with cluster_failures(f"the workers of {address.text} cannot be asked for what they see"):
            sights: Mapping[str, object] = client.run(look, probe, on_error="return")
        problems = []
        for worker, sight in sorted(sights.items()):
            if not isinstance(sight, Sight):
                problems.append(f"{worker}: {type(sight).__name__}: {sight}")
                continue
            problems += [f"host {sight.host} ({worker}): {problem}" for problem in sight.problems]
            if not sight.problems and not probe.marker(sight.marker).exists():
                problems.append(f"host {sight.host} ({worker}): what it writes into {folder} does not arrive here")
    finally:
        for marker in folder.glob(f"{probe.marker('').name}*"):
            marker.unlink(missing_ok=True)
    _refuse("files and the node's home must lie on a file system that all workers share", problems)


def _refuse(what: str, lines: Sequence[str]) -> None:
    if lines:
        more = [f"... and {len(lines) - _SHOWN:,} more"] if len(lines) > _SHOWN else []
        message = "\n  ".join([f"{what}:", *lines[:_SHOWN], *more])
        raise OperatorError(message)
