"""Sets of carriers, two ways: the ordered table that parts have, and a roaring bitmap a variant and zygosity.

Both lie in DuckDB files, beside the same variants, people, individuals and terms. What the table adds to a part without
carriers is compared with what the bitmaps add to it; so is the time of "who of those with this phenotype carries this
variant", through the statement that Beacon uses and through the barest that each form allows.
"""

import shutil
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import duckdb
import numpy as np

from beacon.entity_sql import EntityScope, totals
from beacon.query import BeaconQuery, OntologyFilter, SequenceQuestion, VariantQuestion
from beacon.sql import ContigScope, VariantPart
from benchmarks.carrier_files import CONTIG, TERM, Array, CarrierFiles, build_carriers, key_of, start_of
from benchmarks.generate import SEED
from benchmarks.process_tree import Neighbours
from benchmarks.results import Measurement
from core.access import DatasetAccess, Release, Tier

VARIANTS = 200_000
QUESTIONS = 200
PEOPLE = (3000, 20_000)

_RARE_CARRIERS = 10
_COMMON_SHARE = 0.1


def measure(
    folder: Path,
    variants: int,
    *,
    command: str,
    progress: Callable[[str], None],
    sizes: Sequence[int] = PEOPLE,
    questions: int = QUESTIONS,
) -> Iterator[Measurement]:
    """Size and time of both forms at each number of people."""
    for people in sizes:
        progress(f"building carriers of {variants:,} variants among {people:,} people")
        place = folder / f"carriers-{variants}-{people}"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        files = build_carriers(place, variants, people)
        progress("asking")
        asked = _asked(files, people, questions)
        yield _of_table(files, asked, people, command)
        if files.bitmaps is not None:
            yield _of_bitmaps(files, asked, people, command)
        shutil.rmtree(place)


def _figures(files: CarrierFiles, path: Path, people: int) -> dict[str, float]:
    size = path.stat().st_size - files.without.stat().st_size
    total = int(files.carriers.sum())
    return {"people": people, "million_carriers": round(total / 1e6, 1), "bytes_per_carrier": round(size / total, 2)}


def _asked(files: CarrierFiles, people: int, questions: int) -> dict[str, Array]:
    """Variants to ask for: rare ones and common ones."""
    random = np.random.default_rng(SEED)
    kinds = {"rare": files.carriers <= _RARE_CARRIERS, "common": files.carriers >= _COMMON_SHARE * people}
    return {name: random.choice(np.flatnonzero(chosen), questions) for name, chosen in kinds.items() if chosen.any()}


def _of_table(files: CarrierFiles, asked: Mapping[str, Array], people: int, command: str) -> Measurement:
    neighbours = Neighbours()
    figures = _figures(files, files.table, people)
    with duckdb.connect() as connection:
        _attach(connection, files.table, "part")
        _attach(connection, files.entities, "entities")
        for kind, numbers in asked.items():
            figures[f"{kind}_beacon_p50_ms"] = _p50(numbers, lambda number: _beacon(connection, number))
            figures[f"{kind}_bare_p50_ms"] = _p50(numbers, lambda number: _bare(connection, number))
    return Measurement(f"carriers, table, {people:,} people", len(files.carriers), figures, command, neighbours.cores())


def _of_bitmaps(files: CarrierFiles, asked: Mapping[str, Array], people: int, command: str) -> Measurement:
    neighbours = Neighbours()
    path = files.bitmaps or files.table
    figures = _figures(files, path, people)
    with duckdb.connect() as connection, duckdb.connect() as other:
        _attach(connection, path, "part")
        _attach(other, files.table, "part")
        _attach(other, files.entities, "entities")
        for kind, numbers in asked.items():
            for number in numbers[:_RARE_CARRIERS].tolist():
                if _bitmaps(connection, number) != _bare(other, number):
                    message = f"bitmaps and table differ about variant {number}"
                    raise RuntimeError(message)
            figures[f"{kind}_bare_p50_ms"] = _p50(numbers, lambda number: _bitmaps(connection, number))
    name = f"carriers, roaring bitmaps, {people:,} people"
    return Measurement(name, len(files.carriers), figures, command, neighbours.cores())


def _attach(connection: duckdb.DuckDBPyConnection, path: Path, alias: str) -> None:
    quoted = str(path).replace("'", "''")
    connection.execute(f"ATTACH '{quoted}' AS {alias} (READ_ONLY)")


def _p50(asked: Array, ask: Callable[[int], int]) -> float:
    """Median time of an answer; the first round warms up."""
    took = []
    for number in [*asked.tolist(), *asked.tolist()]:
        began = time.perf_counter()
        ask(number)
        took.append(time.perf_counter() - began)
    return round(statistics.median(took[len(asked) :]) * 1000, 2)


def _beacon(connection: duckdb.DuckDBPyConnection, number: int) -> int:
    """The statement of ``/individuals`` with a variant and a filter."""
    access = DatasetAccess(
        "bench", Tier.CONTROLLED, Release.COUNT, 1, 1, bytes_allowed=False, listed=True, synthetic=True
    )
    start = start_of(number)
    query = BeaconQuery(
        "individual",
        variant=VariantQuestion(contig=CONTIG, place=SequenceQuestion(start, start + 1, "A", "G")),
        filters=(OntologyFilter(TERM),),
    )
    contig = ContigScope(0, access, CONTIG, (VariantPart("part", has_long=False),))
    statement = totals(query, "individuals", EntityScope(access, ("entities",), variants=(contig,)))
    found = connection.execute(statement.text, statement.bound).fetchone()
    return int(found[0]) if found else 0


def _bare(connection: duckdb.DuckDBPyConnection, number: int) -> int:
    found = connection.execute(
        "SELECT count(*) FROM part.variants v JOIN part.carriers c ON c.variant_index = v.rowid "
        "JOIN part.people p USING (person_index) WHERE v.key = $1::BIGINT AND v.alternate_bases = 'G' AND "
        "p.individual_id IN (SELECT individual_id FROM entities.terms WHERE term_id = $2::VARCHAR AND NOT excluded)",
        [key_of(number), TERM],
    ).fetchone()
    return int(found[0]) if found else 0


def _bitmaps(connection: duckdb.DuckDBPyConnection, number: int) -> int:
    from pyroaring import BitMap  # noqa: PLC0415 - an optional peer

    found = connection.execute(
        "SELECT s.heterozygous, s.homozygous, h.people FROM part.variants v JOIN part.sets s "
        "ON s.variant_index = v.rowid, part.phenotypes h WHERE v.key = $1::BIGINT AND v.alternate_bases = 'G' "
        "AND h.term_id = $2::VARCHAR",
        [key_of(number), TERM],
    ).fetchall()
    carriers = [BitMap.deserialize(blob) for row in found for blob in row[:2]]
    with_term = BitMap.deserialize(found[0][2])
    return len(BitMap.union(*carriers) & with_term)
