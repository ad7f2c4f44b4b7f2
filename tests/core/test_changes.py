from pathlib import Path

from core.changes import CHANGED_FILE, announce_change


def test_every_announcement_rewrites_the_watched_file(tmp_path: Path) -> None:
    announce_change(tmp_path)
    first = (tmp_path / CHANGED_FILE).read_bytes()
    announce_change(tmp_path)
    assert (tmp_path / CHANGED_FILE).read_bytes() != first
