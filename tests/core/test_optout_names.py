"""Whom a pseudonym means: every id of a person, in whatever order and by whatever part it became known."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beacon.rows import EntityRow, EntityType, PersonRow
from core.generation import open_generation
from core.optout_names import NOBODY, _grouped, people_named, present_in
from tests.beacon.node import biosample, individual, variant
from tests.drs.files import file_row
from tests.support.homes import publish_entities, publish_files, publish_variants

Loading = Callable[[Path], None]


def genotypes(home: Path) -> None:
    crowd = [PersonRow(0, "S1", "P1", "B1", "MALE"), PersonRow(1, "S2", "S2", "S2", "UNKNOWN_SEX")]
    publish_variants(home, "d", [variant(5, "A", "G", contig="1")], contig="1", people=crowd)


def phenotypes(home: Path) -> None:
    made = [
        individual("P1", "MALE"),
        biosample("B1", "P1", "X:1"),
        individual("P2", "MALE"),
        biosample("S2", "P2", "X:1"),
    ]
    publish_entities(home, "d", [entity for entity, _ in made])


def files(home: Path) -> None:
    one = file_row(b"one", samples=("F1",), individual_ids=("P1",), biosample_ids=("B1",))
    two = file_row(b"two", samples=("TUMOR", "NORMAL"), individual_ids=("P3", "P3"))
    three = file_row(b"three", samples=("TUMOR", "NORMAL"), individual_ids=("P4", "P4"))
    publish_files(home, "d", [one, two, three])


FIRST = frozenset({"P1", "S1", "B1", "F1"})
SECOND = frozenset({"P2", "S2"})


@pytest.mark.parametrize("order", [(genotypes, phenotypes, files), (files, phenotypes, genotypes)])
@pytest.mark.parametrize(
    ("pseudonym", "persons"),
    [
        *((name, {FIRST}) for name in sorted(FIRST)),
        *((name, {SECOND}) for name in sorted(SECOND)),
        ("TUMOR", {frozenset({"P3"}), frozenset({"P4"})}),
        ("P3", {frozenset({"P3"})}),
        ("nobody", set[frozenset[str]]()),
        ("", set[frozenset[str]]()),
    ],
)
def test_every_name_of_a_person_means_the_person(
    tmp_path: Path, order: tuple[Loading, ...], pseudonym: str, persons: set[frozenset[str]]
) -> None:
    for load in order:
        load(tmp_path)
    generation = open_generation(tmp_path)
    with generation.cursor() as cursor:
        people = people_named(cursor, [generation.datasets["d"]], [pseudonym, "also nobody"])["d"]
        tables = cursor.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'memory'").fetchall()
    assert {people.names[person] for person in people.persons_of.get(pseudonym, ())} == persons
    assert set(people.persons_of) == ({pseudonym} if persons else set())
    assert tables == []
    generation.close()


def test_people_under_another_id_than_in_their_file_are_reached_by_it(tmp_path: Path) -> None:
    """Two people had the same id in their files: an opt-out under it reaches both, and makes them not one."""
    renamed = [
        EntityRow(
            EntityType.INDIVIDUAL, f"packet-{n}", f"packet-{n}", "MALE", f'{{"info":{{"subjectId":"{subject}"}}}}'
        )
        for n, subject in enumerate(("II-1", "II-1", "II-2"))
    ]
    publish_entities(tmp_path, "d", [*renamed, biosample("B0", "packet-0", "X:1")[0]])
    generation = open_generation(tmp_path)
    with generation.cursor() as cursor:
        people = people_named(cursor, [generation.datasets["d"]], ["II-1", "II-2", "B0"])["d"]
    assert people.persons_of["II-1"] == {people_of("packet-0", people.names), people_of("packet-1", people.names)}
    assert people.names[people_of("packet-0", people.names)] == {"packet-0", "B0"}
    assert people.names[people_of("packet-2", people.names)] == {"packet-2", "II-2"}
    assert people.persons_of["B0"] == {people_of("packet-0", people.names)}
    generation.close()


def people_of(name: str, names: object) -> str:
    (person,) = [person for person, own in names.items() if name in own]  # type: ignore[attr-defined]
    return str(person)


def test_records_of_nobody_and_of_people_without_any_other_record(tmp_path: Path) -> None:
    rows = [
        EntityRow(EntityType.BIOSAMPLE, "B9", "", "", "{}"), EntityRow(EntityType.RUN, "r1", "P9", "", "{}"),
        EntityRow(EntityType.COHORT, "c1", "", "", "{}"),
    ]  # fmt: skip
    publish_entities(tmp_path, "d", rows)
    generation = open_generation(tmp_path)
    with generation.cursor() as cursor:
        people = people_named(cursor, [generation.datasets["d"]], ["B9", "P9", "r1", "c1"])["d"]
        (part,) = generation.datasets["d"].parts
        assert present_in(cursor, part, ["B9", "P9", "r1", "x"]) == {"B9", "P9"}
        assert people_named(cursor, [generation.datasets["d"]], []) == {"d": NOBODY}
    assert set(people.persons_of) == {"B9", "P9"}
    generation.close()


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")), max_size=12))
def test_names_that_are_linked_are_one_persons(links: list[tuple[str, str]]) -> None:
    groups: list[set[str]] = []
    for pair in links:
        touched = [group for group in groups if group & set(pair)]
        groups = [group for group in groups if not group & set(pair)] + [set(pair).union(*touched)]
    people = _grouped(links, [(first, f"of {first}") for first, _ in links])
    assert {frozenset(group) for group in groups} == set(people.names.values())
    for first, _ in links:
        (person,) = people.persons_of[f"of {first}"]
        assert first in people.names[person]
        assert person == min(people.names[person])


def test_sites_without_people_are_not_asked(tmp_path: Path) -> None:
    publish_variants(tmp_path, "d", [variant(5, "A", "G", contig="1")], contig="1")
    generation = open_generation(tmp_path)
    with duckdb.connect() as nothing_attached:
        assert people_named(nothing_attached, generation.datasets.values(), ["P1"]) == {"d": NOBODY}
    generation.close()


def test_what_one_dataset_knows_of_a_person_holds_in_all(tmp_path: Path) -> None:
    """Only people whom a dataset holds are of interest in it; who shares a name within a dataset stays apart."""
    crowd = [PersonRow(0, "S1", "P1", "B1", "MALE"), PersonRow(1, "TUMOR", "P2", "", "MALE")]
    publish_variants(tmp_path, "a", [variant(5, "A", "G", contig="1")], contig="1", people=crowd)
    one = file_row(b"one", samples=("B1",), individual_ids=("B1",))
    two = file_row(b"two", samples=("TUMOR", "TUMOR"), individual_ids=("P3", "P4"))
    publish_files(tmp_path, "b", [one, two])
    publish_files(tmp_path, "c", [file_row(b"three", samples=("F9",), individual_ids=("P9",))])
    generation = open_generation(tmp_path)
    with generation.cursor() as cursor:
        people = people_named(cursor, generation.datasets.values(), ["P1", "P2"])
    (person,) = people["a"].persons_of["P1"]
    assert people["b"].persons_of["P1"] == {person}
    assert people["a"].names[person] == {"P1", "S1", "B1"}
    assert people["b"].names[person] == {"B1"}
    assert people["c"] == NOBODY
    generation.close()
