"""``python -m benchmarks``: generate, load, serve, ask, and print what came of it."""

import argparse
import shlex
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks import carrier_sets, genotype_rate, growth, load_rate, queries, tickets
from benchmarks.commands import prepare
from benchmarks.generate import sites
from benchmarks.results import Measurement, to_json, to_text

_SECTIONS = ("load", "queries", "tickets", "genotypes", "growth", "carriers")
_SIZES = (1_000_000, 4_000_000, 20_000_000)
_QUICK_SIZES = (100_000,)
_SECONDS = 10.0
_QUICK_SECONDS = 2.0
_QUICK_RECORDS = 2000
_QUICK_PEOPLE = (300, 600)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for."""
    asked = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="genvej-bench-") as temporary:
        folder = Path(asked.keep).absolute() if asked.keep else Path(temporary)
        measurements = list(_run(asked, folder))
    print(to_text(measurements))
    out = Path(asked.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(to_json(measurements))
    print(f"\nwritten to {out}", file=sys.stderr)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--variants", type=int, nargs="+", metavar="N", help=f"sizes (default: {_SIZES})")
    parser.add_argument("--records", type=int, metavar="N", help="records of the files with genotypes")
    parser.add_argument("--only", nargs="+", choices=_SECTIONS, default=_SECTIONS, help="what to measure")
    parser.add_argument("--keep", metavar="DIR", help="keep generated files and loaded homes here, and use them again")
    parser.add_argument("--reload", action="store_true", help="load again what --keep holds loaded")
    parser.add_argument("--clients", type=int, nargs="+", default=queries.CLIENTS, help="numbers of clients that ask")
    parser.add_argument("--seconds", type=float, help=f"length of each measurement (default: {_SECONDS:g})")
    parser.add_argument("--quick", action="store_true", help="a small size and short measurements: does it all work?")
    default = f"benchmarks/out/{time.strftime('%Y%m%d-%H%M%S')}.json"
    parser.add_argument("--out", default=default, metavar="FILE", help="where the JSON goes (default: %(default)s)")
    return parser


def _run(asked: argparse.Namespace, folder: Path) -> Iterator[Measurement]:
    seconds = asked.seconds or (_QUICK_SECONDS if asked.quick else _SECONDS)
    if set(asked.only) & {"load", "queries", "genotypes", "growth"}:
        prepare(folder)
    for variants in asked.variants or (_QUICK_SIZES if asked.quick else _SIZES):
        if "load" in asked.only or "queries" in asked.only:
            yield from _of_size(asked, folder / str(variants), variants, seconds)
    if "tickets" in asked.only:
        command = _command(asked, "tickets")
        yield from tickets.measure(folder / "reads", seconds=seconds, command=command, progress=_say)
    yield from _of_people(asked, folder / "people")


def _of_size(asked: argparse.Namespace, folder: Path, variants: int, seconds: float) -> Iterator[Measurement]:
    _say(f"generating {variants:,} variants")
    generated = sites(folder, variants)
    _say(f"loading {variants:,} variants")
    command = _command(asked, "load", variants)
    home, loaded = load_rate.loaded_home(folder, generated, again=asked.reload, command=command)
    if "load" in asked.only:
        yield from loaded
    if "queries" in asked.only:
        command = _command(asked, "queries", variants)
        yield from queries.measure(
            home, generated, seconds=seconds, clients=asked.clients, command=command, progress=_say
        )


def _of_people(asked: argparse.Namespace, folder: Path) -> Iterator[Measurement]:
    """The sections about genotypes."""
    quick, records = asked.quick, asked.records
    few = records or (_QUICK_RECORDS if quick else None)
    if "genotypes" in asked.only:
        command = _command(asked, "genotypes")
        yield from genotype_rate.measure(folder, few or genotype_rate.RECORDS, command=command, progress=_say)
    if "growth" in asked.only:
        command, sizes = _command(asked, "growth"), _QUICK_PEOPLE if quick else growth.SIZES
        yield from growth.measure(folder, few or growth.RECORDS, command=command, progress=_say, sizes=sizes)
    if "carriers" in asked.only:
        command, sizes = _command(asked, "carriers"), _QUICK_PEOPLE if quick else carrier_sets.PEOPLE
        yield from carrier_sets.measure(
            folder, few or carrier_sets.VARIANTS, command=command, progress=_say, sizes=sizes
        )


def _command(asked: argparse.Namespace, section: str, variants: int | None = None) -> str:
    """The command line that gives a section's figures again."""
    words = ["python", "-m", "benchmarks", "--only", section]
    words += ["--variants", str(variants)] if variants is not None else []
    words += (
        ["--records", str(asked.records)] if asked.records and section in ("genotypes", "growth", "carriers") else []
    )
    words += ["--keep", asked.keep] if asked.keep else []
    words += ["--reload"] if section == "load" and asked.keep else []
    words += ["--seconds", f"{asked.seconds:g}"] if asked.seconds and section != "load" else []
    words += ["--quick"] if asked.quick else []
    return shlex.join(words)


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
