"""Simulated paired reads of a person over a small reference of its own (pure; SAM 1.6).

A person has two haplotypes per contig, made of the reference and of that person's SNVs and short indels. Reads are
windows of a haplotype; their alignment follows from where each base of the haplotype came from.
"""

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

CONTIG_LENGTHS = {"demo1": 60_000, "demo2": 60_000}
READ_BASES = 150
FRAGMENT_BASES = 400
DEPTH = 20
UNPLACED_PAIRS = 25
_ERROR_RATE = 0.002
_UNMAPPED_MATE_SHARE = 0.004
_QUALITY_BINS = np.array([37, 25, 11], dtype=np.uint8)
_QUALITY_SHARES = (0.93, 0.05, 0.02)
_LETTERS = np.frombuffer(b"ACGT", dtype=np.uint8)
_INSERTED = -1
_MATCH, _INSERTION, _DELETION, _SOFT_CLIP = 0, 1, 2, 4

PAIRED, PROPER, UNMAPPED, MATE_UNMAPPED, REVERSE, MATE_REVERSE, FIRST, SECOND = (1 << bit for bit in range(8))

Bases: TypeAlias = NDArray[np.uint8]
Positions: TypeAlias = NDArray[np.int32]
Cigar: TypeAlias = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class SimulatedRead:
    """One alignment line; ``contig_index`` and positions are -1 where there is none."""

    name: str
    flag: int
    contig_index: int
    start_0based: int
    mapping_quality: int
    cigar: Cigar
    mate_contig_index: int
    mate_start_0based: int
    template_length: int
    sequence: str
    qualities: bytes


@dataclass(frozen=True, slots=True)
class _Haplotype:
    bases: Bases
    positions: Positions


def make_reference(seed: int) -> dict[str, str]:
    """The contigs of the small reference: random bases."""
    random = np.random.default_rng((seed, 6))
    return {name: _letters(random, length).tobytes().decode() for name, length in CONTIG_LENGTHS.items()}


def simulate_reads(reference: dict[str, str], seed: int, person_number: int, depth: int = DEPTH) -> list[SimulatedRead]:
    """The reads of one person, sorted by contig and position, unplaced ones last; each base is read ``depth`` times."""
    random = np.random.default_rng((seed, 7, person_number))
    reads: list[SimulatedRead] = []
    for contig_index, text in enumerate(reference.values()):
        haplotypes = _haplotypes(random, np.frombuffer(text.encode(), dtype=np.uint8))
        pairs = len(text) * depth // (2 * READ_BASES)
        for copy, haplotype in enumerate(haplotypes):
            prefix = f"demo:{contig_index + 1}:{copy + 1}"
            reads += _contig_reads(random, haplotype, contig_index, pairs // 2, prefix)
    reads.sort(key=lambda read: (read.contig_index, read.start_0based, read.name, read.flag))
    return reads + _unplaced_reads(random)


def _letters(random: np.random.Generator, number: int) -> Bases:
    return _LETTERS[random.integers(0, 4, size=number)]


def _haplotypes(random: np.random.Generator, reference: Bases) -> tuple[_Haplotype, _Haplotype]:
    """Two haplotypes with about one SNV in 1,000 bases and one short indel in 6,000; a third of them on both."""
    events = [(int(position), int(random.integers(0, 8))) for position in _event_positions(random, len(reference))]
    sharing = random.integers(0, 3, size=len(events))
    copies = [[event for event, shared in zip(events, sharing, strict=True) if shared in (copy, 2)] for copy in (0, 1)]
    inserted = _letters(random, 8)
    first, second = (_haplotype(reference, chosen, inserted) for chosen in copies)
    return first, second


def _event_positions(random: np.random.Generator, length: int) -> NDArray[np.int64]:
    slots = np.arange(200, length - 200, 100)
    return np.sort(random.choice(slots, size=length // 850, replace=False))


def _haplotype(reference: Bases, events: list[tuple[int, int]], inserted: Bases) -> _Haplotype:
    """Kinds of event: 0 a deletion of three bases, 1 an insertion of four, the others an SNV."""
    bases, positions, start = [], [], 0
    everywhere = np.arange(len(reference), dtype=np.int32)
    for position, kind in events:
        bases.append(reference[start:position])
        positions.append(everywhere[start:position])
        start = position + {0: 3, 1: 0}.get(kind, 1)
        if kind == 1:
            bases.append(inserted[:4])
            positions.append(np.full(4, _INSERTED, dtype=np.int32))
        elif kind > 1:
            bases.append(_other_letter(reference[position : position + 1], kind))
            positions.append(everywhere[position : position + 1])
    bases.append(reference[start:])
    positions.append(everywhere[start:])
    return _Haplotype(np.concatenate(bases), np.concatenate(positions))


def _other_letter(letters: Bases, step: int) -> Bases:
    indices = np.searchsorted(_LETTERS, letters)
    return _LETTERS[(indices + 1 + step % 3) % 4]


def _contig_reads(
    random: np.random.Generator, haplotype: _Haplotype, contig_index: int, pairs: int, prefix: str
) -> list[SimulatedRead]:
    lengths = np.clip(random.normal(FRAGMENT_BASES, 40, size=pairs).astype(int), 2 * READ_BASES - 60, 600)
    starts = (random.random(pairs) * (len(haplotype.bases) - lengths)).astype(int)
    first_is_left = random.integers(0, 2, size=pairs).astype(bool)
    lost = random.random(pairs) < _UNMAPPED_MATE_SHARE
    left = _windows(random, haplotype, starts)
    right = _windows(random, haplotype, starts + lengths - READ_BASES)
    reads = []
    for number in range(pairs):
        name = f"{prefix}:{number + 1}"
        pair = _pair(name, contig_index, (left[number], right[number]), left_is_first=bool(first_is_left[number]))
        reads += _lose_mate(pair) if lost[number] else pair
    return reads


@dataclass(frozen=True, slots=True)
class _Window:
    start_0based: int
    end_0based: int
    cigar: Cigar
    sequence: str
    qualities: bytes


def _windows(random: np.random.Generator, haplotype: _Haplotype, starts: NDArray[np.int64]) -> list[_Window]:
    """A read at each start: bases with sequencing errors, qualities, and its alignment."""
    index = starts[:, np.newaxis] + np.arange(READ_BASES)
    bases, positions = haplotype.bases[index], haplotype.positions[index]
    qualities = random.choice(_QUALITY_BINS, size=bases.shape, p=_QUALITY_SHARES)
    wrong = random.random(bases.shape) < _ERROR_RATE
    bases[wrong] = _other_letter(bases[wrong], 0)
    qualities[wrong] = _QUALITY_BINS[-1]
    return [_window(*row) for row in zip(bases, positions, qualities, strict=True)]


def _window(bases: Bases, positions: Positions, qualities: Bases) -> _Window:
    mapped = positions[positions != _INSERTED]
    return _Window(
        start_0based=int(mapped[0]),
        end_0based=int(mapped[-1]) + 1,
        cigar=cigar_of(positions),
        sequence=bases.tobytes().decode(),
        qualities=qualities.tobytes(),
    )


def cigar_of(positions: Positions) -> Cigar:
    """The CIGAR of bases that came from these reference positions (-1: inserted; at either end: clipped)."""
    if positions[0] >= 0 and positions[-1] - positions[0] == len(positions) - 1 and positions.min() >= 0:
        return ((_MATCH, len(positions)),)
    operations: list[tuple[int, int]] = []
    previous = _INSERTED
    for position in positions.tolist():
        if position > previous + 1 and previous != _INSERTED:
            operations.append((_DELETION, position - previous - 1))
        operation = _INSERTION if position == _INSERTED else _MATCH
        if operations and operations[-1][0] == operation:
            operations[-1] = (operation, operations[-1][1] + 1)
        else:
            operations.append((operation, 1))
        previous = previous if position == _INSERTED else position
    for end in (0, -1):
        if operations[end][0] == _INSERTION:
            operations[end] = (_SOFT_CLIP, operations[end][1])
    return tuple(operations)


def _pair(
    name: str, contig_index: int, windows: tuple[_Window, _Window], *, left_is_first: bool
) -> list[SimulatedRead]:
    """A proper pair: the left read forward, the right one reverse (SAM 1.6 §1.4, FLAG and TLEN)."""
    left, right = windows
    length = right.end_0based - left.start_0based
    order = (FIRST, SECOND) if left_is_first else (SECOND, FIRST)
    return [
        SimulatedRead(
            name=name,
            flag=PAIRED | PROPER | strand | number,
            contig_index=contig_index,
            start_0based=own.start_0based,
            mapping_quality=60,
            cigar=own.cigar,
            mate_contig_index=contig_index,
            mate_start_0based=mate.start_0based,
            template_length=signed_length,
            sequence=own.sequence,
            qualities=own.qualities,
        )
        for own, mate, strand, number, signed_length in (
            (left, right, MATE_REVERSE, order[0], length),
            (right, left, REVERSE, order[1], -length),
        )
    ]


def _lose_mate(pair: list[SimulatedRead]) -> list[SimulatedRead]:
    """The right read becomes unmapped and is placed beside its mate (SAM 1.6 §2)."""
    left, right = pair
    start = left.start_0based
    kept = left.flag & (FIRST | SECOND)
    found = replace(left, flag=PAIRED | MATE_UNMAPPED | kept, mate_start_0based=start, template_length=0)
    lost = replace(
        right,
        flag=PAIRED | UNMAPPED | (FIRST | SECOND) ^ kept,
        start_0based=start,
        mapping_quality=0,
        cigar=(),
        mate_start_0based=start,
        template_length=0,
    )
    return [found, lost]


def _unplaced_reads(random: np.random.Generator) -> list[SimulatedRead]:
    reads = []
    for number in range(UNPLACED_PAIRS):
        for order in (FIRST, SECOND):
            flag = PAIRED | UNMAPPED | MATE_UNMAPPED | order
            sequence = _letters(random, READ_BASES).tobytes().decode()
            qualities = bytes([11]) * READ_BASES
            name = f"demo:0:0:{number + 1}"
            reads.append(SimulatedRead(name, flag, -1, -1, 0, (), -1, -1, 0, sequence, qualities))
    return reads
