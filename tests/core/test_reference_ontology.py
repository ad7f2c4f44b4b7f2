from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import DataDamaged
from core.reference_ontology import Ontology
from core.reference_rows import Link, OntologyTerm, Relation, Synonym, SynonymScope
from tests.core.reference_parts import ontology_part


@pytest.fixture(name="ontology")
def an_ontology(tmp_path: Path) -> Iterator[Ontology]:
    with Ontology(ontology_part(tmp_path / "x.duckdb")[1]) as ontology:
        yield ontology


def test_terms_are_read_whole(ontology: Ontology) -> None:
    assert (ontology.name, ontology.version) == ("X", "v1")
    assert ontology.term("X:2") == OntologyTerm(
        "X:2",
        "two",
        "Number two.",
        synonyms=(Synonym("pair", SynonymScope.EXACT),),
        links=(Link("X:1", Relation.IS_A),),
        alternative_ids=("X:9",),
    )
    assert ontology.label("X:3") == "three"
    assert ontology.synonyms("X:2") == (Synonym("pair", SynonymScope.EXACT),)
    found = ontology.term("X:3")
    assert found is not None
    assert found.links == (Link("X:2", Relation.IS_A), Link("X:4", Relation.PART_OF))


def test_what_is_above_and_below_comes_nearest_first(ontology: Ontology) -> None:
    assert ontology.descendants("X:1") == ("X:1", "X:2", "X:3")
    assert ontology.ancestors("X:3") == ("X:3", "X:2", "X:1")
    assert ontology.descendants("X:4") == ("X:4",)


def test_ids_lead_to_the_term_in_use(ontology: Ontology) -> None:
    found = {f"X:{n}": ontology.resolve(f"X:{n}") for n in (2, 6, 7, 8, 9)}
    assert found == {"X:2": "X:2", "X:6": "X:2", "X:7": "X:2", "X:8": "X:8", "X:9": "X:2"}
    assert ontology.replacements("X:8") == ("X:1", "X:2")


def test_nothing_is_known_of_other_ids(ontology: Ontology) -> None:
    assert (ontology.term("X:0"), ontology.label("X:0"), ontology.resolve("X:0")) == (None, None, None)
    assert ontology.descendants("X:0") == ontology.ancestors("X:0") == ()
    assert ontology.synonyms("X:0") == ()


def test_what_is_no_ontology_part_is_damage(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("no database")
    with pytest.raises(DataDamaged):
        Ontology(tmp_path / "x")
