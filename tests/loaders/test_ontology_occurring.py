from collections import Counter
from pathlib import Path

from beacon.rows import EntityRow, EntityType, TermRow
from core.datasets import DatasetCatalogue
from loaders.ontology_occurring import gathered, occurring_terms
from tests.support.homes import make_home, publish_entities


def test_terms_of_published_versions_and_drafts_are_counted(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    assert occurring_terms(DatasetCatalogue(home)) == Counter()
    for dataset_id, term_id, label in (("a", "MONDO:1", "one"), ("b", "MONDO:1", "one"), ("b2", "OMIM:2", "two")):
        entity = EntityRow(EntityType.INDIVIDUAL, f"P-{dataset_id}", f"P-{dataset_id}", "FEMALE", "{}")
        term = TermRow(EntityType.INDIVIDUAL, entity.id, entity.id, "diseases", term_id, label, excluded=False)
        publish_entities(home, dataset_id, [entity], [term])
    catalogue = DatasetCatalogue(home)
    with catalogue.open_draft("a"):
        pass
    assert occurring_terms(catalogue) == Counter({("MONDO:1", "one"): 2, ("OMIM:2", "two"): 1})
    catalogue.withdraw("b2", "reason")
    assert set(occurring_terms(catalogue)) == {("MONDO:1", "one")}


def test_one_ontology_a_prefix_with_the_label_that_is_used_most() -> None:
    documents = gathered(
        {
            ("MONDO:1", "one"): 2,
            ("MONDO:1", "uno"): 3,
            ("MONDO:1", ""): 9,
            ("NCIT:C16576", "woman"): 9,
            ("no curie", "x"): 1,
            ("GENO:GENO_0000458", "simple heterozygous"): 1,
        }
    )
    assert set(documents) == {"MONDO", "NCIT", "GENO", "PATO"}
    assert documents["MONDO"].terms["MONDO:1"].label == "uno"
    assert documents["NCIT"].terms["NCIT:C16576"].label == "Female"
    assert "GENO:GENO_0000458" in documents["GENO"].terms
