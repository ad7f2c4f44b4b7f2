"""``genvej load vcf --cluster``: the same content as on one machine, also where a worker dies meanwhile."""

import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from core.datasets import DatasetCatalogue
from tests.loaders.test_worker import children_of, wait_for
from tests.support.certificates import write_certificates
from tests.support.cluster import Cluster, running_cluster
from tests.support.servers import genvej

SITES = 5_000
Content = list[tuple[str | None, str]]


def write_vcf(path: Path) -> None:
    """Two contigs, two samples named after the file."""
    lines = [
        "##fileformat=VCFv4.3",
        "##contig=<ID=chr1,length=248956422,assembly=GRCh38>",
        "##contig=<ID=chr22,length=50818468,assembly=GRCh38>",
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
        f"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{path.stem}-1\t{path.stem}-2",
        *(
            f"{contig}\t{20_000_000 + 7 * site}\t.\tA\tG\t.\t.\t.\tGT\t0/1\t{site % 2}/1"
            for contig in ("chr1", "chr22")
            for site in range(SITES)
        ),
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("files")
    paths = [folder / f"{name}.vcf" for name in ("first", "second")]
    for path in paths:
        write_vcf(path)
    return paths


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory, files: list[Path]) -> Content:
    """What a load on one machine makes of the files."""
    home = tmp_path_factory.mktemp("local") / "home"
    subprocess.run(command(home, files), check=True, capture_output=True)
    return published(home)


def command(home: Path, files: Sequence[Path], *options: str) -> list[str]:
    return genvej("load", "vcf", "--home", str(home), "--dataset", "d1", "--publish", *options, *map(str, files))


def published(home: Path) -> Content:
    """Contig and digest of each part."""
    parts = DatasetCatalogue(home).manifest("d1", "1").parts
    assert not any((DatasetCatalogue(home).folder("d1") / "staging").glob("*"))
    return sorted((part.contig, part.content_digest) for part in parts)


def test_a_load_over_tls_whose_worker_is_killed_makes_the_same_content(
    tmp_path: Path, files: list[Path], content: Content
) -> None:
    home, made = tmp_path / "home", write_certificates(tmp_path / "certificates")
    tls = ("--tls-ca-file", str(made.ca), "--tls-cert", str(made.certificate), "--tls-key", str(made.key))
    ours = ("--tls-ca", *tls[1:])
    with running_cluster(tmp_path, tls=tls) as cluster:
        load = command(home, files, "--cluster", cluster.address, *ours)
        with subprocess.Popen(load, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
            os.kill(wait_for(lambda: busy_worker(cluster, home)), signal.SIGKILL)
            said, _ = process.communicate(timeout=60)
        assert process.returncode == 0, said.decode() + cluster.logs()
    assert published(home) == content


def busy_worker(cluster: Cluster, home: Path) -> int:
    """A Dask worker that has run tasks of the load, which is past its checks; 0: none yet."""
    if not any(home.glob("datasets/d1/prepared/*/*")):
        return 0
    workers = [worker for nanny in cluster.nannies for worker in children_of(nanny)]
    return next((worker for worker in workers if children_of(worker)), 0)
