"""How fast htsget tickets are made, for random regions of a generated BAM file with an index."""

import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import orjson
import pysam

from benchmarks.clients import Question, ask, clients_text, measured
from benchmarks.commands import run
from benchmarks.generate import SEED
from benchmarks.results import Measurement
from benchmarks.server import command_line, fetch, genvej
from core.genome import GRCH38

CLIENTS = (1, 16)
WORKERS = 2
_DATASET = "bench-reads"
_ALIAS = "bench"
_READS = 400_000
_READ_BASES = 100
_QUESTIONS = 5000
_REGION_BASES = 100_000
_CONTIGS = (*(str(number) for number in range(1, 23)), "X")


def measure(folder: Path, *, seconds: float, command: str, progress: Callable[[str], None]) -> Iterator[Measurement]:
    """Ticket latency at each number of clients."""
    home = _home(folder)
    questions = _questions()
    with genvej(home, workers=WORKERS) as server:
        ticket = orjson.loads(fetch(server.url + questions[0].path))
        if not ticket["htsget"]["urls"]:
            message = "a ticket without URLs"
            raise RuntimeError(message)
        ask(server.url, questions, clients=8, seconds=2, folder=folder)
        for number in CLIENTS:
            progress(f"tickets, {number} clients")
            figures, others = measured(server, questions, clients=number, seconds=seconds, folder=folder)
            yield Measurement(f"htsget ticket, {clients_text(number)}", 0, figures, command, others)


def _questions() -> Sequence[Question]:
    chance = random.Random(SEED)
    questions = []
    for _ in range(_QUESTIONS):
        contig = chance.choice(_CONTIGS)
        start = chance.randrange(GRCH38.lengths[contig] - _REGION_BASES)
        members = {"referenceName": f"chr{contig}", "start": start, "end": start + _REGION_BASES}
        questions.append(Question(f"/htsget/reads/{_ALIAS}?{urlencode(members)}"))
    return questions


def _home(folder: Path) -> Path:
    """A home with the generated reads; made unless it is there."""
    home, bam, done = folder / "home", folder / f"{_ALIAS}.bam", folder / "done"
    if not done.is_file():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        _write(bam)
        log = folder / "load.log"
        options = ["--home", str(home), "--dataset", _DATASET, "--policy", "open", "--publish"]
        run([command_line(), "load", "reads", *options, str(bam)], log)
        done.touch()
    return home


def _write(path: Path) -> None:
    """Reads at sorted random places of all contigs, with an index beside them."""
    chance = np.random.default_rng(SEED)
    lengths = [GRCH38.lengths[name] for name in _CONTIGS]
    header = {
        "HD": {"VN": "1.6", "SO": "coordinate"},
        "SQ": [{"SN": f"chr{name}", "LN": length} for name, length in zip(_CONTIGS, lengths, strict=True)],
        "RG": [{"ID": "1", "SM": "SYNTHETIC"}],
    }
    with pysam.AlignmentFile(str(path), "wb", header=header) as file:
        for number, length in enumerate(lengths):
            count = round(_READS * length / sum(lengths))
            for start in np.sort(chance.integers(0, length - _READ_BASES, count)).tolist():
                file.write(_read(file.header, number, start, chance))
    pysam.index(str(path))


def _read(header: pysam.AlignmentHeader, contig: int, start: int, chance: np.random.Generator) -> pysam.AlignedSegment:
    read = pysam.AlignedSegment(header)
    read.query_name = f"r{contig}.{start}"
    read.query_sequence = "".join("ACGT"[base] for base in chance.integers(0, 4, _READ_BASES).tolist())
    read.query_qualities = pysam.qualitystring_to_array("F" * _READ_BASES)
    read.reference_id = contig
    read.reference_start = start
    read.mapping_quality = 60
    read.cigartuples = [(0, _READ_BASES)]
    read.set_tag("RG", "1")
    return read
