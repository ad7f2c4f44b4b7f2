"""The file of ticket keys."""

import base64
import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core import ticket_keys
from core.errors import InvalidSettings
from core.ticket_keys import load_or_create_ticket_keys

SECRET = base64.b64encode(bytes(32)).decode()


def test_a_key_is_made_once_and_only_the_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "tickets.json"

    keys = load_or_create_ticket_keys(path)

    assert len(keys) == 1
    assert load_or_create_ticket_keys(path) == keys
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == ["tickets.json"]


def test_of_many_that_start_at_once_all_have_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(load_or_create_ticket_keys, [tmp_path / "k" / "tickets.json"] * 64))

    assert len(set(found)) == 1


def test_the_key_of_another_process_that_was_faster_stays(tmp_path: Path) -> None:
    path = tmp_path / "tickets.json"
    keys = load_or_create_ticket_keys(path)
    ticket_keys._create(path)

    assert load_or_create_ticket_keys(path) == keys
    assert list(tmp_path.iterdir()) == [path]


def test_keys_keep_their_order(tmp_path: Path) -> None:
    path = tmp_path / "tickets.json"
    path.write_text(json.dumps([{"key_id": "new", "secret": SECRET}, {"key_id": "old", "secret": SECRET}]))

    assert [key.key_id for key in load_or_create_ticket_keys(path)] == ["new", "old"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "7",
        "[7]",
        '[{"key_id": "k"}]',
        json.dumps([{"key_id": 7, "secret": SECRET}]),
        json.dumps([{"key_id": "k", "secret": 7}]),
        json.dumps([{"key_id": "k", "secret": "c2hvcnQ="}]),
        json.dumps([{"key_id": "k", "secret": SECRET + "!"}]),
        json.dumps([{"key_id": "k", "secret": SECRET}] * 2),
    ],
)
def test_a_file_without_keys_is_refused_and_not_replaced(tmp_path: Path, text: str) -> None:
    path = tmp_path / "tickets.json"
    path.write_text(text)

    with pytest.raises(InvalidSettings, match=r"tickets\.json"):
        load_or_create_ticket_keys(path)
    assert path.read_text() == text
