"""How fast ``genvej load vcf`` takes sites, what it needs for them, and what they become on disk."""

import json
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.generate import Sites
from benchmarks.process_tree import Neighbours, PeakMemory
from benchmarks.results import AIMED_AT, Aim, Measurement
from benchmarks.server import command_line
from core.datasets import DatasetCatalogue

DATASET = "bench"
_FIELDS = "%CHROM\\t%POS\\t%REF\\t%ALT\\t%INFO/AC\\t%INFO/AN\\t%INFO/AC_Het\\t%INFO/AC_Hom\\t%INFO/AC_Hemi\\n"
_AIM = Aim("bytes_per_variant", at_most=30)


@dataclass(frozen=True, slots=True)
class Timed:
    """One command that ran to its end."""

    seconds: float
    peak_bytes: int


def loaded_home(folder: Path, sites: Sites, *, again: bool, command: str) -> tuple[Path, list[Measurement]]:
    """The home that holds the sites, and how its load went; loaded unless it was before, or ``again``."""
    home, record = folder / "home", folder / "load.json"
    if again or not record.is_file():
        shutil.rmtree(home, ignore_errors=True)
        record.unlink(missing_ok=True)
        measured = [_measure_load(home, sites, command), *_measure_peer(sites, command)]
        record.write_text(json.dumps([[line.name, line.figures, line.neighbours] for line in measured]))
    return home, [
        _line(name, sites, figures, neighbours, command) for name, figures, neighbours in json.loads(record.read_text())
    ]


def _line(name: str, sites: Sites, figures: Mapping[str, float], neighbours: float, command: str) -> Measurement:
    aims = (_AIM,) if _AIM.figure in figures and sites.variants >= AIMED_AT else ()
    return Measurement(name, sites.variants, figures, command, neighbours, aims)


def _measure_load(home: Path, sites: Sites, command: str) -> Measurement:
    neighbours = Neighbours()
    options = ["--home", str(home), "--dataset", DATASET, "--policy", "open", "--json"]
    log = home.parent / "load.log"
    load = run([command_line(), "load", "vcf", *options, str(sites.path)], log)
    others = neighbours.cores()
    publish = run([command_line(), "dataset", "publish", "--home", str(home), DATASET], log)
    rows, size = _rows_and_bytes(home)
    if rows != sites.variants:
        message = f"{rows} of {sites.variants} variants were loaded; see {log}"
        raise RuntimeError(message)
    figures = {
        "records_per_s": round(sites.variants / load.seconds),
        "seconds": round(load.seconds, 1),
        "publish_s": round(publish.seconds, 1),
        "peak_mb": round(max(load.peak_bytes, publish.peak_bytes) / 1e6),
        "bytes_per_variant": round(size / rows, 2),
    }
    return _line("load", sites, figures, others, command)


def _measure_peer(sites: Sites, command: str) -> list[Measurement]:
    """The peer: bcftools reading the same fields of the same file and printing them."""
    if not shutil.which("bcftools"):
        return []
    neighbours = Neighbours()
    peer = run(["bcftools", "query", "-f", _FIELDS, str(sites.path)], Path("/dev/null"))
    figures = {
        "records_per_s": round(sites.variants / peer.seconds),
        "seconds": round(peer.seconds, 1),
        "peak_mb": round(peer.peak_bytes / 1e6),
    }
    return [_line("load, peer: bcftools query", sites, figures, neighbours.cores(), command)]


def run(arguments: Sequence[str], output: Path) -> Timed:
    """Run a command to its end; raises ``RuntimeError`` with the tail of what it said if it fails."""
    began = time.perf_counter()
    with output.open("ab") as file:
        process = subprocess.Popen(arguments, stdout=file, stderr=file, stdin=subprocess.DEVNULL)
        try:
            with PeakMemory(process.pid) as memory:
                status = process.wait()
        finally:
            process.kill()
            process.wait()
    seconds = time.perf_counter() - began
    if status:
        said = output.read_text(errors="replace")[-1500:] if output.is_file() else ""
        message = f"{' '.join(arguments)} ended with status {status}: {said}"
        raise RuntimeError(message)
    return Timed(seconds, memory.peak_bytes)


def _rows_and_bytes(home: Path) -> tuple[int, int]:
    """Variants of the published version, and the size of the files that hold them."""
    catalogue = DatasetCatalogue(home)
    version = str(catalogue.current(DATASET).version)
    parts: Sequence[Any] = catalogue.manifest(DATASET, version).parts
    return sum(part.rows for part in parts), sum(part.size_bytes for part in parts)
