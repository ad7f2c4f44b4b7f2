from pathlib import Path

import pytest

from core.errors import DataDamaged, UnsupportedFormat, UnsupportedRequest
from core.storage import LocalStorage
from drs.objects import StoredObject
from drs.rows import FileFormat
from htsget.files import Files
from htsget.index.bgzf import inflate_all
from tests.drs.files import file_row, store_bytes
from tests.htsget.genomes import CONTIGS, index_bam, write_bam
from tests.htsget.node import stored_pair

BLOCK = 256 << 20


class CountingStorage(LocalStorage):
    """Remembers what was read."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.reads: list[str] = []

    def read(self, location: str, start: int, end: int) -> bytes:
        self.reads.append(location)
        return super().read(location, start, end)


def stored(home: Path, file_format: FileFormat = FileFormat.BAM) -> StoredObject:
    bam = write_bam(home / "reads.bam")
    row, index = stored_pair(home, bam, index_bam(bam), file_format, "reads")
    return StoredObject(row, "data", "v1", "GRCh38", index)


def test_headers_and_indexes_are_read_once(tmp_path: Path) -> None:
    found, storage = stored(tmp_path), CountingStorage(tmp_path)
    files = Files(storage)
    head, directory = files.head(found), files.directory(found)
    read = len(storage.reads)
    assert files.head(found) is head
    assert files.directory(found) is directory
    assert files.records(found).first_record == head.first_record
    assert len(storage.reads) == read
    assert list(directory.contigs.by_name) == [name for name, _ in CONTIGS]
    assert inflate_all(head.blocks, 1 << 20) == head.header.data


def test_a_file_without_index_has_a_header_and_no_regions(tmp_path: Path) -> None:
    found = stored(tmp_path)
    files = Files(LocalStorage(tmp_path))
    alone = StoredObject(found.row, "data", "v1", "GRCh38", None)
    assert files.head(alone).header.contigs
    with pytest.raises(UnsupportedRequest, match="no index"):
        files.directory(alone)


def test_formats_that_are_served_whole_have_no_header(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFormat):
        Files(LocalStorage(tmp_path)).head(stored(tmp_path, FileFormat.CRAM))


def test_a_broken_index_is_an_error_of_ours(tmp_path: Path) -> None:
    found = stored(tmp_path)
    store_bytes(tmp_path, b"no index at all")
    broken = StoredObject(found.row, "data", "v1", "GRCh38", file_row(b"no index at all", FileFormat.BAI))
    with pytest.raises(DataDamaged):
        Files(LocalStorage(tmp_path)).directory(broken)


def test_parts_of_a_file_are_cut_between_blocks_and_remembered(tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "reads.bam", reads=20_000)
    row, index = stored_pair(tmp_path, bam, index_bam(bam), FileFormat.BAM, "reads")
    found, storage = StoredObject(row, "data", "v1", "GRCh38", index), CountingStorage(tmp_path)
    files = Files(storage)
    assert files.parts(found, BLOCK) == [(0, row.size_bytes)]
    parts = files.parts(found, 200_000)
    read = len(storage.reads)
    assert files.parts(found, 200_000) == parts
    assert len(storage.reads) == read
    assert len(parts) > 2
    whole = bam.read_bytes()
    assert b"".join(inflate_all(whole[start:end], 1 << 30) for start, end in parts) == inflate_all(whole, 1 << 30)


def test_parts_of_other_formats_are_cut_anywhere(tmp_path: Path) -> None:
    store_bytes(tmp_path, bytes(1050))
    found = StoredObject(file_row(bytes(1050), FileFormat.CRAM), "data", "v1", "", None)
    assert Files(LocalStorage(tmp_path)).parts(found, 500) == [(0, 500), (500, 1000), (1000, 1050)]
