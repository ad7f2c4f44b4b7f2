"""The SQL of questions about variants (pure): question, access and parts in, text and parameters out.

Permission, opt-outs and thresholds are part of every statement, before anything is counted. The only text that is
interpolated is made here: aliases of parts, numbers of datasets, names of parameters. Values are parameters with a
cast.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from beacon.masks import NO_MASKS, MaskTables, not_masked
from beacon.query import EVERY_VARIANT, BeaconQuery
from beacon.sql_conditions import Condition, Parameters, condition_of
from core.access import DatasetAccess

_COLUMNS = (
    "key, end_0based, reference_bases, alternate_bases, anchor, variant_type, "
    "allele_count, allele_number, heterozygous, homozygous, hemizygous"
)
VARIANT_ORDER = "key, end_0based, reference_bases, alternate_bases"
"""Identity of an allele on a contig, and the order of the table."""

_CARRIERS = "coalesce(heterozygous + homozygous + hemizygous, allele_count - homozygous, (allele_count + 1) // 2)"
"""People who carry an allele: counted, or the least that the counts of a frequency file leave possible."""

_NAMED = re.compile(r"\$([a-z]\w*)")


@dataclass(frozen=True, slots=True)
class Statement:
    """A text with its named parameters."""

    text: str
    parameters: Parameters = field(default_factory=dict)

    @property
    def bound(self) -> dict[str, object]:
        """The parameters that the text names: DuckDB refuses others."""
        return {name: self.parameters[name] for name in frozenset(_NAMED.findall(self.text))}


@dataclass(frozen=True, slots=True)
class VariantPart:
    """A variant part as a statement sees it: its alias, whether it holds long variants, and people who opted out."""

    alias: str
    has_long: bool
    masks: MaskTables = NO_MASKS


@dataclass(frozen=True, slots=True)
class ContigScope:
    """The parts of one dataset on the contig that is asked, and what the caller may see of it."""

    number: int
    access: DatasetAccess
    contig: str
    parts: tuple[VariantPart, ...]


def rows_at_place(query: BeaconQuery, scopes: Sequence[ContigScope]) -> Statement:
    """All alleles that match, of all datasets: for questions that name one allele."""
    merged = _all_merged(query, scopes)
    stored_order = len(scopes) == 1 and len(scopes[0].parts) == 1
    text = merged.text if stored_order else f"{merged.text} ORDER BY dataset, {VARIANT_ORDER}"
    return Statement(text, merged.parameters)


def page_at_place(query: BeaconQuery, scopes: Sequence[ContigScope]) -> Statement:
    """One page of each dataset, with the number of all matches in the last column."""
    merged = _all_merged(query, scopes)
    page = query.page
    text = (
        f"SELECT *, count(*) OVER (PARTITION BY dataset) AS total FROM ({merged.text}) "  # noqa: S608 - own text
        f"QUALIFY row_number() OVER (PARTITION BY dataset ORDER BY {VARIANT_ORDER}) "
        f"BETWEEN $first::BIGINT AND $last::BIGINT ORDER BY dataset, {VARIANT_ORDER}"
    )
    return Statement(text, {**merged.parameters, "first": page.offset + 1, "last": page.offset + page.limit})


def counts_at_place(query: BeaconQuery, scopes: Sequence[ContigScope]) -> Statement:
    """The number of matches of each dataset."""
    merged = _all_merged(query, scopes)
    return Statement(f"SELECT dataset, count(*) FROM ({merged.text}) GROUP BY dataset", merged.parameters)  # noqa: S608


def page_of_contig(query: BeaconQuery, scope: ContigScope, *, offset: int, limit: int, window: int) -> Statement:
    """Some alleles of one dataset on one contig, in genome order.

    Of several parts the first ``window`` rows each are merged, and only below the place where the first of them ends:
    there is every row of every allele. Where that gives too few alleles, ask again with a larger window.
    """
    parameters: dict[str, object] = {"limit": limit, "offset": offset}
    if len(scope.parts) == 1:
        merged, text = _merged(query, scope), ""
    else:
        names = [f"first_{number:d}" for number in range(len(scope.parts))]
        text = _windows(query, scope, names)
        below = "WHERE key < coalesce((SELECT last FROM bound), 9223372036854775807)"
        merged = _merged(query, scope, [f"SELECT * FROM {name} {below}" for name in names])  # noqa: S608 - own text
        parameters["window"] = window
    text += f"SELECT * FROM ({merged.text}) ORDER BY {VARIANT_ORDER} LIMIT $limit::BIGINT OFFSET $offset::BIGINT"  # noqa: S608
    return Statement(text, {**merged.parameters, **parameters})


def _windows(query: BeaconQuery, scope: ContigScope, names: Sequence[str]) -> str:
    """Common table expressions: the first rows of each part, and the key below which no part has further ones."""
    condition = condition_of(query.variant or EVERY_VARIANT, scope.number, scope.contig, scope.access)
    firsts = (
        f"{name} AS MATERIALIZED (SELECT * FROM ({_rows(query, scope, part, condition)}) "  # noqa: S608 - own text
        f"ORDER BY {VARIANT_ORDER} LIMIT $window::BIGINT)"
        for name, part in zip(names, scope.parts, strict=True)
    )
    ends = (f"SELECT max(key) AS last FROM {name} HAVING count(*) >= $window::BIGINT" for name in names)  # noqa: S608
    return f"WITH {', '.join(firsts)}, bound AS (SELECT min(last) AS last FROM ({' UNION ALL '.join(ends)})) "  # noqa: S608


def _all_merged(query: BeaconQuery, scopes: Sequence[ContigScope]) -> Statement:
    statements = [_merged(query, scope) for scope in scopes]
    parameters: dict[str, object] = {}
    for statement in statements:
        parameters |= statement.parameters
    return Statement(" UNION ALL ".join(statement.text for statement in statements), parameters)


def _merged(query: BeaconQuery, scope: ContigScope, rows: Sequence[str] = ()) -> Statement:
    """The alleles of one dataset, summed over its parts, without those below the threshold.

    ``rows``: the rows of each part, where they are not all that match.
    """
    condition = condition_of(query.variant or EVERY_VARIANT, scope.number, scope.contig, scope.access)
    parameters = {**condition.parameters, **people_parameters(query, scope)}
    minimum = f"minimum_{scope.number}"
    if scope.access.minimum_count > 1:
        parameters[minimum] = scope.access.minimum_count
    if len(scope.parts) == 1:
        threshold = f"{_CARRIERS} >= ${minimum}::BIGINT" if minimum in parameters else _OBSERVED
        return Statement(_single(query, scope, condition, threshold), parameters)
    rows = rows or [_rows(query, scope, part, condition) for part in scope.parts]
    threshold = f"sum({_CARRIERS}) >= ${minimum}::BIGINT" if minimum in parameters else _ANY_OBSERVED
    return Statement(_grouped(scope.number, rows, threshold), parameters)


_OBSERVED = "(allele_count > 0 OR (allele_number = 0 AND heterozygous IS NULL))"
"""What makes a row tell of an allele: somebody who is counted carries it, or its source lists it without counts."""

_ANY_OBSERVED = f"bool_or{_OBSERVED}"
"""Rows of parts in which nobody who is counted carries the allele decide nothing: they may be there for others."""


def _single(query: BeaconQuery, scope: ContigScope, condition: Condition, threshold: str) -> str:
    """One part needs no sums; where everybody counts it needs no subquery either, which halves the planning."""
    (part,) = scope.parts
    if people_conditions(query, scope, part):
        return (
            f"SELECT {scope.number:d} AS dataset, {_COLUMNS}, [part] AS parts, [variant_index] AS indices "  # noqa: S608
            f"FROM ({_rows(query, scope, part, condition)}) WHERE {threshold}"
        )
    columns = f"{scope.number:d} AS dataset, {_COLUMNS}, ['{part.alias}'] AS parts, [rowid] AS indices"
    return _select(part, replace(condition, narrow=f"{condition.narrow} AND {threshold}"), columns)


def _grouped(number: int, rows: Sequence[str], threshold: str) -> str:
    sums = ", ".join(
        f"CASE WHEN count({name}) = count(*) THEN sum({name})::BIGINT END AS {name}"
        for name in ("allele_count", "allele_number", "heterozygous", "homozygous", "hemizygous")
    )
    return (
        f"SELECT {number:d} AS dataset, {VARIANT_ORDER}, max(anchor) FILTER ({_OBSERVED}) AS anchor, "  # noqa: S608
        f"min(variant_type) FILTER ({_OBSERVED}) AS variant_type, {sums}, "
        "list(part ORDER BY part) AS parts, list(variant_index ORDER BY part) AS indices "
        f"FROM ({' UNION ALL '.join(rows)}) GROUP BY {VARIANT_ORDER} HAVING {threshold}"
    )


def _rows(query: BeaconQuery, scope: ContigScope, part: VariantPart, condition: Condition) -> str:
    """The rows of one part that match; the counts are those of the people who may be counted.

    Where these are not all, the allele number is left out: ``beacon.allele_numbers`` adds it to what is shown.
    """
    source = variant_source(part, condition)
    people = people_conditions(query, scope, part)
    if not people:
        return f"SELECT '{part.alias}' AS part, * FROM ({source})"  # noqa: S608 - own text
    wanted, kept = " AND ".join(people), "MATERIALIZED "
    near = "c.variant_index IN (SELECT variant_index FROM found) AND "
    if condition.everything:
        near = kept = ""
    return (
        f"SELECT * FROM (WITH found AS {kept}({source}), counted AS (SELECT c.variant_index, "  # noqa: S608 - own text
        "count(*) FILTER (zygosity = 1) AS het, count(*) FILTER (zygosity = 2) AS hom, count(*) FILTER (zygosity = 3) "
        f"AS hemi FROM {part.alias}.main.carriers c JOIN {part.alias}.main.people p USING (person_index) "
        f"WHERE {near}{wanted} GROUP BY c.variant_index) "
        f"SELECT '{part.alias}' AS part, found.variant_index, {VARIANT_ORDER}, anchor, variant_type, "
        "het + 2 * hom + hemi "
        "AS allele_count, 0 AS allele_number, het AS heterozygous, hom AS homozygous, hemi AS hemizygous "
        "FROM (SELECT found.*, coalesce(counted.het, 0) AS het, coalesce(counted.hom, 0) AS hom, "
        "coalesce(counted.hemi, 0) AS hemi FROM found LEFT JOIN counted USING (variant_index)) found)"
    )


def variant_source(part: VariantPart, condition: Condition) -> str:
    """Rows of one part that the condition means, with their number in it."""
    return _select(part, condition, f"rowid AS variant_index, {_COLUMNS}")


def _select(part: VariantPart, condition: Condition, columns: str) -> str:
    """Near rows by key, long variants that start further left by their own table."""
    table = f"{part.alias}.main.variants"
    text = f"SELECT {columns} FROM {table} WHERE {condition.near} AND {condition.narrow}"  # noqa: S608 - own text
    if condition.long and part.has_long:
        long = f"SELECT variant_index FROM {part.alias}.main.long_variants WHERE {condition.long}"  # noqa: S608
        text += f" UNION ALL SELECT {columns} FROM {table} WHERE rowid IN ({long}) AND {condition.narrow}"  # noqa: S608
    return text


def people_conditions(query: BeaconQuery, scope: ContigScope, part: VariantPart) -> tuple[str, ...]:
    """What holds for the people ``p`` of a part who are counted; empty where everybody is."""
    masked = not_masked("p.individual_id", part.masks.of(scope.access, query))
    conditions = [masked] if masked else []
    if scope.access.people is not None:
        conditions.append(f"p.individual_id IN (SELECT unnest($people_{scope.number:d}::VARCHAR[]))")
    if query.individual_id is not None:
        conditions.append("p.individual_id = $individual_id::VARCHAR")
    if query.biosample_id is not None:
        conditions.append("p.biosample_id = $biosample_id::VARCHAR")
    return tuple(conditions)


def people_parameters(query: BeaconQuery, scope: ContigScope) -> Parameters:
    """The values that ``people_conditions`` name."""
    parameters: dict[str, object] = {}
    if scope.access.people is not None:
        parameters[f"people_{scope.number:d}"] = sorted(scope.access.people)
    if query.individual_id is not None:
        parameters["individual_id"] = query.individual_id
    if query.biosample_id is not None:
        parameters["biosample_id"] = query.biosample_id
    return parameters


def carriers_of(query: BeaconQuery, scope: ContigScope, indices: Mapping[str, Sequence[int]]) -> Statement:
    """The carriers of some rows, given by part, as far as they may be told; in no order."""
    texts, parameters = [], dict(people_parameters(query, scope))
    for part in scope.parts:
        if part.alias not in indices:
            continue
        name = f"indices_{part.alias}"
        parameters[name] = sorted(indices[part.alias])
        wanted = [f"c.variant_index IN (SELECT unnest(${name}::INTEGER[]))"]
        wanted += people_conditions(query, scope, part)
        texts.append(
            f"SELECT '{part.alias}' AS part, c.variant_index, p.individual_id, p.biosample_id, c.zygosity "  # noqa: S608
            f"FROM {part.alias}.main.carriers c JOIN {part.alias}.main.people p USING (person_index) "
            f"WHERE {' AND '.join(wanted)}"
        )
    return Statement(" UNION ALL ".join(texts), parameters)


def has_long_variants(alias: str) -> str:
    """Whether a part holds long variants."""
    return f"SELECT count(*) > 0 FROM {alias}.main.long_variants"  # noqa: S608 - own text


def holds_masked(alias: str, table: str) -> str:
    """Whether a part holds somebody of a mask."""
    return f"SELECT count(*) > 0 FROM {alias}.main.people SEMI JOIN {table} USING (individual_id)"  # noqa: S608


def holds_others(alias: str, table: str) -> str:
    """Whether a part holds somebody who is not in a mask."""
    return f"SELECT count(*) > 0 FROM {alias}.main.people ANTI JOIN {table} USING (individual_id)"  # noqa: S608
