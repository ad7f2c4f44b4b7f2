"""What entity rows show of people: sexes, ages, terms (pure)."""

import re
from collections import Counter
from collections.abc import Iterable

from beacon.rows import EntityRow, EntityType, TermRow
from core.errors import InvalidRequest
from core.strict_json import JsonValue, parse_json
from loaders.qc.charts import people_quality
from loaders.qc.quality_report import QualityReport

_DURATION = re.compile(
    r"P(?=[0-9])(?:([0-9]{1,3}(?:\.[0-9]+)?)Y)?(?:([0-9]{1,4}(?:\.[0-9]+)?)M)?"
    r"(?:([0-9]{1,5}(?:\.[0-9]+)?)W)?(?:([0-9]{1,6}(?:\.[0-9]+)?)D)?(?:T.*)?"
)
_UNITS_A_YEAR = (1.0, 12.0, 52.1775, 365.2425)


def entity_quality(entities: Iterable[EntityRow], terms: Iterable[TermRow]) -> QualityReport:
    """A report on individuals: declared sex, age at the last encounter, terms that somebody has.

    Terms that are excluded (looked for and absent) and the sex do not count as terms.
    """
    individuals = [row for row in entities if row.entity == EntityType.INDIVIDUAL]
    had = [row for row in terms if not row.excluded and row.field != "sex"]
    per_person = Counter({row.id: 0 for row in individuals})
    per_person.update(row.individual_id for row in had if row.individual_id in per_person)
    ages = (_age_of(row.document) for row in individuals)
    return people_quality(
        [row.sex for row in individuals],
        ages_years=[age for age in ages if age is not None],
        terms=[(row.term_id, row.label) for row in had],
        terms_per_person=per_person,
    )


def age_years(duration: str) -> float | None:
    """Years of an ISO 8601 duration such as ``P12Y6M``; ``None`` for anything else."""
    match = _DURATION.fullmatch(duration)
    if match is None:
        return None
    return sum(float(text) / units for text, units in zip(match.groups(), _UNITS_A_YEAR, strict=True) if text)


def _age_of(document: str) -> float | None:
    """Age at the last encounter, where the document states one."""
    try:
        found = parse_json(document)
    except InvalidRequest:
        return None
    duration = _member(_member(_member(found, "info"), "timeAtLastEncounter"), "iso8601duration")
    return age_years(duration) if isinstance(duration, str) else None


def _member(value: JsonValue, name: str) -> JsonValue:
    return value.get(name) if isinstance(value, dict) else None
