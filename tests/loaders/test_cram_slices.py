import gzip
import io
from pathlib import Path

import pytest

from core.errors import LoadRefused
from loaders.cram_file import CramFile
from loaders.cram_slices import Slice, check_crai, read_crai, read_slices, refuse_unsorted, write_crai
from loaders.sam_header import read_sam_header
from tests.loaders.read_files import write_bam, write_cram
from tests.support.shared import needs_shared, shared


@pytest.fixture(scope="module", params=["3.0", "3.1", "2.1"])
def cram(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cram")
    bam = write_bam(folder / "a.bam", reads=3000)
    options = ("no_ref=1", f"version={request.param}", "seqs_per_slice=500", "slices_per_container=2")
    return write_cram(folder / "a.cram", bam, options)


def index_of(path: Path) -> bytes:
    return path.with_name(f"{path.name}.crai").read_bytes()


def slices_of(path: Path) -> list[Slice]:
    data = path.read_bytes()
    return list(read_slices("a.cram", CramFile("a.cram", io.BytesIO(data), len(data))))


def test_the_index_belongs(cram: Path) -> None:
    slices = slices_of(cram)
    refuse_unsorted("a.cram", slices)
    assert not any(part.needs_reference for part in slices)
    rows = read_crai("a.cram", index_of(cram))
    check_crai("a.cram", rows, slices, 2)
    assert read_crai("a.cram", gzip.decompress(index_of(cram))) == rows
    moved = read_crai("a.cram", write_crai(rows, moved_by=7))
    assert [row.container - 7 for row in moved] == [row.container for row in rows]
    for number in range(6):
        for place in (0, len(rows) // 2):
            cells = [list(vars_of(row)) for row in rows]
            cells[place][number] += 1
            wrong = "".join("\t".join(str(cell) for cell in row) + "\n" for row in cells).encode()
            if number < 5 and rows[place].reference >= 0:
                with pytest.raises(LoadRefused, match="the index belongs to another file"):
                    check_crai("a.cram", read_crai("a.cram", wrong), slices, 2)
    with pytest.raises(LoadRefused, match="the index belongs to another file"):
        check_crai("a.cram", rows[1:], slices, 2)


def vars_of(row: object) -> tuple[int, ...]:
    return tuple(int(getattr(row, name)) for name in row.__dataclass_fields__)  # type: ignore[attr-defined] # it has


@pytest.mark.parametrize("wrong", [b"0 1 2\n", b"x", b"\x1f\x8bx", b"1 2 3 4 5 6 7", gzip.compress(b"1", mtime=0)[:-3]])
def test_what_is_no_index_is_refused(wrong: bytes) -> None:
    with pytest.raises(LoadRefused, match=r"a\.cram: its index cannot be read"):
        read_crai("a.cram", wrong)


def test_slices_out_of_order_are_refused(cram: Path) -> None:
    with pytest.raises(LoadRefused, match="not sorted by coordinate"):
        refuse_unsorted("a.cram", slices_of(cram)[::-1])


@needs_shared
def test_published_files_and_their_indexes() -> None:
    folder = shared("data", "reads")
    needed: dict[str, bool] = {}
    for path in [
        *folder.glob("hts-specs-cram/*.cram"),
        *folder.glob("external-reference/*.cram"),
        *folder.glob("h*/*.cram"),
        *folder.glob("*.cram"),
    ]:
        with path.open("rb") as file:
            opened = CramFile(path.name, file, path.stat().st_size)
            header = read_sam_header(path.name, opened.header_text())
            slices = list(read_slices(path.name, opened))
        check_crai(path.name, read_crai(path.name, index_of(path)), slices, len(header.contigs))
        refuse_unsorted(path.name, slices)
        needed[path.name] = any(part.needs_reference for part in slices)
    assert sorted(name for name, external in needed.items() if not external) == [
        "1401_index_unmapped.cram",
        "htsnexus_test_NA12878.cram",
        "referenceEmbedded.NA12878.20.21.1-100.100-SeqsPerSlice.500-unMapped.cram",
    ]
