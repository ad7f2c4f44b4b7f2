"""Results: one line a measurement, printed as a table and written as JSON."""

import os
import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import orjson

_PACKAGES = (
    "duckdb", "fastapi", "starlette", "uvicorn", "pysam", "orjson", "numpy", "numba", "isal", "cyvcf2", "pyroaring",
)  # fmt: skip

AIMED_AT = 20_000_000
"""Variants from which on the aims hold."""


@dataclass(frozen=True, slots=True)
class Aim:
    """What a figure should be: ``at_most`` or ``at_least``."""

    figure: str
    at_most: float | None = None
    at_least: float | None = None

    def met(self, figures: Mapping[str, float]) -> bool:
        """Whether the figure reaches the aim."""
        value = figures[self.figure]
        return (self.at_most is None or value <= self.at_most) and (self.at_least is None or value >= self.at_least)

    @property
    def text(self) -> str:
        """The aim as a reader sees it."""
        return f"{self.figure} {'<=' if self.at_most is not None else '>='} {self.at_most or self.at_least:g}"


@dataclass(frozen=True, slots=True)
class Measurement:
    """One line: what was measured on how many variants, its figures by name, and the command that gives it again.

    ``neighbours``: processors that others kept busy meanwhile.
    """

    name: str
    variants: int
    figures: Mapping[str, float]
    command: str
    neighbours: float
    aims: tuple[Aim, ...] = ()


def machine() -> dict[str, object]:
    """The machine and the software that the figures belong to."""
    model = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "")
    return {
        "measured_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "processors": os.cpu_count(),
        "processor": model.partition(":")[2].strip(),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "load_average": os.getloadavg()[0],
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in _PACKAGES},
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def to_json(measurements: Sequence[Measurement]) -> bytes:
    """The document that is written to a file."""
    lines = [
        {**asdict(line), "aims": [{"aim": aim.text, "met": aim.met(line.figures)} for aim in line.aims]}
        for line in measurements
    ]
    return orjson.dumps({"machine": machine(), "measurements": lines}, option=orjson.OPT_INDENT_2)


def to_text(measurements: Sequence[Measurement]) -> str:
    """A table for people: one line a measurement, then the aims, then the commands."""
    rows = [
        (line.name, f"{line.variants:,}", _figures(line.figures), f"{line.neighbours:.2f}") for line in measurements
    ]
    rows.insert(0, ("measurement", "variants", "figures", "others' cores"))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    aims = [
        f"{'met   ' if aim.met(line.figures) else 'MISSED'} {line.name} at {line.variants:,}: {aim.text} "
        f"(measured {line.figures[aim.figure]:g})"
        for line in measurements
        for aim in line.aims
    ]
    commands = [f"{name}: {command}" for command, name in _commands(measurements).items()]
    return "\n".join([*table, "", *(["aims", *aims, ""] if aims else []), "again", *commands])


def _commands(measurements: Sequence[Measurement]) -> dict[str, str]:
    """Each command once, with the lines that it gives."""
    named: dict[str, list[str]] = {}
    for line in measurements:
        named.setdefault(line.command, []).append(line.name)
    return {command: names[0] if len(names) == 1 else f"{names[0]} ... {names[-1]}" for command, names in named.items()}


def _figures(figures: Mapping[str, float]) -> str:
    return "  ".join(f"{name} {_number(value)}" for name, value in figures.items())


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
