"""How fast ``genvej load vcf`` makes sites answer, what it needs for them, and what they become on disk."""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.commands import Timed, run
from benchmarks.generate import Sites
from benchmarks.process_tree import Neighbours
from benchmarks.results import AIMED_AT, Aim, Measurement
from benchmarks.server import command_line
from core.datasets import DatasetCatalogue

DATASET = "bench"
_FIELDS = "%CHROM\\t%POS\\t%REF\\t%ALT\\t%INFO/AC\\t%INFO/AN\\t%INFO/AC_Het\\t%INFO/AC_Hom\\t%INFO/AC_Hemi\\n"
_AIMS = (Aim("bytes_per_variant", at_most=30), Aim("times_bcftools", at_least=1))


def loaded_home(folder: Path, sites: Sites, *, again: bool, command: str) -> tuple[Path, list[Measurement]]:
    """The home that holds the sites, and how its load went; loaded unless it was before, or ``again``."""
    home, record = folder / "home", folder / "load.json"
    if again or not record.is_file():
        shutil.rmtree(home, ignore_errors=True)
        record.unlink(missing_ok=True)
        measured = _measure(home, sites, command)
        record.write_text(json.dumps([[line.name, line.figures, line.neighbours] for line in measured]))
    return home, [
        _line(name, sites, figures, neighbours, command) for name, figures, neighbours in json.loads(record.read_text())
    ]


def _line(name: str, sites: Sites, figures: Mapping[str, float], neighbours: float, command: str) -> Measurement:
    aims = tuple(aim for aim in _AIMS if aim.figure in figures and sites.variants >= AIMED_AT)
    return Measurement(name, sites.variants, figures, command, neighbours, aims)


def _measure(home: Path, sites: Sites, command: str) -> list[Measurement]:
    """The peer before and after the load: what else happens on the machine then happens to both."""
    before = _peer(sites, command)
    load = _load(home, sites, command)
    peers = [*before, *_peer(sites, command)]
    if not peers:
        return [load]
    fastest = min(peers, key=lambda line: line.figures["seconds"])
    ratios = {
        "times_bcftools": round(fastest.figures["seconds"] / load.figures["seconds"], 3),
        "cpu_times_bcftools": round(load.figures["cpu_s"] / max(fastest.figures["cpu_s"], 0.01), 2),
    }
    return [_line(load.name, sites, {**load.figures, **ratios}, load.neighbours, command), fastest]


def _load(home: Path, sites: Sites, command: str) -> Measurement:
    """From the start of one command to an answering dataset, every check included."""
    neighbours = Neighbours()
    options = ["--home", str(home), "--dataset", DATASET, "--policy", "open", "--json", "--publish"]
    log = home.parent / "load.log"
    load = run([command_line(), "load", "vcf", *options, str(sites.path)], log)
    others = neighbours.cores()
    rows, size = rows_and_bytes(home, DATASET)
    if rows != sites.variants:
        message = f"{rows} of {sites.variants} variants were loaded; see {log}"
        raise RuntimeError(message)
    figures = {**_figures(sites, load), "bytes_per_variant": round(size / rows, 2)}
    return _line("load", sites, figures, others, command)


def _peer(sites: Sites, command: str) -> list[Measurement]:
    """The peer: bcftools reading the same fields of the same file and printing them."""
    if not shutil.which("bcftools"):
        return []
    neighbours = Neighbours()
    peer = run(["bcftools", "query", "-f", _FIELDS, str(sites.path)], Path("/dev/null"))
    return [_line("load, peer: bcftools query", sites, _figures(sites, peer), neighbours.cores(), command)]


def _figures(sites: Sites, timed: Timed) -> dict[str, float]:
    return {
        "records_per_s": round(sites.variants / timed.seconds),
        "seconds": round(timed.seconds, 2),
        "cpu_s": round(timed.cpu_s, 2),
        "peak_mb": round(timed.peak_bytes / 1e6),
    }


def rows_and_bytes(home: Path, dataset_id: str) -> tuple[int, int]:
    """Variants of the published version, and the size of the files that hold them."""
    catalogue = DatasetCatalogue(home)
    version = str(catalogue.current(dataset_id).version)
    parts: Sequence[Any] = catalogue.manifest(dataset_id, version).parts
    return sum(part.rows for part in parts), sum(part.size_bytes for part in parts)
