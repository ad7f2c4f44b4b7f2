"""The SQL of questions about entities and filtering terms (pure): query, access and parts in, text and parameters out.

The population of an answer are the records that the caller may count at all: opt-outs and people that the access does
not cover are gone before anything is counted. What the question asks marks records in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from beacon.masks import NO_MASKS, MaskTables, not_masked
from beacon.query import BeaconQuery, OntologyFilter
from beacon.sql import (
    VARIANT_ORDER,
    ContigScope,
    Statement,
    people_conditions,
    people_parameters,
    variant_source,
)
from beacon.sql_conditions import condition_of
from core.access import DatasetAccess


@dataclass(frozen=True, slots=True)
class EntityScope:
    """The entity parts of one dataset, by alias, its variant parts by contig, and what the caller may see of it.

    ``people_aliases``: variant parts that name everybody who has genotypes, and maybe nothing else.
    """

    access: DatasetAccess
    aliases: tuple[str, ...]
    masks: MaskTables = NO_MASKS
    variants: tuple[ContigScope, ...] = ()
    people_aliases: tuple[str, ...] = ()


def totals(query: BeaconQuery, table: str, scope: EntityScope) -> Statement:
    """One row: matching records, people they belong to, people in the population."""
    marked = _marked(query, table, scope)
    text = (
        f"{marked.text} SELECT count(*) FILTER (matched), count(DISTINCT individual_id) FILTER (matched), "  # noqa: S608
        "count(DISTINCT individual_id) FROM marked"
    )
    return Statement(text, marked.parameters)


def page(query: BeaconQuery, table: str, scope: EntityScope) -> Statement:
    """The documents of one page, ordered by id."""
    marked = _marked(query, table, scope)
    rows = "SELECT document FROM marked WHERE matched ORDER BY id LIMIT $limit::BIGINT OFFSET $offset::BIGINT"
    text = f"{marked.text} {rows}"
    return Statement(text, {**marked.parameters, "limit": query.page.limit, "offset": query.page.offset})


def term_counts(scope: EntityScope) -> Statement:
    """Every term that records carry (not: are known not to have), with the number of people, by table."""
    counted = _people(scope, "t.individual_id")
    text = (
        f"WITH terms AS ({_terms(scope)}) SELECT term_id, max(label), entity, "  # noqa: S608 - own text
        f"count(DISTINCT individual_id) FROM terms t WHERE NOT excluded AND individual_id <> '' AND {counted} "
        "GROUP BY term_id, entity ORDER BY term_id, entity"
    )
    return Statement(text, _people_parameters(scope))


def population(scope: EntityScope) -> Statement:
    """The number of individuals of the dataset."""
    text = (
        f"SELECT count(DISTINCT id) FROM ({_entities(scope)}) e "  # noqa: S608 - own text
        f"WHERE entity = 'individuals' AND {_people(scope, 'e.individual_id')}"
    )
    return Statement(text, _people_parameters(scope))


_NO_TERMS = (
    "SELECT '' AS entity, '' AS entity_id, '' AS individual_id, '' AS term_id, '' AS label, FALSE AS excluded "
    "WHERE FALSE"
)
_UNKNOWN_SEX = ',"sex":{"id":"NCIT:C17998","label":"Unknown"}}'


def _terms(scope: EntityScope) -> str:
    return _union("terms", scope.aliases) or _NO_TERMS


def _entities(scope: EntityScope) -> str:
    """Every record, and for people with genotypes of whom nothing else is known a record that says so."""
    genotyped = (
        "SELECT -1 AS number, 'individuals' AS entity, individual_id AS id, individual_id, 'UNKNOWN_SEX' AS sex, "  # noqa: S608
        f"'{{\"id\":' || to_json(individual_id) || '{_UNKNOWN_SEX}' AS document FROM {alias}.main.people"
        for alias in scope.people_aliases
    )
    known = _union("entities", scope.aliases)
    return " UNION ALL ".join((*((known,) if known else ()), *genotyped))


_OWNER = "CASE WHEN e.individual_id = '' THEN e.id ELSE e.individual_id END"
"""Whose a record is; a biosample of nobody may be named in an opt-out itself."""


def _union(table: str, aliases: Sequence[str]) -> str:
    return " UNION ALL ".join(
        f"SELECT {number:d} AS number, * FROM {alias}.main.{table}"  # noqa: S608 - own text
        for number, alias in enumerate(aliases)
    )


def _people(scope: EntityScope, column: str, query: BeaconQuery | None = None, *, owner: str = "") -> str:
    """What holds for records that may be counted: of people whom the access covers and who did not opt out."""
    masked = not_masked(owner or column, scope.masks.of(scope.access, query))
    conditions = [masked] if masked else []
    if scope.access.people is not None:
        conditions.append(f"{column} IN (SELECT unnest($people::VARCHAR[]))")
    return " AND ".join(conditions) or "TRUE"


def _people_parameters(scope: EntityScope) -> dict[str, object]:
    return {} if scope.access.people is None else {"people": sorted(scope.access.people)}


def _marked(query: BeaconQuery, table: str, scope: EntityScope) -> Statement:
    """Common table expressions up to ``marked(id, individual_id, document, matched)``; the newest part wins an id."""
    parameters: dict[str, object] = {"entity": table, **_people_parameters(scope)}
    matched: list[str] = []
    for column, value in (("id", query.entry_id), ("individual_id", query.individual_id)):
        if value is not None:
            matched.append(f"{column} = ${column}::VARCHAR")
            parameters[column] = value
    for number, each in enumerate(query.filters):
        matched.append(_filter(number, each))
        parameters[f"term_{number:d}"] = each.term_id
        if each.scope:
            parameters[f"scope_{number:d}"] = _TABLE[each.scope]
    if query.variant is not None:
        carriers = _carriers(query, scope)
        matched.append(f"individual_id IN ({carriers.text})")
        parameters |= carriers.parameters
    text = (
        f"WITH terms AS ({_terms(scope)}), records AS (SELECT id, "  # noqa: S608 - own text
        "max_by(individual_id, number) AS individual_id, max_by(document, number) AS document "
        f"FROM ({_entities(scope)}) e WHERE entity = $entity::VARCHAR "
        f"AND {_people(scope, 'e.individual_id', query, owner=_OWNER)} GROUP BY id), "
        f"marked AS (SELECT *, {' AND '.join(matched) or 'TRUE'} AS matched FROM records)"
    )
    return Statement(text, parameters)


_TABLE = {"individual": "individuals", "biosample": "biosamples", "run": "runs", "analysis": "analyses"}


def _filter(number: int, each: OntologyFilter) -> str:
    """A term counts for the record that carries it, and for every record of other kinds of the same person."""
    carried = f"FROM terms WHERE term_id = $term_{number:d}::VARCHAR AND NOT excluded"
    if each.scope:
        carried += f" AND entity = $scope_{number:d}::VARCHAR"
    return (
        f"(id IN (SELECT entity_id {carried} AND entity = $entity::VARCHAR) OR individual_id IN "
        f"(SELECT individual_id {carried} AND entity <> $entity::VARCHAR AND individual_id <> ''))"
    )


def _carriers(query: BeaconQuery, scope: EntityScope) -> Statement:
    """The people who carry a variant that the question means, of those variants whose number of carriers may be told.

    A variant below the threshold counts for nobody: else two ranges that differ by it would tell of its carriers.
    """
    if query.variant is None or not scope.variants:
        return Statement("SELECT NULL::VARCHAR WHERE FALSE")
    texts: list[str] = []
    parameters: dict[str, object] = {"minimum_carriers": scope.access.minimum_count}
    for place, contig in enumerate(scope.variants):
        condition = condition_of(query.variant, contig.number, contig.contig, contig.access)
        parameters |= {**condition.parameters, **people_parameters(query, contig)}
        for part in contig.parts:
            people = people_conditions(query, contig, part)
            texts.append(
                f"SELECT {place:d} AS place, {VARIANT_ORDER}, p.individual_id FROM {part.alias}.main.carriers c "  # noqa: S608
                f"JOIN ({variant_source(part, condition)}) v USING (variant_index) "
                f"JOIN {part.alias}.main.people p USING (person_index) WHERE {' AND '.join(people) or 'TRUE'}"
            )
    carriers = f"SELECT individual_id FROM ({' UNION ALL '.join(texts)})"  # noqa: S608 - own text
    if scope.access.minimum_count > 1:
        carriers += f" QUALIFY count(*) OVER (PARTITION BY place, {VARIANT_ORDER}) >= $minimum_carriers::BIGINT"
    return Statement(carriers, parameters)
