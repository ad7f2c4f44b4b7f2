"""CSI and TBI: indexes that are compressed themselves, and may name their contigs (CSIv1, Tabix specification)."""

import struct

from htsget.index.bai import parse_bai, parse_body
from htsget.index.bgzf import inflate_all
from htsget.index.binned import COUNT, CSI_BIN, BinnedIndex, damaged, read_count, read_unplaced, scan_bins
from htsget.index.binning import Scheme

MAXIMUM_BYTES = 1 << 28
"""Larger indexes are not taken; that of a whole genome at depth 30 has about 10 MB."""

_CSI_MAGIC = b"CSI\x01"
_TBI_MAGIC = b"TBI\x01"
_TABIX_HEAD = struct.Struct("<7i")
_CSI_HEAD = struct.Struct("<3i")
_MAXIMUM_DEPTH = 10
_MAXIMUM_SHIFT = 60


def parse_index(data: bytes) -> BinnedIndex:
    """Read a BAI, CSI or TBI file, told apart by their first bytes; raises ``DataDamaged``."""
    if len(data) > MAXIMUM_BYTES:
        raise damaged()
    if data[:2] != b"\x1f\x8b":
        return parse_bai(data)
    inflated = inflate_all(data, MAXIMUM_BYTES)
    if inflated[:4] == _TBI_MAGIC:
        return _parse_tbi(inflated)
    return _parse_csi(inflated)


def _parse_tbi(data: bytes) -> BinnedIndex:
    reference_count = read_count(data, len(_TBI_MAGIC), 2 * COUNT.size)
    head_at = len(_TBI_MAGIC) + COUNT.size
    names, at = _tabix_names(data, head_at, len(data))
    if len(names) < reference_count:
        raise damaged()
    return parse_body(data, at, reference_count, names)


def _parse_csi(data: bytes) -> BinnedIndex:
    aux_at = len(_CSI_MAGIC) + _CSI_HEAD.size
    if data[:4] != _CSI_MAGIC or len(data) < aux_at:
        raise damaged()
    min_shift, depth, aux_bytes = _CSI_HEAD.unpack_from(data, len(_CSI_MAGIC))
    scheme = _scheme(min_shift, depth)
    at = aux_at + aux_bytes
    if not aux_at <= at <= len(data):
        raise damaged()
    names = _tabix_names(data, aux_at, at)[0] if aux_bytes >= _TABIX_HEAD.size else ()
    reference_count = read_count(data, at, COUNT.size)
    at += COUNT.size
    slots = []
    for _ in range(reference_count):
        slot, at = scan_bins(data, at, CSI_BIN, scheme.pseudo_bin)
        slots.append(slot)
    return BinnedIndex(data, scheme, CSI_BIN, slots, names, read_unplaced(data, at))


def _scheme(min_shift: int, depth: int) -> Scheme:
    if min_shift < 1 or not 0 <= depth <= _MAXIMUM_DEPTH or min_shift + 3 * depth > _MAXIMUM_SHIFT:
        raise damaged()
    return Scheme(min_shift, depth)


def _tabix_names(data: bytes, at: int, limit: int) -> tuple[tuple[str, ...], int]:
    """The contig names of a tabix head at ``at``, and where they end; all of it before ``limit``."""
    if at + _TABIX_HEAD.size > limit:
        raise damaged()
    *_, name_bytes = _TABIX_HEAD.unpack_from(data, at)
    begin = at + _TABIX_HEAD.size
    end = begin + name_bytes
    if not begin <= end <= limit:
        raise damaged()
    names = data[begin:end].split(b"\0")
    return tuple(name.decode("utf-8", "surrogateescape") for name in names[:-1]), end
