"""Charts of loads that are not variants: people by sex and age, their terms, files by format and size (pure).

Each loader gives what it has in plain pairs; nothing here knows a format.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from loaders.qc.quality_report import Chart, QualityReport

_TOP = 20
_AGE_BAND_YEARS = 10
_OLDEST_BAND = 90
_BYTES = ("to 1 kB", "to 10 kB", "to 100 kB", "to 1 MB", "to 10 MB", "to 100 MB", "to 1 GB", "to 10 GB",
          "to 100 GB", "over 100 GB")  # fmt: skip
_STEPS = ((0, 0), (1, 1), (2, 2), (3, 5), (6, 10), (11, 20), (21, 50))


def people_quality(
    sexes: Iterable[str],
    *,
    ages_years: Iterable[float] = (),
    terms: Iterable[tuple[str, str]] = (),
    terms_per_person: Mapping[str, int] | None = None,
) -> QualityReport:
    """A report on people.

    ``sexes``: one a person. ``ages_years``: of those whose age is given. ``terms``: (id, label), one each time that a
    term is used. ``terms_per_person``: by any name of the person, which is not shown; people without terms count if
    they are in it with 0.
    """
    charts = (
        counted_chart("Sex", "People by declared sex.", "people", sexes),
        _ages(ages_years),
        _top_terms(terms),
        _per_person(terms_per_person or {}),
    )
    return QualityReport(charts=tuple(chart for chart in charts if chart.bars))


def files_quality(files: Iterable[tuple[str, int]]) -> QualityReport:
    """A report on files, each given as (format, bytes)."""
    known = list(files)
    sizes = Counter(_size_step(size) for _, size in known)
    charts = (
        counted_chart("Format", "Files by format.", "files", (name for name, _ in known)),
        Chart("Size", "Files by size.", "files", _steps(_BYTES, sizes), ordered=True),
    )
    return QualityReport(charts=tuple(chart for chart in charts if chart.bars))


def counted_chart(title: str, sentence: str, unit: str, things: Iterable[str]) -> Chart:
    """How often each thing occurs, the most frequent first; all but the first twenty are added up."""
    counted = Counter(things)
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    rest = sum(count for _, count in ranked[_TOP:])
    more = ((f"{len(ranked) - _TOP:,} others", rest),) if rest else ()
    return Chart(title, sentence, unit, (*ranked[:_TOP], *more))


def _ages(ages_years: Iterable[float]) -> Chart:
    bands = Counter(min(int(age) // _AGE_BAND_YEARS * _AGE_BAND_YEARS, _OLDEST_BAND) for age in ages_years)
    names = {start: f"{start} to {start + _AGE_BAND_YEARS - 1}" for start in range(0, _OLDEST_BAND, _AGE_BAND_YEARS)}
    names[_OLDEST_BAND] = f"{_OLDEST_BAND}+"
    bars = tuple((name, bands[start]) for start, name in names.items()) if bands else ()
    return Chart("Age", "People by age in years, where it is given.", "people", bars, ordered=True)


def _top_terms(terms: Iterable[tuple[str, str]]) -> Chart:
    uses = list(terms)
    labels = {identifier: label for identifier, label in reversed(uses) if label}
    named = (f"{identifier} {labels.get(identifier, '')}".strip() for identifier, _ in uses)
    return counted_chart("Terms", "The ontology terms that are used most.", "uses", named)


def _per_person(counts: Mapping[str, int]) -> Chart:
    names = [str(low) if low == high else f"{low} to {high}" for low, high in _STEPS] + [f"over {_STEPS[-1][1]}"]
    found = Counter(sum(count > high for _, high in _STEPS) for count in counts.values())
    bars = _steps(names, found) if counts else ()
    return Chart("Terms a person", "People by how many ontology terms they have.", "people", bars, ordered=True)


def _size_step(size: int) -> int:
    return sum(size > 1000 * 10**step for step in range(len(_BYTES) - 1))


def _steps(names: Sequence[str], counts: Mapping[int, int]) -> tuple[tuple[str, int], ...]:
    """All steps from the first to the last that is used."""
    if not counts:
        return ()
    return tuple((names[step], counts.get(step, 0)) for step in range(min(counts), max(counts) + 1))
