"""Damaged BGZF and BCF files: refused, or loaded as bcftools and the exact reader read them; a worker may die of one."""

import gzip
import random
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import pytest

from core.datasets import DatasetCatalogue
from core.errors import LoadRefused, OperatorError
from loaders.progress import Progress
from loaders.vcf import load_vcf
from loaders.worker import Tell, WorkerPool
from tests.loaders.bgzf_files import bgzf, cut
from tests.loaders.mutated import damaged
from tests.loaders.plain_load import expected_of, loaded_rows
from tests.loaders.test_vcf_mutations import SHAPES, SITES, text_of
from tests.support.pools import InProcessPool
from tests.support.proof import proof_volume

VOLUME = proof_volume(25, 500)
Argument = TypeVar("Argument")
Outcome = TypeVar("Outcome")


class KeptWorker:
    """A pool of one worker that outlives loads, and is replaced when a file has killed it."""

    tasks_at_once = 1
    notes: tuple[str, ...] = ()

    def __init__(self) -> None:
        self._pool = WorkerPool(1)
        self.deaths = 0

    def made(self, _at_once: int, _progress: Progress) -> "KeptWorker":
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            return
        if "died of signal" in str(error) or "failed (exit" in str(error):
            self.deaths += 1
            self.close()
            self._pool = WorkerPool(1)
            return
        for each in self._pool._workers:
            # Its task is over, although the pool takes no outcome for one.
            each.task = None

    def close(self) -> None:
        self._pool.__exit__(None, None, None)

    def check_files(self, files: Sequence[Path], folder: Path) -> None:
        self._pool.check_files(files, folder)

    def run(
        self, function: Callable[[Argument, Tell], Outcome], tasks: Sequence[tuple[str, Argument]]
    ) -> list[Outcome]:
        return self._pool.run(function, tasks)


@pytest.fixture(scope="module")
def worker() -> Iterator[KeptWorker]:
    kept = KeptWorker()
    yield kept
    kept.close()


def stricter(text: bytes) -> bytes:
    """The text as bcftools wants it: every key and every filter declared."""
    text = text.replace(b"\tPASS\t", b"\t.\t").replace(b"ID=DP,Number=1,Type=Integer", b"ID=DP,Number=.,Type=String")
    return text.replace(b"##INFO=<ID=AN,", b'##INFO=<ID=AF,Number=A,Type=Float,Description="x">\n##INFO=<ID=AN,')


@pytest.fixture(scope="module")
def texts() -> tuple[bytes, bytes]:
    """Texts that bcftools takes as they are."""
    shapes = tuple(shape for shape in SHAPES if "acg" not in shape)
    return stricter(text_of(shapes, 3)), stricter(text_of(SITES, 0))


def test_damaged_blocks(tmp_path: Path, texts: tuple[bytes, bytes]) -> None:
    """Every byte of a BGZF file is under a checksum, or makes no difference."""
    chance = random.Random(20270304)
    refused = 0
    for number in range(VOLUME):
        text = texts[number % 2]
        path = tmp_path / f"{number}.vcf.gz"
        path.write_bytes(damaged(bgzf(cut(text, [2000, 300])), chance))
        catalogue = DatasetCatalogue(tmp_path / f"home-{number}")
        try:
            load_vcf(catalogue, "d", [path], pool=InProcessPool.made)
        except LoadRefused as error:
            refused += error.message.startswith(path.name)
            continue
        assert loaded_rows(catalogue) == expected_of(path.name, text).rows
    assert refused > VOLUME // 2


def bcf_of(text: bytes, tmp_path: Path) -> bytes:
    (tmp_path / "whole.vcf").write_bytes(text)
    made = subprocess.run(
        ["bcftools", "view", "--no-version", "-Ob", str(tmp_path / "whole.vcf")], check=True, capture_output=True
    )
    return made.stdout


def as_text(path: Path) -> bytes | None:
    """What bcftools prints of a file; ``None`` if it refuses it, or says that something is wrong."""
    try:
        done = subprocess.run(
            ["bcftools", "view", "--no-version", str(path)], capture_output=True, timeout=20, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 else None


def bcf_outcome(catalogue: DatasetCatalogue, path: Path, worker: KeptWorker) -> str:
    try:
        load_vcf(catalogue, "d", [path], pool=worker.made)
    except OperatorError as error:
        assert not catalogue.folder("d").exists()
        return error.message
    return ""


def test_sound_bcf(tmp_path: Path, texts: tuple[bytes, bytes], worker: KeptWorker) -> None:
    for number, text in enumerate(texts):
        path = tmp_path / f"{number}.bcf"
        path.write_bytes(bcf_of(text, tmp_path))
        catalogue = DatasetCatalogue(tmp_path / f"home-{number}")
        assert bcf_outcome(catalogue, path, worker) == ""
        assert loaded_rows(catalogue) == expected_of(path.name, text).rows


@pytest.mark.parametrize("inside", [False, True], ids=["blocks", "records"])
def test_damaged_bcf(tmp_path: Path, texts: tuple[bytes, bytes], worker: KeptWorker, inside: bool) -> None:
    """Of the compressed bytes, and of the records within, the checksums made to fit."""
    chance = random.Random(20270305)
    wholes = [bcf_of(text, tmp_path) for text in texts]
    loaded = 0
    for number in range(VOLUME):
        whole = wholes[number % 2]
        path = tmp_path / f"{number}.bcf"
        if inside:
            path.write_bytes(bgzf(cut(damaged(gzip.decompress(whole), chance), [20_000])))
        else:
            path.write_bytes(damaged(whole, chance))
        catalogue = DatasetCatalogue(tmp_path / f"home-{number}")
        said, text = bcf_outcome(catalogue, path, worker), as_text(path)
        if said:
            continue
        loaded += 1
        assert text is not None, f"{path}: bcftools refuses it"
        assert loaded_rows(catalogue) == expected_of(path.name, text).rows, path
    assert worker.deaths <= VOLUME // 5
    assert loaded < VOLUME
