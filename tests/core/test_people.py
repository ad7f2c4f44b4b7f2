"""The register of opt-outs, the mask, and sample columns."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DataDamaged
from core.optouts import ALWAYS, Change, opted_out
from core.people import (
    MARKER_FILE,
    MASK_FILE,
    OptOutRegister,
    PeopleMask,
    SampleColumn,
    from_rfc3339,
    read_register,
    register_lost,
    sample_columns,
    to_rfc3339,
    write_register,
)


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("P1\nP2\n", {"P1", "P2"}),
        ("P1\t2026-01-01\tasked\r\nP2\r\n", {"P1", "P2"}),
        ("# who asked\n\n  P1  \n", {"P1"}),
        ("#\nP1\n", {"P1"}),
        ("\ufeffP1\nP2", {"P1", "P2"}),
        ("P\u2028 1\n", {"P\u2028 1"}),
    ],
)
def test_a_plain_list_has_one_pseudonym_a_line_and_is_as_old_as_its_file(
    tmp_path: Path, text: str, people: set[str]
) -> None:
    path = tmp_path / MASK_FILE
    path.write_bytes(text.encode())
    os.utime(path, (1_700_000_000, 1_700_000_000))
    register = read_register(tmp_path)

    assert register is not None
    assert register.imported_at == 1_700_000_000
    assert opted_out(register.changes, 1) == people
    assert {change.at for change in register.changes} <= {ALWAYS}


def test_no_list_is_not_an_empty_list(tmp_path: Path) -> None:
    assert read_register(tmp_path) is None
    write_register(tmp_path, OptOutRegister(5))
    assert read_register(tmp_path) == OptOutRegister(5)


_NAMES = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=9)


@given(st.integers(0, 4_000_000_000), st.sets(st.builds(Change, st.integers(0, 4_000_000_000), _NAMES, st.booleans())))
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, imported_at: int, changes: set[Change]
) -> None:
    home = tmp_path_factory.mktemp("home")
    register = OptOutRegister(imported_at, tuple(sorted(changes)))
    write_register(home, register)
    assert read_register(home) == register


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-1],
        lambda data: data.replace(b"P1", b"P2"),
        lambda data: data.split(b"\n")[0] + b"\n",
        lambda data: data.replace(b"\t", b" ", 1),
        lambda data: data[:17],
        lambda data: data.replace(b"2033", b"in 2033"),
        lambda data: b"\xff" + data,
        lambda data: b"#" + data,
        lambda data: data.replace(b"optouts-1", b"optouts-2"),
        lambda data: data[:9] + b"\nP9\n",
        *(lambda data, end=end: data[:end] for end in range(len("#genvej-optouts-1") + 1)),
    ],
)
def test_a_list_that_is_not_what_was_written_is_never_guessed(tmp_path: Path, damage: object) -> None:
    write_register(tmp_path, OptOutRegister(2_000_000_000, (Change(7, "P1", out=True), Change(9, "P1", out=False))))
    path = tmp_path / MASK_FILE
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]

    with pytest.raises(DataDamaged, match=MASK_FILE):
        read_register(tmp_path)


@pytest.mark.parametrize("text", ["", "\n", "# who asked\n", " \n\t\n", "\ufeff"])
def test_a_plain_list_names_somebody(tmp_path: Path, text: str) -> None:
    (tmp_path / MASK_FILE).write_bytes(text.encode())

    with pytest.raises(DataDamaged, match="names nobody"):
        read_register(tmp_path)


def test_a_register_that_was_written_is_missed_when_it_is_gone(tmp_path: Path) -> None:
    assert not register_lost(tmp_path)
    write_register(tmp_path, OptOutRegister(5))
    assert not register_lost(tmp_path)
    (tmp_path / MASK_FILE).unlink()
    assert register_lost(tmp_path)
    (tmp_path / MARKER_FILE).unlink()
    assert not register_lost(tmp_path)


def test_a_list_that_cannot_be_opened_is_never_guessed(tmp_path: Path) -> None:
    (tmp_path / MASK_FILE).mkdir()

    with pytest.raises(DataDamaged, match="cannot be read"):
        read_register(tmp_path)


def test_strangers_cannot_read_the_register(tmp_path: Path) -> None:
    write_register(tmp_path, OptOutRegister(5))
    assert (tmp_path / MASK_FILE).stat().st_mode & 0o007 == 0


def test_times_as_text() -> None:
    assert to_rfc3339(0) == "1970-01-01T00:00:00Z"
    assert from_rfc3339("2026-01-02T03:04:05Z") == 1_767_323_045
    assert to_rfc3339(1_767_323_045) == "2026-01-02T03:04:05Z"


def test_a_mask_hides_people_and_files_with_them() -> None:
    mask = PeopleMask(frozenset({"P1"}))

    assert mask.hides("P1")
    assert not mask.hides("P2")
    assert mask.hides_any(["P2", "P1"])
    assert not mask.hides_any([])
    assert not PeopleMask().hides_any(["P1"])


def test_columns_are_paired_with_people() -> None:
    assert sample_columns(["S0", "S1"], ["P0", "P1"]) == (SampleColumn(0, "S0", "P0"), SampleColumn(1, "S1", "P1"))
    with pytest.raises(ValueError, match="zip"):
        sample_columns(["S0", "S1"], ["P0"])
