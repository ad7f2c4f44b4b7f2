"""Statements hold values only as parameters; nothing but our own names is interpolated."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beacon import entity_sql, part_builder, sql_conditions
from beacon.entity_sql import EntityScope
from beacon.masks import NO_MASKS, MaskTables
from beacon.number_sql import PlacesOfPart, called_otherwise, copies_of_people, rows_at_keys
from beacon.query import BeaconQuery, OntologyFilter, RangeQuestion, SequenceQuestion, VariantQuestion
from beacon.sql import ContigScope, Statement, VariantPart, carriers_of, counts_at_place, page_at_place, rows_at_place
from core.access import DatasetAccess, Release, Tier
from core.genome import Region

MASKS = MaskTables("memory.main.gone_d0", "memory.main.uncounted_d0")
_HOSTILE = st.text(min_size=1, max_size=12).map(lambda text: f"'; DROP TABLE x; --{text}")


def access(
    people: frozenset[str] | None = None, regions: tuple[Region, ...] | None = None, minimum: int = 1
) -> DatasetAccess:
    return DatasetAccess(
        "D", Tier.CONTROLLED, Release.RECORD, minimum, 1, bytes_allowed=True, listed=True, synthetic=False,
        regions=regions, people=people,
    )  # fmt: skip


def scope(number: int = 0, *, parts: int = 1, rule: DatasetAccess | None = None, masked: bool = False) -> ContigScope:
    made = tuple(
        VariantPart(f"d{number}p{n}", has_long=True, masks=MASKS if masked else NO_MASKS) for n in range(parts)
    )
    return ContigScope(number, rule or access(), "17", made)


@given(_HOSTILE, st.integers(1, 2), st.booleans())
def test_values_are_parameters(text: str, parts: int, masked: bool) -> None:
    question = VariantQuestion("GRCh38", "17", SequenceQuestion(5, 6, text, text), (text,), 1, 9, text, text)
    query = BeaconQuery(
        "individual", text, text, text, variant=question, filters=(OntologyFilter(text, scope="individual"),)
    )
    rule = access(frozenset({text}), (Region("17", 1, 9),), 5)
    scopes = [scope(0, parts=parts, rule=rule, masked=masked), scope(1, rule=rule)]
    entities = EntityScope(rule, ("e0", "e1"), MASKS if masked else NO_MASKS, (scopes[0],))
    statements = [
        rows_at_place(query, scopes), counts_at_place(query, scopes), page_at_place(query, scopes),
        carriers_of(query, scopes[0], {"d0p0": [1, 2]}), entity_sql.totals(query, "individuals", entities),
        entity_sql.page(query, "individuals", entities), entity_sql.term_counts(entities),
        entity_sql.population(entities), rows_at_keys(scopes[0], [5, 6]),
        copies_of_people(query, scopes[0], scopes[0].parts),
        called_otherwise(query, scopes[0], {"d0p0": PlacesOfPart([1], [2])}),
    ]  # fmt: skip
    for statement in statements:
        assert "DROP" not in statement.text
        assert re.search(r"\$\w+(?!\w|::)", statement.text) is None, "every parameter has a cast"
        assert set(statement.bound) <= set(statement.parameters)


def test_only_named_parameters_are_bound() -> None:
    assert Statement("SELECT $a::BIGINT", {"a": 1, "b": 2}).bound == {"a": 1}
    with pytest.raises(KeyError):
        _ = Statement("SELECT $c::BIGINT", {}).bound


def test_permission_is_in_the_statement() -> None:
    query = BeaconQuery("genomicVariant", variant=VariantQuestion("GRCh38", "17", RangeQuestion(5, 9)))
    plain = rows_at_place(query, [scope()]).text
    assert "people" not in plain
    assert MASKS.gone in rows_at_place(query, [scope(masked=True)]).text
    counting = replace(access(), release=Release.FREQUENCY)
    assert MASKS.uncounted in rows_at_place(query, [scope(rule=counting, masked=True)]).text
    assert "$people_0" in rows_at_place(query, [scope(rule=access(frozenset({"P"})))]).text
    limited = rows_at_place(query, [scope(rule=access(regions=(Region("X", 1, 2),)))]).text
    assert "FALSE" in limited
    assert "minimum_0" in rows_at_place(query, [scope(rule=access(minimum=5))]).text
    assert "HAVING" in rows_at_place(query, [scope(parts=2)]).text


def test_long_variants_are_those_that_the_builder_lists() -> None:
    assert sql_conditions.LONG_SPAN_BASES == part_builder.LONG_VARIANT_BASES
