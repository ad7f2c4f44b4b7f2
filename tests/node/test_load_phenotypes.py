import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from core.errors import LoadRefused
from node.commands.load.beacon import beacon
from node.commands.load.table import table


def test_beacon_records_are_loaded_and_published(tmp_path: Path) -> None:
    individuals = tmp_path / "individuals.json"
    individuals.write_text(json.dumps([{"id": "P1", "sex": "female"}, {"id": "P2"}, {"x": 1}]))
    common = ["--home", str(tmp_path / "home"), "--dataset", "d", "--policy", "open"]
    refused = CliRunner().invoke(beacon, [*common, str(individuals)])
    assert isinstance(refused.exception, LoadRefused)
    assert "1 of 3 records rejected" in str(refused.exception)
    done = CliRunner().invoke(beacon, [*common, "--lenient", "--publish", "--json", str(individuals)])
    assert done.exit_code == 0
    report = json.loads(done.stdout)
    assert (report["accepted"], report["rejected"]) == (2, 1)
    assert "version 1 answers now" in done.stderr


def test_a_table_is_loaded_by_its_mapping(tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("id;k\nP1;K\n")
    mapping = tmp_path / "m.toml"
    mapping.write_text('id = "id"\nsex = { column = "k", values = { K = "female" } }\n')
    common = ["--home", str(tmp_path / "home"), "--dataset", "d"]
    done = CliRunner().invoke(table, [*common, "--mapping", str(mapping), str(people)])
    assert done.exit_code == 0
    assert "people.csv: 1 accepted, 0 rejected" in done.stdout
    assert CliRunner().invoke(table, [*common, str(people)]).exit_code == 2


@pytest.mark.parametrize("command", [beacon, table])
def test_help_says_what_is_taken(command: object) -> None:
    result = CliRunner().invoke(command, ["--help"])  # type: ignore[arg-type]
    assert "--assembly" in result.stdout
