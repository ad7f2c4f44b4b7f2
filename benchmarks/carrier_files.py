"""The same generated variants in three DuckDB files: without carriers, with the table of carriers, with bitmaps."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from beacon.entity_part_builder import build_entity_part
from beacon.part_builder import VariantPartBuilder
from beacon.rows import EntityRow, EntityType, PersonRow, TermRow, VariantType
from beacon.variant_batch import TYPE_CODES, Side, VariantBatch
from benchmarks.generate import SEED
from benchmarks.generate_genotypes import frequencies
from core.columns import TextColumn
from core.genome import position_key

CONTIG = "20"
TERM = "HP:0001250"
"""What some of the people have."""

_TERM_SHARE = 0.05
_CHUNK = 1000
_STEP = 100
_FIRST = 100_000
_SPARSE = 20

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class _Carriers:
    """Of some variants: row, person and zygosity (1 or 2) of each carrier, ordered."""

    row: Array
    person: Array
    zygosity: Array


@dataclass(frozen=True, slots=True)
class CarrierFiles:
    """The three forms, all of the same variants, and the number of carriers of each variant."""

    without: Path
    table: Path
    bitmaps: Path | None
    entities: Path
    carriers: Array


def start_of(number: int) -> int:
    """Where a variant lies, 0-based; each is A to G."""
    return _FIRST + number * _STEP


def key_of(number: int) -> int:
    """Its key."""
    return position_key(CONTIG, start_of(number))


def build_carriers(place: Path, variants: int, people: int) -> CarrierFiles:
    """Make the files in a folder; those of bitmaps where pyroaring is installed."""
    with_bitmaps = find_spec("pyroaring") is not None
    files = CarrierFiles(
        place / "without.duckdb",
        place / "table.duckdb",
        place / "bitmaps.duckdb" if with_bitmaps else None,
        place / "entities.duckdb",
        np.zeros(variants, dtype=np.int64),
    )
    rows = [PersonRow(number, f"P{number}", f"P{number}", f"P{number}-b", "UNKNOWN_SEX") for number in range(people)]
    random = np.random.default_rng((SEED, people))
    blobs: list[tuple[int, bytes, bytes]] = []
    with VariantPartBuilder(files.without) as without, VariantPartBuilder(files.table) as table:
        for builder in (without, table):
            builder.add_people(rows)
        for first in range(0, variants, _CHUNK):
            share = frequencies(random, min(_CHUNK, variants - first))
            carriers = _drawn(random, share, people)
            files.carriers[first : first + len(share)] = np.bincount(carriers.row, minlength=len(share))
            without.add(_batch(first, len(share), None), complete_below=key_of(first + len(share)))
            table.add(_batch(first, len(share), carriers), complete_below=key_of(first + len(share)))
            if with_bitmaps:
                blobs += _as_bitmaps(first, len(share), carriers)
        without.finish()
        table.finish()
    with_term = np.flatnonzero(random.random(people) < _TERM_SHARE).tolist()
    _build_entities(files.entities, people, with_term)
    if files.bitmaps is not None:
        _build_bitmaps(files.without, files.bitmaps, blobs, with_term)
    return files


def _drawn(random: np.random.Generator, share: Array, people: int) -> _Carriers:
    """Carriers as Hardy and Weinberg expect them, at least one of each variant."""
    rows, persons, zygosities = [], [], []
    for row, frequency in enumerate(share.tolist()):
        expected = 1 - (1 - frequency) ** 2
        count = max(1, int(random.binomial(people, expected)))
        if count * _SPARSE < people:
            found = np.unique(random.integers(0, people, count))
        else:
            found = np.flatnonzero(random.random(people, dtype=np.float32) < np.float32(count / people))
        homozygous = random.random(len(found), dtype=np.float32) < np.float32(frequency**2 / expected)
        rows.append(np.full(len(found), row, dtype=np.int32))
        persons.append(found.astype(np.int32))
        zygosities.append(1 + homozygous.astype(np.uint8))
    return _Carriers(np.concatenate(rows), np.concatenate(persons), np.concatenate(zygosities).astype(np.uint8))


def _batch(first: int, size: int, carriers: _Carriers | None) -> VariantBatch:
    numbers = np.arange(first, first + size)
    zeros = np.zeros(size, dtype=np.int32)
    sides: dict[str, Side] = {}
    if carriers is not None:
        sides["carriers"] = {"row": carriers.row, "person_index": carriers.person, "zygosity": carriers.zygosity}
    return VariantBatch(
        key=numbers.astype(np.int64) * _STEP + key_of(0),
        end_0based=(numbers * _STEP + _FIRST + 1).astype(np.int32),
        reference_bases=TextColumn.from_texts(["A"] * size),
        alternate_bases=TextColumn.from_texts(["G"] * size),
        anchor=TextColumn.from_texts([""] * size),
        variant_type=np.full(size, TYPE_CODES[VariantType.SNP], dtype=np.uint8),
        allele_count=zeros + 1, allele_number=zeros + 1, heterozygous=zeros, homozygous=zeros, hemizygous=zeros,
        source_line=zeros.astype(np.int64),
        sides=sides,
    )  # fmt: skip


def _as_bitmaps(first: int, size: int, carriers: _Carriers) -> Iterator[tuple[int, bytes, bytes]]:
    from pyroaring import BitMap  # noqa: PLC0415 - an optional peer

    ends = np.cumsum(np.bincount(carriers.row, minlength=size))
    for row in range(size):
        low, high = int(ends[row - 1]) if row else 0, int(ends[row])
        people, zygosity = carriers.person[low:high], carriers.zygosity[low:high]
        sets = [BitMap(people[zygosity == kind].astype(np.uint32)) for kind in (1, 2)]
        for each in sets:
            each.run_optimize()
        yield first + row, sets[0].serialize(), sets[1].serialize()


def _build_entities(path: Path, people: int, with_term: Sequence[int]) -> None:
    names = [f"P{number}" for number in range(people)]
    kind = EntityType.INDIVIDUAL
    build_entity_part(
        path,
        [EntityRow(kind, name, name, "UNKNOWN_SEX", f'{{"id":"{name}"}}') for name in names],
        [TermRow(kind, names[n], names[n], "phenotypicFeatures", TERM, "Seizure", excluded=False) for n in with_term],
    )


def _build_bitmaps(
    without: Path, path: Path, blobs: Sequence[tuple[int, bytes, bytes]], with_term: Sequence[int]
) -> None:
    from pyroaring import BitMap  # noqa: PLC0415 - an optional peer

    shutil.copyfile(without, path)
    columns = {
        "variant_index": np.array([blob[0] for blob in blobs], dtype=np.int32),
        "heterozygous": _objects([blob[1] for blob in blobs]),
        "homozygous": _objects([blob[2] for blob in blobs]),
    }
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE sets (variant_index INTEGER, heterozygous BLOB, homozygous BLOB)")
        connection.execute("CREATE TABLE phenotypes (term_id VARCHAR, people BLOB)")
        connection.register("batch", columns)
        connection.execute("INSERT INTO sets SELECT * FROM batch")
        connection.execute("INSERT INTO phenotypes VALUES ($1, $2)", [TERM, BitMap(with_term).serialize()])


def _objects(values: Sequence[bytes]) -> Array:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found
