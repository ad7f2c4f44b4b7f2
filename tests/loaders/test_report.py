import pickle

import pytest

from core.errors import LoadRefused
from loaders.report import FileReport, RecordRejected, Rejection, RejectionLog, Report, check_tolerance


def test_text_names_lines_and_reasons() -> None:
    file = FileReport("a.vcf", "00", 5, 1, rejections=(Rejection(7, "POS", "not a position"),), notes=("small",))
    text = Report(
        "cohort", "3", "variants", (file, FileReport("b.vcf", "11", already_loaded=True)), ("all well",)
    ).to_text()
    assert text.splitlines() == [
        "a.vcf: 5 accepted, 1 rejected",
        "  line 7, POS: not a position",
        "  note: small",
        "b.vcf: already loaded, nothing to do",
        "note: all well",
        "dataset cohort, draft version 3: 5 variants accepted, 1 rejected",
    ]


def test_long_lists_are_cut_and_counted() -> None:
    file = FileReport("a.vcf", "00", 5, 30, rejections=tuple(Rejection(0, "id", "x") for _ in range(25)))
    lines = file.lines()
    assert lines[1] == "  id: x"
    assert lines[-1] == "  ... and 10 more"
    many = Report("cohort", "1", "objects", tuple(FileReport(f"{n}", "", 1) for n in range(30)))
    assert many.to_text().splitlines()[0] == "30 files without a rejection"


def test_json_holds_the_same() -> None:
    file = FileReport("a.vcf", "00", 5, 1, rejections=(Rejection(7, "POS", "not a position"),), notes=("small",))
    document = Report("cohort", "3", "variants", (file,), ("n",)).to_json()
    assert document["accepted"] == 5
    assert document["files"] == [
        {
            "file": "a.vcf", "sha256": "00", "accepted": 5, "rejected": 1, "already_loaded": False,
            "rejections": [{"line": 7, "field": "POS", "reason": "not a position"}], "notes": ["small"],
        }
    ]  # fmt: skip


def test_a_rejection_survives_the_way_between_processes() -> None:
    error = pickle.loads(pickle.dumps(RecordRejected("no", "POS")))  # noqa: S301 - our own bytes
    assert (error.message, error.field_name) == ("no", "POS")


def test_the_log_keeps_a_thousand_and_counts_all() -> None:
    log = RejectionLog()
    for line in range(1500):
        log.note(line, "POS", "x")
    assert (log.total, len(log.kept)) == (1500, 1000)


def test_too_many_rejections_refuse_the_file() -> None:
    log = RejectionLog()
    log.note(3, "POS", "bad")
    check_tolerance("a.vcf", 100, 1, log, 0.01)
    with pytest.raises(LoadRefused, match=r"a\.vcf: 1 of 99 records rejected.*line 3, POS: bad"):
        check_tolerance("a.vcf", 99, 1, log, 0.01)
