import socket
import ssl
from pathlib import Path

import pytest

from core.errors import OperatorError
from loaders.cluster import ClusterPool
from loaders.cluster_connection import ClusterTls, differences
from loaders.cluster_worker import software
from tests.loaders.test_worker import double
from tests.support.certificates import write_certificates
from tests.support.cluster import running_cluster
from tests.support.servers import free_port


def test_without_a_scheduler_or_workers_the_operator_is_told(tmp_path: Path) -> None:
    address = f"tcp://127.0.0.1:{free_port()}"
    with pytest.raises(OperatorError, match=f"no scheduler answers at {address} within 0.5 s"):
        ClusterPool(address, patience_s=0.5).__enter__()
    with running_cluster(tmp_path, workers=0) as empty, pytest.raises(OperatorError, match="has no workers"):
        ClusterPool(empty.address, patience_s=0.5).__enter__()


def test_with_tls_only_parts_with_a_certificate_take_part(tmp_path: Path) -> None:
    ours, strangers = write_certificates(tmp_path / "ours"), write_certificates(tmp_path / "strangers")
    files = ("--tls-ca-file", str(ours.ca), "--tls-cert", str(ours.certificate), "--tls-key", str(ours.key))
    tls = ClusterTls(ours.ca, ours.certificate, ours.key)
    with running_cluster(tmp_path, tls=files) as secured:
        assert secured.address.startswith("tls://")
        with ClusterPool(secured.address, tls=tls) as pool:
            assert pool.run(double, [("x", 4)]) == [8]
        for foreign in (
            ClusterTls(ours.ca, strangers.certificate, strangers.key),
            ClusterTls(strangers.ca, ours.certificate, ours.key),
        ):
            with pytest.raises(OperatorError, match="no scheduler answers"):
                ClusterPool(secured.address, tls=foreign, patience_s=0.3).__enter__()
        with pytest.raises(OperatorError, match="no scheduler answers"):
            ClusterPool(secured.address.replace("tls:", "tcp:"), patience_s=0.3).__enter__()
        without = ssl.create_default_context(cafile=str(ours.ca))
        without.check_hostname = False
        port = int(secured.address.rsplit(":", 1)[1])
        with (
            socket.create_connection(("127.0.0.1", port)) as plain,
            without.wrap_socket(plain) as wrapped,
            pytest.raises(ssl.SSLError, match="certificate required"),
        ):
            wrapped.recv(1)


@pytest.mark.parametrize(
    "address", ["x", "http://h:1", "tcp://h", "tcp://h:x", "tcp://h:1/p", "tcp://u@h:1", "tcp://:1"]
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(OperatorError, match="is no address of a Dask scheduler"):
        ClusterPool(address)


def test_certificates_and_tls_go_together() -> None:
    for address, tls in (("tls://h:1", None), ("tcp://h:1", ClusterTls(Path("a"), Path("b"), Path("c")))):
        with pytest.raises(OperatorError, match="--tls-ca"):
            ClusterPool(address, tls=tls)


@pytest.mark.parametrize(
    ("address", "noted"),
    [
        ("tcp://127.0.0.1:1", 0),
        ("tcp://[::1]:1", 0),
        ("tcp://localhost:1", 0),
        ("tcp://10.0.0.1:1", 1),
        ("tcp://h:1", 1),
    ],
)
def test_data_that_cross_a_network_in_clear_are_noted(address: str, noted: int) -> None:
    notes = ClusterPool(address).notes
    assert len(notes) == noted
    assert all("in clear" in note for note in notes)


def test_workers_with_other_software_are_named() -> None:
    here = software()
    there = {"tcp://a:1": {**here, "genvej": "9.9"}, "tcp://b:1": dict(here), "tcp://c:1": OSError("gone")}
    assert differences(here, there) == [
        f"tcp://a:1: genvej 9.9, here {here['genvej']}",
        "tcp://c:1: OSError: gone",
    ]
