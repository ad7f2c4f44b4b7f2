import json
import os
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from core.strict_json import parse_json_object
from loaders.qc.report_files import newest_report, write_report
from loaders.report import FileReport, Report
from tests.loaders.qc.qualities import report

NOON = datetime(2026, 11, 25, 12, 0, 0, 5, tzinfo=UTC)


def test_both_forms_lie_beside_the_dataset(tmp_path: Path) -> None:
    files = write_report(tmp_path, report(), now=NOON.astimezone(timezone(timedelta(hours=1))))
    assert files.html == tmp_path / "reports" / "3-20261125T120000.000005Z-variants.html"
    assert sorted(path.name for path in (tmp_path / "reports").iterdir()) == [files.html.name, files.json.name]
    document = parse_json_object(files.json.read_bytes())
    assert document["created_at"] == "2026-11-25T12:00:00Z"
    assert isinstance(document["findings"], list)
    assert document["findings"][0] == {
        "level": "check", "text": "2 records were rejected in 1 file, 0.06% of what was read.",
    }  # fmt: skip
    page = files.html.read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "2 records were rejected" in page


def test_the_same_load_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (write_report(tmp_path / name, report(), now=NOON) for name in ("a", "b"))
    assert first.html.read_bytes() == second.html.read_bytes()
    assert first.json.read_bytes() == second.json.read_bytes()


def test_others_may_read_it_only_as_the_umask_says(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        files = write_report(tmp_path, report(0), now=NOON)
    finally:
        os.umask(before)
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_the_newest_is_found(tmp_path: Path) -> None:
    assert newest_report(tmp_path) is None
    plain = Report("d", "9", "objects", (FileReport("a.bam", "00", 1),))
    old = write_report(tmp_path, plain, now=NOON)
    newer = write_report(tmp_path, Report("d", "10", "Phenopackets v2", plain.files), now=NOON + timedelta(seconds=1))
    (tmp_path / "reports" / "99-notes.html").write_text("mine", encoding="utf-8")
    assert newest_report(tmp_path) == newer
    assert newer.html.name.endswith("Z-phenopackets-v2.html")
    assert newest_report(tmp_path, "9") == old
    assert newest_report(tmp_path, "1") is None


def test_a_name_that_is_no_text_does_not_stop_it(tmp_path: Path) -> None:
    files = write_report(tmp_path, Report("d", "1", "***", (FileReport("a\udcff.vcf", "00", 1),)), now=NOON)
    assert files.html.name.endswith("Z-load.html")
    assert json.loads(files.json.read_bytes())["load"]["files"][0]["file"] == "a?.vcf"


def test_a_full_disk_leaves_nothing_half(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("in the way", encoding="utf-8")
    with pytest.raises(OSError, match=r"exists|directory"):
        write_report(tmp_path, report(0), now=NOON)


def test_looking_for_reports_loads_neither_plots_nor_numbers() -> None:
    code = "import sys, loaders.qc.report_files; print({'matplotlib', 'numpy', 'numba'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == "set()"
