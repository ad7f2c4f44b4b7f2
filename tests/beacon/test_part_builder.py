from collections.abc import Sequence
from pathlib import Path

import duckdb
import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

import beacon.part_builder
from beacon.part_builder import BuiltVariants, VariantPartBuilder, build_entity_part, build_variant_part
from beacon.rows import CarrierRow, EntityRow, EntityType, PersonRow, TermRow, VariantRow, VariantType, Zygosity
from beacon.variant_batch import VariantBatch
from core.content_digest import content_digest
from core.genome import position_key


def variant(start_0based: int, reference: str = "A", alternate: str = "C", **changes: object) -> VariantRow:
    values: dict[str, object] = {
        "key": position_key("1", start_0based),
        "end_0based": start_0based + len(reference),
        "reference_bases": reference,
        "alternate_bases": alternate,
        "anchor": "",
        "variant_type": VariantType.SNP,
        "allele_count": 1,
        "allele_number": 4,
        "heterozygous": 1,
        "homozygous": 0,
        "hemizygous": 0,
    }
    return VariantRow(**{**values, **changes})  # type: ignore[arg-type]  # names are those of the fields


PEOPLE = [PersonRow(index, f"S{index}", f"P-{index}", f"B-{index}", "FEMALE") for index in range(3)]

Rows = Sequence[tuple[object, ...]]
Content = tuple[Rows, Rows, Rows]


def read(path: Path) -> Content:
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = [connection.execute(f"FROM {table}").fetchall() for table in ("variants", "carriers", "long_variants")]
        return tables[0], tables[1], tables[2]


def model(rows: list[VariantRow], carriers: list[CarrierRow]) -> Content:
    """What the part must hold, in plain Python: of each allele the row that counts most, sorted."""
    best: dict[tuple[int, int, str, str], int] = {}
    for index, row in enumerate(rows):
        identity = (row.key, row.end_0based, row.reference_bases, row.alternate_bases)
        if row.allele_count > rows[best.setdefault(identity, index)].allele_count:
            best[identity] = index
    kept = [best[identity] for identity in sorted(best)]
    place = {index: position for position, index in enumerate(kept)}
    variants = [
        (row.key, row.end_0based, row.reference_bases, row.alternate_bases, row.anchor, str(row.variant_type),
         row.allele_count, row.allele_number, row.heterozygous, row.homozygous, row.hemizygous)
        for row in (rows[index] for index in kept)
    ]  # fmt: skip
    carried = sorted(
        (place[item.variant_index], item.person_index, int(item.zygosity))
        for item in carriers
        if item.variant_index in place
    )
    long = [
        (place[index], rows[index].key, rows[index].end_0based)
        for index in kept
        if rows[index].end_0based - rows[index].start_0based > 1000
    ]
    return variants, carried, long


def test_rows_in_any_order_lie_sorted_with_consistent_indices(tmp_path: Path) -> None:
    rows = [variant(50), variant(10, "G", "T"), variant(10, "", "GG"), variant(20, end_0based=2000)]
    rows.append(variant(10, "G", "A", heterozygous=None, homozygous=None, hemizygous=None))
    carriers = [CarrierRow(0, 2, Zygosity.HOMOZYGOUS), CarrierRow(0, 1, Zygosity.HETEROZYGOUS)]
    carriers.append(CarrierRow(1, 0, Zygosity.HEMIZYGOUS))
    part = build_variant_part(tmp_path / "part.duckdb", rows, carriers=carriers, people=PEOPLE[::-1])
    assert (part.rows, part.people_count) == (5, 3)
    variants, carried, long = read(tmp_path / "part.duckdb")
    assert (variants, carried, long) == model(rows, carriers)
    assert variants[1][-3:] == (None, None, None)
    assert long == [(3, position_key("1", 20), 2000)]
    with duckdb.connect(str(tmp_path / "part.duckdb"), read_only=True) as connection:
        people = connection.execute("SELECT * FROM people").fetchall()
    assert people == [
        (person.person_index, *(f"{k}{person.person_index}" for k in ("S", "P-", "B-")), "FEMALE", 2, 2)
        for person in PEOPLE
    ]


def build_in_batches(
    path: Path, rows: list[VariantRow], carriers: list[CarrierRow], sizes: list[int], *, promise: bool
) -> BuiltVariants:
    with VariantPartBuilder(path) as builder:
        first = 0
        for size in [*sizes, len(rows)]:
            last = min(first + size, len(rows))
            mine = [c for c in carriers if first <= c.variant_index < last]
            shifted = [CarrierRow(c.variant_index - first, c.person_index, c.zygosity) for c in mine]
            later = [row.key for row in rows[last:]]
            below = min(later) if promise and later else None
            builder.add(VariantBatch.from_rows(rows[first:last], shifted), complete_below=below)
            first = last
        return builder.finish()


ROWS = st.builds(
    variant,
    st.integers(0, 12),
    st.sampled_from(["", "A", "AC"]),
    st.sampled_from(["", "G", "GT", "<DEL>"]),
    allele_count=st.integers(0, 9),
    homozygous=st.none() | st.integers(0, 3),
    end_0based=st.sampled_from([13, 1500]),
)


@st.composite
def parts(draw: st.DrawFn) -> tuple[list[VariantRow], list[CarrierRow]]:
    rows = draw(st.lists(ROWS, min_size=1, max_size=30))
    pairs = draw(st.sets(st.tuples(st.integers(0, len(rows) - 1), st.integers(0, 2)), max_size=40))
    return rows, [CarrierRow(row, person, draw(st.sampled_from(Zygosity))) for row, person in sorted(pairs)]


@settings(max_examples=40, deadline=None)
@given(parts(), st.lists(st.integers(1, 9), max_size=6), st.booleans(), st.booleans())
def test_batches_of_any_size_give_what_the_model_says(
    tmp_path_factory: pytest.TempPathFactory,
    part: tuple[list[VariantRow], list[CarrierRow]],
    sizes: list[int],
    promise: bool,
    in_order: bool,
) -> None:
    rows, carriers = part
    if in_order:
        rows, carriers = sorted(rows, key=lambda row: row.key), []
    path = tmp_path_factory.mktemp("part") / "part.duckdb"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(beacon.part_builder, "_PENDING_ROWS", 4)
        built = build_in_batches(path, rows, carriers, sizes, promise=promise)
    expected = model(rows, carriers)
    assert read(path) == expected
    assert built.duplicates.total == len(rows) - len(expected[0])
    assert len(built.duplicates.examples) == built.duplicates.total
    assert [item.name for item in path.parent.iterdir()] == ["part.duckdb"]


def test_the_content_digest_does_not_depend_on_the_order(tmp_path: Path) -> None:
    rows = [variant(start) for start in range(20)]
    first = build_variant_part(tmp_path / "1.duckdb", rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(beacon.part_builder, "_PENDING_ROWS", 4)
        second = build_in_batches(tmp_path / "2.duckdb", rows[::-1], [], [5, 5, 5], promise=False)
    assert first.content_digest == second.finished.content_digest


def test_a_duplicate_is_reported_with_its_line(tmp_path: Path) -> None:
    batch = VariantBatch.from_rows([variant(5), variant(5)], source_lines=[10, 11])
    with VariantPartBuilder(tmp_path / "part.duckdb") as builder:
        builder.add(batch)
        duplicates = builder.finish().duplicates
    assert (duplicates.total, duplicates.examples[0].source_line) == (1, 11)


def test_a_builder_that_is_left_early_removes_its_file(tmp_path: Path) -> None:
    def fail() -> None:
        with VariantPartBuilder(tmp_path / "part.duckdb"):
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_entities_and_terms_are_ordered(tmp_path: Path) -> None:
    entities = [EntityRow(EntityType.INDIVIDUAL, f"P-{number}", f"P-{number}", "MALE", "{}") for number in (2, 1)]
    entities.append(EntityRow(EntityType.BIOSAMPLE, "B-1", "P-1", "", "{}"))
    terms = [TermRow(EntityType.INDIVIDUAL, "P-1", "P-1", "diseases", f"OMIM:{n}", "x", False) for n in (20, 10)]
    part = build_entity_part(tmp_path / "part.duckdb", entities, terms)
    assert part.rows == 3
    with duckdb.connect(str(tmp_path / "part.duckdb"), read_only=True) as connection:
        ids = connection.execute("SELECT entity, id FROM entities").fetchall()
        found = connection.execute("SELECT term_id, excluded FROM terms").fetchall()
    assert ids == [("biosamples", "B-1"), ("individuals", "P-1"), ("individuals", "P-2")]
    assert found == [("OMIM:10", False), ("OMIM:20", False)]


def test_an_empty_part_is_a_part(tmp_path: Path) -> None:
    assert build_variant_part(tmp_path / "1.duckdb", []).rows == 0
    assert build_entity_part(tmp_path / "2.duckdb", []).rows == 0


def test_the_digest_made_on_the_way_is_that_of_what_is_stored(tmp_path: Path) -> None:
    rows = [variant(start, heterozygous=None if start % 3 else start) for start in range(2500)]
    carriers = [CarrierRow(number, number % 3, Zygosity.HETEROZYGOUS) for number in range(2500)]
    part = build_variant_part(tmp_path / "part.duckdb", rows, carriers=carriers, people=PEOPLE)
    tables = ["variants", "carriers", "calls", "people", "covered", "long_variants"]
    tables += ["annotations", "clinical", "structural", "frequencies"]
    with duckdb.connect(str(tmp_path / "part.duckdb"), read_only=True) as connection:
        assert content_digest(connection, tables) == part.content_digest
