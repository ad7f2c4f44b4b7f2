"""Load reports on disk: ``<home>/datasets/<id>/reports/<version>-<UTC time>-<subject>.html`` and ``.json`` beside it.

For the operators of the node only: nothing serves this folder.
"""

import json
import re
from datetime import UTC, datetime
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import NamedTuple

from core.durable import make_folder, write_atomically
from loaders.report import Report

REPORTS_FOLDER = "reports"

_NAME = re.compile(r"(?P<version>\d+)-(?P<time>\d{8}T\d{6}\.\d{6}Z)-(?P<subject>[a-z0-9-]+)\.html")


class ReportFiles(NamedTuple):
    """One report in both forms."""

    html: Path
    json: Path


def write_report(folder: Path, report: Report, *, now: datetime | None = None) -> ReportFiles:
    """Write the report of a load into the folder of its dataset; both files are there whole, or ``OSError`` is raised.

    ``now``: the time that the report bears, by default the present.
    """
    from loaders.qc.document import report_document  # noqa: PLC0415 - plots are heavy; who reads reports needs none
    from loaders.qc.findings import report_findings  # noqa: PLC0415
    from loaders.qc.page import report_page  # noqa: PLC0415

    moment = (now or datetime.now(UTC)).astimezone(UTC)
    findings = (*report_findings(report), *(report.quality.findings if report.quality else ()))
    created_at, genvej = moment.strftime("%Y-%m-%dT%H:%M:%SZ"), installed_version("genvej")
    document = report_document(report, findings, created_at=created_at, genvej_version=genvej)
    page = report_page(report, findings, created_at=created_at, genvej_version=genvej)
    subject = re.sub(r"[^a-z0-9]+", "-", report.subject.lower()).strip("-") or "load"
    reports = folder / REPORTS_FOLDER
    make_folder(reports)
    stem = f"{report.version}-{moment.strftime('%Y%m%dT%H%M%S.%fZ')}-{subject}"
    files = ReportFiles(reports / f"{stem}.html", reports / f"{stem}.json")
    text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
    # A file's name need not be Unicode; what cannot be written becomes a question mark.
    write_atomically(files.json, text.encode("utf-8", "replace"))
    write_atomically(files.html, page.encode())
    return files


def newest_report(folder: Path, version: str | None = None) -> ReportFiles | None:
    """The newest report of a dataset, or of one of its versions; ``None`` if there is none."""
    found = [
        (match["time"], path)
        for path in (folder / REPORTS_FOLDER).glob("*.html")
        if (match := _NAME.fullmatch(path.name)) and version in (None, match["version"])
    ]
    if not found:
        return None
    _, html = max(found)
    return ReportFiles(html, html.with_suffix(".json"))
