"""What more people cost: twice as many at the same sites, and a second batch beside those that are loaded already."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.commands import Timed
from benchmarks.generate_genotypes import Genotypes, Range, genotypes
from benchmarks.genotype_rate import load, stored_carriers
from benchmarks.process_tree import Neighbours
from benchmarks.results import Aim, Measurement
from core.datasets import DatasetCatalogue

RECORDS = 40_000
SIZES = (1252, 2504, 5008)
AIMED_RECORDS = 20_000

_DATASET = "bench-growth"
_AT_MOST = 2.2
_DOUBLED = "times_half_the_people"
_SECOND = "times_first_batch"


def measure(
    folder: Path, records: int, *, command: str, progress: Callable[[str], None], sizes: tuple[int, ...] = SIZES
) -> Iterator[Measurement]:
    """Each size in a dataset of its own, then a second batch as large as the first."""
    before: Timed | None = None
    for people in sizes:
        progress(f"generating and loading {people:,} people")
        file = genotypes(folder, records, Range(0, people))
        neighbours = Neighbours()
        home = folder / f"home-{people}"
        shutil.rmtree(home, ignore_errors=True)
        timed = load(home, _DATASET, file.path, folder / "load.log")
        figures = _figures(timed, home, file)
        aims: tuple[Aim, ...] = ()
        if before is not None:
            figures |= _ratios(timed, before, _DOUBLED)
            aims = (Aim(_DOUBLED, at_most=_AT_MOST),) if records >= AIMED_RECORDS else ()
        yield Measurement(f"growth, {people:,} people", records, figures, command, neighbours.cores(), aims)
        before = timed
        if people != sizes[0]:
            shutil.rmtree(home)
        else:
            first = timed
    progress("loading a second batch")
    yield _second_batch(folder, records, sizes[0], first, command)


def _second_batch(folder: Path, records: int, people: int, first: Timed, command: str) -> Measurement:
    """New people at the same sites become new parts; the parts that were there stay as they are, in both versions."""
    home = folder / f"home-{people}"
    file = genotypes(folder, records, Range(people, 2 * people))
    earlier = _parts(home)
    neighbours = Neighbours()
    timed = load(home, _DATASET, file.path, folder / "load.log")
    later = _parts(home)
    if not earlier < later:
        message = "the second version does not share the parts of the first"
        raise RuntimeError(message)
    figures = {
        **_figures(timed, home, file),
        **_ratios(timed, first, _SECOND),
        "parts_shared": float(len(earlier)),
        "parts_new": float(len(later - earlier)),
    }
    aims = (Aim(_SECOND, at_most=1.3),) if records >= AIMED_RECORDS else ()
    return Measurement(f"growth, {people:,} further people", records, figures, command, neighbours.cores(), aims)


def _parts(home: Path) -> frozenset[str]:
    catalogue = DatasetCatalogue(home)
    manifest = catalogue.manifest(_DATASET, str(catalogue.current(_DATASET).version))
    return frozenset(part.file for part in manifest.parts)


def _figures(timed: Timed, home: Path, file: Genotypes) -> dict[str, float]:
    stored = stored_carriers(home, _DATASET)
    return {
        "seconds": round(timed.seconds, 2),
        "cpu_s": round(timed.cpu_s, 2),
        "peak_mb": round(timed.peak_bytes / 1e6),
        "million_genotypes_per_s": round(file.genotypes / timed.seconds / 1e6, 2),
        "stored_mb": round((stored.carrier_bytes + stored.other_bytes) / 1e6, 1),
    }


def _ratios(timed: Timed, other: Timed, name: str) -> dict[str, float]:
    return {name: round(timed.seconds / other.seconds, 2), f"cpu_{name}": round(timed.cpu_s / other.cpu_s, 2)}
