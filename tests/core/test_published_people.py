"""Since when a dataset holds people: over versions that were replaced, rolled back and cleared away."""

from pathlib import Path

import duckdb
import pytest

from core.dataset_status import Event
from core.datasets import DatasetCatalogue
from core.generation import _attach
from core.published_people import PublishedPeople, versions_by_time
from tests.core.files import publish

NAMES = {name: f"person {name}" for name in ("P1", "P2", "P3")}


def test_a_version_counts_from_its_first_publication_on() -> None:
    history = [
        Event("publish", "2", "1970-01-01T00:00:20Z"),
        Event("publish", "1", "1970-01-01T00:00:10Z"),
        Event("withdraw", "3", "1970-01-01T00:00:01Z"),
        Event("rollback", "2", "1970-01-01T00:00:30Z"),
    ]
    assert list(versions_by_time(history).items()) == [("1", 10), ("2", 20)]


@pytest.mark.parametrize("lost", [None, "versions/2/manifest.json", "parts"])
def test_the_first_version_with_a_person_tells_and_one_that_is_lost_may_have_held_anybody(
    tmp_path: Path, lost: str | None
) -> None:
    for people in (["P1"], ["P2"], ["P1", "P2", "P3"]):
        publish(tmp_path, "d", *people, fresh=True)
    second = {part.file for part in DatasetCatalogue(tmp_path).manifest("d", "2").parts}
    for name in second if lost == "parts" else [lost] if lost else []:
        (tmp_path / "datasets" / "d" / ("parts" if lost == "parts" else "") / name).unlink()
    since = found(tmp_path, {"1": 10, "2": 20, "3": 30})
    assert since == {"person P1": 10, "person P2": 20, "person P3": 20 if lost else 30}


def found(home: Path, versions: dict[str, int]) -> dict[str, int]:
    """Since when the people are held, asked on a connection that may still attach files."""
    catalogue = DatasetCatalogue(home)
    with duckdb.connect() as connection:
        view = _attach(connection, catalogue, "d", "x", frozenset())
        assert view is not None
        return PublishedPeople(connection, catalogue, view).since(versions, NAMES)
