"""The folder of one dataset: damage is told, leftovers are swept."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.dataset_folder import DatasetFolder
from core.datasets import DatasetCatalogue
from core.errors import DataDamaged, OperatorError
from tests.core.files import contents_of, load_fake


@pytest.fixture
def folder(tmp_path: Path) -> DatasetFolder:
    load_fake(tmp_path, "d", "a")
    DatasetCatalogue(tmp_path).publish("d")
    return DatasetFolder(tmp_path / "datasets" / "d")


def test_an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    folder = DatasetFolder(tmp_path / "d")

    assert (folder.exists, folder.finished_versions, folder.draft_version, folder.draft) == (False, (), None, None)
    assert folder.current.version is None
    with pytest.raises(OperatorError, match="no dataset 'd'"):
        _ = folder.description
    with pytest.raises(OperatorError, match="no version '1'"):
        folder.manifest("1")
    folder.sweep()


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"7", b"{}", b'{"version": "1"}', b'{"version": "1", "history": [7]}']
)
def test_a_damaged_current_file_is_told(folder: DatasetFolder, data: bytes) -> None:
    (folder.path / "current.json").write_bytes(data)

    with pytest.raises(DataDamaged, match=r"current\.json of dataset d"):
        _ = folder.current


def test_a_description_that_is_not_text_is_told(folder: DatasetFolder) -> None:
    (folder.path / "dataset.toml").write_bytes(b"title = '\xff'")

    with pytest.raises(DataDamaged, match="UTF-8"):
        _ = folder.description


def truncate(path: Path) -> None:
    path.write_bytes(b"")


def flip(path: Path) -> None:
    path.write_bytes(b"b")


@pytest.mark.parametrize(("damage", "seen_by_size"), [(Path.unlink, True), (truncate, True), (flip, False)])
def test_damaged_parts_are_told(folder: DatasetFolder, damage: Callable[[Path], None], seen_by_size: bool) -> None:
    manifest = folder.manifest("1")
    folder.verify(manifest, known=())
    damage(folder.parts / manifest.parts[0].file)

    with pytest.raises(DataDamaged, match="damaged or missing"):
        folder.verify(manifest, known=())
    if seen_by_size:
        with pytest.raises(DataDamaged, match="damaged or missing"):
            folder.verify(manifest, known=manifest.parts)
    else:
        folder.verify(manifest, known=manifest.parts)


def test_leftovers_are_swept_and_nothing_else(folder: DatasetFolder, tmp_path: Path) -> None:
    kept = sorted(path for path in folder.path.rglob("*") if path.is_file())
    (folder.staging / "x").mkdir(parents=True)
    (folder.staging / "x" / "half").touch()
    for name in (".current.json.ab.new", "policies/.0001.toml.ab.new", "versions/1/.draft.json.ab.new", "parts/orphan"):
        (folder.path / name).touch()

    folder.sweep()

    assert sorted(path for path in folder.path.rglob("*") if path.is_file()) == kept
    assert contents_of(tmp_path, "d", "1") == {"a"}


def test_nothing_is_swept_where_a_manifest_cannot_be_read(folder: DatasetFolder) -> None:
    (folder.path / "versions" / "1" / "manifest.json").write_bytes(b"{")
    with pytest.raises(DataDamaged):
        folder.sweep()
    assert len(list(folder.parts.iterdir())) == 1


def test_folders_that_are_no_versions_are_left_alone(folder: DatasetFolder) -> None:
    other = folder.path / "versions" / "1.bak"
    other.mkdir()
    (other / "draft.json").touch()
    (other / "manifest.json").touch()

    assert folder.finished_versions == ("1",)
    assert folder.draft_version is None


def test_descriptions_are_numbered_on(folder: DatasetFolder) -> None:
    for _ in range(3):
        folder.write_description(folder.description)
    (folder.path / "policies" / "0002.toml").unlink()
    folder.write_description(folder.description)

    assert sorted(path.name for path in (folder.path / "policies").iterdir()) == [
        f"000{number}.toml" for number in (1, 3, 4, 5)
    ]
