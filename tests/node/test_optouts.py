"""Opt-outs as an operator meets them: the commands, the settings, a node that waits for a list."""

import json
import time
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from core.optouts import OptOutRules
from core.people import MASK_FILE, read_register
from node.app import create_node
from node.settings import OptOutSettings, Settings, optout_rules, read_settings
from tests.beacon.node import individual
from tests.node.test_cli import run
from tests.support.homes import publish_entities


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Three people under a policy that counts from five on."""
    folder = tmp_path / "home"
    folder.mkdir()
    publish_entities(folder, "d1", [individual(f"P{n}", "MALE")[0] for n in range(3)], preset="public")
    current = folder / "datasets" / "d1" / "current.json"
    document = json.loads(current.read_text())
    document["history"][0]["at"] = "2020-01-01T00:00:00Z"
    current.write_text(json.dumps(document))
    return folder


@pytest.fixture
def drop(home: Path) -> Path:
    path = home / "drop.csv"
    path.write_text("pseudonym,from\nP1,2026-01-01\nP2,2199-01-01\nstranger,\n", encoding="utf-8")
    return path


def test_a_list_is_loaded_and_told_of_without_a_pseudonym(
    home: Path, drop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("load", "optouts", str(drop), "--home", str(home)) == 0
    said = capsys.readouterr()
    assert "3 pseudonyms: 2 opted out now, 1 later, 0 no longer" in said.out
    assert "1 pseudonyms are of nobody in a published dataset" in said.out
    assert "genvej optouts status" in said.err
    assert run("optouts", "status", "--home", str(home)) == 0
    text = capsys.readouterr().out
    assert "0 hours old; a list is not required" in text
    assert "2 opted out now, 1 later, 1 of nobody here" in text
    assert "the next date comes into effect at 2199-01-01T00:00:00Z" in text
    assert "dataset d1: 1 ids gone, 0 left out of counts, 1 people wait until " in text
    assert "P1" not in said.out + text


def test_the_status_for_programs_is_the_same_under_both_names(
    home: Path, drop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("load", "optouts", str(drop), "--home", str(home), "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["out_now"], report["unknown"], report["notes"]) == (2, 1, [])
    documents = []
    for command in (("load", "optouts", "--status"), ("optouts", "status")):
        assert run(*command, "--home", str(home), "--json") == 0
        documents.append(json.loads(capsys.readouterr().out))
    for document in documents:
        assert document.pop("age_s") <= 60
    assert documents[0] == documents[1]
    assert documents[0]["refusal"] is None
    (dataset,) = documents[0]["datasets"]
    assert {**dataset, "next_epoch": ""} == {
        "dataset": "d1", "gone": 1, "left_out_of_counts": 0, "waiting": 1, "next_epoch": "",
    }  # fmt: skip


@pytest.mark.parametrize("written", [None, b"\xff"])
def test_the_status_where_there_is_no_sound_list(
    home: Path, capsys: pytest.CaptureFixture[str], written: bytes | None
) -> None:
    if written is not None:
        (home / MASK_FILE).write_bytes(written)
    (home / "genvej.toml").write_text("[optouts]\nrequired = true\n")
    assert run("optouts", "status", "--home", str(home)) == 0
    text = capsys.readouterr().out
    assert ("no list" if written is None else "cannot be read") in text
    assert "RESEARCH IS NOT ANSWERED" in text


def test_the_status_where_a_list_was_lost(home: Path, drop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    drop.write_text("P1\n", encoding="utf-8")
    assert run("load", "optouts", str(drop), "--home", str(home)) == 0
    (home / MASK_FILE).unlink()
    assert run("optouts", "status", "--home", str(home)) == 0
    text = capsys.readouterr().out
    assert "optouts.tsv is gone" in text
    assert "RESEARCH IS NOT ANSWERED" in text


def test_what_is_refused_ends_with_a_reason(home: Path, drop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("load", "optouts", "--home", str(home)) == 2
    assert "a FILE is needed" in capsys.readouterr().err
    drop.write_text("P1,yesterday\n", encoding="utf-8")
    assert run("load", "optouts", str(drop), "--home", str(home)) == 1
    assert "drop.csv: line 1" in capsys.readouterr().err
    drop.write_text("", encoding="utf-8")
    assert run("load", "optouts", str(drop), "--home", str(home)) == 1
    assert "--allow-empty" in capsys.readouterr().err
    assert read_register(home) is None
    assert run("load", "optouts", str(drop), "--home", str(home), "--allow-empty") == 0


def test_settings_of_opt_outs(tmp_path: Path) -> None:
    assert optout_rules(Settings()) == OptOutRules(False, 48 * 3600, 24 * 3600)
    (tmp_path / "genvej.toml").write_text(
        "[optouts]\nrequired = true\nmaximum_age_hours = 26\ndeadline_hours = 6\n", encoding="utf-8"
    )
    assert optout_rules(read_settings(tmp_path, {})) == OptOutRules(True, 26 * 3600, 6 * 3600)
    with pytest.raises(ValueError, match="less than or equal to 24"):
        OptOutSettings(deadline_hours=25)


def test_a_node_that_needs_a_list_waits_for_one(home: Path, drop: Path) -> None:
    settings = Settings(public_url="https://genvej.example.dk", optouts=OptOutSettings(required=True))
    node = create_node(settings, home)
    with TestClient(node.app, raise_server_exceptions=False) as client:
        answer = client.get("/beacon/individuals")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
        assert client.get("/health/ready").json() == {"status": "ready", "degraded": True}
        assert "genvej_degraded 1.0" in client.get("/metrics").text
        assert client.get("/beacon/service-info").status_code == 200
        assert run("load", "optouts", str(drop), "--home", str(home)) == 0
        deadline = time.monotonic() + 60
        while client.get("/beacon/individuals").status_code == 503:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert client.get("/health/ready").json()["degraded"] is False
