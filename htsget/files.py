"""Files as htsget needs them: headers and indexes read once and kept, bytes through the storage."""

from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from core.errors import UnsupportedRequest
from core.storage import Storage
from drs.grants import check_unchanged
from drs.objects import StoredObject
from drs.rows import FileRow
from htsget.blocks import BlockReader
from htsget.cache import BoundedCache
from htsget.contigs import ContigTable, contig_table
from htsget.cut import RecordFile
from htsget.formats import SLICED, record_format
from htsget.index.bgzf import compressed_blocks
from htsget.index.binned import BinnedIndex
from htsget.index.csi import parse_index
from htsget.records import Header, read_header

CACHE_BYTES = 256 << 20
_REMEMBERED_CUTS = 100_000
_PER_CONTIG_BYTES = 400
_INDEX_FACTOR = 4
"""Memory of a parsed index that was asked about all its references, against the bytes of the index."""


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a file: its header, the same bytes as blocks of their own, and where records begin and end."""

    header: Header
    blocks: bytes
    first_record: int
    data_end: int


@dataclass(frozen=True, slots=True)
class Directory:
    """Where records lie in a file: its index, and its contigs by name."""

    index: BinnedIndex
    contigs: ContigTable


class Files:
    """Opens stored objects; what it parses is kept by content, up to a bound."""

    def __init__(self, storage: Storage, cache_bytes: int = CACHE_BYTES) -> None:
        """One for all requests of a process."""
        self._storage = storage
        self._heads: BoundedCache[Head] = BoundedCache(cache_bytes // 2)
        self._directories: BoundedCache[Directory] = BoundedCache(cache_bytes // 2)
        self._cuts: BoundedCache[tuple[int, ...]] = BoundedCache(_REMEMBERED_CUTS)

    def check(self, stored: StoredObject) -> None:
        """Raise ``Gone`` if the file or its index is no longer what was registered."""
        for row in (stored.row, *((stored.index,) if stored.index is not None else ())):
            check_unchanged(self._storage, row)

    def reader(self, stored: StoredObject) -> BlockReader:
        """The blocks of a file, for one request."""
        return BlockReader(partial(self._storage.read, stored.row.location), stored.row.size_bytes)

    def head(self, stored: StoredObject) -> Head:
        """The header of a file; raises ``UnsupportedFormat`` and ``DataDamaged``."""
        return self._heads.get(stored.row.sha256, lambda: self._read_head(stored))

    def directory(self, stored: StoredObject) -> Directory:
        """The index of a file; raises ``UnsupportedRequest`` where there is none, and ``DataDamaged``."""
        index = stored.index
        if index is None:
            message = "this file has no index, so that only the whole of it can be served: leave out the regions"
            raise UnsupportedRequest(message, field="referenceName")
        return self._directories.get(f"{stored.row.sha256}/{index.sha256}", lambda: self._read_directory(stored, index))

    def records(self, stored: StoredObject) -> RecordFile:
        """A file to be walked over, for one request; raises as ``head`` does."""
        head = self.head(stored)
        return RecordFile(self.reader(stored), record_format(stored.row.format), head.first_record, head.data_end)

    def parts(self, stored: StoredObject, block_bytes: int) -> list[tuple[int, int]]:
        """The whole file as parts of about ``block_bytes``, cut between blocks where the format has them."""
        size = stored.row.size_bytes
        if size <= block_bytes:
            return [(0, size)]
        cuts = self._cuts.get(f"{stored.row.sha256}/{block_bytes}", lambda: self._find_cuts(stored, block_bytes))
        return list(pairwise((0, *cuts, size)))

    def _find_cuts(self, stored: StoredObject, block_bytes: int) -> tuple[tuple[int, ...], int]:
        size = stored.row.size_bytes
        if stored.row.format in SLICED:
            cuts = tuple(self.reader(stored).cuts(0, size, block_bytes))
        else:
            cuts = tuple(range(block_bytes, size, block_bytes))
        return cuts, len(cuts) + 1

    def _read_head(self, stored: StoredObject) -> tuple[Head, int]:
        reader = self.reader(stored)
        header, first_record = read_header(reader, record_format(stored.row.format))
        blocks = compressed_blocks(header.data)
        weight = len(header.data) + len(blocks) + _PER_CONTIG_BYTES * len(header.contigs)
        return Head(header, blocks, first_record, reader.data_end()), weight

    def _read_directory(self, stored: StoredObject, row: FileRow) -> tuple[Directory, int]:
        data = self._storage.read(row.location, 0, row.size_bytes)
        index = parse_index(data)
        contigs = contig_table(self.head(stored).header.contigs, index.names)
        weight = _INDEX_FACTOR * len(index.data) + _PER_CONTIG_BYTES * (len(contigs.by_name) + len(index.slots))
        return Directory(index, contigs), weight
