"""Pieces of an HTML page: everything that comes from outside is escaped here (pure)."""

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Markup:
    """HTML that is ready to stand in a page; plain texts are never taken for it."""

    html: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table to be shown. ``words``: how many of the first columns are words, the others are numbers.

    ``total``: how many rows there would be, where ``rows`` are only the first.
    """

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: int = 1
    total: int | None = None


def printable(text: str) -> str:
    """Text in which whatever cannot be printed, or turns the direction of writing, became a visible mark."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def escaped(text: str) -> str:
    """Text as HTML."""
    return html.escape(printable(text))


def joined(pieces: Iterable[Markup]) -> Markup:
    """One piece after the other."""
    return Markup("\n".join(piece.html for piece in pieces))


def paragraph(text: str, kind: str = "") -> Markup:
    """One paragraph."""
    return Markup(f'<p class="{escaped(kind)}">{escaped(text)}</p>' if kind else f"<p>{escaped(text)}</p>")


def table(found: Table) -> Markup:
    """A table that can be scrolled, with heads for rows and columns."""
    head = "".join(
        f'<th scope="col"{_side(place, found)}>{escaped(text)}</th>' for place, text in enumerate(found.head)
    )
    rows = "".join(_row(row, found) for row in found.rows)
    left = (found.total or 0) - len(found.rows)
    more = paragraph(f"{left:,} more rows are in the JSON file beside this page.", "quiet").html if left > 0 else ""
    return Markup(
        f'<div class="scroll" role="region" aria-label="{escaped(found.caption)}" tabindex="0">'
        f"<table><caption>{escaped(found.caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>{more}"
    )


def _row(row: Sequence[str], found: Table) -> str:
    first, *rest = row
    cells = "".join(f"<td{_side(place, found)}>{escaped(text)}</td>" for place, text in enumerate(rest, start=1))
    return f'<tr><th scope="row"{_side(0, found)}>{escaped(first)}</th>{cells}</tr>'


def _side(place: int, found: Table) -> str:
    return "" if place < found.words else ' class="number"'


def folded(summary: str, content: Markup) -> Markup:
    """Content that is shown on demand."""
    return Markup(f"<details><summary>{escaped(summary)}</summary>{content.html}</details>")


def figure(name: str, title: str, description: str, svg: str, tables: Sequence[Table]) -> Markup:
    """A plot with its title, what can be seen in it, and the numbers behind it."""
    behind = "".join(folded("The numbers", joined(table(item) for item in tables)).html if tables else "")
    return Markup(
        f'<figure id="{escaped(name)}"><h3>{escaped(title)}</h3>{svg}'
        f"<figcaption>{escaped(description)}</figcaption>{behind}</figure>"
    )


def section(name: str, title: str, content: Iterable[Markup]) -> Markup:
    """A part of the page under a heading of its own."""
    return Markup(
        f'<section aria-labelledby="{escaped(name)}"><h2 id="{escaped(name)}">{escaped(title)}</h2>'
        f"{joined(content).html}</section>"
    )


def tiles(pairs: Iterable[tuple[str, str]]) -> Markup:
    """Large numbers with their names."""
    items = "".join(f"<div><dt>{escaped(name)}</dt><dd>{escaped(value)}</dd></div>" for name, value in pairs)
    return Markup(f'<dl class="tiles">{items}</dl>')
