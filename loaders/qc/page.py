"""A load report as one HTML file: nothing in it comes from elsewhere, and it runs nothing."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from loaders.qc.markup import Markup, Table, escaped, joined, paragraph, section, table, tiles
from loaders.qc.quality_report import Finding, Level, QualityReport, VariantQuality
from loaders.qc.report_sections import chart_figures, sample_section, variant_section
from loaders.report import FileReport, Report

_FILES_SHOWN = 500
_REJECTIONS_SHOWN = 1000
_HASH_SHOWN = 12
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def report_page(report: Report, findings: Sequence[Finding], *, created_at: str, genvej_version: str) -> str:
    """The whole page."""
    quality = report.quality or QualityReport()
    title = f"Load of {report.subject}: {report.dataset_id}, version {report.version}"
    parts = [("findings", "Findings", section("findings", "Findings", [_findings(findings)]))]
    if quality.variants is not None:
        parts.append(("variants", "Variants", variant_section(quality.variants)))
    if quality.variants is not None and quality.variants.samples:
        parts.append(("samples", "Samples", sample_section(quality.variants)))
    if quality.charts:
        parts.append(("content", "Content", section("content", "Content", chart_figures(quality.charts))))
    parts.append(("files", "Files", section("files", "Files", _files(report))))
    links = "".join(f'<li><a href="#{name}">{escaped(text)}</a></li>' for name, text, _ in parts)
    style = Path(__file__).with_name("report.css").read_text(encoding="utf-8")
    made = f"Made {created_at} by Genvej {genvej_version}, for the operators of this node: it is never served."
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">'
        f"<title>{escaped(title)}</title><style>{style}</style></head><body>"
        f"<header><h1>{escaped(report.dataset_id)}</h1>"
        f"{paragraph(f'Load of {report.subject} into version {report.version}, {created_at}', 'quiet').html}"
        f'<nav aria-label="Parts of this page"><ul>{links}</ul></nav>{tiles(_numbers(report, quality)).html}</header>'
        f"<main>{joined(content for *_, content in parts).html}</main>"
        f"<footer>{paragraph(made).html}</footer></body></html>\n"
    )


def _numbers(report: Report, quality: QualityReport) -> Iterable[tuple[str, str]]:
    yield f"{report.subject} accepted", f"{report.accepted:,}"
    yield "rejected", f"{report.rejected:,}"
    yield "files", f"{len(report.files):,}"
    if quality.variants is not None:
        yield from _variant_numbers(quality.variants)


def _variant_numbers(variants: VariantQuality) -> Iterable[tuple[str, str]]:
    yield "SNP", f"{variants.alleles.snps:,}"
    yield "indels", f"{variants.alleles.indels:,}"
    if variants.alleles.ts_tv is not None:
        yield "Ts/Tv", f"{variants.alleles.ts_tv:.2f}"
    if variants.samples:
        yield "samples", f"{len(variants.samples):,}"
    if variants.homozygous:
        yield "het/hom", f"{variants.heterozygous / variants.homozygous:.2f}"
    if variants.missing_share is not None:
        yield "copies not called", f"{variants.missing_share:.2%}"


def _findings(findings: Sequence[Finding]) -> Markup:
    if not findings:
        return paragraph("Nothing stands out.")
    ordered = sorted(findings, key=lambda item: item.level is not Level.CHECK)
    items = (f'<li class="{item.level.value}"><b>{item.level.value}</b>{escaped(item.text)}</li>' for item in ordered)
    return Markup(f'<ul class="findings">{"".join(items)}</ul>')


def _files(report: Report) -> Iterable[Markup]:
    files = sorted(report.files, key=lambda file: not file.rejected)
    head = ("file", "state", "SHA-256 (beginning)", "accepted", "rejected")
    rows = [_file_row(file) for file in files[:_FILES_SHOWN]]
    yield _card(table(Table("What became of each file", head, rows, words=3, total=len(files))))
    notes = [(file.file, note) for file in files for note in file.notes] + [("all", note) for note in report.notes]
    if notes:
        shown = notes[:_FILES_SHOWN]
        yield _card(table(Table("Remarks", ("file", "remark"), shown, words=2, total=len(notes))))
    rejections = [
        (file.file, f"{item.line:,}" if item.line else "", item.field, item.reason)
        for file in files
        for item in file.rejections
    ][:_REJECTIONS_SHOWN]
    if rejections:
        caption = (
            "Rejected records" if len(rejections) == report.rejected else f"The first {len(rejections):,} rejected"
        )
        yield _card(table(Table(caption, ("file", "line", "field", "reason"), rejections, words=4)))


def _card(content: Markup) -> Markup:
    return Markup(f'<div class="card">{content.html}</div>')


def _file_row(file: FileReport) -> Sequence[str]:
    state = "loaded before" if file.already_loaded else "loaded"
    return file.file, state, file.sha256[:_HASH_SHOWN], f"{file.accepted:,}", f"{file.rejected:,}"
