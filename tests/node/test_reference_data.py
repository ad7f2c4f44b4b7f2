"""``genvej load ontology``, ``genvej load genes`` and ``genvej reference`` as an operator uses them."""

import json
from pathlib import Path

import pytest

from core.reference import ReferenceCatalogue
from tests.loaders.gene_texts import GENCODE
from tests.node.test_cli import run

OBO = "ontology: hp\ndata-version: 7\n[Term]\nid: HP:0000001\nname: All\n"


@pytest.fixture
def home(tmp_path: Path) -> str:
    return str(tmp_path / "home")


def test_what_is_loaded_is_listed_and_checked(home: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "hp.obo").write_text(OBO)
    (tmp_path / "genes.gtf").write_text(GENCODE)
    assert run("reference", "list", "--home", home) == 0
    assert "no reference data" in capsys.readouterr().err
    assert run("load", "ontology", "--home", home, str(tmp_path / "hp.obo")) == 0
    assert "installed ontology HP (7): 1 terms" in capsys.readouterr().out
    assert run("load", "genes", "--home", home, "--assembly", "hg38", "--json", str(tmp_path / "genes.gtf")) == 0
    assert json.loads(capsys.readouterr().out)["installed"][0]["assembly"] == "GRCh38"
    assert run("load", "ontology", "--home", home, "--from-datasets") == 0
    capsys.readouterr()
    assert run("reference", "list", "--home", home) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(",")[0] for line in lines][:2] == [
        "genes genes.gtf (44 (Ensembl 110)): 1 genes of GRCh38",
        "ontology GENO (terms that occur): 3 terms",
    ]
    assert "from the node's datasets" in lines[1]
    assert run("reference", "list", "--home", home, "--json") == 0
    assert len(json.loads(capsys.readouterr().out)) == len(lines)
    assert run("reference", "check", "--home", home) == 0
    part = ReferenceCatalogue(Path(home)).current().parts[0]
    (Path(home) / "reference" / part.file).write_bytes(b"damaged")
    assert run("reference", "check", "--home", home) == 1
    assert "damaged or missing; load it again" in capsys.readouterr().err


def test_wrong_use_and_bad_files_are_said_plainly(
    home: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad").write_text("nonsense")
    assert run("load", "ontology", "--home", home) == 2
    assert run("load", "ontology", "--home", home, "--from-datasets", str(tmp_path / "bad")) == 2
    assert "give FILES, or --from-package, or --from-datasets" in capsys.readouterr().err
    assert run("load", "genes", "--home", home, str(tmp_path / "bad")) == 2
    assert run("load", "ontology", "--home", home, str(tmp_path / "bad")) == 1
    assert run("load", "genes", "--home", home, "--assembly", "GRCh38", str(tmp_path / "bad")) == 1
    said = capsys.readouterr().err
    assert "genvej: bad: line 1: not a line of an OBO file" in said
    assert "genvej: bad: not a file of genes that is known here" in said


def test_help_names_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("load", "--help") == run("reference", "--help") == 0
    text = capsys.readouterr().out
    assert all(name in text for name in ("ontology", "genes", "list", "check"))
