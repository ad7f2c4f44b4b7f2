"""The opt-out mask."""

from pathlib import Path

import pytest

from core.errors import DataDamaged
from core.people import MASK_FILE, PeopleMask, SampleColumn, read_mask, sample_columns


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("", set()),
        ("P1\nP2\n", {"P1", "P2"}),
        ("P1\t2026-01-01\tasked\r\nP2\r\n", {"P1", "P2"}),
        ("# who asked\n\n  P1  \n", {"P1"}),
        ("\ufeffP1\nP2", {"P1", "P2"}),
        ("P\u2028 1\n", {"P\u2028 1"}),
    ],
)
def test_one_pseudonym_a_line(tmp_path: Path, text: str, people: set[str]) -> None:
    (tmp_path / MASK_FILE).write_bytes(text.encode())

    assert read_mask(tmp_path).people == people


def test_no_list_hides_nobody(tmp_path: Path) -> None:
    assert read_mask(tmp_path) == PeopleMask()


def test_a_list_that_cannot_be_read_is_never_guessed(tmp_path: Path) -> None:
    (tmp_path / MASK_FILE).write_bytes(b"P1\n\xff\n")

    with pytest.raises(DataDamaged, match=MASK_FILE):
        read_mask(tmp_path)


def test_a_mask_hides_people_and_files_with_them() -> None:
    mask = PeopleMask(frozenset({"P1"}))

    assert mask.hides("P1")
    assert not mask.hides("P2")
    assert mask.hides_any(["P2", "P1"])
    assert not mask.hides_any([])


def test_columns_are_paired_with_people() -> None:
    assert sample_columns(["S0", "S1"], ["P0", "P1"]) == (SampleColumn(0, "S0", "P0"), SampleColumn(1, "S1", "P1"))
    with pytest.raises(ValueError, match="zip"):
        sample_columns(["S0", "S1"], ["P0"])
