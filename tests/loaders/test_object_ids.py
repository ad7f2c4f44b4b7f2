from pathlib import Path

import pytest

import loaders.object_ids
from core.datasets import DatasetCatalogue
from core.errors import LoadRefused, OperatorError
from drs.part_builder import build_file_part
from drs.rows import FileFormat, FileRow, ReferenceSequenceRow
from loaders.object_ids import (
    check_alias,
    foreign_aliases,
    place_of,
    read_registered,
    refuse_foreign_aliases,
    refuse_taken_place,
)
from tests.drs.files import file_row, indexed_pair

BAM, INDEX = indexed_pair(b"reads", "a")
SECRET = file_row(b"secret", FileFormat.CRYPT4GH, alias="a", inner_format="BAM")


def add(catalogue: DatasetCatalogue, dataset_id: str, rows: list[FileRow]) -> None:
    with catalogue.open_draft(dataset_id) as draft:
        path = draft.staging / "files"
        part = build_file_part(path, rows, sequences=[ReferenceSequenceRow("1", 5, "ab")])
        draft.add([(part, path)])


@pytest.mark.parametrize("alias", ["", "a b", "/a", ".a", "æ", "a" * 201, "a/b"])
def test_ids_must_fit_into_an_address(alias: str) -> None:
    assert check_alias("A.b~c:1+2@x-y_z") == "A.b~c:1+2@x-y_z"
    with pytest.raises(LoadRefused, match="cannot be an htsget id"):
        check_alias(alias)


def test_each_place_is_taken_once(tmp_path: Path) -> None:
    build_file_part(tmp_path / "f", [BAM, INDEX, SECRET], sequences=[ReferenceSequenceRow("1", 5, "ab")])
    found = read_registered([tmp_path / "f"])
    assert found.places == {("a", "BAM", ""), ("a", "CRYPT4GH", "BAM")}
    assert found.digests == {BAM.sha256, SECRET.sha256}
    assert found.md5s == {"1": ("ab", "a file loaded before")}
    assert found.aliases == {"a"}
    for row in (BAM, SECRET):
        with pytest.raises(LoadRefused, match="under the htsget id 'a' already"):
            refuse_taken_place(row, found)
    other = file_row(b"other", FileFormat.CRYPT4GH, alias="a", inner_format="CRAM")
    refuse_taken_place(other, found)
    refuse_taken_place(file_row(b"without an id"), found)
    assert place_of(other) == ("a", "CRYPT4GH", "CRAM")


def test_ids_of_all_versions_and_drafts_of_other_datasets_are_theirs(tmp_path: Path) -> None:
    catalogue = DatasetCatalogue(tmp_path)
    add(catalogue, "one", [BAM, INDEX])
    catalogue.publish("one")
    add(catalogue, "two", [file_row(b"x", alias="x")])
    assert foreign_aliases(catalogue, "two") == {"a": "one"}
    found = foreign_aliases(catalogue, "three")
    assert found == {"a": "one", "x": "two"}
    refuse_foreign_aliases([file_row(b"y", alias="y"), INDEX], found)
    with pytest.raises(LoadRefused, match="'a' belongs to dataset one"):
        refuse_foreign_aliases([BAM], found)


def test_a_part_that_goes_while_it_is_read_is_looked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = DatasetCatalogue(tmp_path)
    add(catalogue, "one", [BAM, INDEX])
    (part,) = (catalogue.folder("one") / "parts").iterdir()
    data = part.read_bytes()
    part.unlink()
    with pytest.raises(OperatorError, match="a part of dataset one cannot be read"):
        foreign_aliases(catalogue, "two")
    read = loaders.object_ids.read_registered

    def back_again(paths: object) -> object:
        try:
            return read(paths)  # type: ignore[arg-type] # as it came
        finally:
            part.write_bytes(data)

    monkeypatch.setattr(loaders.object_ids, "read_registered", back_again)
    assert foreign_aliases(catalogue, "two") == {"a": "one"}
