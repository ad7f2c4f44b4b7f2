"""The bytes behind a ticket URL: from its plan to pieces, each read of one URL the same."""

from hashlib import sha256

from core.byte_ranges import FilePiece, Piece
from core.errors import Gone, PermissionDenied
from core.tickets import Ticket
from drs.objects import StoredObject
from htsget.cut import RecordFile, region_intervals, unplaced_intervals
from htsget.files import Directory, Files
from htsget.index.bgzf import empty_block
from htsget.index.binning import Interval
from htsget.plan import FileBytes, HeaderOnly, Regions, Unplaced, Whole, decode
from htsget.ranges import FileRange, pieces_of


def pieces(files: Files, stored: StoredObject, ticket: Ticket) -> list[Piece]:
    """What a ticket grants, and nothing else; raises ``PermissionDenied`` and ``DataDamaged``."""
    plan = decode(ticket.plan)
    row = stored.row
    match plan:
        case Whole():
            return [FilePiece(row.location, 0, row.size_bytes)]
        case FileBytes(start, end):
            if not 0 <= start < end <= row.size_bytes:
                message = "this link is not valid, or no longer"
                raise PermissionDenied(message)
            return [FilePiece(row.location, start, end)]
        case HeaderOnly():
            return [files.head(stored).blocks]
        case _:
            return _record_pieces(files, stored, plan)


def etag(ticket: Ticket) -> str:
    """A strong validator: an object's bytes never change, and neither do a plan's."""
    return sha256(f"{ticket.object_id}\0{ticket.plan}".encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _record_pieces(files: Files, stored: StoredObject, plan: Unplaced | Regions) -> list[Piece]:
    """Whole blocks; one empty block where there is no record, since not every client takes an answer of no bytes."""
    file = files.records(stored)
    intervals = _intervals(file, files.directory(stored), plan)
    found: list[Piece] = [
        FilePiece(stored.row.location, piece.start, piece.end) if isinstance(piece, FileRange) else piece
        for piece in pieces_of(file.reader, intervals)
    ]
    return found or [empty_block()]


def _intervals(file: RecordFile, directory: Directory, plan: Unplaced | Regions) -> list[Interval]:
    if not isinstance(plan, Regions):
        return unplaced_intervals(file, directory.index)
    intervals: list[Interval] = []
    for regions in plan.contigs:
        contig = directory.contigs.by_name.get(regions.contig)
        if contig is None:
            message = "the index of this file was replaced: ask for a new ticket"
            raise Gone(message)
        bins = directory.index.reference(contig.number)
        intervals += region_intervals(file, bins, contig.key, regions.spans, regions.after_0based)
    return intervals
