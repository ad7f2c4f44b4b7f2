"""Commands under measurement: run to their end, with the time, processor time and memory of all their processes."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.process_tree import PeakMemory
from benchmarks.server import command_line


@dataclass(frozen=True, slots=True)
class Timed:
    """One command that ran to its end; ``cpu_s``: of the process and of all that it waited for."""

    seconds: float
    cpu_s: float
    peak_bytes: int


def run(arguments: Sequence[str], output: Path, *, errors: Path | None = None) -> Timed:
    """Run a command to its end; raises ``RuntimeError`` with the tail of what it said if it fails.

    ``errors``: where its warnings go, if not to the output as well.
    """
    began = time.perf_counter()
    with output.open("ab") as file, (errors or output).open("ab") as other:
        process = subprocess.Popen(
            arguments, stdout=file, stderr=other, stdin=subprocess.DEVNULL, env=environment(), cwd=_root()
        )
        try:
            with PeakMemory(process.pid) as memory:
                _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        finally:
            if process.returncode is None:
                process.kill()
                process.wait()
    seconds = time.perf_counter() - began
    if process.returncode:
        said = (errors or output).read_text(errors="replace")[-1500:] if output.is_file() else ""
        message = f"{' '.join(arguments)} ended with status {process.returncode}: {said}"
        raise RuntimeError(message)
    return Timed(seconds, used.ru_utime + used.ru_stime, memory.peak_bytes)


def environment() -> Mapping[str, str]:
    """Programs start from bytecode, as they do for their users, also where whoever measures has turned that off."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    if len(kept) < len(os.environ):
        kept.setdefault("PYTHONPYCACHEPREFIX", str(Path(tempfile.gettempdir()) / "genvej-bench-bytecode"))
    return kept


def prepare(folder: Path) -> None:
    """Compile what an installation has compiled: kernels and bytecode."""
    folder.mkdir(parents=True, exist_ok=True)
    run([sys.executable, "-m", "loaders.prepare_kernels"], folder / "prepare.log")
    run([command_line(), "load", "vcf", "--help"], folder / "prepare.log")


def _root() -> Path:
    """Where the modules of this project are found."""
    return Path(__file__).parent.parent
