"""Generated genotypes: BGZF VCF files of many people, the same bytes for the same size and seed.

Frequencies are like those of the 1000 Genomes Project (2015): three of four variants are below 0.5 %, every tenth is
above 5 %; a person carries about 5 % of all variants. Two percent of the records have two alternates, every eighth is
an insertion or deletion, half of them are phased, 0.5 % of the calls are missing. Records lie on chromosomes 19 to
22, and every twentieth on X, where every second person has one copy.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pysam

from benchmarks.generate import SEED
from core.genome import GRCH38

PEOPLE = 2504

_CHUNK = 256
_MISSING_SHARE = 0.005
_SECOND_SHARE = 0.02
_INDEL_SHARE = 0.12
_SHARES = (("19", 0.25), ("20", 0.28), ("21", 0.2), ("22", 0.22), ("X", 0.05))
_FIRST = 6_000_000
_END = 10_000_000
_MISSING = ord(".") - ord("0")
_RARE = 200
_BASES = "ACGT"

Array = npt.NDArray[Any]


class Fields(Enum):
    """The sub-fields of a sample."""

    GENOTYPE = "GT"
    WITH_DEPTH = "GT:DP:GQ"


@dataclass(frozen=True, slots=True)
class Genotypes:
    """A generated file; ``carried``: pairs of an allele and a person who carries it."""

    path: Path
    records: int
    people: int
    carried: int

    @property
    def genotypes(self) -> int:
        """Calls in the file."""
        return self.records * self.people


@dataclass(frozen=True, slots=True)
class Range:
    """Some of the people that a seed gives: ``first`` up to but without ``last``."""

    first: int
    last: int

    def __len__(self) -> int:
        """Number of people."""
        return self.last - self.first


def genotypes(
    folder: Path, records: int, people: Range, fields: Fields = Fields.GENOTYPE, *, seed: int = SEED
) -> Genotypes:
    """The file of some people in a folder; made unless it is there.

    Another range of people with the same seed has the same sites; what one person has depends on the range.
    """
    name = f"{fields.value.replace(':', '-')}-{records}-{people.first}-{people.last}"
    path, facts = folder / f"{name}.vcf.gz", folder / f"{name}.json"
    if not (path.is_file() and facts.is_file()):
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".unfinished")
        facts.write_text(json.dumps({"carried": _write(unfinished, records, people, fields, seed)}))
        unfinished.replace(path)
    return Genotypes(path, records, len(people), int(json.loads(facts.read_text())["carried"]))


def has_one_copy(person: int) -> bool:
    """Whether a person has one X: every second one."""
    return person % 2 == 1


def frequencies(random: np.random.Generator, size: int) -> Array:
    """Frequencies of alternates, from one in a hundred thousand on."""
    kind = random.random(size)
    rare = np.exp(random.uniform(np.log(1e-4), np.log(0.005), size))
    middle = np.exp(random.uniform(np.log(0.005), np.log(0.05), size))
    common = random.uniform(0.05, 0.6, size)
    return np.where(kind < 0.76, rare, np.where(kind < 0.90, middle, common))


@dataclass(frozen=True, slots=True)
class _Sites:
    """Places and alleles of a run of records, the same for everybody."""

    contig: str
    heads: Sequence[str]
    frequency: Array
    second: Array
    separators: Array


def _write(path: Path, records: int, people: Range, fields: Fields, seed: int) -> int:
    carried = 0
    with pysam.BGZFile(str(path), "wb", index=None) as file:
        file.write(_header(people, fields).encode())
        for number, sites in enumerate(_sites(records, fields, seed)):
            random = np.random.default_rng((seed, number, people.first, people.last))
            alleles = _alleles(random, sites, people)
            carried += int(sum((alleles == number).any(axis=2).sum() for number in (1, 2)))
            file.write(_lines(random, sites, alleles, people, fields))
    return carried


def _header(people: Range, fields: Fields) -> str:
    contigs = "".join(f"##contig=<ID=chr{name},length={GRCH38.lengths[name]}>\n" for name, _ in _SHARES)
    described = {"GT": ("String", "Genotype"), "DP": ("Integer", "Read depth"), "GQ": ("Integer", "Genotype quality")}
    formats = "".join(
        f'##FORMAT=<ID={name},Number=1,Type={described[name][0]},Description="{described[name][1]}">\n'
        for name in fields.value.split(":")
    )
    columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT"]
    samples = [f"P{person:06d}" for person in range(people.first, people.last)]
    heads = "\t".join([*columns, *samples])
    return (
        "##fileformat=VCFv4.3\n##source=generated, synthetic\n##reference=GRCh38\n"
        f'##FILTER=<ID=PASS,Description="All filters passed">\n{contigs}{formats}{heads}\n'
    )


def _sites(records: int, fields: Fields, seed: int) -> Iterator[_Sites]:
    random = np.random.default_rng(seed)
    ends = np.rint(np.cumsum([share for _, share in _SHARES]) * records).astype(int)
    for (contig, _), count in zip(_SHARES, np.diff(ends, prepend=0).tolist(), strict=True):
        span = GRCH38.lengths[contig] - _FIRST - _END
        positions = _FIRST + np.sort(random.choice(span, count, replace=False, shuffle=False))
        for begin in range(0, count, _CHUNK):
            chunk = positions[begin : begin + _CHUNK].tolist()
            second = random.random(len(chunk)) < _SECOND_SHARE
            heads = [
                _head(random, contig, place, has_second=bool(both), fields=fields)
                for place, both in zip(chunk, second, strict=True)
            ]
            separators = np.where(random.random(len(chunk)) < 0.5, ord("|"), ord("/")).astype(np.uint8)
            yield _Sites(contig, heads, frequencies(random, len(chunk)), second, separators)


def _head(random: np.random.Generator, contig: str, position: int, *, has_second: bool, fields: Fields) -> str:
    """Columns of a record up to FORMAT."""
    first, other, third = (_BASES[place] for place in random.permutation(4)[:3])
    reference, alternates = first, [other]
    if random.random() < _INDEL_SHARE:
        # The base before differs from the last base of what is inserted or deleted: the allele cannot be shifted.
        longer = first + other * int(random.geometric(0.5))
        reference, alternates = (longer, [first]) if random.random() < 0.5 else (first, [longer])
    if has_second:
        alternates.append(third + reference[1:])
    return f"chr{contig}\t{position}\t.\t{reference}\t{','.join(alternates)}\t.\tPASS\t.\t{fields.value}\t"


def _alleles(random: np.random.Generator, sites: _Sites, people: Range) -> Array:
    """uint8[record, person, copy] allele numbers; ``_MISSING`` (modulo 256) where nothing was called."""
    size, copies = len(sites.heads), 2 * len(people)
    found = np.zeros((size, copies), dtype=np.uint8)
    counts = random.binomial(copies, sites.frequency)
    for record, count in enumerate(counts.tolist()):
        if count < _RARE:
            found[record, random.integers(0, copies, max(1, count))] = 1
        else:
            found[record] = random.random(copies, dtype=np.float32) < np.float32(count / copies)
        if sites.second[record]:
            carrying = np.flatnonzero(found[record])
            found[record, carrying[random.random(len(carrying)) < 0.3]] = 2
    alleles = found.reshape(size, len(people), 2)
    missing = random.random((size, len(people)), dtype=np.float32) < np.float32(_MISSING_SHARE)
    alleles[missing] = np.uint8(_MISSING % 256)
    if sites.contig == "X":
        one_copy = [place for place in range(len(people)) if has_one_copy(people.first + place)]
        alleles[:, one_copy, 1] = alleles[:, one_copy, 0]
    return alleles


def _lines(random: np.random.Generator, sites: _Sites, alleles: Array, people: Range, fields: Fields) -> bytes:
    """The records as text: all cells at their full width, then without the bytes that some do not have."""
    size, number, _ = alleles.shape
    width = 4 if fields is Fields.GENOTYPE else 10
    cells = np.full((size, number, width), ord("\t"), dtype=np.uint8)
    cells[:, :, 0] = alleles[:, :, 0] + np.uint8(ord("0"))
    cells[:, :, 1] = sites.separators[:, None]
    cells[:, :, 2] = alleles[:, :, 1] + np.uint8(ord("0"))
    if fields is Fields.WITH_DEPTH:
        _add_depth(random, cells)
    cells[:, -1, -1] = ord("\n")
    kept = np.ones((size, number, width), dtype=np.bool_)
    if sites.contig == "X":
        one_copy = [place for place in range(number) if has_one_copy(people.first + place)]
        kept[:, one_copy, 1:3] = False
    return b"".join(head.encode() + cells[record][kept[record]].tobytes() for record, head in enumerate(sites.heads))


def _add_depth(random: np.random.Generator, cells: Array) -> None:
    """Depth about 30 and quality, each of two digits."""
    shape = cells.shape[:2]
    depth = np.clip(random.normal(30, 6, shape), 10, 99).astype(np.uint8)
    quality = np.where(depth > 33, 99, np.minimum(3 * depth, 99)).astype(np.uint8)
    zero = np.uint8(ord("0"))
    cells[:, :, 3], cells[:, :, 6] = ord(":"), ord(":")
    for place, values in ((4, depth), (7, quality)):
        cells[:, :, place], cells[:, :, place + 1] = values // 10 + zero, values % 10 + zero
