from pathlib import Path

import pytest

from core.errors import LoadRefused
from loaders.input_files import check_input_files


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
