"""How fast ``genvej load vcf`` makes the genotypes of a cohort answer, beside programs that only read them."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

import duckdb

from benchmarks.commands import Timed, run
from benchmarks.generate_genotypes import PEOPLE, Fields, Genotypes, Range, genotypes
from benchmarks.process_tree import Neighbours
from benchmarks.results import Aim, Measurement
from benchmarks.server import command_line
from core.datasets import DatasetCatalogue

RECORDS = 400_000
AIMED_RECORDS = 400_000
"""Records from which on the aim holds, a third of chromosome 22 of the 1000 Genomes; small files pay for the start."""

KINDS = ((Fields.GENOTYPE, 1), (Fields.WITH_DEPTH, 5))
"""Genotypes alone; with depth and quality a fifth of the records."""

_DATASET = "bench-genotypes"
_READ_RECORDS = 40_000
_SLOW_RECORDS = 1000
_OWN = "genvej"
_BARE_LOOPS = ("cyvcf2 genotype.array()", "cyvcf2 genotype.array(), 2 threads", "cyvcf2 gt_types")
_RATIO = "times_cyvcf2"
_AIMS = (Aim(_RATIO, at_least=4),)


def measure(
    folder: Path,
    records: int,
    *,
    command: str,
    progress: Callable[[str], None],
    people: int = PEOPLE,
    kinds: Sequence[tuple[Fields, int]] = KINDS,
) -> Iterator[Measurement]:
    """Every reader and the whole load, for each kind of sub-fields with its share of the records."""
    for fields, share in kinds:
        progress(f"generating {records // share:,} records of {people:,} people, {fields.value}")
        file = genotypes(folder, records // share, Range(0, people), fields)
        yield from _of_file(folder, file, fields, command, progress)


def _of_file(
    folder: Path, file: Genotypes, fields: Fields, command: str, progress: Callable[[str], None]
) -> Iterator[Measurement]:
    """The peers first, then the load, then the fastest peer again: noise that comes and goes meets both."""
    progress(f"readers, {fields.value}")
    loops = [line for name in _BARE_LOOPS if (line := _reader(folder, file, name, fields, command)) is not None]
    yield from loops
    yield from _others(folder, file, fields, command)
    progress(f"loading, {fields.value}")
    load = _load(folder, file, fields, command)
    figures = dict(load.figures)
    if loops:
        best = max(loops, key=_rate)
        again = _reader(folder, file, _name_of(best), fields, command) or best
        rate = max(_rate(best), _rate(again))
        figures[_RATIO] = float(f"{file.genotypes / 1e6 / load.figures['seconds'] / rate:.3g}")
    aims = _AIMS if _RATIO in figures and fields is Fields.GENOTYPE and file.records >= AIMED_RECORDS else ()
    yield Measurement(load.name, load.variants, figures, command, load.neighbours, aims)


def _name_of(line: Measurement) -> str:
    return line.name.split(": ", 1)[1].removesuffix(" (one process)")


def _rate(line: Measurement) -> float:
    return line.figures["million_genotypes_per_s"]


def _others(folder: Path, file: Genotypes, fields: Fields, command: str) -> Iterator[Measurement]:
    for name in (_OWN, "pysam"):
        line = _reader(folder, file, name, fields, command, records=_SLOW_RECORDS if name == "pysam" else _READ_RECORDS)
        if line is not None:
            yield line
    if shutil.which("bcftools"):
        neighbours = Neighbours()
        arguments = ["bcftools", "+fill-tags", str(file.path), "-Ou", "-o", "/dev/null", "--", "-t", "AC,AN,AC_Het"]
        timed = run(arguments, Path("/dev/null"))
        figures = _figures(file.genotypes, timed.seconds, timed.cpu_s)
        yield _line(f"{fields.value}: bcftools +fill-tags", file, figures, command, neighbours)


def _reader(
    folder: Path, file: Genotypes, name: str, fields: Fields, command: str, *, records: int = _READ_RECORDS
) -> Measurement | None:
    """A reader in a process of its own; ``None`` where it is not installed."""
    if name.startswith("cyvcf2") and find_spec("cyvcf2") is None:
        return None
    neighbours = Neighbours()
    output = folder / "reader.json"
    output.unlink(missing_ok=True)
    arguments = [sys.executable, "-m", "benchmarks.genotype_readers", name, str(file.path)]
    timed = run([*arguments, str(records)], output, errors=folder / "reader.log")
    found = json.loads(output.read_text())
    if found["records"] != (file.records if name == _OWN else min(records, file.records)):
        message = f"{name} read {found['records']} records"
        raise RuntimeError(message)
    calls = found["records"] * file.people
    figures = _figures(calls, found["seconds"], found["cpu_s"]) | {"peak_mb": round(timed.peak_bytes / 1e6)}
    if name == _OWN:
        figures["fast_share"] = round(1 - found["exact"] / found["records"], 4)
    label = "our parser" if name == _OWN else name
    return _line(f"{fields.value}: {label} (one process)", file, figures, command, neighbours)


def _load(folder: Path, file: Genotypes, fields: Fields, command: str) -> Measurement:
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    neighbours = Neighbours()
    timed = load(home, _DATASET, file.path, folder / "load.log")
    others = neighbours.cores()
    stored = stored_carriers(home, _DATASET)
    if stored.carriers != file.carried:
        message = f"{stored.carriers} of {file.carried} carriers were loaded"
        raise RuntimeError(message)
    figures = {
        **_figures(file.genotypes, timed.seconds, timed.cpu_s),
        "peak_mb": round(timed.peak_bytes / 1e6),
        "bytes_per_carrier": round(stored.carrier_bytes / max(1, stored.carriers), 2),
        "bytes_per_variant": round(stored.other_bytes / max(1, stored.variants), 2),
        "carriers_per_variant": round(stored.carriers / max(1, stored.variants), 1),
        "file_bytes_per_record": round(file.path.stat().st_size / file.records, 1),
    }
    return Measurement(f"genotypes, load: {fields.value}", file.records, figures, command, others)


def load(home: Path, dataset_id: str, path: Path, log: Path) -> Timed:
    """From the start of one command to an answering dataset."""
    options = ["--home", str(home), "--dataset", dataset_id, "--policy", "open", "--json", "--publish"]
    return run([command_line(), "load", "vcf", *options, str(path)], log)


class Stored:
    """What the parts of a version hold; ``other_bytes``: of all tables but the carriers."""

    def __init__(self) -> None:
        """Nothing counted yet."""
        self.variants = self.carriers = self.carrier_bytes = self.other_bytes = 0

    def add(self, path: Path) -> None:
        """Count one part."""
        with duckdb.connect(str(path), read_only=True) as connection:
            self.variants += _number(connection, "SELECT count(*) FROM variants")
            self.carriers += _number(connection, "SELECT count(*) FROM carriers")
            block = _number(connection, "SELECT block_size FROM pragma_database_size()")
            blocks = _number(
                connection,
                "SELECT count(DISTINCT block) FROM (SELECT unnest(list_append(additional_block_ids, block_id)) "
                "AS block FROM pragma_storage_info('carriers') WHERE persistent)",
            )
        self.carrier_bytes += block * blocks
        self.other_bytes += path.stat().st_size - block * blocks


def stored_carriers(home: Path, dataset_id: str) -> Stored:
    """What the published version holds."""
    catalogue = DatasetCatalogue(home)
    stored = Stored()
    for part in catalogue.manifest(dataset_id, str(catalogue.current(dataset_id).version)).parts:
        stored.add(catalogue.part_file(dataset_id, part.file))
    return stored


def _number(connection: duckdb.DuckDBPyConnection, statement: str) -> int:
    found = connection.execute(statement).fetchone()
    return int(found[0]) if found else 0


def _figures(calls: int, seconds: float, cpu_s: float) -> dict[str, float]:
    return {
        "million_genotypes_per_s": round(calls / seconds / 1e6, 2),
        "seconds": round(seconds, 2),
        "cpu_s": round(cpu_s, 2),
    }


def _line(
    name: str, file: Genotypes, figures: Mapping[str, float], command: str, neighbours: Neighbours
) -> Measurement:
    return Measurement(f"genotypes, {name}", file.records, figures, command, neighbours.cores())
