"""A plot as inline SVG: the same bytes for the same numbers, colours left to the page, no reference to elsewhere."""

import io
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from loaders.qc.markup import escaped

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_VARIABLES = MappingProxyType(
    {
        "#0a0a01": "var(--ink)",
        "#0a0a02": "var(--muted)",
        "#0a0a03": "var(--grid)",
        "#0a0a11": "var(--first)",
        "#0a0a12": "var(--second)",
        "#0a0a13": "var(--third)",
        "#0a0a14": "var(--band)",
    }
)


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of a plot; the default ones stand for the page's own, so that light and dark are up to it."""

    ink: str = "#0a0a01"
    muted: str = "#0a0a02"
    grid: str = "#0a0a03"
    first: str = "#0a0a11"
    second: str = "#0a0a12"
    third: str = "#0a0a13"
    band: str = "#0a0a14"


@dataclass(frozen=True, slots=True)
class Plot:
    """How to draw something. ``description`` says what can be seen, for those who cannot. Size in inches."""

    name: str
    title: str
    description: str
    draw: "Callable[[Figure, Palette], None]"
    height: float = 3.0
    width: float = 7.6


def plot_svg(plot: Plot) -> str:
    """An ``<svg>`` element to put into a page; ``name`` keeps its ids apart from those of other plots."""
    buffer = io.StringIO()
    _save(plot, Palette(), buffer, "svg")
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>\s*|<!--.*?-->\s*", "", text, flags=re.DOTALL)
    text = re.sub(r'(id="|href="#|url\(#)', rf"\g<1>{plot.name}-", text)
    for placeholder, variable in _VARIABLES.items():
        text = text.replace(placeholder, variable)
    head, body = text.split(">", 1)
    named = f'role="img" aria-labelledby="{plot.name}-title {plot.name}-description"'
    head = re.sub(r'\s(width|height|version)="[^"]*"', "", head)
    words = (
        f'<title id="{plot.name}-title">{escaped(plot.title)}</title>'
        f'<desc id="{plot.name}-description">{escaped(plot.description)}</desc>'
    )
    return f"{head} {named}>{words}{body}".strip()


def plot_png(plot: Plot, palette: Palette) -> bytes:
    """The plot as an image, to look at it without a browser."""
    buffer = io.BytesIO()
    _save(plot, palette, buffer, "png")
    return buffer.getvalue()


def _save(plot: Plot, palette: Palette, target: io.StringIO | io.BytesIO, form: str) -> None:
    from matplotlib import rc_context, rcdefaults, rcParams  # noqa: PLC0415 - heavy; only a report needs it
    from matplotlib.figure import Figure  # noqa: PLC0415

    with rc_context(), warnings.catch_warnings():
        rcdefaults()
        rcParams.update(_style(palette))  # type: ignore[arg-type]  # the keys are typed one by one
        figure = Figure(figsize=(plot.width, plot.height), layout="constrained")
        plot.draw(figure, palette)
        # Letters that the font for measuring lacks are no loss: the page writes them in a font of its own.
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        unsigned = {"Date": None, "Creator": None, "Format": None, "Type": None} if form == "svg" else None
        figure.savefig(target, format=form, metadata=unsigned, dpi=110)


def _style(palette: Palette) -> dict[str, object]:
    plain = dict.fromkeys(("figure.facecolor", "axes.facecolor", "savefig.facecolor", "legend.facecolor"), "none")
    inked = dict.fromkeys(("text.color", "axes.labelcolor", "axes.titlecolor"), palette.ink)
    quiet = dict.fromkeys(("xtick.color", "ytick.color"), palette.grid)
    return {
        **plain,
        **inked,
        **quiet,
        "xtick.labelcolor": palette.muted,
        "ytick.labelcolor": palette.muted,
        "axes.edgecolor": palette.grid,
        "grid.color": palette.grid,
        "grid.linewidth": 0.6,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.axisbelow": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlesize": 9,
        "axes.titlelocation": "left",
        "axes.labelsize": 9,
        "xtick.labelsize": 8,
        "ytick.labelsize": 8,
        "legend.fontsize": 8,
        "legend.frameon": False,
        "legend.handlelength": 1.0,
        "font.family": "sans-serif",
        "svg.fonttype": "none",
        "svg.hashsalt": "genvej",
        "text.parse_math": False,
    }
