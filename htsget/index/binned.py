"""An index of bins as it was read: references are unpacked when they are first asked for."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.errors import DataDamaged
from htsget.index.binning import Interval, ReferenceBins, Scheme

CHUNK: Final = struct.Struct("<QQ")
OFFSET: Final = struct.Struct("<Q")
COUNT: Final = struct.Struct("<i")

BAI_BIN: Final = struct.Struct("<Ii")
"""Bin number, number of chunks."""

CSI_BIN: Final = struct.Struct("<IQi")
"""Bin number, offset of the first record that overlaps the bin's begin, number of chunks."""


def damaged() -> DataDamaged:
    """The one error of the index readers."""
    return DataDamaged("an index is damaged")


@dataclass(frozen=True, slots=True)
class Slot:
    """Where one reference lies in the bytes of the index.

    ``extent_end``: end of the reference's records by its pseudo-bin, 0 without one. ``window_count``: entries of the
    linear index, which CSI does not have.
    """

    bins_at: int
    bin_count: int
    extent_end: int
    windows_at: int = 0
    window_count: int = 0


@dataclass(frozen=True, slots=True)
class LinearFloors:
    """The linear index of BAI and TBI: for each 16-kb window the first record that overlaps it."""

    offsets: NDArray[np.uint64]
    window_shift: int = 14

    def floor(self, position_0based: int) -> int:
        """See ``Floors.floor``; windows without an entry have the one to their left."""
        if not len(self.offsets):
            return 0
        return int(self.offsets[min(position_0based >> self.window_shift, len(self.offsets) - 1)])


@dataclass(frozen=True, slots=True)
class BinFloors:
    """The offsets that CSI keeps with each bin."""

    scheme: Scheme
    offsets: dict[int, int]

    def floor(self, position_0based: int) -> int:
        """See ``Floors.floor``; the smallest bin that is present decides."""
        present = (self.offsets[number] for number in self.scheme.holding(position_0based) if number in self.offsets)
        return next(present, 0)


@dataclass(frozen=True)
class BinnedIndex:
    """A parsed index.

    ``names``: contigs in the index's own order, empty where the data file numbers them. ``unplaced_count``: records
    without a place behind all others, ``None`` if the index does not say.
    """

    data: bytes
    scheme: Scheme
    bin_head: struct.Struct
    slots: Sequence[Slot]
    names: tuple[str, ...] = ()
    unplaced_count: int | None = None
    _references: dict[int, ReferenceBins] = field(default_factory=dict, repr=False)

    def reference(self, number: int) -> ReferenceBins:
        """The bins of a reference, without any where the index does not have it; raises ``DataDamaged``."""
        known = self._references.get(number)
        if known is None:
            known = self._references[number] = self._unpack(number)
        return known

    def placed_end(self) -> int:
        """The virtual offset behind the last record that has a place; 0 if there is none."""
        return max(
            (slot.extent_end or self.reference(number).last for number, slot in enumerate(self.slots)), default=0
        )

    def _unpack(self, number: int) -> ReferenceBins:
        if not 0 <= number < len(self.slots):
            return ReferenceBins(self.scheme, {}, BinFloors(self.scheme, {}))
        slot = self.slots[number]
        chunks: dict[int, Sequence[Interval]] = {}
        first_offsets: dict[int, int] = {}
        at = slot.bins_at
        for _ in range(slot.bin_count):
            bin_number, *first_offset, count = self.bin_head.unpack_from(self.data, at)
            at += self.bin_head.size
            end = at + count * CHUNK.size
            if bin_number != self.scheme.pseudo_bin:
                if bin_number >= self.scheme.bin_count or bin_number in chunks:
                    raise damaged()
                chunks[bin_number] = list(CHUNK.iter_unpack(self.data[at:end]))
                first_offsets.update((bin_number, offset) for offset in first_offset)
            at = end
        if self.bin_head is CSI_BIN:
            return ReferenceBins(self.scheme, chunks, BinFloors(self.scheme, first_offsets))
        windows = np.frombuffer(self.data, "<u8", slot.window_count, slot.windows_at)
        return ReferenceBins(self.scheme, chunks, LinearFloors(np.maximum.accumulate(windows)))


def scan_bins(data: bytes, at: int, bin_head: struct.Struct, pseudo_bin: int) -> tuple[Slot, int]:
    """Walk over the bins of one reference: its slot, and where it ends; raises ``DataDamaged`` beyond the data."""
    bin_count = read_count(data, at, bin_head.size)
    bins_at = at = at + COUNT.size
    extent_end = 0
    for _ in range(bin_count):
        if at + bin_head.size > len(data):
            raise damaged()
        bin_number, *_, chunk_count = bin_head.unpack_from(data, at)
        at += bin_head.size
        end = at + chunk_count * CHUNK.size
        if chunk_count < 0 or end > len(data):
            raise damaged()
        if bin_number == pseudo_bin and chunk_count:
            extent_end = CHUNK.unpack_from(data, at)[1]
        at = end
    return Slot(bins_at, bin_count, extent_end), at


def read_count(data: bytes, at: int, item_bytes: int) -> int:
    """A number of items of at least ``item_bytes`` each that follow; raises ``DataDamaged`` if they cannot be there."""
    if at + COUNT.size > len(data):
        raise damaged()
    (count,) = COUNT.unpack_from(data, at)
    if not 0 <= count * item_bytes <= len(data) - at - COUNT.size:
        raise damaged()
    return int(count)


def read_unplaced(data: bytes, at: int) -> int | None:
    """The optional number of unplaced records at the end of an index."""
    return int(OFFSET.unpack_from(data, at)[0]) if at + OFFSET.size <= len(data) else None
