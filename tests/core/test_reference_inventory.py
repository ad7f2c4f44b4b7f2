from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DataDamaged
from core.manifest import Source
from core.reference_inventory import (
    ReferenceInventory,
    ReferenceKind,
    ReferencePart,
    inventory_from_json,
    inventory_to_json,
)

TEXTS = st.text(max_size=5)
PARTS = st.builds(
    lambda kind, name, version, digit, rows, source: ReferencePart(
        kind,
        name,
        "" if kind is ReferenceKind.ONTOLOGY else name,
        version,
        f"{digit * 64}.duckdb",
        digit * 64,
        "d",
        7,
        rows,
        (Source(source, ""),) if source else (),
        "2026-01-01T00:00:00Z",
    ),
    st.sampled_from(ReferenceKind),
    TEXTS,
    TEXTS,
    st.sampled_from("0123456789abcdef"),
    st.integers(0, 9),
    TEXTS,
)


@given(st.lists(PARTS, max_size=4))
def test_the_list_comes_back_as_it_was_and_holds_one_part_a_place(parts: list[ReferencePart]) -> None:
    inventory = ReferenceInventory().with_parts(parts)
    assert inventory_from_json(inventory_to_json(inventory)) == inventory
    assert len({part.place for part in inventory.parts}) == len(inventory.parts)
    for part in {part.place: part for part in parts}.values():
        find = inventory.ontology if part.kind is ReferenceKind.ONTOLOGY else inventory.genes
        assert find(part.name) == part
    assert inventory.ontology("not there at all") is None


PART = ReferencePart(ReferenceKind.ONTOLOGY, "HP", "", "v", f"{'a' * 64}.duckdb", "a" * 64, "d", 1, 1, (), "t")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"format": 2, "parts": []}',
        b'{"format": 1, "parts": []}',
        inventory_to_json(ReferenceInventory((PART, PART))),
        inventory_to_json(ReferenceInventory((replace(PART, file="../x.duckdb"),))),
        inventory_to_json(ReferenceInventory((replace(PART, rows="1"),))),  # type: ignore[arg-type]
        inventory_to_json(ReferenceInventory((replace(PART, name=1),))),  # type: ignore[arg-type]
        inventory_to_json(ReferenceInventory((PART,))).replace(b'"ontology"', b'"poetry"'),
        inventory_to_json(ReferenceInventory((PART,))).replace(b'"format": 1', b'"format": 1, "more": 1'),
    ],
)
def test_anything_else_is_damage(data: bytes) -> None:
    with pytest.raises(DataDamaged):
        inventory_from_json(data)
