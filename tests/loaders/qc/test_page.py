import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

import loaders.qc.page
from loaders.qc.page import report_page
from loaders.qc.quality_report import Finding, Level, QualityReport
from loaders.report import FileReport, Rejection, Report
from tests.loaders.qc.qualities import HOSTILE, report, sample, variants

CSS = Path(loaders.qc.page.__file__).with_name("report.css").read_text(encoding="utf-8")
VOID = {"meta", "br", "hr", "img", "link", "input"}


class Reader(HTMLParser):
    """Reads a page as a browser would, and checks that every element is closed in its place."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def page(found: Report, *findings: Finding) -> str:
    return report_page(found, findings, created_at="2026-11-25T12:00:00Z", genvej_version="1.0")


@pytest.fixture(scope="module")
def whole() -> str:
    return page(report(), Finding(Level.NOTE, "as it is"), Finding(Level.CHECK, "look here"))


def test_it_needs_nothing_from_elsewhere(whole: str) -> None:
    reader = Reader(whole)
    assert {"script", "link", "img", "iframe", "object", "image"}.isdisjoint(tag for tag, _ in reader.elements)
    for _, attributes in reader.elements:
        for name, value in attributes.items():
            assert name not in ("src", "action", "onload", "onclick")
            if name.endswith("href"):
                assert value is not None
                assert value.startswith("#")
    assert set(re.findall(r"https?://[^\s\"'<]*", whole)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }
    assert "@import" not in whole
    assert not re.search(r"url\((?!#)", whole)


def test_ids_are_unique_and_links_lead_somewhere(whole: str) -> None:
    reader = Reader(whole)
    names = [attributes["id"] for _, attributes in reader.elements if "id" in attributes]
    assert len(names) == len(set(names))
    for _, attributes in reader.elements:
        for name, value in attributes.items():
            if name.endswith("href") and value:
                assert value[1:] in names
            if name == "aria-labelledby" and value:
                assert set(value.split()) <= set(names)


def test_people_who_do_not_see_the_plots_are_told(whole: str) -> None:
    reader = Reader(whole)
    plots = [attributes for tag, attributes in reader.elements if tag == "svg"]
    assert len(plots) == 10
    assert all(attributes["role"] == "img" and attributes["aria-labelledby"] for attributes in plots)
    assert sum(tag == "caption" for tag, _ in reader.elements) == sum(tag == "table" for tag, _ in reader.elements)
    heads = [attributes for tag, attributes in reader.elements if tag == "th"]
    assert all(attributes.get("scope") in ("col", "row") for attributes in heads)
    assert ("html", {"lang": "en"}) in reader.elements
    levels = [int(tag[1]) for tag, _ in reader.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_what_asks_for_a_decision_comes_first(whole: str) -> None:
    assert whole.index("look here") < whole.index("as it is")
    text = Reader(whole).text
    for words in (
        "twice",
        "as before",
        "all is well",
        "Allele-frequency spectrum",
        "Sex check",
        "DK-11",
        "loaded before",
    ):
        assert words in text


def test_everything_from_outside_is_escaped() -> None:
    found = variants(4, contig=HOSTILE)
    odd = replace(found, samples=(sample(HOSTILE, sex=HOSTILE, flags=(HOSTILE,), outlier=True), *found.samples))
    file = FileReport(HOSTILE, HOSTILE, 1, 1, rejections=(Rejection(1, HOSTILE, HOSTILE),), notes=(HOSTILE,))
    text = page(
        Report(HOSTILE, HOSTILE, HOSTILE, (file,), (HOSTILE,), QualityReport(odd)), Finding(Level.CHECK, HOSTILE)
    )
    assert "<script" not in text
    assert "\x00" not in text
    assert "\u202e" not in text
    assert "<script>alert(1)</script>" in Reader(text).text


def test_a_load_without_quality_has_a_page_too() -> None:
    text = page(Report("d", "1", "objects", (FileReport("a.bam", "00", 1),)))
    reader = Reader(text)
    assert "Nothing stands out." in reader.text
    assert not any(tag == "svg" for tag, _ in reader.elements)


def test_a_page_stays_small_for_twenty_thousand_people_and_files() -> None:
    rows = tuple(sample(f"DK-{n}", n) for n in range(20_000))
    files = tuple(FileReport(f"{n}.vcf.gz", "00", 1, notes=("one",)) for n in range(20_000))
    text = page(Report("d", "1", "variants", files, (), QualityReport(replace(variants(3), samples=rows))))
    assert len(text) < 2_000_000
    assert "19,500 more rows are in the JSON file beside this page." in text


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1])
def test_contrast_is_enough_in_light_and_dark(scheme: int) -> None:
    blocks = CSS.split("@media (prefers-color-scheme: dark)")
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", blocks[scheme]))

    def contrast(front: str, back: str) -> float:
        low, high = sorted((luminance(colours[front]), luminance(colours[back])))
        return (high + 0.05) / (low + 0.05)

    for front, back in (("ink", "page"), ("ink", "card"), ("muted", "card"), ("muted", "page"), ("link", "card"),
                        ("link", "page"), ("check", "check-back"), ("ink", "check-back"), ("ink", "note-back"),
                        ("muted", "band")):  # fmt: skip
        assert contrast(front, back) >= 4.5, (front, back)
    for front in ("first", "second", "third"):
        assert contrast(front, "card") >= 3, front
