"""``--cluster`` and ``--tls-*`` of ``genvej load vcf``; ``tests/loaders/test_cluster_load.py`` runs them on a cluster."""

import sys
from pathlib import Path

import pytest

from loaders.progress import SilentProgress
from node.cli import main
from node.commands.load.cluster import _pool_maker


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.vcf"
    path.write_text("", encoding="utf-8")
    return path


def said(capsys: pytest.CaptureFixture[str], file: Path, *options: str) -> str:
    """What a load that is refused says."""
    with pytest.raises(SystemExit) as ended:
        main(["load", "vcf", "--home", str(file.parent / "home"), "--dataset", "d1", *options, str(file)])
    assert ended.value.code == 1
    return capsys.readouterr().err


def test_without_dask_the_extra_is_named(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    for name in ("loaders.cluster", "loaders.cluster_connection", "loaders.cluster_worker"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    assert "pip install 'genvej[cluster]'" in said(capsys, file, "--cluster", "tcp://127.0.0.1:1")


@pytest.mark.parametrize(
    "options",
    [
        ("--tls-ca", "FILE"),
        ("--cluster", "tls://127.0.0.1:1"),
        ("--cluster", "tls://127.0.0.1:1", "--tls-ca", "FILE"),
        ("--cluster", "tcp://127.0.0.1:1", "--tls-ca", "FILE", "--tls-cert", "FILE", "--tls-key", "FILE"),
    ],
)
def test_tls_and_its_files_go_together(
    file: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...]
) -> None:
    given = [str(file) if option == "FILE" else option for option in options]
    assert "--tls-ca, --tls-cert and --tls-key go" in said(capsys, file, *given)


def test_data_that_will_cross_a_network_in_clear_are_noted(capsys: pytest.CaptureFixture[str]) -> None:
    make = _pool_maker("tcp://192.0.2.1:8786", (None, None, None))
    assert make is not None
    make(1, SilentProgress())
    assert "note: genome data cross the network to 192.0.2.1 in clear" in capsys.readouterr().err
