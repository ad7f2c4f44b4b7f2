"""Tiny genome files for tests, written by pysam: reads and variants that do what real ones do, and worse."""

import random
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import pysam

from drs.rows import FileFormat
from htsget.blocks import BlockReader
from htsget.cut import RecordFile
from htsget.formats import SLICED
from htsget.index.bgzf import EOF_MARKER, compressed_blocks, inflate_all
from htsget.index.binned import BinnedIndex
from htsget.index.binning import Interval
from htsget.index.csi import parse_index
from htsget.ranges import FileRange, pieces_of
from htsget.records import Header, read_header

CONTIGS = (("1", 1_000_000), ("chr2", 300_000), ("HLA-A*01:01:01:01", 3000), ("empty", 1000), ("MT", 16569))
MAXIMUM_BYTES = 1 << 28


@dataclass(frozen=True)
class Opened:
    """A file in memory with what the server would know of it."""

    path: Path
    data: bytes
    header: Header
    file: RecordFile
    index: BinnedIndex


def seeded(seed: int) -> random.Random:
    """Chance that is the same in every run."""
    return random.Random(seed)


def open_file(path: Path, index_path: Path, file_format: FileFormat) -> Opened:
    data = path.read_bytes()
    reader = BlockReader(lambda start, end: data[start:end], len(data))
    record_format = SLICED[file_format]
    header, first_record = read_header(reader, record_format)
    file = RecordFile(reader, record_format, first_record, reader.data_end())
    return Opened(path, data, header, file, parse_index(index_path.read_bytes()))


def write_bam(path: Path, seed: int = 1, reads: int = 600, unplaced: int = 20) -> Path:
    """Sorted reads: clipped, spliced over 100 kb, of length 0 on the reference, placed though unmapped, unplaced."""
    chance = seeded(seed)
    header = {"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": [{"SN": name, "LN": length} for name, length in CONTIGS]}
    placed = sorted(_places(chance, reads))
    with pysam.AlignmentFile(str(path), "wb", header=header) as out:
        for number, (tid, start) in enumerate(placed):
            out.write(_read(out.header, f"r{number}", tid, start, chance))
        for number in range(unplaced):
            out.write(_read(out.header, f"u{number}", -1, -1, chance))
    return path


def _places(chance: random.Random, reads: int) -> list[tuple[int, int]]:
    crowd = [(0, chance.randrange(500_000, 500_300)) for _ in range(reads // 3)]
    tids = (0, 0, 0, 1, 1, 2, 4)
    return crowd + [
        (tid, chance.randrange(CONTIGS[tid][1] - 200)) for tid in chance.choices(tids, k=reads - len(crowd))
    ]


def _read(
    header: pysam.AlignmentHeader, name: str, tid: int, start: int, chance: random.Random
) -> pysam.AlignedSegment:
    read = pysam.AlignedSegment(header)
    cigar = chance.choice(["50M", "10S40M", "20M30D30M", "25M100000N25M", "50S", "5=1X44M", ""])
    if tid < 0 or (not cigar and chance.random() < 0.8):
        cigar, read.is_unmapped = "", True
    if tid >= 0 and "N" in cigar and start + 100_100 > CONTIGS[tid][1]:
        cigar = "50M"
    read.query_name, read.reference_id, read.reference_start = name, tid, start
    read.cigarstring = cigar or None
    read.query_sequence = "".join(chance.choices("ACGT", k=50 if cigar else chance.randrange(1, 90)))
    read.query_qualities = pysam.qualitystring_to_array("I" * len(read.query_sequence))
    read.set_tag("XX", "x" * chance.randrange(40))
    return read


def write_vcf(path: Path, seed: int = 1, records: int = 500, *, contig_lines: bool = True) -> Path:
    """Sorted lines: SNVs, long deletions, symbolic alleles with END, END before POS, a POS of 0."""
    chance = seeded(seed)
    names = ("1", "chr2", "HLA-A*01:01:01:01")
    lines = ["##fileformat=VCFv4.3", '##INFO=<ID=END,Number=1,Type=Integer,Description="End">']
    lines.append('##INFO=<ID=AEND,Number=1,Type=Integer,Description="Not the end">')
    lines.append('##ALT=<ID=DEL,Description="Deletion">')
    lines += [f"##contig=<ID={name},length={length}>" for name, length in CONTIGS if contig_lines]
    lines.append("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO")
    for number, name in enumerate(names):
        length = dict(CONTIGS)[name]
        positions = sorted(chance.randrange(1, length - 300) for _ in range(records // 3 if number < 2 else 30))
        lines += [_line(name, position, f"v{name}{order}", chance) for order, position in enumerate(positions)]
    text = "\n".join(lines).encode() + (b"\n" if chance.random() < 0.5 else b"")
    path.write_bytes(as_blocks(text, 3000))
    return path


def _line(contig: str, position: int, name: str, chance: random.Random) -> str:
    reference = "".join(chance.choices("ACGT", k=chance.choice((1, 1, 1, 2, 40, 250))))
    info = chance.choice((".", ".", f"END={position + 50_000}", f"AEND=1;END={position + 70}", f"END={position - 5}"))
    if "END=-" in info or "END=0" in info:
        info = "."
    alternate = "<DEL>" if "END" in info else "T" + reference[1:] + "A"
    return f"{contig}\t{position}\t{name}\t{reference}\t{alternate}\t.\tPASS\t{info}"


def as_blocks(data: bytes, payload_bytes: int) -> bytes:
    """BGZF whose blocks know nothing of records, as most writers make it, with the end-of-file marker."""
    return b"".join(raw_blocks(data, payload_bytes)) + EOF_MARKER


def raw_blocks(data: bytes, payload_bytes: int, subfield: bytes = b"") -> list[bytes]:
    """Blocks of equal size; ``subfield`` stands before the one that holds the block's size."""
    blocks = []
    for start in range(0, len(data), payload_bytes):
        piece = data[start : start + payload_bytes]
        deflater = zlib.compressobj(1, zlib.DEFLATED, -15)
        deflated = deflater.compress(piece) + deflater.flush()
        extra = subfield + b"BC" + struct.pack("<HH", 2, 12 + len(subfield) + 6 + len(deflated) + 8 - 1)
        head = b"\x1f\x8b\x08\x04" + bytes(5) + b"\xff" + struct.pack("<H", len(extra)) + extra
        blocks.append(head + deflated + struct.pack("<II", zlib.crc32(piece), len(piece)))
    return blocks


def recompressed(path: Path, target: Path, payload_bytes: int) -> Path:
    """The same data in blocks that cut through records."""
    target.write_bytes(as_blocks(inflate_all(path.read_bytes(), MAXIMUM_BYTES), payload_bytes))
    return target


def index_bam(path: Path, shift: int | None = None) -> Path:
    """A BAI, or a CSI with smallest bins of ``1 << shift``."""
    if shift is None:
        pysam.index(str(path))
        return path.with_name(path.name + ".bai")
    pysam.index("-c", "-m", str(shift), str(path))
    return path.with_name(path.name + ".csi")


def index_vcf(path: Path, *, csi: bool = False) -> Path:
    pysam.tabix_index(str(path), preset="vcf", force=True, csi=csi)
    return path.with_name(path.name + (".csi" if csi else ".tbi"))


def reads_of(path: Path, region: tuple[str, int, int | None] | None = None) -> list[str]:
    """What htslib finds, in order: the whole file (or ``*``) or a region by the index beside it."""
    with pysam.AlignmentFile(str(path)) as file:
        found = file.fetch(until_eof=True) if region is None else file.fetch(*region)
        return [read.to_string() for read in found]


def lines_of(path: Path, region: tuple[str, int, int | None] | None = None) -> list[str]:
    """The same for variants."""
    with pysam.VariantFile(str(path)) as file:
        return [str(record) for record in (file.fetch() if region is None else file.fetch(*region))]


def render(opened: Opened, intervals: list[Interval]) -> bytes:
    """A complete file: header, the bytes of the intervals, end."""
    pieces = pieces_of(opened.file.reader, intervals)
    body = [opened.data[piece.start : piece.end] if isinstance(piece, FileRange) else piece for piece in pieces]
    return compressed_blocks(opened.header.data) + b"".join(body) + EOF_MARKER
