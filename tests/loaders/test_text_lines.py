import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import LoadRefused
from loaders.text_lines import chunks_of, lines_of


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n\r"), max_size=5), min_size=1), st.data())
def test_lines_are_those_of_the_text_wherever_it_is_cut(lines: list[str], data: st.DataObject) -> None:
    ends = [data.draw(st.sampled_from(["\n", "\r\n"])) for _ in lines]
    text = "".join(line + end for line, end in zip(lines, ends, strict=True)).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=4)))
    chunks = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert list(lines_of(chunks, "x")) == list(enumerate(lines, 1))


def test_plain_and_gzip_files_are_read_without_their_mark(tmp_path: Path) -> None:
    text = "\ufeffone\r\ntwo".encode()
    (tmp_path / "a").write_bytes(text)
    (tmp_path / "b").write_bytes(gzip.compress(text[:7]) + gzip.compress(text[7:]))
    told: list[tuple[int, int]] = []
    for name in "ab":
        chunks = chunks_of(tmp_path / name, 100, lambda done, total: told.append((done, total)))
        assert list(lines_of(chunks, name)) == [(1, "one"), (2, "two")]
    assert told[0] == (len(text), len(text))
    (tmp_path / "c").write_bytes(b"")
    assert list(lines_of(chunks_of(tmp_path / "c", 1), "c")) == []


def test_bombs_damage_long_lines_and_other_encodings_are_refused(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.gz"
    bomb.write_bytes(gzip.compress(bytes(3 << 20)))
    with pytest.raises(LoadRefused, match=r"bomb\.gz: larger than 2 MiB once decompressed"):
        list(chunks_of(bomb, 2 << 20))
    with pytest.raises(LoadRefused, match="longer than 8 MiB"):
        list(lines_of([bytes(9 << 20)], "x"))
    with pytest.raises(LoadRefused, match="x: line 2: not UTF-8"):
        list(lines_of([b"a\n\xff\n"], "x"))
    whole = gzip.compress(b"text" * 1000)
    for name, data in (("cut", whole[:-9]), ("sum", whole[:-8] + bytes(8)), ("body", whole[:12] + b"\xff" * 9)):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(LoadRefused, match=f"{name}: the gzip data are damaged or cut off"):
            list(chunks_of(tmp_path / name, 1 << 20))
