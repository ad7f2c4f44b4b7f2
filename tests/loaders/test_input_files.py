from pathlib import Path

import pytest

from core.errors import LoadRefused
from loaders.input_files import S3Url, check_input_files, check_object_files


def test_files_are_taken_once_in_order(tmp_path: Path) -> None:
    paths = [tmp_path / "b", tmp_path / "a"]
    for path in paths:
        path.touch()
    assert check_input_files([*paths, paths[0]]) == paths


def test_missing_files_and_personal_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LoadRefused, match="no files were given"):
        check_input_files([])
    with pytest.raises(LoadRefused, match="there is no such file"):
        check_input_files([tmp_path / "a"])
    named = tmp_path / "010190-1234.vcf"
    named.touch()
    with pytest.raises(LoadRefused, match="input file 1 looks like a CPR number"):
        check_input_files([named])


def test_objects_of_a_store_are_taken_beside_files(tmp_path: Path) -> None:
    path = tmp_path / "a.bam"
    path.touch()
    (tmp_path / "link.bam").symlink_to(path)
    url = "s3://bucket/folder/b.bam"
    assert check_object_files([url, tmp_path / "link.bam", url, str(path)]) == [S3Url(url), path]
    assert S3Url(url).beside("b.bai") == S3Url("s3://bucket/folder/b.bai")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("https://example.org/a.bam", "https:// is not read here"),
        ("s3://bucket", "s3://bucket/key is expected"),
        ("s3://bucket/", "s3://bucket/key is expected"),
        ("s3:///key", "s3://bucket/key is expected"),
        ("s3://bucket/folder/", "s3://bucket/key is expected"),
        ("s3://bucket/folder/..", "s3://bucket/key is expected"),
        ("s3://bucket/" + "a" * 201, "s3://bucket/key is expected"),
        ("s3://bucket/010190-1234/a.bam", "the name of input file 1 looks like a CPR number"),
    ],
)
def test_other_addresses_are_refused(text: str, said: str) -> None:
    with pytest.raises(LoadRefused, match=said):
        check_object_files([text])
    with pytest.raises(LoadRefused, match="no files were given"):
        check_object_files([])
