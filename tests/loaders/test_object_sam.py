from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from core.errors import LoadRefused
from loaders.object_found import Content, Subject
from loaders.object_sam import check_sam

RECORD = "r1\t0\tchr1\t5\t60\t4M\t*\t0\t0\tACGT\tIIII\n"


def tell(done: int, total: int) -> None:
    del done, total


def check(path: Path) -> Content:
    return check_sam(Subject("a.sam", path, None, path.parent, True), tell)


def test_a_sam_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.sam"
    path.write_text("@HD\tVN:1.6\tSO:queryname\n@RG\tID:1\tSM:S1\n" + 3 * RECORD)
    assert check(path).samples == ("S1",)
    path.write_text(RECORD)
    assert check(path).samples == ()


@pytest.mark.parametrize("text", ["r1\t0\n", RECORD.replace("60", "x"), RECORD + "@CO\tlate\n", "\n", "x" * 100])
def test_what_is_no_record_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.sam"
    path.write_text(text)
    with pytest.raises(LoadRefused, match=r"a\.sam: line \d: not a SAM record"):
        check(path)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.sam"
    path.write_bytes(data)
    try:
        check(path)
    except LoadRefused as error:
        assert error.message.startswith("a.sam: ")  # noqa: PT017 - both outcomes are right
