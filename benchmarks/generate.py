"""Generated sites: a sorted, sites-only BGZF VCF over GRCh38, the same bytes for the same size and seed."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pysam

from core.genome import GRCH38, in_pseudo_autosomal

SEED = 20_240_607
PEOPLE = 100_000
INDEL_SHARE = 0.1
SAMPLED = 20_000

_CONTIGS = (*(str(number) for number in range(1, 23)), "X")
_FIRST_POSITION = 10_001
_CHUNK = 250_000
_POOL = 8192
_BASES = np.array(list("ACGT"), dtype=object)
_HEADER = """\
##fileformat=VCFv4.3
##source=generated, synthetic
##reference=GRCh38
##FILTER=<ID=PASS,Description="All filters passed">
##INFO=<ID=AC,Number=A,Type=Integer,Description="Allele count">
##INFO=<ID=AN,Number=1,Type=Integer,Description="Allele number">
##INFO=<ID=AC_Het,Number=A,Type=Integer,Description="Allele count in heterozygous people">
##INFO=<ID=AC_Hom,Number=A,Type=Integer,Description="Allele count in homozygous people">
##INFO=<ID=AC_Hemi,Number=A,Type=Integer,Description="Allele count in hemizygous people">
"""
_LINE = "chr%s\t%d\t.\t%s\t%s\t.\tPASS\tAC=%d;AN=%d;AC_Het=%d;AC_Hom=%d;AC_Hemi=%d\n"

Integers = npt.NDArray[np.int64]
Texts = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Site:
    """One variant as VCF writes it; ``contig`` without ``chr``."""

    contig: str
    position_1based: int
    reference: str
    alternate: str


@dataclass(frozen=True, slots=True)
class Sites:
    """A generated file, and a choice of variants that are in it and of variants that are not."""

    path: Path
    variants: int
    present: tuple[Site, ...]
    absent: tuple[Site, ...]


def sites(folder: Path, variants: int, seed: int = SEED) -> Sites:
    """The file of that many variants in a folder; made unless it is there."""
    path, choice = folder / f"sites-{variants}.vcf.gz", folder / f"sites-{variants}.json"
    if not (path.is_file() and choice.is_file()):
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".unfinished")
        chosen = _write(unfinished, variants, seed)
        choice.write_text(json.dumps(chosen))
        unfinished.replace(path)
    present, absent = (tuple(Site(*row) for row in rows) for rows in json.loads(choice.read_text()))
    return Sites(path, variants, present, absent)


def _write(path: Path, variants: int, seed: int) -> tuple[list[list[object]], list[list[object]]]:
    random = np.random.default_rng(seed)
    pool = _pool(random)
    present: list[list[object]] = []
    absent: list[list[object]] = []
    with pysam.BGZFile(str(path), "wb", index=None) as file:
        contigs = "".join(f"##contig=<ID=chr{name},length={GRCH38.lengths[name]}>\n" for name in _CONTIGS)
        file.write(f"{_HEADER}{contigs}#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n".encode())
        for contig, count in _shares(variants):
            positions = _positions(random, contig, count)
            wanted = max(1, round(SAMPLED * count / variants))
            absent += _absent(random, contig, positions, wanted)
            share = min(1.0, wanted / max(1, count))
            for chunk in np.array_split(positions, max(1, count // _CHUNK)):
                columns = _columns(random, contig, chunk, pool)
                file.write("".join(map(_LINE.__mod__, zip(*columns, strict=True))).encode())
                present += _chosen(random, columns, share)
    return present, absent


def _shares(variants: int) -> Iterator[tuple[str, int]]:
    """How many variants each contig has: by its length, and all together exactly as many as asked for."""
    ends = np.cumsum([GRCH38.lengths[name] for name in _CONTIGS])
    counts = np.diff(np.concatenate(([0], np.rint(ends * (variants / ends[-1])).astype(int))))
    yield from zip(_CONTIGS, counts.tolist(), strict=True)


def _positions(random: np.random.Generator, contig: str, count: int) -> Integers:
    """Sorted distinct positions."""
    last = GRCH38.lengths[contig] - 10_000
    drawn = np.unique(random.integers(_FIRST_POSITION, last, size=int(count * 1.05) + 100))
    keep = np.sort(random.permutation(len(drawn))[:count])
    return drawn[keep]


@dataclass(frozen=True, slots=True)
class _Pool:
    """Sequences of one base and more, short ones most often: what is inserted or deleted; and their last bases."""

    texts: Texts
    last: Integers


def _pool(random: np.random.Generator) -> _Pool:
    lengths = np.minimum(random.geometric(0.45, _POOL), 40)
    drawn = [random.integers(0, 4, length) for length in lengths.tolist()]
    texts = np.empty(_POOL, dtype=object)
    texts[:] = ["".join(_BASES[bases]) for bases in drawn]
    return _Pool(texts, np.array([bases[-1] for bases in drawn]))


def _columns(random: np.random.Generator, contig: str, positions: Integers, pool: _Pool) -> tuple[Sequence[Any], ...]:
    """The columns of ``_LINE`` for a run of positions."""
    size = len(positions)
    first = random.integers(0, 4, size)
    reference = _BASES[first]
    alternate = _BASES[(first + random.integers(1, 4, size)) % 4]
    indels = np.flatnonzero(random.random(size) < INDEL_SHARE)
    chosen = random.integers(0, len(pool.texts), len(indels))
    # The base before differs from the last base, so that the allele cannot be shifted: each is given once.
    shorter = _BASES[(pool.last[chosen] + random.integers(1, 4, len(indels))) % 4]
    longer = shorter + pool.texts[chosen]
    deleted = random.random(len(indels)) < 0.5
    reference[indels] = np.where(deleted, longer, shorter)
    alternate[indels] = np.where(deleted, shorter, longer)
    counts = _counts(random, contig, positions)
    columns = ([contig] * size, positions, reference, alternate, *counts)
    return tuple(column if isinstance(column, list) else column.tolist() for column in columns)


def _counts(random: np.random.Generator, contig: str, positions: Integers) -> tuple[Integers, ...]:
    """AC, AN and alleles per zygosity: a spectrum of 1/k, people as Hardy and Weinberg expect them."""
    size = len(positions)
    one_copy = np.zeros(size, dtype=bool)
    if contig == "X":
        one_copy = np.array([not in_pseudo_autosomal(GRCH38, "X", position - 1) for position in positions.tolist()])
    men = np.where(one_copy, PEOPLE // 2, 0)
    missing = random.binomial(PEOPLE // 50, 0.1, size)
    number = 2 * PEOPLE - men - 2 * missing
    count = np.minimum(np.exp(random.random(size) * np.log(number)).astype(np.int64), number - 1)
    frequency = count / number
    hemizygous = np.minimum(np.rint(men * frequency).astype(np.int64), count)
    homozygous = np.minimum(random.poisson((PEOPLE - men) * frequency**2), (count - hemizygous) // 2)
    heterozygous = count - hemizygous - 2 * homozygous
    return count, number, heterozygous, 2 * homozygous, hemizygous


def _chosen(random: np.random.Generator, columns: tuple[Sequence[Any], ...], share: float) -> list[list[object]]:
    rows = np.flatnonzero(random.random(len(columns[0])) < share).tolist()
    return [[column[row] for column in columns[:4]] for row in rows]


def _absent(random: np.random.Generator, contig: str, positions: Integers, wanted: int) -> list[list[object]]:
    """SNVs at places where the file has nothing."""
    drawn = random.integers(_FIRST_POSITION, GRCH38.lengths[contig] - 10_000, size=wanted)
    free = np.setdiff1d(drawn, positions)
    first = random.integers(0, 4, len(free))
    second = (first + random.integers(1, 4, len(free))) % 4
    pairs = zip(free.tolist(), _BASES[first].tolist(), _BASES[second].tolist(), strict=True)
    return [[contig, position, reference, alternate] for position, reference, alternate in pairs]
