import io

import pytest

from loaders.progress import BarProgress, LineProgress, SilentProgress, progress_for


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    times = iter([1.0, 1.01, 2.0])
    monkeypatch.setattr("loaders.progress.time.monotonic", lambda: next(times))
    progress = progress_for(terminal)
    assert isinstance(progress, BarProgress)
    progress.update("reading", 5, 10)
    progress.update("reading", 6, 10)
    progress.update("reading", 7000, 0)
    progress.finish("reading", "done")
    shown = terminal.getvalue().split("\r\x1b[K")
    assert shown[1] == "reading [###############...............]  50%"
    assert shown[2] == "reading 7,000"
    assert shown[3] == "reading: done\n"


def test_anything_else_gets_a_line_a_step() -> None:
    stream = io.StringIO()
    progress = progress_for(stream)
    assert isinstance(progress, LineProgress)
    progress.update("reading", 5, 10)
    progress.finish("reading")
    progress.finish("writing", "3 files")
    assert stream.getvalue() == "reading\nwriting: 3 files\n"


def test_silence() -> None:
    SilentProgress().update("x", 1, 2)
    SilentProgress().finish("x")
