from pathlib import Path

import pytest

from core.byte_ranges import FilePiece, Piece
from core.errors import Gone, PermissionDenied
from core.storage import LocalStorage
from core.tickets import Ticket
from drs.objects import StoredObject
from drs.rows import FileFormat
from htsget.data import etag, pieces
from htsget.files import Files
from htsget.index.bgzf import EOF_MARKER, empty_block, inflate_all
from htsget.plan import ContigRegions, FileBytes, HeaderOnly, Plan, Regions, Unplaced, Whole, encode
from tests.htsget.genomes import index_bam, reads_of, recompressed, write_bam
from tests.htsget.node import stored_pair


class Shelf:
    """One stored BAM, and what its tickets give."""

    def __init__(self, home: Path) -> None:
        self.bam = recompressed(write_bam(home / "a.bam"), home / "reads.bam", 2000)
        row, index = stored_pair(home, self.bam, index_bam(self.bam), FileFormat.BAM, "reads")
        self.stored = StoredObject(row, "data", "v1", "GRCh38", index)
        self.files = Files(LocalStorage(home))

    def pieces(self, plan: Plan | str) -> list[Piece]:
        return pieces(self.files, self.stored, self.ticket(plan))

    def ticket(self, plan: Plan | str) -> Ticket:
        text = plan if isinstance(plan, str) else encode(plan)
        return Ticket("htsget", "data", self.stored.row.object_id, text, "", 0)

    def data(self, plan: Plan | str) -> bytes:
        content = self.bam.read_bytes()
        found = self.pieces(plan)
        return b"".join(piece if isinstance(piece, bytes) else content[piece.start : piece.end] for piece in found)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("shelf"))


def test_whole_files_and_parts_are_pieces_of_the_file(shelf: Shelf) -> None:
    row = shelf.stored.row
    assert shelf.pieces(Whole()) == [FilePiece(row.location, 0, row.size_bytes)]
    assert shelf.pieces(FileBytes(5, 10)) == [FilePiece(row.location, 5, 10)]


@pytest.mark.parametrize("plan", [FileBytes(10, 10), FileBytes(0, 1 << 40), "nonsense"])
def test_what_no_ticket_says_is_refused(shelf: Shelf, plan: Plan | str) -> None:
    with pytest.raises(PermissionDenied):
        shelf.pieces(plan)


def test_header_and_records_make_a_file(shelf: Shelf, tmp_path: Path) -> None:
    regions = Regions((ContigRegions("1", ((0, 400_000), (500_000, None))), ContigRegions("chr2", ((5, 100_000),))))
    answer = tmp_path / "answer.bam"
    answer.write_bytes(shelf.data(HeaderOnly()) + shelf.data(regions) + shelf.data(Unplaced()) + EOF_MARKER)
    wanted = {*reads_of(shelf.bam, ("1", 0, 400_000)), *reads_of(shelf.bam, ("1", 500_000, None))}
    wanted |= {*reads_of(shelf.bam, ("chr2", 5, 100_000))}
    assert reads_of(answer) == [read for read in reads_of(shelf.bam) if read in wanted or read.startswith("u")]


def test_an_answer_is_never_without_bytes(shelf: Shelf) -> None:
    assert shelf.data(Regions((ContigRegions("empty", ((0, 400),)),))) == empty_block()
    assert inflate_all(shelf.data(Regions((ContigRegions("1", ((999_990, 999_991),)),))), 10) == b""


def test_a_contig_that_the_file_has_no_more_is_gone(shelf: Shelf) -> None:
    with pytest.raises(Gone):
        shelf.pieces(Regions((ContigRegions("nope", ((0, 400),)),)))


def test_the_validator_depends_on_object_and_plan(shelf: Shelf) -> None:
    first, again, other = shelf.ticket(Whole()), shelf.ticket(Whole()), shelf.ticket(HeaderOnly())
    assert etag(first) == etag(again) != etag(other)
