import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from loaders.qc.svg import Palette, Plot, plot_png, plot_svg

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SVG = "{http://www.w3.org/2000/svg}"


def draw(figure: "Figure", palette: Palette) -> None:
    axis = figure.subplots()
    axis.plot([1, 2], [1, 4], "o-", color=palette.first, label="a & b < $c$")
    axis.legend()


PLOT = Plot("mine", 'A "title" & more', "What <can> be seen", draw)


def test_it_is_an_element_that_names_itself() -> None:
    root = ET.fromstring(plot_svg(PLOT))  # noqa: S314 - our own text
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "mine-title mine-description"
    assert (root[0].tag, root[0].text) == (f"{SVG}title", 'A "title" & more')
    assert (root[1].tag, root[1].text) == (f"{SVG}desc", "What <can> be seen")
    assert root.get("width") is None
    assert root.get("viewBox")


def test_words_stay_words() -> None:
    root = ET.fromstring(plot_svg(PLOT))  # noqa: S314 - our own text
    assert "a & b < $c$" in {"".join(item.itertext()).strip() for item in root.iter(f"{SVG}text")}


def test_ids_are_of_this_plot_and_links_lead_to_them() -> None:
    text = plot_svg(PLOT)
    names = re.findall(r' id="([^"]*)"', text)
    assert len(names) == len(set(names))
    assert all(name.startswith("mine-") for name in names)
    assert set(re.findall(r'(?:href="|url\()#([^")]*)', text)) <= set(names)


def test_colours_are_the_pages_own() -> None:
    text = plot_svg(PLOT)
    assert "var(--first)" in text
    assert "#0a0a" not in text
    assert not re.search(r'(?:fill|stroke|color)="var', text)


def test_the_same_numbers_give_the_same_bytes_and_no_date() -> None:
    assert plot_svg(PLOT) == plot_svg(PLOT)
    assert "metadata" not in plot_svg(PLOT)
    assert "Created with" not in plot_svg(PLOT)


def test_it_can_be_looked_at() -> None:
    assert plot_png(PLOT, Palette(first="#0b62c4")).startswith(b"\x89PNG")
