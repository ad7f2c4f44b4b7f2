"""Real data and official schemas, where they lie beside the project; tests that need them skip elsewhere."""

from pathlib import Path

import pytest

_FOLDER = Path(__file__).parents[2].parent / "shared"
SHARED: Path | None = _FOLDER if _FOLDER.is_dir() else None

needs_shared = pytest.mark.skipif(SHARED is None, reason="no folder ../shared with real data and official schemas")


def shared(*names: str) -> Path:
    """A path inside the shared folder; skips the test where there is none."""
    if SHARED is None:
        pytest.skip("no folder ../shared with real data and official schemas")
    return SHARED.joinpath(*names)
