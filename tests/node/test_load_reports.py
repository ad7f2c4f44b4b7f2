"""Every load leaves its report beside the dataset, and an operator finds it."""

import json
from pathlib import Path

import pytest

from core.strict_json import parse_json_object
from tests.node.test_cli import PHENOPACKET, VCF, run


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def load(home: Path, folder: Path, kind: str, name: str, text: str, *options: str) -> int:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return run("load", kind, "--home", str(home), "--dataset", "d1", *options, str(path))


def printed(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out.strip()


def test_a_load_says_where_its_report_is(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert load(home, tmp_path, "phenopackets", "a.json", json.dumps(PHENOPACKET)) == 0
    place = Path(printed(capsys).splitlines()[-1].removeprefix("report: "))
    assert place.parent == home / "datasets" / "d1" / "reports"
    assert "phenopackets accepted" in place.read_text(encoding="utf-8")
    assert run("dataset", "report", "--home", str(home), "d1") == 0
    assert printed(capsys) == str(place)
    assert run("dataset", "report", "--home", str(home), "--json", "d1") == 0
    document = parse_json_object(Path(printed(capsys)).read_bytes())
    assert document["schema"] == "genvej load report"


def test_the_newest_report_of_a_version(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert load(home, tmp_path, "phenopackets", "a.json", json.dumps(PHENOPACKET), "--publish") == 0
    assert load(home, tmp_path, "vcf", "b.vcf", VCF, "--json") == 0
    shown = capsys.readouterr().out
    places = json.loads(shown[shown.index("{") :])["report_files"]
    assert run("dataset", "report", "--home", str(home), "d1") == 0
    assert printed(capsys) == places["html"]
    assert Path(places["json"]).is_file()
    assert run("dataset", "report", "--home", str(home), "--version", "1", "d1") == 0
    assert "phenopackets" in printed(capsys)


def test_without_a_report_or_a_dataset_it_says_so(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("dataset", "report", "--home", str(home), "d1") == 1
    assert "there is no dataset 'd1'" in capsys.readouterr().err
    assert load(home, tmp_path, "phenopackets", "a.json", json.dumps(PHENOPACKET)) == 0
    assert run("dataset", "report", "--home", str(home), "--version", "7", "d1") == 1
    assert "there is no report on version 7 of dataset d1" in capsys.readouterr().err


def test_without_its_report_nothing_is_published(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "datasets" / "d1").mkdir(parents=True)
    (home / "datasets" / "d1" / "reports").write_text("in the way", encoding="utf-8")
    assert load(home, tmp_path, "phenopackets", "a.json", json.dumps(PHENOPACKET), "--publish") == 1
    assert "its report cannot be written" in capsys.readouterr().err
    assert run("dataset", "list", "--home", str(home), "--json") == 0
    (summary,) = json.loads(printed(capsys))
    assert (summary["version"], summary["draft"]) == (None, "1")
