"""BAI, the index of BAM files (SAM specification §5.2), and the body that TBI shares with it."""

from dataclasses import replace

from htsget.index.binned import BAI_BIN, COUNT, OFFSET, BinnedIndex, Slot, damaged, read_count, read_unplaced, scan_bins
from htsget.index.binning import Scheme

MAGIC = b"BAI\x01"
SCHEME = Scheme(min_shift=14, depth=5)


def parse_bai(data: bytes) -> BinnedIndex:
    """Read a BAI file; raises ``DataDamaged``."""
    if data[:4] != MAGIC:
        raise damaged()
    reference_count = read_count(data, len(MAGIC), 2 * COUNT.size)
    return parse_body(data, len(MAGIC) + COUNT.size, reference_count, ())


def parse_body(data: bytes, at: int, reference_count: int, names: tuple[str, ...]) -> BinnedIndex:
    """The references of a BAI or TBI: bins, then a linear index, each."""
    slots = []
    for _ in range(reference_count):
        slot, at = _scan_reference(data, at)
        slots.append(slot)
    return BinnedIndex(data, SCHEME, BAI_BIN, slots, names, read_unplaced(data, at))


def _scan_reference(data: bytes, at: int) -> tuple[Slot, int]:
    slot, at = scan_bins(data, at, BAI_BIN, SCHEME.pseudo_bin)
    window_count = read_count(data, at, OFFSET.size)
    at += COUNT.size
    return replace(slot, windows_at=at, window_count=window_count), at + window_count * OFFSET.size
