"""``genvej load reads`` at the command line."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.loaders.object_store import REGION, ObjectStore, object_store
from tests.loaders.read_files import write_bam
from tests.node.test_cli import run


@pytest.fixture(scope="module")
def store() -> Iterator[ObjectStore]:
    with object_store() as store:
        yield store


def load(home: Path, *arguments: str) -> int:
    return run("load", "reads", "--home", str(home), "--dataset", "d1", *arguments)


def test_paths_and_addresses_are_taken_together(
    tmp_path: Path, store: ObjectStore, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "genvej.toml").write_text(f'[storage]\ns3_endpoint_url = "{store.url}"\ns3_region = "{REGION}"\n')
    one, other = write_bam(tmp_path / "a.bam"), write_bam(tmp_path / "b.bam", seed=2)
    url = store.put("b.bam", other.read_bytes())
    store.put("b.bam.bai", (tmp_path / "b.bam.bai").read_bytes())
    assert load(home, "--json", "--run", "R1", "--policy", "open", str(one), url) == 0
    assert json.loads(capsys.readouterr().out)["accepted"] == 2


def test_lenient_strict_and_mistakes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "home"
    good, bare = write_bam(tmp_path / "a.bam"), write_bam(tmp_path / "b.bam", index="")
    assert load(home, str(good), str(bare)) == 1
    assert "samtools index b.bam" in capsys.readouterr().err
    assert load(home, "--lenient", str(good), str(bare)) == 0
    assert "1 objects accepted, 1 rejected" in capsys.readouterr().out
    assert load(home, "--without-index", "--sample", "S1", "--every-record", str(bare)) == 0
    assert load(home, "https://example.org/a.bam") == 1
    assert "https:// is not read here" in capsys.readouterr().err
    assert load(home, str(tmp_path / "absent.bam")) == 2
    assert load(home, "--reference", str(good), str(good)) == 1
    assert "samtools faidx a.bam" in capsys.readouterr().err


def test_ids_in_addresses_and_files_of_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home, bare = tmp_path / "home", write_bam(tmp_path / "a.bam", sample="")
    assert load(home, "--id", "0101701234", "--of-nobody", str(bare)) == 1
    assert "the htsget id looks like a CPR number" in capsys.readouterr().err
    assert run("load", "reads", "--home", str(home), "--dataset", "d0101701234", "--of-nobody", str(bare)) == 1
    assert "the id of the dataset looks like a CPR number" in capsys.readouterr().err
    assert load(home, str(bare)) == 1
    assert "say whose it is with --sample" in capsys.readouterr().err
    assert load(home, "--of-nobody", str(bare)) == 0
