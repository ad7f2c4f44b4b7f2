"""The SQL of allele numbers (pure): what parts say of a place, and how many alleles some people have there.

How the tables ``people`` and ``calls`` give an allele number for any people is said in ``beacon/schema.sql``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from beacon.query import BeaconQuery
from beacon.sql import ContigScope, Statement, VariantPart, people_conditions, people_parameters


@dataclass(frozen=True, slots=True)
class PlacesOfPart:
    """Numbers of rows of one part, those in pseudo-autosomal regions apart."""

    outside: Sequence[int] = field(default_factory=list)
    inside: Sequence[int] = field(default_factory=list)


def rows_at_keys(scope: ContigScope, keys: Sequence[int]) -> Statement:
    """All rows of all parts at some places: part, number of the row, key, allele number as it is stored."""
    text = " UNION ALL ".join(
        f"SELECT '{part.alias}' AS part, rowid AS variant_index, key, allele_number "  # noqa: S608 - own text
        f"FROM {part.alias}.main.variants WHERE key BETWEEN $first_key::BIGINT AND $last_key::BIGINT "
        "AND key IN (SELECT unnest($keys::BIGINT[]))"
        for part in scope.parts
    )
    return Statement(text, {"keys": list(keys), "first_key": min(keys), "last_key": max(keys)})


def copies_of_people(query: BeaconQuery, scope: ContigScope, parts: Sequence[VariantPart]) -> Statement:
    """The copies of the contig that the people who are counted have: part, outside and inside shared regions."""
    text = " UNION ALL ".join(
        f"SELECT '{part.alias}' AS part, coalesce(sum(copies), 0)::BIGINT, coalesce(sum(copies_par), 0)::BIGINT "  # noqa: S608
        f"FROM {part.alias}.main.people p WHERE {' AND '.join(people_conditions(query, scope, part)) or 'TRUE'}"
        for part in parts
    )
    return Statement(text, people_parameters(query, scope))


def called_otherwise(query: BeaconQuery, scope: ContigScope, places: Mapping[str, PlacesOfPart]) -> Statement:
    """How far called copies differ from the copies of people: part, number of the row, difference."""
    texts: list[str] = []
    parameters: dict[str, object] = dict(people_parameters(query, scope))
    for part in scope.parts:
        asked = places.get(part.alias, PlacesOfPart())
        counted = "".join(f" AND {text}" for text in people_conditions(query, scope, part))
        for column, indices in (("copies", asked.outside), ("copies_par", asked.inside)):
            if indices:
                name = f"{column}_{part.alias}"
                parameters[name] = sorted(indices)
                texts.append(_differences(part.alias, name, column, counted))
    text = f"SELECT part, variant_index, sum(difference)::BIGINT FROM ({' UNION ALL '.join(texts)}) GROUP BY ALL"  # noqa: S608
    return Statement(text, parameters)


def covered_at(query: BeaconQuery, scope: ContigScope, parts: Sequence[VariantPart], keys: Sequence[int]) -> Statement:
    """Who is known to have the reference at some places: part, key, copies outside and inside shared regions."""
    text = " UNION ALL ".join(
        f"SELECT '{part.alias}' AS part, k.key, sum(p.copies)::BIGINT, sum(p.copies_par)::BIGINT "  # noqa: S608
        f"FROM (SELECT unnest($keys::BIGINT[]) AS key) k JOIN {part.alias}.main.covered c "
        "ON c.start_0based <= (k.key & 4294967295) AND c.end_0based > (k.key & 4294967295) "
        f"JOIN {part.alias}.main.people p USING (person_index) "
        f"WHERE {' AND '.join(people_conditions(query, scope, part)) or 'TRUE'} GROUP BY k.key"
        for part in parts
    )
    return Statement(text, {**people_parameters(query, scope), "keys": list(keys)})


_EXPECTED = "CASE k.zygosity WHEN 1 THEN 2 WHEN 2 THEN 2 WHEN 3 THEN 1 ELSE 0 END"
"""Copies of a person of whom the part does not say how many to expect: those that make the person a carrier."""


def _differences(alias: str, name: str, column: str, counted: str) -> str:
    """Carriers whose copies are not stated count as what they carry; other calls as what they say beyond that."""
    near = f"variant_index IN (SELECT unnest(${name}::INTEGER[]))"
    carriers = f"(SELECT * FROM {alias}.main.carriers WHERE {near})"  # noqa: S608 - own text
    return (
        f"SELECT '{alias}' AS part, k.variant_index, {_EXPECTED} AS difference FROM {carriers} k "  # noqa: S608
        f"JOIN {alias}.main.people p USING (person_index) WHERE p.{column} = 0{counted} "
        f"UNION ALL SELECT '{alias}', c.variant_index, c.copies::INTEGER - CASE WHEN p.{column} > 0 "
        f"THEN p.{column}::INTEGER ELSE {_EXPECTED} END FROM {alias}.main.calls c "
        f"JOIN {alias}.main.people p USING (person_index) "
        f"LEFT JOIN {carriers} k ON k.variant_index = c.variant_index AND k.person_index = c.person_index "
        f"WHERE c.{near}{counted}"
    )
