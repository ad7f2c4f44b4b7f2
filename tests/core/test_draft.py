"""Drafts: all parts of a step or none."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.datasets import DatasetCatalogue
from core.errors import OperatorError
from core.manifest import Part
from tests.core.files import contents_of, fake_part, load_fake


def test_parts_are_kept_under_the_name_of_their_bytes(tmp_path: Path) -> None:
    with DatasetCatalogue(tmp_path).open_draft("d") as draft:
        path = draft.staging / "x"
        part = fake_part(path, "a")
        draft.add([(part, path)], notes=["one line rejected"])

        assert draft.manifest.parts == (replace(part, file=f"{part.sha256}.duckdb"),)
        assert draft.manifest.notes == ("one line rejected",)
        assert draft.part_path(draft.manifest.parts[0]).read_text() == "a"
        assert not path.exists()
        assert draft.description.title == "d"


def test_a_step_that_fails_adds_nothing(tmp_path: Path) -> None:
    load_fake(tmp_path, "d", "a")
    catalogue = DatasetCatalogue(tmp_path)
    with catalogue.open_draft("d") as draft:
        path = draft.staging / "x"
        part = fake_part(path, "b")
        with pytest.raises(FileNotFoundError):
            draft.add([(part, path), (part, draft.staging / "absent")])

    load_fake(tmp_path, "d", "c")
    assert contents_of(tmp_path, "d", catalogue.publish("d")) == {"a", "c"}
    assert len(list((catalogue.folder("d") / "parts").iterdir())) == 2


def test_parts_are_dropped(tmp_path: Path) -> None:
    load_fake(tmp_path, "d", "a", "b")
    catalogue = DatasetCatalogue(tmp_path)
    with catalogue.open_draft("d") as draft:
        draft.drop([part for part in draft.manifest.parts if part.batch == "a"])
        assert [part.batch for part in draft.manifest.parts] == ["b"]

    assert contents_of(tmp_path, "d", catalogue.publish("d")) == {"b"}


def test_a_part_of_a_published_version_can_be_dropped_first(tmp_path: Path) -> None:
    load_fake(tmp_path, "d", "a", "b")
    catalogue = DatasetCatalogue(tmp_path)
    catalogue.publish("d")
    with catalogue.open_draft("d") as draft:
        first: Part = draft.manifest.parts[0]
        draft.drop([first])

    catalogue.publish("d")
    assert contents_of(tmp_path, "d", "1") == {"a", "b"}
    assert contents_of(tmp_path, "d", "2") == {"a", "b"} - {first.batch}


def test_one_dataset_one_assembly(tmp_path: Path) -> None:
    catalogue = DatasetCatalogue(tmp_path)
    with catalogue.open_draft("d", assembly="GRCh38") as draft:
        draft.use_assembly("GRCh38")
        assert draft.manifest.assembly == "GRCh38"
        with pytest.raises(OperatorError, match="one dataset, one assembly"):
            draft.use_assembly("GRCh37")
