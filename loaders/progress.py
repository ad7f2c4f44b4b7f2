"""Progress of a load: a bar on a terminal, one line a step otherwise."""

import sys
import time
from typing import IO, Protocol

_BAR_CELLS = 30
_REDRAW_S = 0.1


class Progress(Protocol):
    """Told what is being done, and how far it is."""

    def update(self, step: str, done: int, total: int) -> None:
        """``done`` of ``total`` units of a step are done; ``total`` 0: nobody knows how many there are."""
        ...

    def finish(self, step: str, outcome: str = "") -> None:
        """A step has ended."""
        ...


class SilentProgress:
    """Says nothing."""

    def update(self, step: str, done: int, total: int) -> None:
        """Say nothing."""

    def finish(self, step: str, outcome: str = "") -> None:
        """Say nothing."""


class LineProgress:
    """One line for each step that has ended."""

    def __init__(self, stream: IO[str]) -> None:
        """``stream``: where the lines go."""
        self._stream = stream

    def update(self, step: str, done: int, total: int) -> None:
        """Wait for the end of the step."""

    def finish(self, step: str, outcome: str = "") -> None:
        """Write the line."""
        self._stream.write(f"{step}{': ' if outcome else ''}{outcome}\n")
        self._stream.flush()


class BarProgress:
    """A bar that is redrawn in place; it stays when its step has ended."""

    def __init__(self, stream: IO[str]) -> None:
        """``stream``: a terminal."""
        self._stream = stream
        self._drawn_at = 0.0

    def update(self, step: str, done: int, total: int) -> None:
        """Redraw, ten times a second at most."""
        now = time.monotonic()
        if now - self._drawn_at < _REDRAW_S:
            return
        self._drawn_at = now
        share = min(1.0, done / total) if total else 0.0
        filled = round(share * _BAR_CELLS)
        bar = "#" * filled + "." * (_BAR_CELLS - filled)
        self._stream.write(f"\r\x1b[K{step} [{bar}] {share:4.0%}" if total else f"\r\x1b[K{step} {done:,}")
        self._stream.flush()

    def finish(self, step: str, outcome: str = "") -> None:
        """Replace the bar by the outcome."""
        self._stream.write(f"\r\x1b[K{step}{': ' if outcome else ''}{outcome}\n")
        self._stream.flush()


def progress_for(stream: IO[str] | None = None) -> Progress:
    """What suits the stream (default: standard error)."""
    target = stream or sys.stderr
    return BarProgress(target) if target.isatty() else LineProgress(target)
